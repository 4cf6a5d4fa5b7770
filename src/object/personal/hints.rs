//! Words that tell what a number behind them is, and where they stand in a text.

use super::header::has;

/// What words say of a number that follows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::object) enum Hint {
    /// It is a national number.
    National,
    /// It is the number of a licence to drive.
    Licence,
    /// It is of a patient or a policy.
    Health,
    /// It is of a drug.
    Drug,
    /// It is a date of birth.
    Birth,
    /// It is a version.
    Version,
    /// It is the code of a diagnosis.
    Code,
    /// It is beside a diagnosis.
    Diagnosis,
}

impl Hint {
    /// All of them.
    pub(in crate::object) const ALL: [Hint; 8] = [
        Hint::National,
        Hint::Licence,
        Hint::Health,
        Hint::Drug,
        Hint::Birth,
        Hint::Version,
        Hint::Code,
        Hint::Diagnosis,
    ];

    /// The words, in small letters; they may be parts of longer ones.
    pub(in crate::object) fn words(self) -> &'static [&'static str] {
        match self {
            Hint::National => &[
                "ssn",
                "social security",
                "social_security",
                "taxpayer",
                "itin",
            ],
            Hint::Licence => &[
                "driver",
                "licence no",
                "license no",
                "license_n",
                "licence_n",
                "license number",
                "licence number",
                "dl#",
                "dl no",
                "dl:",
                "dln",
            ],
            Hint::Health => &[
                "mrn",
                "medical record",
                "medical_record",
                "patient id",
                "patient_id",
                "member id",
                "member_id",
                "insurance id",
                "insurance_id",
                "policy number",
                "hicn",
                "medicare",
            ],
            Hint::Drug => &["ndc", "drug", "prescri", "patient", "mg"],
            Hint::Birth => &["birth", "born", "dob", "b-day"],
            Hint::Version => &["version", "release"],
            Hint::Code => &["icd"],
            Hint::Diagnosis => &["diagnos"],
        }
    }
}

/// Places of one hint that are kept, 4 MB of them; of a text with more, the rest is searched where it is asked for.
const KEPT: usize = 500_000;

/// Where the words of each hint stand: start and end, in the order of their ends.
#[derive(Default)]
pub(in crate::object) struct Hints([Vec<(u32, u32)>; Hint::ALL.len()]);

impl Hints {
    /// Takes a word that stands from `start` to `end`. They come in the order of their ends.
    pub(in crate::object) fn add(&mut self, hint: Hint, start: usize, end: usize) {
        let places = &mut self.0[hint as usize];
        if places.len() < KEPT {
            places.push((start as u32, end as u32));
        }
    }

    /// Whether a word of a hint stands in `text` from `from` to `to`.
    pub(super) fn within(&self, text: &[u8], hint: Hint, from: usize, to: usize) -> bool {
        let places = &self.0[hint as usize];
        let is_full = places.len() == KEPT;
        if is_full && places.last().is_some_and(|last| (last.1 as usize) < to) {
            let text = text[from..to].to_ascii_lowercase();
            return hint.words().iter().any(|word| has(&text, word));
        }
        let before = places.partition_point(|place| place.1 as usize <= to);
        let mut ending = places[..before].iter().rev();
        ending
            .by_ref()
            .take_while(|place| place.1 as usize > from)
            .any(|place| place.0 as usize >= from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_within_bounds_however_many_there_are() {
        let word = "ssn ";
        let text = word.repeat(KEPT + 10).into_bytes();
        let mut hints = Hints::default();
        for at in 0..KEPT + 10 {
            hints.add(Hint::National, at * 4, at * 4 + 3);
        }
        for at in [0, 1, 1_000, KEPT - 1, KEPT, KEPT + 9] {
            let from = at * 4;
            let is = |from, to| hints.within(&text, Hint::National, from, to);
            assert!(is(from, from + 3), "{at}");
            assert!(!is(from + 1, from + 4), "{at}");
            assert!(!is(from, from + 2), "{at}");
            assert!(is(from.saturating_sub(2), from + 4), "{at}");
        }
        assert!(!hints.within(&text, Hint::Birth, 0, text.len()));
    }

    #[test]
    fn a_word_within_another_counts_where_only_it_is_within_bounds() {
        let text = b"licence no: mrn";
        let mut hints = Hints::default();
        hints.add(Hint::Licence, 4, 7);
        hints.add(Hint::Licence, 0, 10);
        assert!(hints.within(text, Hint::Licence, 2, 10));
        assert!(!hints.within(text, Hint::Licence, 5, 10));
    }
}

//! Personal data in text: what is counted, and what impact that has.
//!
//! One pass over the bytes looks at each word once: number-like words by the lengths of their groups, words
//! in capitals by a short list of names, and the few words before, where only they tell what a number is.
//! It counts; values are neither kept nor handed on.

mod header;
pub(super) mod hints;
mod names;
mod numbers;
mod words;

pub use numbers::luhn;

use serde::{Deserialize, Serialize};

pub(super) use numbers::count;

macro_rules! kinds {
    ($($variant:ident $name:literal $label:literal),+ $(,)?) => {
        /// What is counted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Personal { $(#[doc = $label] $variant),+ }

        impl Personal {
            /// All kinds.
            pub const ALL: &[Personal] = &[$(Personal::$variant),+];

            /// The name in the report.
            pub fn name(self) -> &'static str {
                match self { $(Personal::$variant => $name),+ }
            }

            /// For people.
            pub fn label(self) -> &'static str {
                match self { $(Personal::$variant => $label),+ }
            }
        }
    };
}

kinds! {
    Name "fullName" "Full names",
    Address "mailingAddress" "Mailing addresses",
    Email "emailAddress" "E-mail addresses",
    Card "creditCard" "Credit card numbers",
    Ipv4 "ipv4Address" "IPv4 addresses",
    Ipv6 "ipv6Address" "IPv6 addresses",
    Licence "usDriverLicense" "US driver's licences",
    National "usNationalId" "US national identification numbers",
    Birth "birthDate" "Birth dates",
    Health "healthInformation" "Protected health information",
    AccessKey "accessKey" "Access and API keys",
}

/// How many of each kind, in the order of [`Personal::ALL`].
pub type Counts = [u32; 11];

/// The impact of personal data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Impact {
    /// None was found.
    #[default]
    None,
    /// One to four names or e-mail addresses, or other personal data without any.
    Low,
    /// Five or more names or e-mail addresses with other personal data.
    Moderate,
    /// A name with a credit card, or fifty names or e-mail addresses with other personal data.
    High,
}

impl Impact {
    /// The bounds, for people.
    pub const BOUNDS: &str = "high: a full name with a credit card, or 50 or more names and e-mail addresses with other personal data; moderate: 5 or more of them with other personal data (the published bounds overlap at five: five is moderate); low: fewer, or other personal data alone. Health data and keys are counted apart and have no part in it.";

    /// The name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Impact::None => "none",
            Impact::Low => "low",
            Impact::Moderate => "moderate",
            Impact::High => "high",
        }
    }

    /// The impact of counts, by the bounds that the guide of Macie Classic publishes. They overlap at five:
    /// five counts as moderate. Health data and keys are categories of their own and have no part in it.
    pub fn of(counts: &Counts) -> Self {
        let of = |kind: Personal| counts[kind as usize];
        let people = of(Personal::Name).saturating_add(of(Personal::Email));
        let others = [
            Personal::Address,
            Personal::Card,
            Personal::Ipv4,
            Personal::Ipv6,
            Personal::Licence,
            Personal::National,
            Personal::Birth,
        ];
        let has_others = others.into_iter().any(|kind| of(kind) > 0);
        if of(Personal::Name) > 0 && of(Personal::Card) > 0 || people >= 50 && has_others {
            Impact::High
        } else if people >= 5 && has_others {
            Impact::Moderate
        } else if people > 0 || has_others {
            Impact::Low
        } else {
            Impact::None
        }
    }
}

/// Number-like words that regexes of the model count, by their names.
pub(super) const SHAPES: [&str; 7] = [
    "California Drivers License",
    "HIPAA PHI National Drug Code",
    "Individual Taxpayer Identification Numbers (ITIN)",
    "Large number of US Phone Numbers",
    "Large number of US Zip Codes",
    "UK Drivers License Numbers",
    "",
];
const DRIVER: usize = 0;
const DRUG: usize = 1;
const ITIN: usize = 2;
const PHONE: usize = 3;
const ZIP: usize = 4;
const UK_DRIVER: usize = 5;

/// What one pass counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) personal: Counts,
    /// Of [`SHAPES`].
    pub(super) shapes: [u32; 7],
}

impl Tally {
    fn count(&mut self, kind: Personal) {
        self.personal[kind as usize] = self.personal[kind as usize].saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::super::search::search;
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, u32)> {
        let tally = count(text.as_bytes(), &search(text.as_bytes()), None);
        let all = Personal::ALL.iter().zip(tally.personal);
        all.filter(|(_, n)| *n > 0)
            .map(|(kind, n)| (kind.name(), n))
            .collect()
    }

    #[test]
    fn each_kind_is_found_alone() {
        assert_eq!(found("Dear Alice Walker,"), [("fullName", 1)]);
        assert_eq!(found("\"Alice\",\"Walker\""), [("fullName", 1)]);
        assert_eq!(
            found("lives at 12 Old Mill Road, Leeds"),
            [("mailingAddress", 1)]
        );
        assert_eq!(found("write to bob@example.org."), [("emailAddress", 1)]);
        for card in [
            "pay 4539 1488 0343 6467 now",
            "4539148803436467/1227",
            "UnionPay 6205123456789015",
            "6212345678901234569",
        ] {
            assert_eq!(found(card), [("creditCard", 1)], "{card}");
        }
        assert_eq!(found("from 203.0.113.7 to"), [("ipv4Address", 1)]);
        assert_eq!(
            found("at 2001:db8::8a2e:370:7334 today"),
            [("ipv6Address", 1)]
        );
        assert_eq!(
            found("driver license no D1234567"),
            [("usDriverLicense", 1)]
        );
        assert_eq!(found("SSN 123-45-6789"), [("usNationalId", 1)]);
        assert_eq!(found("date of birth: 1984-03-12"), [("birthDate", 1)]);
        for born in [
            "born 12 March 1984",
            "DOB: Mar 12, 1984",
            "birthday 12-mar-1984,",
            "born on the 3rd of September 1984.",
            r#"{"birthDate":"1984-03-12T00:00:00Z"}"#,
            "dob 03/12/84",
        ] {
            assert_eq!(found(born), [("birthDate", 1)], "{born}");
        }
        assert_eq!(found("MRN 00482913"), [("healthInformation", 1)]);
    }

    #[test]
    fn what_only_looks_alike_is_not_counted() {
        for text in [
            "4539 1488 0343 6468",
            "4539148803436467.1227",
            "6205123456789016",
            "0000 0000 0000 0000",
            "1.2.3.999",
            "version 1.2.3.4",
            "12:30:45",
            "std::fmt",
            "a@b",
            "@handle",
            "000-12-3456",
            "2026-01-01T00:00:00Z",
            "Grant Access",
            "Will Return",
            "Mark Complete",
            "aa:bb:cc:dd:ee:ff",
            "1984-03-12",
            "12 March 1984",
            "born in March 1984",
            "born with 12 apples 1984",
            "date of birth: 84/92/12",
            "5 Apples",
            "postgres://app:word@db.example/app",
            "arn:aws:iam::111122223333:user/x",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn impact_by_the_published_bounds() {
        let of = |names: u32, emails: u32, cards: u32, addresses: u32| {
            let mut counts = Counts::default();
            counts[Personal::Name as usize] = names;
            counts[Personal::Email as usize] = emails;
            counts[Personal::Card as usize] = cards;
            counts[Personal::Ipv4 as usize] = addresses;
            Impact::of(&counts)
        };
        assert_eq!(of(0, 0, 0, 0), Impact::None);
        assert_eq!(
            (of(1, 0, 1, 0), of(0, 50, 0, 1)),
            (Impact::High, Impact::High)
        );
        assert_eq!(
            (of(0, 5, 0, 1), of(3, 2, 0, 1)),
            (Impact::Moderate, Impact::Moderate)
        );
        assert_eq!(
            (of(0, 4, 0, 1), of(0, 0, 9, 0), of(2, 0, 0, 0)),
            (Impact::Low, Impact::Low, Impact::Low)
        );
    }
}

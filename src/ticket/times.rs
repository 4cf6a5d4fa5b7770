//! Times as ticket systems write them. Only forms that mean one moment are read: `04/05/2026` is two days.

use crate::moment::Moment;

/// A time as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// The moment; without a zone as if it were UTC.
    pub at: Moment,
    /// Whether it is a whole day.
    pub day: bool,
    /// Whether it names its zone.
    pub zoned: bool,
}

/// Reads a time: year first, or with the name of the month. Without a zone it is taken as UTC.
pub fn read(text: &str) -> Option<Read> {
    let text = text.trim();
    if text.len() > 40 || !text.is_ascii() || text.len() < 8 {
        return None;
    }
    let (date, rest) = numbered(text).or_else(|| named(text))?;
    let clock = rest.trim_start_matches(['T', 't', ' ', ',']).trim();
    if clock.is_empty() {
        let at = Moment::parse(&format!("{date}T00:00:00Z"))?;
        return Some(Read {
            at,
            day: true,
            zoned: false,
        });
    }
    let clock = of_day(clock)?;
    let zoned = clock.len() > 5
        && (clock.ends_with(['Z', 'z'])
            || clock[5..].contains('+')
            || clock[5..].contains('-')
            || clock.ends_with("UTC"));
    let clock = clock
        .trim_end_matches("UTC")
        .trim()
        .trim_end_matches(['Z', 'z']);
    let (time, offset) = match clock.get(5..).and_then(|rest| rest.find(['+', '-'])) {
        Some(at) => clock.split_at(at + 5),
        None => (clock, ""),
    };
    let time = time.trim();
    let time = if time.len() == 5 {
        format!("{time}:00")
    } else {
        time.to_owned()
    };
    let offset = match offset.len() {
        0 => "Z".to_owned(),
        3 => format!("{offset}:00"),
        5 => format!("{}:{}", &offset[..3], &offset[3..]),
        _ => offset.to_owned(),
    };
    let at = Moment::parse(&format!("{date}T{time}{offset}"))?;
    Some(Read {
        at,
        day: false,
        zoned,
    })
}

/// A date that is written year first, and what follows it.
fn numbered(text: &str) -> Option<(String, &str)> {
    let (date, rest) = text.split_at_checked(10)?;
    let is_date = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-' || byte == b'/',
        _ => byte.is_ascii_digit(),
    });
    is_date.then(|| (date.replace('/', "-"), rest))
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A date that names its month (`12/Mar/26` as Jira writes it, `Mar 12, 2026`), and what follows it. A year of two
/// digits is of this century.
fn named(text: &str) -> Option<(String, &str)> {
    let is_apart = |sign: char| matches!(sign, '/' | '-' | ' ' | '.' | ',');
    let mut rest = text;
    let mut next = || {
        let end = rest.find(is_apart).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let parts = behind.len() - behind.trim_start_matches(is_apart).len();
        // One sign parts them, or one and a space.
        (parts <= 2).then_some(())?;
        rest = behind.get(parts..)?;
        Some((word, behind))
    };
    let (first, _) = next()?;
    let (second, _) = next()?;
    let (year, behind) = next()?;
    let month = |word: &str| {
        let lower = word.to_lowercase();
        let place = MONTHS.iter().position(|name| {
            lower.len() >= 3
                && (name.starts_with(&lower) || (*name == "september" && lower == "sept"))
        });
        place.map(|place| place + 1)
    };
    let number = |word: &str| word.parse::<u16>().ok().filter(|_| word.len() <= 4);
    let (day, month) = match (month(first), month(second)) {
        (Some(month), None) => (number(second)?, month),
        (None, Some(month)) => (number(first)?, month),
        _ => return None,
    };
    let year = match year.len() {
        2 => 2000 + number(year)?,
        4 => number(year)?,
        _ => return None,
    };
    Some((format!("{year:04}-{month:02}-{day:02}"), behind))
}

/// A time of day by the clock of 24 hours: `2:00 PM` is `14:00`.
fn of_day(clock: &str) -> Option<String> {
    let lower = clock.to_lowercase();
    let half = ["am", "pm"]
        .iter()
        .position(|half| lower.split_whitespace().any(|word| word.ends_with(half)));
    let (hour, rest) = clock.split_once(':')?;
    let mut hour: u8 = hour.parse().ok()?;
    let Some(half) = half else {
        return Some(format!("{hour:02}:{rest}"));
    };
    if !(1..=12).contains(&hour) {
        return None;
    }
    hour = hour % 12 + 12 * half as u8;
    let at = rest.to_lowercase().find(["am", "pm"][half])?;
    let (minutes, zone) = (rest[..at].trim(), rest[at + 2..].trim());
    Some(format!("{hour:02}:{minutes}{zone}"))
}

/// The window that two cells state: to the end of the day where only days are named, a day where no end is; none where
/// one of them cannot be read. Times without a zone are so many seconds ahead of UTC.
pub fn window(from: &str, to: &str, ahead: i64) -> Option<(Moment, Moment)> {
    let utc = |read: Read| match read.zoned {
        true => read.at,
        false => read.at.plus(-ahead),
    };
    let from = utc(read(from)?);
    // An end that is stated and cannot be read is no end.
    let to = match to.trim() {
        "" => from.plus(86_399),
        to => {
            let to = read(to)?;
            utc(to).plus(if to.day { 86_399 } else { 0 })
        }
    };
    (from <= to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_mean_one_moment() {
        let at = |text: &str| read(text).map(|read| read.at.to_string());
        for text in [
            "2026-03-01T02:00:00Z",
            "2026-03-01 02:00",
            "2026/03/01 02:00:00",
            "2026-03-01 02:00:00 UTC",
            "2026-03-01T03:00:00+01:00",
            "2026-03-01T03:00:00.000+0100",
            "2026-03-01 01:00:00-01",
            "01/Mar/26 2:00 AM",
            "1-Mar-2026 02:00",
            "Mar 1, 2026, 2:00 am",
            "1 March 2026 02:00:00 UTC",
            "1 Mar 2026 3:00 AM +01:00",
        ] {
            assert_eq!(at(text).as_deref(), Some("2026-03-01T02:00:00Z"), "{text}");
        }
        for text in [
            "04/05/2026",
            "2026-13-01",
            "",
            "2026-03-01 25:00",
            "tomorrow 10",
            "01/Mar/26 13:00 PM",
            "31/Feb/26 2:00 AM",
            "Mar Mar 2026",
            "1/Mar/2026/4",
            "1 Ma 2026",
            "2026-03-0é",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn windows_of_days_and_zones() {
        let of = |from: &str, to: &str, hours: i64| {
            window(from, to, 3_600 * hours).map(|(from, to)| format!("{from} {to}"))
        };
        assert_eq!(
            of("2026-03-01", "2026-03-02", 0).as_deref(),
            Some("2026-03-01T00:00:00Z 2026-03-02T23:59:59Z")
        );
        assert_eq!(
            of("2026-03-01 02:00", "", 1).as_deref(),
            Some("2026-03-01T01:00:00Z 2026-03-02T00:59:59Z")
        );
        assert_eq!(
            of("2026-03-01T02:00:00Z", "2026-03-01T04:00:00Z", 5).as_deref(),
            Some("2026-03-01T02:00:00Z 2026-03-01T04:00:00Z")
        );
        assert_eq!(
            of("12/Mar/26 12:15 PM", "13/Mar/26 12:15 AM", 0).as_deref(),
            Some("2026-03-12T12:15:00Z 2026-03-13T00:15:00Z")
        );
        assert_eq!(of("2026-03-02", "2026-03-01", 0), None);
        assert_eq!(of("2026-03-02", "13.03.2026", 0), None);
    }
}

//! Times as ticket systems write them. Only forms that mean one moment are read: `04/05/2026` is two days.

use crate::moment::Moment;

/// A time, and whether it is a whole day. Without a zone it is taken as UTC.
pub fn read(text: &str) -> Option<(Moment, bool, bool)> {
    let text = text.trim();
    if text.len() > 40 || !text.is_ascii() || text.len() < 10 {
        return None;
    }
    let (date, rest) = text.split_at(10);
    let is_date = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-' || byte == b'/',
        _ => byte.is_ascii_digit(),
    });
    if !is_date {
        return None;
    }
    let date = date.replace('/', "-");
    let clock = rest.trim_start_matches(['T', 't', ' ']).trim();
    if rest.is_empty() {
        return Some((Moment::parse(&format!("{date}T00:00:00Z"))?, true, false));
    }
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
    Moment::parse(&format!("{date}T{time}{offset}")).map(|at| (at, false, zoned))
}

/// The window that two cells state: to the end of the day where only days are named, a day where no end is.
pub fn window(from: &str, to: &str, hours: i8) -> Option<(Moment, Moment)> {
    let utc = |(at, day, zoned): (Moment, bool, bool)| {
        let at = if zoned {
            at
        } else {
            at.plus(-3_600 * i64::from(hours))
        };
        (at, day)
    };
    let (from, _) = utc(read(from)?);
    let to = match read(to).map(utc) {
        Some((to, true)) => to.plus(86_399),
        Some((to, false)) => to,
        None => from.plus(86_399),
    };
    (from <= to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_mean_one_moment() {
        let at = |text: &str| read(text).map(|(at, ..)| at.to_string());
        for text in [
            "2026-03-01T02:00:00Z",
            "2026-03-01 02:00",
            "2026/03/01 02:00:00",
            "2026-03-01 02:00:00 UTC",
            "2026-03-01T03:00:00+01:00",
            "2026-03-01T03:00:00.000+0100",
            "2026-03-01 01:00:00-01",
        ] {
            assert_eq!(at(text).as_deref(), Some("2026-03-01T02:00:00Z"), "{text}");
        }
        for text in [
            "04/05/2026",
            "2026-13-01",
            "",
            "2026-03-01 25:00",
            "tomorrow 10",
            "2026-03-0é",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn windows_of_days_and_zones() {
        let of = |from: &str, to: &str, hours: i8| {
            window(from, to, hours).map(|(from, to)| format!("{from} {to}"))
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
        assert_eq!(of("2026-03-02", "2026-03-01", 0), None);
    }
}

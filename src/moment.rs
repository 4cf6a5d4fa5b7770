//! A moment in UTC, to the second: the resolution of every time that CloudTrail writes.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Seconds since 1970-01-01T00:00:00Z, always within the years 0 to 9999; prints as RFC 3339 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment(i64);

/// An hour in seconds: the period of digest files.
pub const HOUR: i64 = 3_600;

impl Moment {
    /// 0000-01-01T00:00:00Z.
    pub const MIN: Moment = Moment(-62_167_219_200);
    /// 9999-12-31T23:59:59Z.
    pub const MAX: Moment = Moment(253_402_300_799);

    /// From seconds since 1970, held within [`Moment::MIN`] and [`Moment::MAX`].
    pub fn from_seconds(seconds: i64) -> Self {
        Moment(seconds.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// This moment, later by `seconds` (earlier when negative).
    pub fn plus(self, seconds: i64) -> Self {
        Self::from_seconds(self.0.saturating_add(seconds))
    }

    /// Midnight (UTC) of the same day.
    pub fn day(self) -> Self {
        Moment(self.0 - self.0.rem_euclid(86_400))
    }

    /// Reads RFC 3339 with any offset; fractions of a second are dropped.
    pub fn parse(text: &str) -> Option<Self> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        Some(Self::from_seconds(parsed.unix_timestamp()))
    }

    /// Reads the stamps of object names: `20240131T235959Z` or `20240131T2359Z`.
    pub fn parse_stamp(text: &str) -> Option<Self> {
        let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
        let (year, month, day) = (date.get(..4)?, date.get(4..6)?, date.get(6..)?);
        let (hour, minute) = (clock.get(..2)?, clock.get(2..4)?);
        let second = Some(&clock[4..]).filter(|second| !second.is_empty());
        let second = second.unwrap_or("00");
        // One way of reading times is enough, and it checks each part.
        Self::parse(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
    }

    /// As an object name has it: `20240131T235959Z`.
    pub fn stamp(self) -> String {
        let text = self.to_string();
        text.chars().filter(|c| !matches!(c, '-' | ':')).collect()
    }

    /// As folders have it: `2024/01/31`.
    pub fn folder(self) -> String {
        let text = self.to_string();
        text.get(..10).unwrap_or_default().replace('-', "/")
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = OffsetDateTime::from_unix_timestamp(self.0).map_err(|_| fmt::Error)?;
        let (date, clock) = (time.date(), time.time());
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            clock.hour(),
            clock.minute(),
            clock.second()
        )
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_that_cloudtrail_writes() {
        let moment = Moment::parse("2024-01-31T23:59:59Z");
        assert_eq!(
            moment.map(|m| m.to_string()),
            Some("2024-01-31T23:59:59Z".into())
        );
        assert_eq!(Moment::parse("2024-02-01T08:59:59.123+09:00"), moment);
        assert_eq!(Moment::parse_stamp("20240131T235959Z"), moment);
        assert_eq!(
            Moment::parse_stamp("20240131T2359Z"),
            moment.map(|m| m.plus(-59))
        );
        assert_eq!(moment.map(Moment::stamp), Some("20240131T235959Z".into()));
        assert_eq!(moment.map(Moment::folder), Some("2024/01/31".into()));
    }

    #[test]
    fn stays_printable_at_the_ends_of_time() {
        assert_eq!(
            Moment::from_seconds(i64::MAX).to_string(),
            "9999-12-31T23:59:59Z"
        );
        assert_eq!(
            Moment::from_seconds(i64::MIN).to_string(),
            "0000-01-01T00:00:00Z"
        );
        assert_eq!(Moment::parse("2024-13-01T00:00:00Z"), None);
        assert_eq!(Moment::parse_stamp("ééééééé"), None);
    }
}

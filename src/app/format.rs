//! Numbers, sizes and times in words.

use exhibit::moment::Moment;

/// `12,345`.
pub(crate) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 file`, `2 files`.
pub(crate) fn count(value: u64, what: &str) -> String {
    let plural = if value == 1 { "" } else { "s" };
    format!("{} {what}{plural}", number(value))
}

/// `3.4 MB`, in powers of a thousand.
pub(crate) fn size(bytes: f64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes;
    let mut unit = 0;
    while value >= 1_000.0 && unit + 1 < units.len() {
        value /= 1_000.0;
        unit += 1;
    }
    let places = usize::from(unit > 0 && value < 100.0);
    format!("{value:.places$} {}", units[unit])
}

/// `2 min 5 s`.
pub(crate) fn duration(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// `2026-03-01 04:05:06`, in UTC as everywhere.
pub(crate) fn time(moment: Moment) -> String {
    moment
        .to_string()
        .replace('T', " ")
        .trim_end_matches('Z')
        .to_owned()
}

/// The time where the user is, for the hover. The browser's own words for it would cost more than all else of a row.
pub(crate) fn local_time(moment: Moment) -> String {
    let millis = moment.seconds() as f64 * 1_000.0;
    let date = js_sys::Date::new(&millis.into());
    // Minutes that have to be added to get UTC.
    let offset = -date.get_timezone_offset() as i64;
    let (sign, far) = if offset < 0 {
        ('-', -offset)
    } else {
        ('+', offset)
    };
    let here = time(moment.plus(offset * 60));
    format!(
        "{here} local time (UTC{sign}{:02}:{:02})",
        far / 60,
        far % 60
    )
}

/// A hash or id with its middle left out.
pub(crate) fn shorten(text: &str) -> String {
    if text.len() <= 20 || !text.is_ascii() {
        return text.to_owned();
    }
    format!("{}…{}", &text[..10], &text[text.len() - 8..])
}

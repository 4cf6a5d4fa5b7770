//! Values of which only as much is shown as tells one from another.

/// Stands for what is covered, whatever its length.
pub(super) const COVER: &str = "••••••••";

/// A secret: its first four characters where it is long, and how long it is.
pub fn secret(value: &str) -> String {
    // What begins a key block is the same for all.
    if value.starts_with("-----BEGIN ") {
        return value.to_owned();
    }
    let count = value.chars().count();
    let shown: String = value
        .chars()
        .take(if count >= 16 { 4 } else { 0 })
        .collect();
    format!("{shown}{COVER} ({count} characters)")
}

/// All but the last `count` letters and digits.
pub fn but_last(value: &str, count: usize) -> String {
    let signs = value.chars().filter(|c| c.is_alphanumeric()).count();
    let covered = signs.saturating_sub(count);
    let mut seen = 0;
    let cover = |c: char| {
        let is_sign = c.is_alphanumeric();
        seen += usize::from(is_sign);
        if is_sign && seen <= covered { '•' } else { c }
    };
    value.chars().map(cover).collect()
}

/// Of each word its first letter.
pub fn initials(value: &str) -> String {
    let mut inner = false;
    let cover = |c: char| {
        let shown = if inner && c.is_alphanumeric() {
            '•'
        } else {
            c
        };
        inner = c.is_alphanumeric();
        shown
    };
    value.chars().map(cover).collect()
}

/// The first letter of the mailbox, and the domain.
pub fn email(value: &str) -> String {
    match value.split_once('@') {
        Some((local, domain)) => {
            let first: String = local.chars().take(1).collect();
            format!("{first}••••@{domain}")
        }
        None => COVER.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_left_to_see() {
        assert_eq!(secret("hunter2hunter2"), "•••••••• (14 characters)");
        assert_eq!(
            secret("AKIAQ3EGRFSOTVBNAB2C"),
            "AKIA•••••••• (20 characters)"
        );
        assert_eq!(but_last("4539 1488-0343 6467", 4), "•••• ••••-•••• 6467");
        assert_eq!(but_last("12", 4), "12");
        assert_eq!(initials("Alice B. Walker"), "A•••• B. W•••••");
        assert_eq!(email("alice.walker@example.org"), "a••••@example.org");
        assert_eq!(email("no address"), COVER);
    }
}

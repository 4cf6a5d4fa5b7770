//! What may stand where the caret is: names of fields, or values of the field that is being written.

use super::facet::likely_values;
use super::field::{FIELDS, Field};
use super::query::Query;
use super::store::Store;

/// Completions that are offered.
const MOST: usize = 8;

/// What may be written instead of the word at the caret, each with a note on it.
pub type Completions = Vec<(String, String)>;

/// The word of `query` at `caret`: its first character and the one after its last, all counted in characters.
pub fn word(query: &str, caret: u32) -> (u32, u32) {
    let chars: Vec<char> = query.chars().collect();
    let caret = (caret as usize).min(chars.len());
    let quotes = chars[..caret].iter().filter(|c| **c == '"').count();
    let ends = |c: &char| (c.is_whitespace() && quotes % 2 == 0) || matches!(c, '(' | ')');
    let from = chars[..caret].iter().rposition(ends).map_or(0, |at| at + 1);
    let from = from + usize::from(chars.get(from) == Some(&'-'));
    let length = chars[caret..].iter().position(ends);
    let to = length.map_or(chars.len(), |length| caret + length);
    (from as u32, to as u32)
}

/// The completions of `query` at `caret`, counted in characters.
pub fn complete(store: &Store, query: &str, caret: u32) -> Completions {
    let (from, _) = word(query, caret);
    let length = caret.saturating_sub(from) as usize;
    let word: String = query.chars().skip(from as usize).take(length).collect();
    match word.split_once(':') {
        Some((name, begun)) => {
            let begun = begun.trim_start_matches('"').to_lowercase();
            let found = Field::by_name(name).map(|field| values(store, field, &begun));
            let terms = found.into_iter().flatten();
            terms
                .map(|(value, note)| (term(name, &value), note))
                .collect()
        }
        None => {
            let word = word.to_lowercase();
            let fits = FIELDS.iter().filter(|entry| {
                !word.is_empty() && entry.names.iter().any(|name| name.starts_with(&word))
            });
            let all = fits.filter_map(|entry| {
                Some((format!("{}:", entry.names.first()?), entry.help.to_owned()))
            });
            all.take(MOST).collect()
        }
    }
}

/// A term that says that a field has a value, quoted where it must be.
pub fn term(field: &str, value: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | '(' | ')' | '*' | '\\');
    if !value.is_empty() && value.chars().all(plain) {
        format!("{field}:{value}")
    } else {
        let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
        format!("{field}:\"{quoted}\"")
    }
}

/// A query with one more term, which must hold beside all of it.
pub fn joined(query: &str, more: &str) -> String {
    let query = query.trim();
    if query.is_empty() || has_term(query, more) {
        return if query.is_empty() { more } else { query }.to_owned();
    }
    match Query::parse(query) {
        // Alternatives stay together.
        Ok(Query::Or(_)) => format!("({query}) {more}"),
        _ => format!("{query} {more}"),
    }
}

/// A query without a term that it has, or with one that it has not.
pub fn toggled(query: &str, term: &str) -> String {
    if !has_term(query, term) {
        return joined(query, term);
    }
    let rest = terms(query).filter(|one| *one != term);
    rest.collect::<Vec<_>>().join(" ")
}

/// Whether a term must hold of all that a query shows, as it is written there.
pub fn has_term(query: &str, term: &str) -> bool {
    let is_either = matches!(Query::parse(query), Ok(Query::Or(_)) | Err(_));
    !is_either && terms(query).any(|one| one == term)
}

/// The terms of a query as they are written; what stands in quotes or parentheses is not taken apart.
fn terms(query: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut quoted, mut escaped) = (0_i32, false, false);
    let ends = move |c: char| {
        match c {
            _ if escaped => {
                escaped = false;
                return false;
            }
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        c.is_whitespace() && !quoted && depth <= 0
    };
    query.split(ends).filter(|term| !term.is_empty())
}

fn values(store: &Store, field: Field, begun: &str) -> Vec<(String, String)> {
    let choices = field.choices();
    if !choices.is_empty() {
        let fits = choices.iter().filter(|choice| choice.starts_with(begun));
        return fits
            .map(|choice| ((*choice).to_owned(), String::new()))
            .collect();
    }
    if field == Field::Alert {
        let raised = store.alerts.iter().filter(|(id, _)| id.starts_with(begun));
        let noted = raised.map(|(id, events)| (id.clone(), format!("{} events", events.len())));
        return noted.take(MOST).collect();
    }
    let begins = |value: &str| {
        let head = value.as_bytes().get(..begun.len());
        let is_plain = head.is_some_and(|head| head.eq_ignore_ascii_case(begun.as_bytes()));
        is_plain || (!value.is_ascii() && value.to_lowercase().starts_with(begun))
    };
    let fits = |value: &str| begins(value) || value.rsplit(['/', ':']).next().is_some_and(begins);
    likely_values(store, field, MOST, &fits)
        .into_iter()
        .map(|(value, count)| (value, format!("about {count} events")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::store::tests::store;

    #[test]
    fn completes_fields_and_values_at_the_caret() {
        let store =
            store(&[r#"{"eventName":"ConsoleLogin","eventSource":"signin.amazonaws.com"}"#]);
        for (query, caret, at, first) in [
            ("-na x", 3, (1, 3), "name:"),
            ("x name:con", 10, (2, 10), "name:ConsoleLogin"),
            ("mfa:y", 5, (0, 5), "mfa:yes"),
        ] {
            assert_eq!(word(query, caret), at, "{query}");
            assert_eq!(complete(&store, query, caret)[0].0, first, "{query}");
        }
        for value in ["a b", "q\"uote", "st*r", "back\\slash", "plain", ""] {
            let query = Query::parse(&term("agent", value)).expect(value);
            let Query::Has(_, pattern) = query else {
                panic!("{query:?}")
            };
            assert!(pattern.is(value), "{value}");
        }
    }

    #[test]
    fn terms_are_joined_and_taken_back() {
        let quoted = r#"agent:"a b" -name:X"#;
        assert_eq!(joined("", "user:a"), "user:a");
        assert_eq!(joined("a OR b", "user:a"), "(a OR b) user:a");
        assert_eq!(joined("(a OR b) OR c", "d"), "((a OR b) OR c) d");
        assert_eq!(joined("(a OR b) c", "d"), "(a OR b) c d");
        assert_eq!(joined("a OR user:a", "user:a"), "(a OR user:a) user:a");
        assert_eq!(joined(quoted, r#"agent:"a b""#), quoted);
        assert_eq!(toggled(quoted, r#"agent:"a b""#), "-name:X");
        assert_eq!(toggled("user:a", "-user:a"), "user:a -user:a");
        // One of several alternatives does not hold of all.
        assert!(!has_term("a OR user:a", "user:a") && !has_term("(b user:a)", "user:a"));
        assert!(has_term("b user:a", "user:a"));
    }
}

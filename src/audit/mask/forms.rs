//! The forms of documents: where texts stand in them, and how those are written.

use std::borrow::Cow;

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON: values that are texts are masked; keys and numbers are ours.
    Json,
    /// HTML: texts between tags are masked; tags are ours.
    Html,
    /// CSV: cells are masked.
    Csv,
    /// Anything else: all of it is masked.
    Plain,
}

type Masking<'m> = &'m dyn for<'t> Fn(&'t str) -> Cow<'t, str>;

/// Masks a part of a document.
pub(super) fn mask(form: Form, part: &str, masking: Masking<'_>) -> String {
    match form {
        Form::Json => json(part, masking),
        Form::Html => html(part, masking),
        Form::Csv => csv(part, masking),
        Form::Plain => masking(part).into_owned(),
    }
}

fn json(part: &str, masking: Masking<'_>) -> String {
    let bytes = part.as_bytes();
    let mut out = String::with_capacity(part.len());
    let (mut from, mut at) = (0, 0);
    while let Some(start) = part[at..].find('"').map(|place| at + place) {
        let mut end = start + 1;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let end = (end + 1).min(bytes.len());
        at = end;
        let is_key = part[end..].trim_start().starts_with(':');
        if is_key {
            continue;
        }
        let literal = &part[start..end];
        let text: Cow<'_, str> = if literal.contains('\\') {
            Cow::Owned(serde_json::from_str(literal).unwrap_or_default())
        } else {
            Cow::Borrowed(literal.trim_matches('"'))
        };
        let masked = masking(&text);
        if masked != text {
            out += &part[from..start];
            out += &serde_json::Value::from(masked.into_owned()).to_string();
            from = end;
        }
    }
    out + &part[from..]
}

fn html(part: &str, masking: Masking<'_>) -> String {
    let mut out = String::with_capacity(part.len());
    let mut rest = part;
    while !rest.is_empty() {
        let end = rest.find('<').unwrap_or(rest.len());
        let (text, after) = rest.split_at(end);
        if text.trim().is_empty() {
            out += text;
        } else {
            let plain = plain(text);
            let masked = masking(&plain);
            if masked == plain {
                out += text;
            } else {
                out += &super::super::html::escape(&masked);
            }
        }
        // A style sheet is no text.
        let close = if after.starts_with("<style") {
            after.find("</style>")
        } else {
            after.find('>')
        };
        let (tag, after) = after.split_at(close.map_or(after.len(), |at| at + 1));
        out += tag;
        rest = after;
    }
    out
}

/// Text out of HTML as this program writes it.
fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    let plain = pairs
        .into_iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    Cow::Owned(plain)
}

fn csv(part: &str, masking: Masking<'_>) -> String {
    let bytes = part.as_bytes();
    let mut out = String::with_capacity(part.len());
    let mut at = 0;
    while at < bytes.len() {
        let quoted = bytes[at] == b'"';
        let start = at;
        if quoted {
            at += 1;
            while at < bytes.len() {
                match (bytes[at], bytes.get(at + 1)) {
                    (b'"', Some(b'"')) => at += 2,
                    (b'"', _) => break,
                    _ => at += 1,
                }
            }
            at = (at + 1).min(bytes.len());
        } else {
            while at < bytes.len() && !b",\r\n".contains(&bytes[at]) {
                at += 1;
            }
        }
        let cell = &part[start..at];
        let text = if quoted {
            Cow::Owned(cell.trim_matches('"').replace("\"\"", "\""))
        } else {
            Cow::Borrowed(cell)
        };
        let masked = masking(&text);
        if masked == text {
            out += cell;
        } else if quoted {
            out += &format!("\"{}\"", masked.replace('"', "\"\""));
        } else {
            out += &masked;
        }
        // Separators, as many as stand here.
        while at < bytes.len() && b",\r\n".contains(&bytes[at]) {
            out.push(bytes[at] as char);
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bob(text: &str) -> Cow<'_, str> {
        Cow::Owned(text.replace("b\"<ob", "X"))
    }

    #[test]
    fn each_form_is_masked_behind_its_escapes() {
        let json =
            serde_json::json!({"b": "a b\"<ob c", "n": 123, "l": ["b\"<ob", "\\"]}).to_string();
        assert_eq!(
            mask(Form::Json, &json, &bob),
            r#"{"b":"a X c","l":["X","\\"],"n":123}"#
        );
        let html = "<style>p{}</style><p class=\"b\">a b&quot;&lt;ob &amp;amp;</p>b";
        assert_eq!(
            mask(Form::Html, html, &bob),
            "<style>p{}</style><p class=\"b\">a X &amp;amp;</p>b"
        );
        let csv = "a,\"b\"\"<ob, c\",,\r\n\"x\ny\",z\r\n";
        assert_eq!(mask(Form::Csv, csv, &bob), "a,\"X, c\",,\r\n\"x\ny\",z\r\n");
        assert_eq!(mask(Form::Plain, "b\"<ob\n", &bob), "X\n");
    }
}

//! Questions on a configuration itself, in JMESPath: the language of the AWS CLI's `--query`.

use jmespath::{ErrorReason, Variable};
use serde_json::Value;

use super::canonical::decoded;
use super::read::item_text;

/// Characters of an expression; the parser and the evaluation go as deep as it nests, on a stack of 1 MB.
const LONGEST: usize = 1_000;
/// Signs in it that lead a level deeper.
const MOST_LEVELS: usize = 100;

/// An expression that is asked of many items.
pub struct Expression(jmespath::Expression<'static>);

/// What is wrong with an expression, and at which character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The character, from 0.
    pub at: usize,
    /// What was expected.
    pub message: String,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let levels = text.chars().filter(|sign| "([{!&.|".contains(*sign));
        if text.chars().count() > LONGEST || levels.count() > MOST_LEVELS {
            let message = "it is too long or nests too deep: ask it in parts".to_owned();
            return Err(Wrong { at: 0, message });
        }
        jmespath::compile(text)
            .map(Expression)
            .map_err(|error| Wrong {
                at: error.offset,
                message: match error.reason {
                    ErrorReason::Parse(message) => message,
                    ErrorReason::Runtime(reason) => reason.to_string(),
                },
            })
    }

    /// Whether it holds of an item, from the bytes that stand where the item is: its value is there, and
    /// neither false nor empty. JSON within texts is decoded first.
    pub fn holds(&self, bytes: &[u8]) -> bool {
        let item = item_text(bytes).and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let data = item.and_then(|item| Variable::from_json(&decoded(item).to_string()).ok());
        data.and_then(|data| self.0.search(data).ok())
            .is_some_and(|value| value.is_truthy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_into_configurations() {
        let item = br#"{"resourceType":"x","resourceId":"y","configuration":"{\"ipPermissions\":[{\"fromPort\":22,\"ipRanges\":[\"0.0.0.0/0\"]}]}"}"#;
        let holds = |text: &str| Expression::parse(text).expect("an expression").holds(item);
        assert!(holds(
            "configuration.ipPermissions[?fromPort==`22` && contains(ipRanges, '0.0.0.0/0')]"
        ));
        assert!(!holds("configuration.ipPermissions[?fromPort==`23`]"));
        assert!(!holds("configuration.other"));
        // Found by fuzzing: each level takes a part of the stack.
        for deep in ["[", "(", "!", "a.", "a|", "a[?"] {
            assert!(Expression::parse(&deep.repeat(20_000)).is_err(), "{deep}");
        }
        assert!(!holds(&["a"; MOST_LEVELS].join(".")));
        for deep in ["[", "(", "!"] {
            let _ = Expression::parse(&deep.repeat(MOST_LEVELS));
        }
        assert_eq!(
            Expression::parse("a.[").err().map(|wrong| wrong.at > 0),
            Some(true)
        );
        assert!(
            !Expression::parse("a")
                .expect("an expression")
                .holds(b"garbage")
        );
    }
}

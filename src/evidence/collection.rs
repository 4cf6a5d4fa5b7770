//! `collection.json`: what the collecting script writes of itself: what was run, when, by whom, with which CLI.

use serde::{Deserialize, Serialize};

use super::{Problem, ProblemCode, json};
use crate::moment::Moment;

/// The form of the file.
const SCHEMA: &str = "exhibit.collection/1";
/// Commands of one file that are taken.
const MOST: usize = 100_000;

/// How evidence was collected. Nothing of it is proven: whoever ran the script could have edited it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// The version of the CLI.
    pub cli: String,
    /// Who collected, as AWS STS says: account, ARN, user ID.
    pub caller: String,
    /// When it began.
    pub started: Option<Moment>,
    /// When it ended.
    pub ended: Option<Moment>,
    /// What was run.
    pub commands: Vec<Command>,
}

/// A command that was run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The command.
    pub command: String,
    /// The file that its output went to; `-` for none.
    pub output: String,
    /// When it began.
    pub started: Option<Moment>,
    /// When it ended.
    pub ended: Option<Moment>,
    /// Its exit code.
    pub exit_code: i64,
}

impl Collection {
    /// Who collected, without the tabs of the CLI.
    pub fn by(&self) -> String {
        self.caller.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Reads the file.
///
/// # Errors
/// What is no such file.
pub fn parse(bytes: &[u8]) -> Result<Collection, Problem> {
    let mut read: Read = json::read(bytes)?;
    if read.schema != SCHEMA {
        let detail = format!("expected the schema {SCHEMA}, found {:?}", read.schema);
        return Err(Problem::new(ProblemCode::JsonShape, detail));
    }
    read.commands.truncate(MOST);
    let at = |text: &str| Moment::parse(text);
    let command = |one: ReadCommand| Command {
        command: one.command,
        output: one.output,
        started: at(&one.started),
        ended: at(&one.ended),
        exit_code: one.exit_code,
    };
    Ok(Collection {
        cli: read.cli,
        caller: read.caller,
        started: at(&read.started),
        ended: at(&read.ended),
        commands: read.commands.into_iter().map(command).collect(),
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Read {
    schema: String,
    cli: String,
    caller: String,
    started: String,
    ended: String,
    commands: Vec<ReadCommand>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ReadCommand {
    command: String,
    output: String,
    started: String,
    ended: String,
    exit_code: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_script_writes_is_read() {
        let text = r#"{"schema": "exhibit.collection/1", "cli": "aws-cli/2.31", "caller": "111122223333\tarn:aws:iam::111122223333:user/ada\tAIDA",
            "started": "2026-03-01T10:00:00Z", "commands": [
            {"command": "aws cloudtrail describe-trails", "output": "describe-trails.json", "started": "2026-03-01T10:00:00Z", "ended": "2026-03-01T10:00:02Z", "exitCode": 254}
            ], "ended": "2026-03-01T10:00:03Z"}"#;
        let read = parse(text.as_bytes()).expect("a collection");
        assert_eq!(
            read.by(),
            "111122223333 arn:aws:iam::111122223333:user/ada AIDA"
        );
        assert_eq!((read.commands.len(), read.commands[0].exit_code), (1, 254));
        assert_eq!(read.ended, Moment::parse("2026-03-01T10:00:03Z"));
        assert!(parse(b"{}").is_err() && parse(b"").is_err());
    }
}

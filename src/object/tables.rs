//! The rows that objects are classified by: names, classes and published risks of Macie Classic's model.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// One of the five ways in which an object is classified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Way {
    /// By its first bytes.
    ContentType,
    /// By its name.
    Extension,
    /// By keywords.
    Theme,
    /// By patterns.
    Regex,
    /// By a linear model of its words.
    Classifier,
}

impl Way {
    /// All ways.
    pub const ALL: [Way; 5] = [
        Way::ContentType,
        Way::Extension,
        Way::Theme,
        Way::Regex,
        Way::Classifier,
    ];

    /// The name in settings, and for people.
    pub fn name(self) -> &'static str {
        match self {
            Way::ContentType => "content type",
            Way::Extension => "file extension",
            Way::Theme => "theme",
            Way::Regex => "regex",
            Way::Classifier => "classifier",
        }
    }

    /// Its rows.
    pub fn rows(self) -> &'static [Row] {
        static ROWS: OnceLock<[Vec<Row>; 5]> = OnceLock::new();
        let all = ROWS.get_or_init(|| {
            [
                read(include_str!("content_types.txt"), described),
                read(include_str!("extensions.txt"), described),
                read(include_str!("themes.txt"), counted),
                read(include_str!("patterns.txt"), counted),
                CLASSES.iter().map(of_class).collect(),
            ]
        });
        &all[self as usize]
    }

    /// The place of a row by its name.
    pub fn find(self, name: &str) -> Option<usize> {
        self.rows().iter().position(|row| row.name == name)
    }
}

/// A row of a way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// What it is called.
    pub name: &'static str,
    /// 1 to 10.
    pub risk: u8,
    /// The class of content.
    pub class: &'static str,
    /// What it is.
    pub description: &'static str,
    /// Keywords or matches that are needed.
    pub least: u32,
    /// Keywords, or what must occur for the pattern to be looked for; by `|`.
    pub words: &'static str,
    /// The pattern; of a content type, the extensions that tell it.
    pub pattern: &'static str,
    /// Of a regex, the pattern whose group is what must not be shown.
    pub secret: &'static str,
}

/// Classes of the linear model, with risks that are this project's: Amazon published none.
pub const CLASSES: [(&str, u8, &str); 8] = [
    ("Source code and markup", 5, "programs, scripts, web pages"),
    (
        "Application logs",
        4,
        "lines that programs write as they run",
    ),
    ("Encryption keys", 8, "keys and certificates as text"),
    (
        "Financial",
        6,
        "statements, filings, ledgers, invoices as text",
    ),
    ("Email", 5, "messages with their headers"),
    ("JSON", 4, "data as JSON, records of CloudTrail among it"),
    ("Databases", 7, "dumps and scripts of databases"),
    ("Other text", 1, "prose, manuals, notes, books"),
];

fn of_class(&(name, risk, description): &(&'static str, u8, &'static str)) -> Row {
    Row {
        name,
        risk,
        class: "Text",
        description,
        ..Row::default()
    }
}

fn read(text: &'static str, row: fn(&[&'static str]) -> Option<Row>) -> Vec<Row> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| row(&line.split('\t').collect::<Vec<_>>()))
        .collect()
}

fn described(parts: &[&'static str]) -> Option<Row> {
    let &[name, class, risk, description, ..] = parts else {
        return None;
    };
    Some(Row {
        name,
        class,
        risk: risk.parse().ok()?,
        description,
        pattern: parts.get(4).copied().unwrap_or_default(),
        ..Row::default()
    })
}

fn counted(parts: &[&'static str]) -> Option<Row> {
    let &[name, least, risk, words, ..] = parts else {
        return None;
    };
    let pattern = parts.get(4).copied().unwrap_or_default();
    Some(Row {
        name,
        least: least.parse().ok()?,
        risk: risk.parse().ok()?,
        class: if pattern.is_empty() {
            "Keywords"
        } else {
            "Pattern"
        },
        words,
        pattern,
        secret: parts.get(5).copied().unwrap_or_default(),
        ..Row::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_published_rows_are_there() {
        let counts = Way::ALL.map(|way| way.rows().len());
        assert_eq!(counts, [204, 83, 43, 67, 8]);
        let risk = |way: Way, name: &str| way.find(name).map(|at| way.rows()[at].risk);
        assert_eq!(risk(Way::Extension, "pst"), Some(8));
        assert_eq!(risk(Way::Regex, "aws_secret_key"), Some(10));
        assert_eq!(risk(Way::Theme, "Confidential Markings"), Some(5));
        let within = |row: &Row| (1..=10).contains(&row.risk);
        assert!(Way::ALL.iter().all(|way| way.rows().iter().all(within)));
    }
}

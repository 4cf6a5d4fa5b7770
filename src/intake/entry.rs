//! What a reader says of one file.

use serde::{Deserialize, Serialize};

use crate::artifact::Artifact;
use crate::cloudtrail::{Description, Digest, KeyRecord, LakeSign, Log, ObjectMetadata};
use crate::compliance::recorded::Recorded;
use crate::config::Config;
use crate::evidence::collection::Collection;
use crate::evidence::parts::Checksums;
use crate::evidence::{Kind, Problem, ProblemCode};
use crate::object::Object;
use crate::sigma::Dropped;
use crate::sum::Sum;
use crate::ticket::Sheet;

use super::parse::place;

/// One file of the evidence as the case registers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// As dropped; a member of an archive as `archive.zip/inner/path`.
    pub path: String,
    /// Bytes as dropped.
    pub size: u64,
    /// SHA-256 of the bytes as dropped; `None` only where they could not be read.
    pub sum: Option<Sum>,
    /// What S3 would state of the bytes as dropped, of files of AWS Config.
    pub checksums: Option<Checksums>,
    /// SHA-256 after gunzip; `None` where the file is not compressed.
    pub content: Option<Sum>,
    /// The number of that hash while it is worked out beside the reader; [`Entry::settle`] ends it.
    #[serde(skip)]
    pub awaited: Option<u32>,
    /// What it is.
    pub kind: Kind,
    /// From the content, else from the name.
    pub account: Option<String>,
    /// From the content, else from the name.
    pub region: Option<String>,
    /// What went wrong, the gravest first.
    pub problems: Vec<Problem>,
    /// What the case needs of its content.
    pub facts: Facts,
}

/// What was parsed out of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Facts {
    /// Nothing but the file itself.
    #[default]
    None,
    /// A digest file.
    Digest(Box<Digest>),
    /// A log file, an Insights file, or events outside log files.
    Log(Log),
    /// Public keys.
    Keys(Vec<KeyRecord>),
    /// Object metadata.
    Metadata(Vec<ObjectMetadata>),
    /// A Lake sign file.
    LakeSign(Box<LakeSign>),
    /// Files of AWS Config.
    Config(Box<Config>),
    /// Rules of AWS Config and their results.
    Compliance(Box<Recorded>),
    /// Reports and agreements of AWS Artifact.
    Artifacts(Vec<Artifact>),
    /// What an object holds that is no evidence itself.
    Object(Box<Object>),
    /// The same, and a table in it that may hold change tickets.
    Sheet(Box<(Object, Sheet)>),
    /// How evidence was collected.
    Collection(Box<Collection>),
    /// Sigma rules.
    Sigma(Vec<Dropped>),
    /// Descriptions of what should be there.
    Descriptions(Vec<Description>),
}

impl Entry {
    /// Takes the hash of its content, if that is awaited; `sum` tells it by its number. What cannot be hashed is no
    /// evidence.
    pub fn settle(&mut self, sum: impl Fn(u32) -> Option<Sum>) {
        let Some(number) = self.awaited.take() else {
            return;
        };
        self.content = sum(number);
        if let (Facts::Digest(digest), Some(sum)) = (&mut self.facts, self.content) {
            digest.content = sum;
        }
        if self.content.is_none() {
            let problem = Problem::new(ProblemCode::Unreadable, "the browser could not hash it");
            *self = failed(&self.path, self.size, problem);
        }
    }
}

pub(super) fn blank(path: &str, size: u64) -> Entry {
    Entry {
        path: path.to_owned(),
        size,
        sum: None,
        checksums: None,
        content: None,
        awaited: None,
        kind: Kind::Object,
        account: None,
        region: None,
        problems: Vec::new(),
        facts: Facts::None,
    }
}

/// The entry of a file that could not be read at all.
pub fn unreadable(path: &str, size: u64, error: &dyn std::fmt::Display) -> Entry {
    failed(
        path,
        size,
        Problem::new(ProblemCode::Unreadable, error.to_string()),
    )
}

/// The entry of a file of which nothing is known but its problem.
pub fn failed(path: &str, size: u64, problem: Problem) -> Entry {
    let mut entry = blank(path, size);
    entry.kind = Kind::Unreadable;
    entry.problems.push(problem);
    place(&mut entry);
    entry
}

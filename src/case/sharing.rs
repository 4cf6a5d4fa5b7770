//! What is masked in everything that is handed over, and what is left out.

use serde::{Deserialize, Serialize};

use super::Case;
use crate::audit::mask::{Kind, Mask};

/// Values of one kind that a preview shows.
const MOST: usize = 100;

/// What the auditor chose for documents that go to others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Sharing {
    /// Whether documents are made for others: what is chosen below is masked, confidential artifacts are left out.
    pub on: bool,
    /// Masks account IDs.
    pub accounts: bool,
    /// Masks users, roles' sessions, principal IDs and access keys.
    pub actors: bool,
    /// Masks IP addresses.
    pub addresses: bool,
    /// Masks ARNs as a whole.
    pub arns: bool,
    /// Masks e-mail addresses, telephone numbers, cards, IBANs and social security numbers.
    pub personal: bool,
    /// Texts that are masked wherever they stand.
    pub also: Vec<String>,
    /// Texts that are never masked.
    pub except: Vec<String>,
    /// Hands on confidential artifacts, because somebody asked for them.
    pub confidential: bool,
    /// Adds to the report for people what was done in the case, and when each file was added. These are of the session,
    /// not of the evidence: with them two reports of the same evidence differ in more than the time they state.
    pub record: bool,
    /// The secret by which pseudonyms are made: with it the same value has the same pseudonym in every document
    /// of the case, without it nobody can try out values.
    pub key: String,
}

impl Sharing {
    /// What is masked, in words.
    pub fn words(&self) -> String {
        let record = if self.record { ", with the record" } else { "" };
        if !self.on {
            return format!("off{record}");
        }
        let kinds = Kind::ALL.into_iter().filter(|kind| kind.is_chosen(self));
        let mut all: Vec<&str> = kinds.map(Kind::word).collect();
        if self.confidential {
            all.push("confidential artifacts are listed");
        }
        format!("on: {}{record}", all.join(", "))
    }

    /// Whether anything is chosen to be masked.
    pub fn masks(&self) -> bool {
        self.on && Kind::ALL.into_iter().any(|kind| kind.is_chosen(self))
    }
}

/// What masking would do, to look at before anything is handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masks {
    /// For each kind: its word, how many values are known, and the first of them.
    pub kinds: Vec<(String, u64, Vec<Masked>)>,
    /// Why nothing can be masked by it; empty where it can.
    pub refused: String,
    /// Texts of the case before and after.
    pub examples: Vec<(String, String)>,
}

/// A value and what stands for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masked {
    /// The value.
    pub value: String,
    /// What stands for it.
    pub pseudonym: String,
    /// Whether it is a common word, which is masked only where it stands alone or in a path.
    pub common: bool,
}

/// Answers the page.
pub(super) fn masks(case: &Case, sharing: &Sharing) -> Masks {
    let sharing = Sharing {
        on: true,
        ..sharing.clone()
    };
    let mask = match Mask::of(case, &sharing) {
        Ok(Some(mask)) => mask,
        Ok(None) => return Masks::default(),
        Err(why) => {
            return Masks {
                refused: why.to_owned(),
                ..Masks::default()
            };
        }
    };
    let known = |kind: Kind| {
        let all = mask.known(case, kind);
        let count = all.len() as u64;
        let first = all.into_iter().take(MOST).map(|(value, common)| Masked {
            pseudonym: mask.text(&value).into_owned(),
            value,
            common,
        });
        (kind.word().to_owned(), count, first.collect())
    };
    let mut examples = vec![case.judgement.verdict.statement.clone()];
    let files = case.register.files().take(2);
    examples.extend(files.map(|(_, file)| file.path.to_string()));
    let actors = case.activity.actors.values.iter().take(3);
    examples.extend(actors.map(|actor| case.activity.texts.get(actor.arn).to_owned()));
    examples.retain(|text| !text.is_empty());
    Masks {
        kinds: Kind::ALL
            .into_iter()
            .filter(|kind| kind.is_chosen(&sharing))
            .map(known)
            .collect(),
        examples: examples
            .into_iter()
            .map(|text| (mask.text(&text).into_owned(), text))
            .map(|(after, before)| (before, after))
            .collect(),
        refused: String::new(),
    }
}

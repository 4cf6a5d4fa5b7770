//! The chain of custody: where each file came from as far as known, when it was added, and what was done in the case.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::evidence::Kind;
use crate::evidence::collection::Collection;
use crate::integrity::judge::{digest_key, log_key};
use crate::integrity::{DigestAt, LogAt};
use crate::moment::Moment;

use super::question::{Inspection, Raw, Settings, Subject};
use super::rows::{FileCells, text, time};
use super::table::Row;
use super::{Case, population};

/// Entries of the record that are kept; the oldest give way.
pub(super) const MOST: usize = 10_000;

/// Something that was done in the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// When, by the clock of the machine.
    pub at: Moment,
    /// What, in a few words.
    pub what: String,
    /// To what.
    pub detail: String,
}

/// What tells of the evidence's past.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Custody {
    /// Records of collecting: the file, and a sentence.
    pub collections: Vec<(String, String)>,
    /// Cases of Exhibit among the evidence.
    pub cases: Vec<Raw>,
    /// Reports of Exhibit among the evidence.
    pub reports: Vec<Raw>,
}

/// Answers the page.
pub(super) fn summary(case: &Case) -> Custody {
    let of = |kind: Kind| {
        let files = case
            .register
            .files()
            .filter(move |(_, file)| file.kind == kind);
        let raw = files.map(|(_, file)| Raw {
            source: file.source,
            path: file.path.to_string(),
            record: None,
            content: file.sum,
            is_object: false,
        });
        raw.collect()
    };
    Custody {
        collections: collections(case),
        cases: of(Kind::ExhibitCase),
        reports: of(Kind::ExhibitReport),
    }
}

/// What of the case is known of origins; made when it is asked for.
#[derive(Default)]
pub(super) struct State {
    /// Collections, with their files.
    pub(super) collections: Vec<(u32, Collection)>,
    origins: Option<HashMap<u32, String>>,
}

impl State {
    /// Forgets what was worked out.
    pub(super) fn reset(&mut self) {
        self.origins = None;
    }
}

/// Works out where files came from, unless that is done.
pub(super) fn work_out(case: &mut Case) {
    if case.custody.origins.is_none() {
        case.custody.origins = Some(origins(case));
    }
}

fn origins(case: &Case) -> HashMap<u32, String> {
    let mut origins = HashMap::new();
    let holdings = &case.holdings;
    for row in &case.judgement.digests {
        if let DigestAt::Item(at) = row.at {
            let (bucket, key) = digest_key(holdings, &case.register, row);
            if let Some(bucket) = bucket {
                let file = holdings.digests[at as usize].file;
                origins.insert(file, format!("s3://{bucket}/{key}, as it says of itself"));
            }
        }
    }
    for row in &case.judgement.logs {
        if let (LogAt::File(at), Some((bucket, key))) = (row.at, log_key(holdings, row)) {
            let file = holdings.logs[at as usize].file;
            origins.insert(
                file,
                format!("s3://{bucket}/{key}, as a digest file lists it"),
            );
        }
    }
    // Outputs stand beside the file that tells of them.
    let mut outputs: HashMap<String, String> = HashMap::new();
    for (file, collection) in &case.custody.collections {
        let path = case.register.file(*file).map_or("", |file| &*file.path);
        let folder = path
            .rsplit_once('/')
            .map_or(String::new(), |(folder, _)| format!("{folder}/"));
        for command in &collection.commands {
            let when = command.ended.map_or(String::new(), |at| format!(", {at}"));
            let output = format!("{folder}{}", command.output);
            outputs.insert(
                output,
                format!("{}; by {}{when}", command.command, collection.by()),
            );
        }
    }
    for (place, file) in case.register.files() {
        if let Some(origin) = outputs.get(&*file.path) {
            origins.insert(place, origin.clone());
        }
    }
    origins
}

/// Where a file came from, as far as known.
pub(super) fn origin(case: &Case, file: u32) -> &str {
    let origins = case.custody.origins.as_ref();
    origins
        .and_then(|origins| origins.get(&file))
        .map_or("", String::as_str)
}

/// The same for the inspector, which may be asked before anything was worked out.
pub(super) fn told(case: &Case, file: u32) -> String {
    match &case.custody.origins {
        Some(_) => origin(case, file).to_owned(),
        None => origins(case).remove(&file).unwrap_or_default(),
    }
}

/// Everything about something that was done.
pub(super) fn inspect(case: &Case, at: u32, mut it: Inspection) -> Option<Inspection> {
    let log = &case.settings.log;
    let done = log.get(log.len().checked_sub(at as usize + 1)?)?;
    it.title.clone_from(&done.what);
    it.what.push(("When".to_owned(), time(Some(done.at))));
    if !done.detail.is_empty() {
        it.what.push(("To what".to_owned(), text(&done.detail)));
    }
    it.why.push("By the clock of the machine. The record is part of the case, which whoever has it can edit.".to_owned());
    Some(it)
}

/// A row of the table of custody.
pub(super) fn row(case: &Case, at: u32) -> Row {
    let Some((place, file)) = case.register.at(at) else {
        return Row {
            subject: Subject::File(at),
            cells: Vec::new(),
        };
    };
    let of = FileCells::of(file);
    Row {
        subject: Subject::File(place),
        cells: vec![
            of.path,
            time(file.added),
            of.size,
            of.sha256,
            text(origin(case, place)),
            of.kind,
            of.account,
            of.region,
            of.problem,
        ],
    }
}

/// A row of the record of what was done; the newest first.
pub(super) fn done_row(case: &Case, at: u32) -> Row {
    let log = &case.settings.log;
    let done = log
        .len()
        .checked_sub(at as usize + 1)
        .and_then(|at| log.get(at));
    let cells = done.map_or(Vec::new(), |done| {
        vec![time(Some(done.at)), text(&done.what), text(&done.detail)]
    });
    Row {
        subject: Subject::Done(at),
        cells,
    }
}

/// What the commands say that collected evidence: a sentence for each collection.
pub(crate) fn collections(case: &Case) -> Vec<(String, String)> {
    let one = |(file, collection): &(u32, Collection)| {
        let path = case.register.file(*file).map_or("", |file| &*file.path);
        let failed = collection
            .commands
            .iter()
            .filter(|one| one.exit_code != 0)
            .count();
        let time = |at: Option<Moment>| at.map_or("no stated time".to_owned(), |at| at.to_string());
        let words = format!(
            "{} commands, {failed} of them failed, by {} with {}, from {} to {}",
            collection.commands.len(),
            if collection.by().is_empty() {
                "nobody stated".to_owned()
            } else {
                collection.by()
            },
            if collection.cli.is_empty() {
                "no stated CLI"
            } else {
                &collection.cli
            },
            time(collection.started),
            time(collection.ended),
        );
        (path.to_owned(), words)
    };
    case.custody.collections.iter().map(one).collect()
}

impl Settings {
    /// Writes down that something was done.
    pub fn note(&mut self, at: Moment, what: &str, detail: impl Into<String>) {
        if self.log.len() >= MOST {
            self.log.remove(0);
        }
        self.log.push(Done {
            at,
            what: what.to_owned(),
            detail: detail.into(),
        });
    }

    /// Writes down how these settings differ from those before.
    pub fn note_changes(&mut self, before: &Settings, at: Moment) {
        for (what, detail) in differences(before, self) {
            self.note(at, what, detail);
        }
    }
}

/// What was done between two settings.
fn differences(before: &Settings, now: &Settings) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    if before.confirmed_keys != now.confirmed_keys {
        let what = if now.confirmed_keys.len() > before.confirmed_keys.len() {
            "Keys confirmed"
        } else {
            "Confirmation of keys taken back"
        };
        all.push((what, String::new()));
    }
    if before.scope != now.scope {
        all.push(("Scope changed", String::new()));
    }
    let (old, new) = (&before.audit, &now.audit);
    if old.prepared_by != new.prepared_by {
        all.push(("Prepared by", new.prepared_by.clone()));
    }
    if old.notes != new.notes {
        all.push(("Notes of the report changed", String::new()));
    }
    if (old.from, old.to) != (new.from, new.to) {
        let day = |at: Option<Moment>| at.map_or("open".to_owned(), |at| at.to_string());
        all.push((
            "Period under audit",
            format!("{} to {}", day(new.from), day(new.to)),
        ));
    }
    let added = new
        .controls
        .iter()
        .filter(|one| !old.controls.iter().any(|known| known.is(one)));
    let added: Vec<&str> = added.map(|one| one.id.as_str()).collect();
    match added.as_slice() {
        [] => {}
        [one] => all.push(("Control added", (*one).to_owned())),
        [first, .., last] => all.push((
            "Controls added",
            format!("{}, from {first} to {last}", added.len()),
        )),
    }
    for one in old
        .controls
        .iter()
        .filter(|one| !new.controls.iter().any(|known| known.is(one)))
    {
        all.push(("Control removed", one.id.clone()));
    }
    for one in &new.controls {
        let known = old.controls.iter().find(|known| known.is(one));
        let (status, links) = known.map_or((None, 0), |known| {
            (known.status.as_ref(), known.evidence.len())
        });
        if one.status.as_ref() != status
            || known.is_some_and(|known| known.conclusion != one.conclusion)
        {
            let status = one.status.as_deref().unwrap_or("open");
            all.push((
                "Control concluded",
                format!("{}: {status}, by {}", one.id, one.by),
            ));
        }
        if one.evidence.len() > links {
            let title = one.evidence.last().map_or("", |link| &link.title);
            all.push((
                "Evidence added to a control",
                format!("{}: {title}", one.id),
            ));
        } else if one.evidence.len() < links {
            all.push(("Evidence taken from a control", one.id.clone()));
        }
    }
    for one in new
        .artifacts
        .iter()
        .filter(|one| !old.artifacts.contains(one))
    {
        all.push(("Artifact corrected", one.title.clone()));
    }
    for one in &new.populations {
        let Some(known) = old.populations.iter().find(|known| known.name == one.name) else {
            all.push((
                "Population frozen",
                format!(
                    "{}: {} rows of {}, SHA-256 {}",
                    one.name,
                    one.count,
                    population::words(one.table, &one.filter),
                    one.sha256
                ),
            ));
            continue;
        };
        if one.samples.len() > known.samples.len() {
            let sample = one.samples.last();
            all.push((
                "Sample drawn",
                sample.map_or(String::new(), |sample| {
                    format!(
                        "{}: {} items, seed {}",
                        one.name,
                        sample.items.len(),
                        sample.seed
                    )
                }),
            ));
        } else if one.samples != known.samples {
            all.push(("Checklist changed", one.name.clone()));
        }
    }
    for one in old
        .populations
        .iter()
        .filter(|one| !new.populations.iter().any(|known| known.name == one.name))
    {
        all.push(("Population removed", one.name.clone()));
    }
    if old.tickets != new.tickets {
        all.push(("Columns of change tickets mapped", String::new()));
    }
    if before.exceptions != now.exceptions {
        all.push((
            "Exceptions changed",
            format!("{} in all", now.exceptions.len()),
        ));
    }
    if before.rules != now.rules {
        all.push(("Own rules changed", format!("{} in all", now.rules.len())));
    }
    if before.risk != now.risk {
        all.push(("Values of risk changed", String::new()));
    }
    if before.sharing != now.sharing {
        all.push(("Masking of documents changed", now.sharing.words()));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Control, Link};

    #[test]
    fn what_was_done_is_told_by_what_differs() {
        let mut now = Settings {
            confirmed_keys: vec!["ab".into()],
            ..Settings::default()
        };
        now.audit.controls.push(Control {
            id: "A.1".into(),
            ..Control::default()
        });
        now.audit.prepared_by = "Ada".into();
        now.audit.notes = "x".into();
        let before = now.clone();
        now.note_changes(&Settings::default(), Moment::MIN);
        let words = |of: &Settings| {
            of.log
                .iter()
                .map(|one| format!("{} {}", one.what, one.detail))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            words(&now),
            [
                "Keys confirmed ",
                "Prepared by Ada",
                "Notes of the report changed ",
                "Control added A.1"
            ]
        );
        let mut then = before.clone();
        let control = &mut then.audit.controls[0];
        (control.status, control.by) = (Some("met".into()), "Ada".into());
        control.evidence.push(Link {
            title: "File: x".into(),
            ..Link::default()
        });
        then.note_changes(&before, Moment::MIN);
        assert_eq!(
            words(&then),
            [
                "Control concluded A.1: met, by Ada",
                "Evidence added to a control A.1: File: x"
            ]
        );
        let mut same = then.clone();
        same.log.clear();
        same.note_changes(&then, Moment::MIN);
        assert!(same.log.is_empty());
    }
}

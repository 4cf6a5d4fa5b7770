//! Everything about one thing, for the inspector.

mod chain;
mod event;
mod finding;
mod gap;
mod resource;

use crate::activity::explain::{self, Cause};
use crate::audit::working;
use crate::evidence::Kind;
use crate::integrity::judge::{digest_key, log_key, log_place};
use crate::integrity::{DigestAt, LogAt, LogStatus, State};
use crate::sum::Sum;

pub(crate) use gap::causes;

use super::question::{Inspection, Raw, Subject};
use super::rows::{digest_state, log_state};
use super::table::Cell;
use super::{
    Case, Link, accessed, artifacts, compliance, controls, custody, objects, overview, reach,
    resources, risk, secrets,
};

/// Looks a thing up; `None` where there is none any more.
pub(super) fn inspect(case: &Case, subject: Subject) -> Option<Inspection> {
    let mut it = look_up(case, subject)?;
    let raw = it.raw.as_ref();
    let file = raw.and_then(|raw| {
        case.register
            .files()
            .find(|(_, file)| file.source == raw.source && *file.path == *raw.path)
    });
    it.link = controls::link(
        &format!("{}: {}", it.sort, it.title),
        file.map(|(_, file)| file),
    );
    Some(it)
}

fn look_up(case: &Case, subject: Subject) -> Option<Inspection> {
    match subject {
        Subject::File(file) => inspect_file(case, file),
        Subject::Digest(at) => inspect_digest(case, at),
        Subject::Log(at) => inspect_log(case, at),
        Subject::Gap(at) => gap::inspect(case, at),
        Subject::Key(at) => inspect_key(case, at),
        Subject::Lake(at) => inspect_lake(case, at),
        Subject::Resource(at) => resource::inspect(case, at),
        Subject::Rule(at) => finding::inspect_rule(case, at),
        Subject::Finding(at) => finding::inspect(case, at),
        Subject::Control(at) => finding::inspect_control(case, at),
        Subject::Call(at) => risk::calls::inspect(case, at, false, blank("", "Call")),
        Subject::Error(at) => risk::calls::inspect(case, at, true, blank("", "Error")),
        Subject::Alert(at) => risk::alerts::inspect(case, at, blank("", "Alert")),
        Subject::Condition(at) => {
            risk::alerts::inspect_condition(case, at, blank("", "Alert that is looked for"))
        }
        Subject::User(at) => risk::users::inspect(case, at, blank("", "User")),
        Subject::Window(at) => {
            risk::users::inspect_session(case, at, blank("", "Session of five minutes"))
        }
        Subject::Unusual(at) => {
            risk::users::inspect_unusual(case, at, blank("", "Unusual for this user"))
        }
        Subject::Object(at) => objects::inspect(case, at, blank("", "Object")),
        Subject::Accessed(at) => accessed::inspect(case, at, blank("", "Object of a bucket")),
        Subject::Reach(at) => reach::inspect(case, at, blank("", "Who may reach a bucket")),
        Subject::Secret(at) => secrets::inspect(case, at, blank("", "Secret")),
        Subject::Classifier(at) => {
            objects::inspect_classifier(case, at, blank("", "Row of the model"))
        }
        Subject::Done(at) => custody::inspect(case, at, blank("", "Something that was done")),
        Subject::Chain(at) => chain::inspect(case, at),
        Subject::Score(at) => compliance::scores::inspect(case, at, blank("", "Group of results")),
        Subject::Artifact(at) => artifacts::inspect(case, at, blank("", "AWS report")),
        Subject::Audited(at) => controls::inspect(case, at, blank("", "Control of the audit")),
        Subject::Message(at) => resources::inspect_message(case, at),
        Subject::Capture(at) => resource::inspect_capture(case, at),
        Subject::Event(at) => event::inspect(case, at),
        Subject::Seen(at) => event::inspect_seen(case, at),
        Subject::Session(at) => event::inspect_session(case, at),
    }
}

pub(super) fn blank(title: &str, sort: &str) -> Inspection {
    Inspection {
        title: title.rsplit('/').next().unwrap_or(title).to_owned(),
        sort: sort.to_owned(),
        status: None,
        what: Vec::new(),
        pivots: Vec::new(),
        why: Vec::new(),
        todo: None,
        proof: Vec::new(),
        working: Vec::new(),
        related: Vec::new(),
        queries: Vec::new(),
        history: None,
        exception: None,
        results: None,
        over_time: Vec::new(),
        days: Vec::new(),
        days_query: String::new(),
        correction: None,
        control: None,
        link: Link::default(),
        risk: None,
        raw: None,
        pieces: None,
    }
}

pub(super) fn push(list: &mut Vec<(String, Cell)>, label: &str, cell: Cell) {
    let empty = matches!(&cell, Cell::Empty)
        || matches!(&cell, Cell::Text(text) | Cell::Code(text) if text.is_empty());
    if !empty {
        list.push((label.to_owned(), cell));
    }
}

pub(super) fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

pub(super) fn code(text: &str) -> Cell {
    Cell::Code(text.to_owned())
}

fn sum(sum: Option<Sum>) -> Cell {
    sum.map_or(Cell::Empty, |sum| Cell::Code(sum.to_string()))
}

fn todo(recommendation: &str) -> Option<String> {
    (!recommendation.is_empty()).then(|| recommendation.to_owned())
}

/// Path, size, hashes and problems of a file.
pub(super) fn add_file(case: &Case, file: u32, into: &mut Inspection) {
    let Some(entry) = case.register.file(file) else {
        return;
    };
    push(&mut into.proof, "File", code(&entry.path));
    push(&mut into.proof, "Origin", text(&custody::told(case, file)));
    if let Some(added) = entry.added {
        push(&mut into.proof, "Added", Cell::Time(added));
    }
    push(&mut into.proof, "Size", Cell::Size(entry.size));
    push(&mut into.proof, "SHA-256 as dropped", sum(entry.sum));
    push(
        &mut into.proof,
        "SHA-256 of the content",
        sum(entry.content),
    );
    if let Some(checksum) = case.resources.checksums.get(&file) {
        push(
            &mut into.proof,
            "Checksum in the bucket's listing",
            text(checksum.words()),
        );
    }
    for problem in &entry.problems {
        into.why.push(problem.message());
        into.todo
            .get_or_insert_with(|| problem.recommendation().to_owned());
    }
    into.raw = raw(case, file, None);
}

/// Where the bytes of a file, or a record in it, can be read again.
pub(super) fn raw(case: &Case, file: u32, record: Option<(u32, u32)>) -> Option<Raw> {
    let file = case.register.file(file)?;
    Some(Raw {
        source: file.source,
        path: file.path.to_string(),
        record,
        content: file.content.or(file.sum),
        is_object: matches!(
            file.kind,
            Kind::Object | Kind::ArtifactReport | Kind::ArtifactAgreement
        ),
    })
}

fn inspect_file(case: &Case, file: u32) -> Option<Inspection> {
    let entry = case.register.file(file)?;
    let mut it = blank(&entry.path, entry.kind.name());
    push(&mut it.what, "Kind", text(entry.kind.label()));
    push(
        &mut it.what,
        "Account",
        text(entry.account.as_deref().unwrap_or_default()),
    );
    push(
        &mut it.what,
        "Region",
        text(entry.region.as_deref().unwrap_or_default()),
    );
    add_file(case, file, &mut it);
    if let Some(at) = objects::of_file(case, file) {
        it.related
            .push(("What it holds".to_owned(), Subject::Object(at)));
    }
    for (at, row) in case.judgement.digests.iter().enumerate() {
        let here = match row.at {
            DigestAt::Item(ix) => case.holdings.digests[ix as usize].file == file,
            DigestAt::Broken(ix) => case.holdings.broken[ix as usize].file == file,
            DigestAt::Missing { .. } => false,
        };
        if here {
            it.status = Some(digest_state(row.status));
            it.related.push((
                "Judged as a digest file".to_owned(),
                Subject::Digest(at as u32),
            ));
        }
    }
    for (at, row) in case.judgement.logs.iter().enumerate() {
        if matches!(row.at, LogAt::File(ix) if case.holdings.logs[ix as usize].file == file) {
            it.status = Some(log_state(row.status));
            it.related
                .push(("Judged as a log file".to_owned(), Subject::Log(at as u32)));
        }
    }
    Some(it)
}

fn inspect_digest(case: &Case, at: u32) -> Option<Inspection> {
    let row = case.judgement.digests.get(at as usize)?;
    let (bucket, key) = digest_key(&case.holdings, &case.register, row);
    let mut it = blank(
        key,
        if row.backfill {
            "Backfill digest file"
        } else {
            "Digest file"
        },
    );
    it.status = Some(digest_state(row.status));
    it.why.push(row.status.message().to_owned());
    it.todo = todo(row.status.recommendation());
    if let Some((from, to)) = row.window {
        push(&mut it.what, "From", Cell::Time(from));
        push(&mut it.what, "To", Cell::Time(to));
    }
    if let Some(trail) = row
        .trail
        .map(|trail| &case.judgement.trails[trail as usize].key)
    {
        push(
            &mut it.what,
            "Organization",
            text(trail.organization.as_deref().unwrap_or_default()),
        );
        push(&mut it.what, "Account", text(&trail.account));
        push(&mut it.what, "Region", text(&trail.region));
        push(&mut it.what, "Trail", text(&trail.trail));
        push(&mut it.what, "Home region", text(&trail.home_region));
    }
    push(&mut it.what, "Bucket", code(bucket.unwrap_or_default()));
    push(&mut it.what, "Key", code(key));
    match row.at {
        DigestAt::Item(ix) => {
            let item = &case.holdings.digests[ix as usize];
            push(
                &mut it.what,
                "Log files",
                Cell::Number(item.logs.len() as u64),
            );
            if let Some(source) = row.source {
                push(&mut it.proof, "Proven by", text(source.name()));
            }
            push(
                &mut it.proof,
                "Public key",
                code(case.holdings.text(item.fingerprint)),
            );
            add_file(case, item.file, &mut it);
            it.working = working::digest(case, ix);
            let proof = case
                .judgement
                .proofs
                .as_ref()
                .map(|proofs| proofs.of[ix as usize]);
            if let Some(next) = proof.and_then(|proof| proof.next) {
                let row = case
                    .judgement
                    .digests
                    .iter()
                    .position(|row| row.at == DigestAt::Item(next));
                it.related.extend(row.map(|at| {
                    (
                        "The next digest, which vouches for it".to_owned(),
                        Subject::Digest(at as u32),
                    )
                }));
            }
            let logs = case.judgement.logs.iter().enumerate();
            let listed = logs.filter(|(_, log)| log.listed.is_some_and(|(digest, _)| digest == ix));
            for (at, log) in listed.take(50) {
                let key = log_key(&case.holdings, log).map_or("", |(_, key)| key);
                let name = key.rsplit('/').next().unwrap_or(key);
                it.related.push((
                    format!("{}: {name}", log.status.name()),
                    Subject::Log(at as u32),
                ));
            }
        }
        DigestAt::Broken(ix) => add_file(case, case.holdings.broken[ix as usize].file, &mut it),
        DigestAt::Missing { named_by, .. } => {
            let row = case
                .judgement
                .digests
                .iter()
                .position(|row| row.at == DigestAt::Item(named_by));
            it.related.extend(row.map(|at| {
                (
                    "The digest that names it".to_owned(),
                    Subject::Digest(at as u32),
                )
            }));
        }
    }
    if let (Some(bucket), Some((_, end))) = (bucket, row.window)
        && matches!(row.status.state(), State::Altered | State::Missing)
    {
        let causes = explain::of_object(&case.activity, bucket, key, end);
        add_causes(&mut it, causes);
    }
    Some(it)
}

/// The bucket that a trail writes to, by one of its digests.
fn log_bucket(case: &Case, trail: u32) -> String {
    let mut rows = case.judgement.digests.iter();
    let row = rows.find(|row| row.trail == Some(trail));
    let place = row.map(|row| digest_key(&case.holdings, &case.register, row));
    place
        .and_then(|(bucket, _)| bucket)
        .unwrap_or_default()
        .to_owned()
}

/// Says which events explain what is wrong, or that none does.
fn add_causes(it: &mut Inspection, causes: Vec<Cause>) {
    if causes.is_empty() {
        it.why
            .push("Unexplained: no event of the evidence tells who caused this.".to_owned());
    }
    for cause in causes {
        it.why.push(format!("Explained by {}.", cause.words()));
        it.related.push((
            format!("{} at {}", cause.name, cause.time),
            Subject::Event(cause.event),
        ));
    }
}

fn inspect_log(case: &Case, at: u32) -> Option<Inspection> {
    let row = case.judgement.logs.get(at as usize)?;
    let holdings = &case.holdings;
    let key = log_key(holdings, row);
    let title = key.map_or_else(|| overview::log_path(case, row.at), |(_, key)| key);
    let mut it = blank(title, "Log file");
    it.status = Some(log_state(row.status));
    it.why.push(row.status.message().to_owned());
    it.todo = todo(row.status.recommendation());
    if row.young {
        it.why.push(
            "It is younger than the newest digest in the evidence: the next one should list it."
                .to_owned(),
        );
    }
    if let Some((again, all)) = row.repeats {
        it.why.push(format!(
            "Of its {all} events, {again} occur in proven log files."
        ));
    }
    let (account, region, delivered) = log_place(holdings, row);
    push(
        &mut it.what,
        "Delivered",
        delivered.map_or(Cell::Empty, Cell::Time),
    );
    push(&mut it.what, "Account", text(account));
    push(&mut it.what, "Region", text(region));
    if let Some((bucket, key)) = key {
        push(&mut it.what, "Bucket", code(bucket));
        push(&mut it.what, "Key", code(key));
    }
    if let Some((digest, listed)) = row.listed {
        push(
            &mut it.proof,
            "SHA-256 that the digest states",
            sum(holdings.listed[listed as usize].content),
        );
        let place = case
            .judgement
            .digests
            .iter()
            .position(|row| row.at == DigestAt::Item(digest));
        it.related.extend(place.map(|at| {
            (
                "The digest that lists it".to_owned(),
                Subject::Digest(at as u32),
            )
        }));
    }
    if let LogAt::File(ix) = row.at {
        let item = &holdings.logs[ix as usize];
        push(&mut it.what, "Events", Cell::Number(item.events));
        add_file(case, item.file, &mut it);
        it.related
            .push(("The file".to_owned(), Subject::File(item.file)));
    }
    if let (Some((bucket, key)), Some(delivered)) = (key, delivered)
        && matches!(row.status.state(), State::Altered | State::Missing)
    {
        let causes = explain::of_object(&case.activity, bucket, key, delivered);
        add_causes(&mut it, causes);
    }
    if row.status.state() != State::NotCovered || row.status == LogStatus::NotCollected {
        it.working = working::log(case, row);
    }
    Some(it)
}

fn inspect_key(case: &Case, at: u32) -> Option<Inspection> {
    let key = overview::keys(case).into_iter().nth(at as usize)?;
    let mut it = blank(&key.fingerprint, "Public key");
    push(
        &mut it.what,
        "Region",
        text(key.region.as_deref().unwrap_or_default()),
    );
    push(
        &mut it.what,
        "Digests that name it",
        Cell::Number(key.used_by),
    );
    push(&mut it.proof, "SHA-256", code(&key.sha256));
    push(&mut it.proof, "File", code(&key.path));
    if !key.fingerprint_matches {
        it.why.push("The stated fingerprint is not the MD5 of its bytes, as it is for every key that AWS publishes.".to_owned());
    }
    if !key.used_while_valid {
        it.why.push(
            "Its listed validity does not cover the time of every digest that names it.".to_owned(),
        );
    }
    if let Some(fault) = &key.fault {
        it.why.push(format!("It cannot verify anything: {fault}."));
    }
    it.todo = Some("Compare its SHA-256 with keys that you fetched yourself with `aws cloudtrail list-public-keys`.".to_owned());
    Some(it)
}

fn inspect_lake(case: &Case, at: u32) -> Option<Inspection> {
    let row = case.judgement.lake.get(at as usize)?;
    let path = case
        .register
        .file(row.file)
        .map(|file| file.path.to_string())
        .unwrap_or_default();
    let mut it = blank(&path, "Lake query result");
    it.status = Some(Cell::State {
        state: row.status.state(),
        hatched: false,
        word: row.status.name().to_owned(),
    });
    it.why.push(row.status.message().to_owned());
    it.why.push(row.evidence.clone());
    it.todo = todo(row.status.recommendation());
    add_file(case, row.file, &mut it);
    Some(it)
}

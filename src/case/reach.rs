//! Changes of who may reach a bucket, as a table and in the report.

use std::collections::{BinaryHeap, HashSet};

use roaring::RoaringBitmap;
use serde_json::{Value, json};

use crate::activity::complete::term;
use crate::cloudtrail::Log;
use crate::moment::Moment;
use crate::order::sorted;
use crate::risk::changes::{Change, changes};
use crate::risk::reach::{Public, Reach};
use crate::risk::widened::narrowed as narrowed_by;

use super::Case;
use super::question::{Inspection, Subject};
use super::rows::{code, text, time};
use super::table::{Cell, Row};

/// Bytes of request parameters that are kept of all evidence: those of the earliest calls, in whatever order files come, since what
/// a policy was before is known only by what was followed from the first.
const MOST: usize = 64 << 20;

/// What is known of who may reach buckets.
#[derive(Default)]
pub(super) struct State {
    /// Request parameters of calls that change who may reach a bucket or what an identity may do, each with its time and its event;
    /// the latest first out.
    requests: BinaryHeap<(Option<Moment>, String, u32)>,
    /// The earliest that are not kept: none of this time and content or later is.
    end: Option<(Option<Moment>, String)>,
    /// Bytes of these.
    kept: usize,
    /// Calls whose request parameters are not kept.
    left_out: u64,
    all: Option<Vec<Change>>,
}

impl State {
    /// Takes the request parameters of the calls of a file, of which `first` is the first.
    pub(super) fn take(&mut self, first: u32, log: &Log) {
        self.left_out += u64::from(log.left_out);
        for (row, request) in &log.requests {
            let at = log.rows.get(*row as usize).and_then(|row| row.time);
            self.kept += request.len();
            self.requests.push((at, request.clone(), first + row));
            while let Some((at, request, _)) = self.requests.peek() {
                let is_late = |(end, text): &(_, String)| (at, request) >= (end, text);
                if self.kept <= MOST && !self.end.as_ref().is_some_and(is_late) {
                    break;
                }
                if let Some((at, request, _)) = self.requests.pop() {
                    self.kept -= request.len();
                    self.left_out += 1;
                    self.end = Some((at, request));
                }
            }
        }
    }

    /// The requests that are kept, by event.
    fn requests(&self) -> Vec<(u32, &str)> {
        let all = self
            .requests
            .iter()
            .map(|(_, request, event)| (*event, &**request));
        sorted(all.collect(), |a, b| a.0.cmp(&b.0))
    }

    /// What is known has changed.
    pub(super) fn reset(&mut self) {
        self.all = None;
    }
}

/// Works out the changes, unless that is done.
pub(super) fn list(case: &mut Case) {
    if case.reach.all.is_none() {
        let all = changes(&case.activity, &case.reach.requests(), &case.inventory);
        case.reach.all = Some(all);
    }
}

/// The events that allow an identity no more than before; none is sure where calls between them are not kept.
pub(super) fn narrowed(case: &Case) -> RoaringBitmap {
    if case.reach.left_out > 0 {
        return RoaringBitmap::new();
    }
    narrowed_by(&case.activity, &case.reach.requests())
}

/// Calls whose request parameters are not kept: they are not among the changes.
pub(super) fn left_out(case: &Case) -> u64 {
    case.reach.left_out
}

fn all(case: &Case) -> &[Change] {
    case.reach.all.as_deref().unwrap_or_default()
}

/// How many rows the table has.
pub(super) fn length(case: &Case) -> usize {
    all(case).len()
}

/// Whether a change let everyone in, or may have.
fn opens(one: &Change) -> bool {
    let is_open = |public: Public| matches!(public, Public::Yes | Public::UnlessBlocked);
    is_open(one.after.public()) && !is_open(one.before.public())
}

/// Buckets that a change opened to everyone, or may have.
pub(super) fn opened(case: &Case) -> u64 {
    let changes = all(case).iter().filter(|one| opens(one));
    let buckets: HashSet<&str> = changes.map(|one| &*one.bucket).collect();
    buckets.len() as u64
}

/// Whether everyone can reach it; of an account its buckets tell, each in a row of its own.
fn public(one: &Change, reach: &Reach) -> &'static str {
    if one.bucket.is_empty() {
        "see its buckets"
    } else {
        reach.public().name()
    }
}

fn bucket(one: &Change) -> &str {
    if one.bucket.is_empty() {
        "all of the account"
    } else {
        &one.bucket
    }
}

fn outcome(one: &Change) -> &str {
    if one.error.is_empty() {
        "changed"
    } else {
        &one.error
    }
}

fn call(one: &Change) -> &str {
    if one.call.is_empty() {
        "seen in a configuration item"
    } else {
        &one.call
    }
}

/// A row of the table.
pub(super) fn row(case: &Case, at: u32) -> Row {
    let cells = all(case).get(at as usize).map_or(Vec::new(), |one| {
        vec![
            time(one.at),
            text(bucket(one)),
            text(call(one)),
            text(outcome(one)),
            code(&one.actor),
            text(public(one, &one.before)),
            text(public(one, &one.after)),
            text(&one.before.words()),
            text(&one.after.words()),
            text(&one.account),
        ]
    });
    Row {
        subject: Subject::Reach(at),
        cells,
    }
}

/// Everything about a change.
pub(super) fn inspect(case: &Case, at: u32, mut it: Inspection) -> Option<Inspection> {
    let one = all(case).get(at as usize)?;
    bucket(one).clone_into(&mut it.title);
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    fact("When", time(one.at));
    fact("Call", text(call(one)));
    fact("Outcome", text(outcome(one)));
    fact("Actor", code(&one.actor));
    fact("Account", text(&one.account));
    fact("Everyone, before", text(public(one, &one.before)));
    fact("Everyone, after", text(public(one, &one.after)));
    fact("Who may reach it, before", text(&one.before.words()));
    fact("Who may reach it, after", text(&one.after.words()));
    it.why.push("By the bucket's own policy, access control list and public access block, and by the account's block where a call tells it, as far as calls and configuration items of the evidence state them. What is denied to all for certain is taken away, other denials and conditions are told; the owner's account, whose users have policies of their own, is not listed. \"Not told\" means that nothing before says it.".to_owned());
    if one.call.is_empty() {
        it.why.push("No call of the evidence tells who changed it: a configuration item merely states it otherwise than before.".to_owned());
    }
    if matches!(one.after.public(), Public::Yes | Public::UnlessBlocked) {
        it.todo = Some("Check that everyone is meant to reach this bucket; if not, turn its public access block on and find out what was read meanwhile.".to_owned());
    }
    if let Some(event) = one.event {
        it.related
            .push(("The call".to_owned(), Subject::Event(event)));
    }
    if let Some(capture) = one.capture {
        it.related.push((
            "The configuration item".to_owned(),
            Subject::Capture(capture),
        ));
    }
    if !one.bucket.is_empty() {
        it.queries.push((
            "All calls on this bucket".to_owned(),
            term("resource", &one.bucket),
        ));
    }
    Some(it)
}

/// The changes of the report.
pub(crate) fn report(case: &Case) -> impl Iterator<Item = Value> {
    all(case).iter().map(|one| {
        json!({
            "at": one.at.map(|at| at.to_string()), "bucket": one.bucket, "account": one.account, "call": one.call, "actor": one.actor,
            "error": one.error, "publicBefore": public(one, &one.before), "publicAfter": public(one, &one.after),
            "before": one.before.words(), "after": one.after.words(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::log::Row;

    #[test]
    fn the_earliest_requests_are_kept_in_whatever_order_files_come() {
        let log = |second: i64, sign: &str, megabytes: usize| {
            let mut log = Log::default();
            log.rows.push(Row {
                time: Some(Moment::from_seconds(second)),
                ..Row::default()
            });
            log.requests.push((0, sign.repeat(megabytes << 20)));
            log
        };
        let files = [
            log(1, "a", 30),
            log(2, "b", 20),
            log(3, "c", 20),
            log(3, "c", 20),
            // It would fit, but what came before it is not followed.
            log(4, "d", 1),
        ];
        for order in [
            [0, 1, 2, 3, 4],
            [4, 3, 2, 1, 0],
            [2, 4, 0, 3, 1],
            [3, 0, 4, 1, 2],
        ] {
            let mut state = State::default();
            for at in order {
                state.take(at as u32, &files[at]);
            }
            let kept: Vec<u32> = state.requests().iter().map(|one| one.0).collect();
            assert_eq!((kept, state.left_out), (vec![0, 1], 3), "{order:?}");
            assert_eq!(state.kept, 50 << 20);
        }
    }
}

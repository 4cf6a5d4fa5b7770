//! A gap in coverage.

use crate::activity::explain::{self, Cause};
use crate::case::Case;
use crate::case::question::{Inspection, Subject};
use crate::case::table::Cell;
use crate::integrity::DigestRow;
use crate::integrity::chain::Gap;

use super::{add_causes, blank, log_bucket, push, text, todo};

/// The calls that explain it.
pub(crate) fn causes(case: &Case, gap: &Gap) -> Vec<Cause> {
    let key = &case.judgement.trails[gap.trail as usize].key;
    let bucket = log_bucket(case, gap.trail);
    explain::of_gap(&case.activity, key, &bucket, gap.from, gap.to)
}

pub(super) fn inspect(case: &Case, at: u32) -> Option<Inspection> {
    let gap = case.judgement.gaps.get(at as usize)?;
    let key = &case.judgement.trails[gap.trail as usize].key;
    let mut it = blank(&format!("{} {}", gap.kind.name(), key.region), "Gap");
    it.status = Some(Cell::State {
        state: gap.kind.state(),
        hatched: true,
        word: gap.kind.name().to_owned(),
    });
    it.why.push(gap.kind.message().to_owned());
    it.why.push(gap.evidence.clone());
    it.todo = todo(gap.kind.recommendation());
    push(&mut it.what, "From", Cell::Time(gap.from));
    push(&mut it.what, "To", Cell::Time(gap.to));
    push(&mut it.what, "Digests at most", Cell::Number(gap.digests));
    push(&mut it.what, "Account", text(&key.account));
    push(&mut it.what, "Region", text(&key.region));
    push(&mut it.what, "Trail", text(&key.trail));
    add_causes(&mut it, causes(case, gap));
    let near = |row: &&DigestRow| {
        row.trail == Some(gap.trail)
            && row
                .window
                .is_some_and(|(from, to)| to == gap.from || from == gap.to)
    };
    for row in case.judgement.digests.iter().filter(near).take(4) {
        let at = case
            .judgement
            .digests
            .iter()
            .position(|other| other.at == row.at);
        let side = if row.window.is_some_and(|(_, to)| to == gap.from) {
            "The digest before"
        } else {
            "The digest after"
        };
        it.related
            .extend(at.map(|at| (side.to_owned(), Subject::Digest(at as u32))));
    }
    Some(it)
}

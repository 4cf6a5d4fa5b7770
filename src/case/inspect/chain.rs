//! The digest chains of one trail in one account and region.

use crate::case::Case;
use crate::case::question::{Inspection, Subject};
use crate::case::rows::digest_state;
use crate::case::table::Cell;
use crate::integrity::State;

use super::{blank, push, text};

/// Digests that are named.
const MOST: usize = 30;

pub(super) fn inspect(case: &Case, at: u32) -> Option<Inspection> {
    let judgement = &case.judgement;
    let trail = judgement.trails.get(at as usize)?;
    let key = &trail.key;
    let mut it = blank(
        &format!("{} {} {}", key.trail, key.account, key.region),
        "Digest chain",
    );
    push(&mut it.what, "Account", text(&key.account));
    push(&mut it.what, "Region", text(&key.region));
    push(&mut it.what, "Trail", text(&key.trail));
    if let Some((from, to)) = trail.span {
        push(&mut it.what, "From", Cell::Time(from));
        push(&mut it.what, "To", Cell::Time(to));
    }
    push(&mut it.what, "Digest files", Cell::Number(trail.digests));
    push(&mut it.what, "Missing at most", Cell::Number(trail.missing));
    for chain in &trail.chains {
        let words = format!(
            "{} to {}: {} digest files",
            chain.from, chain.to, chain.digests
        );
        let label = if chain.backfill {
            "Backfill chain"
        } else {
            "Chain"
        };
        push(&mut it.what, label, text(&words));
    }
    let own = judgement
        .digests
        .iter()
        .enumerate()
        .filter(|(_, row)| row.trail == Some(at));
    let (mut proven, mut worst) = (0_u64, None);
    for (place, row) in own {
        if row.status.state() == State::Proven {
            proven += 1;
        } else if it.related.len() < MOST {
            let from = row
                .window
                .map_or(String::new(), |(from, _)| format!(" from {from}"));
            let label = format!("{}{from}", row.status.name());
            it.related.push((label, Subject::Digest(place as u32)));
            worst = worst.or(Some(row.status));
        }
    }
    it.status = worst.map(digest_state);
    it.why
        .push(format!("Digest files of it that are proven: {proven}."));
    let gaps = judgement
        .gaps
        .iter()
        .enumerate()
        .filter(|(_, gap)| gap.trail == at);
    for (place, gap) in gaps.take(MOST) {
        let label = format!("{} from {} to {}", gap.kind.name(), gap.from, gap.to);
        it.related.push((label, Subject::Gap(place as u32)));
    }
    Some(it)
}

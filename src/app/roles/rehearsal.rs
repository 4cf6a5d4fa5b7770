//! A rehearsal: the built-in demo is read and judged some times by a worker that nobody listens to.
//!
//! Browsers compile a program twice: at once and carelessly, and with care what turns out to run much. The second
//! costs a second of a processor, which would fall into the reading of the first evidence. All workers run the same
//! compiled program, so that what one of them makes hot is so for all. The worker's memory goes with it.

use std::io::Cursor;

use web_sys::DedicatedWorkerGlobalScope;

use exhibit::case::{Ask, Case, Filter, Question, Table};
use exhibit::evidence::Limits;
use exhibit::intake::{Reader, Shard};

use crate::app::DEMO;
use crate::app::messages::{FromReader, pack, unpack};

/// Milliseconds that it takes at most.
const LONGEST: f64 = 2_000.0;

/// Queries of each kind that looks at many events.
const QUERIES: [&str; 5] = [
    "",
    "source:s3 error:*",
    "-region:us-east-1 name:Get*",
    "ip:203.0.113.0/24",
    "admin",
];

/// Rehearses, and ends the worker.
pub(crate) fn start(scope: &DedicatedWorkerGlobalScope) {
    if let Some(performance) = scope.performance() {
        let clock = || performance.now();
        let end = clock() + LONGEST;
        while clock() < end {
            rehearse(&clock);
        }
    }
    scope.close();
}

/// What readers and case do with evidence, once.
fn rehearse(clock: &dyn Fn() -> f64) {
    let mut case = Case::default();
    let mut entries = Vec::new();
    Reader::new(Limits::default(), 1, clock).read(
        "demo.tar.gz",
        &mut Cursor::new(DEMO),
        DEMO.len() as u64,
        Shard::default(),
        &mut |entry| entries.push((0, entry)),
    );
    let packed = pack(&FromReader::Batch { job: 0, entries });
    if let Some((FromReader::Batch { entries, .. }, _)) = unpack(&packed.value) {
        for (source, entry) in entries {
            case.add(source, entry);
        }
    }
    // Signatures are the browser's to check: here all of them hold, and nobody hears of it.
    let checks = case.judge();
    let outcomes: Vec<_> = checks.iter().map(|check| (check.id, true)).collect();
    case.resolve(&outcomes);
    case.judge();
    case.answer(&Question::Overview);
    for query in QUERIES {
        let ask = Ask {
            query: query.to_owned(),
            stack: "source".to_owned(),
            steps: 200,
            ..Ask::default()
        };
        case.answer(&Question::Activity(ask));
        case.answer(&Question::Rows {
            table: Table::Events,
            filter: Filter {
                text: query.to_owned(),
                ..Filter::default()
            },
            sort: None,
            first: 0,
            count: 50,
        });
    }
}

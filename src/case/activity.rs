//! Questions on events: what a query shows, in steps.

use std::rc::Rc;

use roaring::RoaringBitmap;

use crate::activity::complete::complete;
pub(super) use crate::activity::field::value;
use crate::activity::meaning::{Coverage, meaning};
use crate::activity::timeline::{histogram, span};
use crate::activity::{EventIx, Field, Query, Search, Standing};
use crate::cloudtrail::Description;
use crate::integrity::{LogAt, LogStatus, State};
use crate::moment::Moment;
use crate::order::{order as ordered, sorted};

use super::Case;
use super::question::{Activity, Ask, FileRecords, QueryError, Sort};

/// The last query that was looked up.
#[derive(Default)]
pub(super) struct Found {
    query: String,
    epoch: u32,
    events: Option<Rc<RoaringBitmap>>,
}

/// The events that a query shows; none where it cannot be understood.
pub(super) fn found(case: &mut Case, query: &str) -> Rc<RoaringBitmap> {
    if let Some(events) = &case.found.events
        && case.found.query == query
        && case.found.epoch == case.epoch
    {
        return Rc::clone(events);
    }
    let register = &case.register;
    let path = |file| register.file(file).map_or("", |file| &*file.path);
    let events = Query::parse(query).map_or_else(
        |_| RoaringBitmap::new(),
        |query| Search::new(&case.activity, &path).find(&query),
    );
    let events = Rc::new(events);
    case.found = Found {
        query: query.to_owned(),
        epoch: case.epoch,
        events: Some(Rc::clone(&events)),
    };
    events
}

/// The events that a query shows, in the order of a column of the table of events.
pub(super) fn order(case: &mut Case, query: &str, sort: Sort) -> Vec<EventIx> {
    let found = found(case, query);
    let store = &case.activity;
    let mut events: Vec<EventIx> = if found.len() == store.order.len() as u64 {
        store.order.clone()
    } else {
        let mut bits = vec![0_u64; store.len() as usize / 64 + 1];
        for event in found.iter() {
            bits[event as usize / 64] |= 1 << (event % 64);
        }
        let is_found = |event: &EventIx| bits[*event as usize / 64] >> (event % 64) & 1 == 1;
        store.order.iter().copied().filter(is_found).collect()
    };
    let Some((column, descending)) = sort else {
        return events;
    };
    let field = match column {
        1 => Field::Proven,
        2 => Field::Name,
        3 => Field::Source,
        4 => Field::Actor,
        5 => Field::Ip,
        6 => Field::Region,
        7 => Field::Account,
        8 => Field::Error,
        _ => {
            if descending {
                events.reverse();
            }
            return events;
        }
    };
    let places = ordered(events.len(), &|a, b| {
        let by = value(store, field, events[a]).cmp(value(store, field, events[b]));
        if descending { by.reverse() } else { by }
    });
    places.into_iter().map(|at| events[at as usize]).collect()
}

/// Where the records of the events stand that a query shows, file by file.
pub(super) fn records(case: &mut Case, query: &str) -> Vec<FileRecords> {
    let events = found(case, query);
    let store = &case.activity;
    let mut all: Vec<FileRecords> = Vec::new();
    for span in store.spans() {
        let Some(file) = case.register.file(span.file) else {
            continue;
        };
        let own: Vec<EventIx> = events.range(span.first..span.first + span.count).collect();
        if own.is_empty() {
            continue;
        }
        all.push(FileRecords {
            source: file.source,
            path: file.path.to_string(),
            parts: own.iter().map(|&event| store.place(event)).collect(),
            events: own,
        });
    }
    sorted(all, |a, b| a.path.cmp(&b.path))
}

/// A question on events while it is being answered: a stage a step.
pub(super) struct Asking {
    query: Result<Query, QueryError>,
    ask: Ask,
    epoch: u32,
    stage: usize,
    answer: Activity,
}

impl Asking {
    pub(super) fn new(ask: Ask) -> Self {
        Asking {
            query: Query::parse(&ask.query),
            ask,
            epoch: u32::MAX,
            stage: 0,
            answer: Activity::default(),
        }
    }

    /// Does the next stage; the answer once it is whole.
    pub(super) fn step(&mut self, case: &mut Case) -> Option<Activity> {
        if self.epoch != case.epoch {
            (self.epoch, self.stage, self.answer) = (case.epoch, 0, Activity::default());
        }
        let query = match &self.query {
            Ok(query) => query,
            Err(error) => {
                return Some(Activity {
                    query: self.ask.query.clone(),
                    error: Some(error.clone()),
                    total: case.activity.order.len() as u64,
                    completions: complete(&case.activity, &self.ask.query, self.ask.caret),
                    ..Activity::default()
                });
            }
        };
        let events = found(case, &self.ask.query);
        let store = &case.activity;
        let answer = &mut self.answer;
        let stage = self.stage;
        self.stage += 1;
        match stage {
            0 => {
                answer.query.clone_from(&self.ask.query);
                answer.total = store.order.len() as u64;
                answer.matching = events.len();
                answer.conflicts = events.intersection_len(&store.conflicts);
                answer.span = span(store, &store.shown);
                answer.completions = complete(store, &self.ask.query, self.ask.caret);
                if events.is_empty() && answer.total > 0 {
                    answer.meaning = Some(meaning(query, &coverage(case)));
                }
            }
            1 => {
                let stack = Field::by_name(&self.ask.stack).unwrap_or(Field::Source);
                let steps = self.ask.steps.clamp(10, 2_000);
                if let Some(all) = answer.span {
                    let shown = self.ask.zoom.unwrap_or(all);
                    answer.chart = histogram(store, &events, shown, steps, stack);
                    answer.map = histogram(store, &events, all, 200, Field::Conflict);
                }
            }
            n => {
                let register = &case.register;
                let path = |file| register.file(file).map_or("", |file| &*file.path);
                match Field::facets().nth(n - 2) {
                    Some(field) => {
                        let values = Search::new(store, &path).values(field, &events);
                        answer.facets.push(values);
                    }
                    None => return Some(std::mem::take(answer)),
                }
            }
        }
        None
    }
}

fn coverage(case: &Case) -> Coverage<'_> {
    let judgement = &case.judgement;
    let mut proven: Option<(Moment, Moment)> = None;
    let sound = judgement
        .digests
        .iter()
        .filter(|row| row.status.state() == State::Proven);
    for (from, to) in sound.filter_map(|row| row.window) {
        let known = proven.get_or_insert((from, to));
        *known = (known.0.min(from), known.1.max(to));
    }
    let is_sound = |status: LogStatus| matches!(status, LogStatus::Valid | LogStatus::Uncovered);
    let selectors = case.holdings.descriptions.iter();
    let mut regions: Vec<&str> = case
        .activity
        .places
        .values
        .iter()
        .map(|place| case.activity.texts.get(place.1))
        .collect();
    regions.sort_unstable();
    regions.dedup();
    Coverage {
        proven,
        holes: !judgement.gaps.is_empty() || judgement.logs.iter().any(|row| !is_sound(row.status)),
        regions,
        selectors: selectors
            .filter_map(|(_, description)| match description {
                Description::Selectors(selectors) => Some(selectors),
                _ => None,
            })
            .collect(),
    }
}

/// Brings the events up to date with a judgement: what is known of their files, copies, order; and says
/// of each unlisted file how many of its events occur in proven ones.
pub(super) fn arrange(case: &mut Case) {
    use crate::integrity::Files as _;
    let (judgement, register) = (&case.judgement, &case.register);
    case.activity.arrange(
        |file| Standing(judgement.standing.get(&file).copied()),
        &|file| register.rank(file),
    );
    let store = &case.activity;
    for row in &mut case.judgement.logs {
        let LogAt::File(ix) = row.at else { continue };
        if row.status != LogStatus::Unlisted {
            continue;
        }
        let file = case.holdings.logs[ix as usize].file;
        let spans = store.spans().iter().filter(|span| span.file == file);
        let (mut again, mut all) = (0, 0);
        for event in spans.flat_map(|span| span.first..span.first + span.count) {
            all += 1;
            let copies = store.copies_of(event).iter();
            let is_proven = |other: &EventIx| store.standing(*other).state() == State::Proven;
            again += u32::from(copies.copied().any(|other| is_proven(&other)));
        }
        row.repeats = Some((again, all));
    }
}

//! Questions on events: what a query shows, in steps.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::activity::complete::complete;
use crate::activity::facet::values;
use crate::activity::field::labels;
pub(super) use crate::activity::field::value;
use crate::activity::meaning::{Coverage, Covered, meaning};
use crate::activity::store::spread;
use crate::activity::timeline::{histogram, span};
use crate::activity::{Bits, EventIx, Field, Query, Search, Standing, Store};
use crate::cloudtrail::Description;
use crate::integrity::judge::log_place;
use crate::integrity::{LogAt, LogStatus, State};
use crate::moment::{HOUR, Moment};
use crate::order::{Gather as _, sorted};
use crate::risk::of_call;

use super::Case;
use super::question::{Activity, Ask, FileRecords, QueryError, Sort};

/// The last query that was looked up.
#[derive(Default)]
pub(super) struct Found {
    query: String,
    epoch: u32,
    events: Option<Rc<Bits>>,
}

/// The events that a query shows; none where it cannot be understood.
pub(super) fn found(case: &mut Case, query: &str) -> Rc<Bits> {
    if let Some(events) = &case.found.events
        && case.found.query == query
        && case.found.epoch == case.epoch
    {
        return Rc::clone(events);
    }
    if query.to_lowercase().contains("alert:") {
        super::risk::results(case);
    }
    let register = &case.register;
    let path = |file| register.file(file).map_or("", |file| &*file.path);
    let events = Query::parse(query).map_or_else(
        |_| Bits::default(),
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

/// The events that a query shows, in the order of a column of the table of events; `None` where that is
/// the order of their times.
pub(super) fn sorted_by(case: &mut Case, query: &str, sort: Sort) -> Option<Vec<EventIx>> {
    let (column, descending) = sort?;
    let field = match column {
        1 => Field::Proven,
        2 => Field::Name,
        3 => Field::Source,
        4 => Field::Actor,
        5 => Field::Ip,
        6 => Field::Region,
        7 => Field::Account,
        8 => Field::Error,
        _ => return None,
    };
    let found = found(case, query);
    let store = &case.activity;
    let in_time = store.order.iter().copied();
    let events: Vec<EventIx> = in_time.filter(|event| found.contains(*event)).collect();
    // Values are put in order, not events: of those there are far fewer.
    let labels = labels(store, field);
    let mut values: Vec<&str> = match &labels {
        Some(labels) => labels.values.clone(),
        None => store
            .spans()
            .iter()
            .map(|span| span.standing.name())
            .collect(),
    };
    values = sorted(values, |a, b| a.cmp(b));
    values.dedup();
    let rank = |value: &str| values.partition_point(|one| *one < value) as u32;
    let ranks = labels.map(|labels| {
        let ranks: Vec<u32> = labels.values.iter().map(|value| rank(value)).collect();
        (labels.codes, ranks)
    });
    let rank = |event: EventIx| match &ranks {
        Some((codes, ranks)) => ranks[codes.get(event) as usize],
        None => rank(store.standing(event).name()),
    };
    let last = (values.len() as u32).saturating_sub(1);
    let bucket = |event: EventIx| {
        if descending {
            last - rank(event)
        } else {
            rank(event)
        }
    };
    Some(spread(&|| events.iter().copied(), values.len().max(1), &bucket).0)
}

/// The events of a query in the order of their times, looked up as far as they are asked for: a list of
/// them all would be as large as a column.
#[derive(Default)]
pub(super) struct InTime {
    events: Rc<Bits>,
    count: u32,
    backwards: bool,
    /// Where in the order of all events every [`InTime::STRIDE`]th of these stands.
    marks: Vec<u32>,
    /// How many of these were come across, and where that ended.
    passed: (u32, u32),
}

impl InTime {
    const STRIDE: u32 = 512;

    pub(super) fn new(case: &mut Case, query: &str, sort: Sort) -> Self {
        let events = found(case, query);
        InTime {
            count: events.len() as u32,
            events,
            backwards: sort.is_some_and(|(_, descending)| descending),
            ..InTime::default()
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.count
    }

    /// `count` events from the `first` on.
    pub(super) fn window(&mut self, store: &Store, first: u32, count: u32) -> Vec<EventIx> {
        let all = store.order.len() as u32;
        let at = |place: u32| {
            let place = if self.backwards {
                all - 1 - place
            } else {
                place
            };
            store.order[place as usize]
        };
        let to = first.saturating_add(count).min(self.count);
        let (mut seen, mut place) = self.passed;
        while seen < to && place < all {
            if self.events.contains(at(place)) {
                if seen.is_multiple_of(Self::STRIDE) {
                    self.marks.push(place);
                }
                seen += 1;
            }
            place += 1;
        }
        self.passed = (seen, place);
        let mark = first / Self::STRIDE;
        let Some(&from) = self.marks.get(mark as usize) else {
            return Vec::new();
        };
        (from..all)
            .map(at)
            .filter(|&event| self.events.contains(event))
            .skip((first - mark * Self::STRIDE) as usize)
            .take((to - first.min(to)) as usize)
            .collect()
    }
}

/// Where the records of the events stand that a query shows, file by file.
pub(super) fn records(case: &mut Case, query: &str) -> Vec<FileRecords> {
    let events = found(case, query);
    by_file(case, &events)
}

/// Where the records stand that contradict each other until they are compared by their content.
pub(super) fn unsettled(case: &Case) -> Vec<FileRecords> {
    by_file(case, &case.activity.unsettled())
}

fn by_file(case: &Case, events: &Bits) -> Vec<FileRecords> {
    let store = &case.activity;
    let mut all: Vec<FileRecords> = Vec::new();
    for span in store.spans() {
        let Some(file) = case.register.file(span.file) else {
            continue;
        };
        let own: Vec<EventIx> = events
            .iter_in(span.first..span.first + span.count)
            .collect();
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
                    answer.map = match self.ask.zoom {
                        None => answer.chart.total_only(),
                        Some(_) => histogram(store, &events, all, 200, Field::Conflict),
                    };
                }
            }
            n => match Field::facets().nth(n - 2) {
                Some(field) => {
                    answer.facets.push(values(store, field, &events));
                }
                None => return Some(std::mem::take(answer)),
            },
        }
        None
    }
}

fn coverage(case: &Case) -> Coverage<'_> {
    let judgement = &case.judgement;
    let mut windows: BTreeMap<u32, Vec<(Moment, Moment)>> = BTreeMap::new();
    let sound = judgement
        .digests
        .iter()
        .filter(|row| row.status.state() == State::Proven);
    for row in sound {
        if let (Some(trail), Some(window)) = (row.trail, row.window) {
            windows.entry(trail).or_default().push(window);
        }
    }
    let trails: BTreeSet<&str> = windows
        .keys()
        .map(|trail| judgement.trails[*trail as usize].key.trail.as_str())
        .gathered();
    // Whatever no proven digest covers is a hole: one that is missing, altered or cannot be read, or was never made.
    let covered = windows.into_iter().map(|(trail, windows)| {
        let key = &judgement.trails[trail as usize].key;
        let windows = sorted(windows, |a, b| a.cmp(b));
        let (from, mut to) = windows
            .first()
            .copied()
            .unwrap_or((Moment::MAX, Moment::MAX));
        let mut holes = Vec::new();
        for &(next, end) in &windows {
            if next > to {
                holes.push((to, next));
            }
            to = to.max(end);
        }
        Covered {
            account: &key.account,
            region: &key.region,
            from,
            to,
            holes,
        }
    });
    let mut covered: Vec<Covered<'_>> = covered.collect();
    let unsound = judgement.logs.iter().filter(|row| {
        !matches!(
            row.status,
            LogStatus::Valid | LogStatus::Uncovered | LogStatus::Unlisted
        )
    });
    for row in unsound {
        let (account, region, delivered) = log_place(&case.holdings, row);
        let (from, to) = delivered.map_or((Moment::MIN, Moment::MAX), |at| (at.plus(-HOUR), at));
        let own = covered.iter_mut();
        for one in own.filter(|one| one.account == account && one.region == region) {
            one.holes.push((from, to));
        }
    }
    Coverage {
        covered,
        // What another trail records says nothing of these.
        selectors: (case.holdings.descriptions.iter())
            .filter_map(|(_, description)| match description {
                Description::Selectors(selectors) => Some(selectors),
                _ => None,
            })
            .filter(|one| {
                let name = one.trail.as_deref().and_then(|arn| arn.rsplit('/').next());
                trails.is_empty() || name.is_none_or(|name| trails.contains(name))
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
    let risks = &case.settings.risk;
    case.activity
        .weigh(|name, source| of_call(name, source, risks));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::store::tests::store;

    #[test]
    fn windows_are_the_parts_of_the_whole() {
        let event = |id: u32| {
            format!(
                r#"{{"eventID":"{id:08x}-0000-0000-0000-00000000000a","eventTime":"2024-01-01T0{}:00:00Z"}}"#,
                id % 7
            )
        };
        let lines: Vec<String> = (1..3_000).map(event).collect();
        let store = store(&[&lines.join("\n")]);
        let events: Rc<Bits> = Rc::new(store.shown.iter().filter(|event| event % 5 > 1).collect());
        for backwards in [false, true] {
            let mut in_time = InTime {
                count: events.len() as u32,
                events: Rc::clone(&events),
                backwards,
                ..InTime::default()
            };
            let mut all: Vec<u32> = store.order.clone();
            all.retain(|event| events.contains(*event));
            if backwards {
                all.reverse();
            }
            for (first, count) in [
                (0, 3),
                (1_700, 90),
                (511, 2),
                (0, 5_000),
                (9_000, 1),
                (1_798, 9),
            ] {
                let rest = all.get(first..).unwrap_or_default();
                let wanted = &rest[..rest.len().min(count)];
                assert_eq!(in_time.window(&store, first as u32, count as u32), wanted);
            }
        }
    }
}

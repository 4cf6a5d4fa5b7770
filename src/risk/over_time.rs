//! The riskiest calls or errors by day or week.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Rated, Values, of_call, of_error};
use crate::activity::Store;
use crate::moment::Moment;
use crate::order::sorted;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Names that are told apart, the riskiest: as many as the dashboard of Macie Classic had.
pub const TOP: usize = 20;
/// Days or weeks that are shown at most, the newest.
pub const MOST_STEPS: i64 = 120;

/// Calls or errors by time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OverTime {
    /// The beginning of the first day or week; `None` without events.
    pub from: Option<Moment>,
    /// Seconds of a step.
    pub step: i64,
    /// How many steps there are.
    pub steps: u32,
    /// Whether the evidence begins earlier than what is shown.
    pub is_cut: bool,
    /// The riskiest, and of equal risk the most frequent first.
    pub top: Vec<Line>,
    /// Names that are asked for and not among these, and their events.
    pub others: (u32, u32),
}

/// A call or an error by time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// The service; empty for errors.
    pub source: String,
    /// Its risk.
    pub risk: u8,
    /// Its events within the time.
    pub total: u32,
    /// The same by step.
    pub counts: Vec<u32>,
}

impl OverTime {
    /// The beginning of a step.
    pub fn moment(&self, step: u32) -> Moment {
        let from = self.from.unwrap_or(Moment::MIN);
        from.plus(self.step.saturating_mul(i64::from(step)))
    }

    /// All events of a step.
    pub fn total(&self, step: u32) -> u32 {
        let of = |line: &Line| line.counts.get(step as usize).copied().unwrap_or(0);
        self.top.iter().map(of).sum()
    }
}

/// Counts calls, or errors, of a risk from `least` on by day or week.
pub fn over_time(
    store: &Store,
    values: &Values,
    rated: Rated,
    least: u8,
    by_week: bool,
) -> OverTime {
    let is_errors = rated == Rated::Error;
    let column = if is_errors {
        &store.errors.column
    } else {
        &store.calls.column
    };
    // Calls of one name may be of several services, each with a risk of its own.
    let names: Vec<(&str, &str)> = if is_errors {
        let errors = store.errors.values.iter();
        errors.map(|&error| (store.texts.get(error), "")).collect()
    } else {
        let text = |text| store.texts.get(text);
        let calls = store.calls.values.iter();
        calls.map(|call| (text(call.0), text(call.1))).collect()
    };
    let risk_of = |&(name, source): &(&str, &str)| match name {
        "" => 0,
        name if is_errors => of_error(name, values),
        name => of_call(name, source, values),
    };
    let risks: Vec<u8> = names.iter().map(risk_of).collect();
    let step = if by_week { 7 * DAY } else { DAY };
    // Weeks begin on Monday; 1970 began on a Thursday.
    let shift = if by_week { 4 * DAY } else { 0 };
    let begin = |seconds: i64| (seconds - shift).div_euclid(step) * step + shift;
    let times = store.times();
    let timed = || {
        store
            .order
            .iter()
            .map(|&event| i64::from(times.get(event)))
            .filter(|at| *at > 0)
    };
    let (Some(first), Some(last)) = (timed().next(), timed().next_back()) else {
        return OverTime::default();
    };
    let (first, last) = (begin(first), begin(last));
    let from = first.max(last - (MOST_STEPS - 1) * step);
    let steps = ((last - from) / step + 1) as u32;
    let mut lines: HashMap<usize, Line> = HashMap::new();
    for &event in &store.order {
        let place = column.get(event) as usize;
        let (Some(&risk), Some(&(name, source))) = (risks.get(place), names.get(place)) else {
            continue;
        };
        let at = i64::from(times.get(event));
        if risk < least.max(1) || at < from || at == 0 {
            continue;
        }
        let line = lines.entry(place).or_insert_with(|| Line {
            name: name.to_owned(),
            source: source.to_owned(),
            risk,
            total: 0,
            counts: vec![0; steps as usize],
        });
        line.total += 1;
        if let Some(count) = line.counts.get_mut(((at - from) / step) as usize) {
            *count += 1;
        }
    }
    let all = sorted(lines.into_values().collect(), |a: &Line, b: &Line| {
        (b.risk, b.total)
            .cmp(&(a.risk, a.total))
            .then_with(|| (&a.name, &a.source).cmp(&(&b.name, &b.source)))
    });
    let others = all.iter().skip(TOP);
    OverTime {
        from: Some(Moment::from_seconds(from)),
        step,
        steps,
        is_cut: from > first,
        others: (
            others.clone().count() as u32,
            others.map(|line| line.total).sum(),
        ),
        top: all.into_iter().take(TOP).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::alerts::tests::lines;
    use super::*;
    use crate::activity::store::tests::store;

    #[test]
    fn counts_the_riskiest_by_day_and_week() {
        let text = lines(&[
            ("StopLogging", "", 2, 86_400),
            ("ListBuckets", "", 3, 10),
            ("TagThing", r#""errorCode":"AccessDenied""#, 1, 86_400),
        ]);
        let store = store(&[&text]);
        let none = Values::default();
        let calls = over_time(&store, &none, Rated::Call, 8, false);
        assert_eq!(
            (calls.steps, calls.top.len(), calls.top[0].counts.clone()),
            (3, 1, vec![1, 1, 0])
        );
        assert!(calls.moment(0).seconds() % 86_400 == 0 && calls.total(1) == 1);
        let errors = over_time(&store, &none, Rated::Error, 1, true);
        assert_eq!(
            (
                errors.top[0].name.as_str(),
                errors.top[0].risk,
                errors.top[0].total
            ),
            ("AccessDenied", 10, 1)
        );
        // 1970-01-05 was a Monday.
        assert_eq!((errors.moment(0).seconds() - 4 * 86_400) % (7 * 86_400), 0);
        let text = lines(&[
            ("CreateUser", "", 2, 60),
            (
                "CreateUser",
                r#""eventSource":"transfer.amazonaws.com""#,
                1,
                60,
            ),
        ]);
        let users = crate::activity::store::tests::store(&[&text]);
        let calls = over_time(&users, &none, Rated::Call, 8, false);
        let told: Vec<(&str, u32)> = calls
            .top
            .iter()
            .map(|line| (&*line.source, line.total))
            .collect();
        assert_eq!(told, [("iam.amazonaws.com", 2)]);
        let mut own = Values::default();
        own.set(Rated::Call, "StopLogging", Some(2));
        assert!(
            over_time(&store, &own, Rated::Call, 8, false)
                .top
                .is_empty()
        );
        assert_eq!(
            over_time(&Store::default(), &none, Rated::Call, 1, false),
            OverTime::default()
        );
    }
}

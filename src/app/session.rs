//! What the page knows: how far the intake is, the case at a glance, warnings.

use std::rc::Rc;

use exhibit::case::{CustomRule, Earlier, Overview, RuleVerdict, Settings};
use exhibit::compliance::Outcome;

/// How far the intake is; the names are those of `data-state`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing was dropped.
    #[default]
    Empty,
    /// Something is being read or judged.
    Reading,
    /// All is read, judged and on show.
    Ready,
}

impl Phase {
    /// The name in `data-state`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Phase::Empty => "empty",
            Phase::Reading => "reading",
            Phase::Ready => "ready",
        }
    }
}

/// The intake's progress.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Intake {
    /// How far it is.
    pub(crate) phase: Phase,
    /// Whether folders are still being listed.
    pub(crate) listing: bool,
    /// Whether all is read and only judging is left.
    pub(crate) judging: bool,
    /// Whether the user cancelled it.
    pub(crate) cancelled: bool,
    /// Files in the case, members of archives included.
    pub(crate) files: u64,
    /// Files that were dropped.
    pub(crate) dropped: u64,
    /// Bytes that were dropped.
    pub(crate) total: f64,
    /// Whether these are known, not reckoned from the files that were read.
    pub(crate) is_exact: bool,
    /// Bytes that are read.
    pub(crate) done: f64,
    /// Signatures still to be checked.
    pub(crate) checks: u64,
    /// Milliseconds since it began, and bytes that were read before that.
    pub(crate) elapsed: f64,
    /// Bytes that were read before this intake.
    pub(crate) before: f64,
}

impl Intake {
    /// Bytes a second.
    pub(crate) fn rate(&self) -> f64 {
        if self.elapsed > 0.0 {
            (self.done - self.before) * 1_000.0 / self.elapsed
        } else {
            0.0
        }
    }

    /// Seconds left, once that can be told.
    pub(crate) fn left(&self) -> Option<f64> {
        let rate = self.rate();
        (self.elapsed > 1_000.0 && rate > 0.0 && !self.listing)
            .then(|| (self.total - self.done).max(0.0) / rate)
    }
}

/// A word to the user that goes away when dismissed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Toast {
    /// To dismiss it by.
    pub(crate) id: u32,
    /// What happened and what to do.
    pub(crate) text: String,
}

/// Something that goes on beside the intake, and can be cancelled.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Task {
    /// What it is.
    pub(crate) title: String,
    /// Files that are done.
    pub(crate) done: u64,
    /// Files in all.
    pub(crate) total: u64,
}

/// What came of trying a rule of the user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tried {
    /// The expression.
    pub(crate) expression: String,
    /// Resources that fail it, that pass, and of which it tells too little.
    pub(crate) counts: [usize; 3],
    /// Why it told too little, once each, the first few.
    pub(crate) reasons: Vec<String>,
    /// Resources that fail it, with their names, the first few.
    pub(crate) failing: Vec<(u32, String)>,
}

impl Tried {
    /// Counts what the first rule says.
    pub(crate) fn of(rules: &[CustomRule], verdicts: &[RuleVerdict]) -> Self {
        let count = |outcome: Outcome| verdicts.iter().filter(|one| one.outcome == outcome).count();
        let mut reasons: Vec<String> = Vec::new();
        for one in verdicts
            .iter()
            .filter(|one| one.outcome == Outcome::InsufficientData)
        {
            if !reasons.contains(&one.reason) && reasons.len() < 3 {
                reasons.push(one.reason.clone());
            }
        }
        let failing = verdicts
            .iter()
            .filter(|one| one.outcome == Outcome::NonCompliant);
        Tried {
            expression: rules
                .first()
                .map_or(String::new(), |rule| rule.expression.clone()),
            counts: [
                Outcome::NonCompliant,
                Outcome::Compliant,
                Outcome::InsufficientData,
            ]
            .map(count),
            reasons,
            failing: failing
                .take(10)
                .map(|one| (one.item, one.title.clone()))
                .collect(),
        }
    }
}

/// Everything that views are made from, but for the answers they ask for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Session {
    /// The intake's progress.
    pub(crate) intake: Intake,
    /// The case at a glance, once something was judged.
    pub(crate) overview: Option<Rc<Overview>>,
    /// Grows with every judgement: answers of an older one are out of date.
    pub(crate) revision: u32,
    /// Words to the user, the oldest first.
    pub(crate) toasts: Vec<Toast>,
    /// What goes on beside the intake.
    pub(crate) task: Option<Task>,
    /// What was written down earlier, to be compared.
    pub(crate) earlier: Option<Rc<Earlier>>,
    /// What came of trying a rule.
    pub(crate) tried: Option<Tried>,
    /// What the user decided.
    pub(crate) settings: Rc<Settings>,
    /// Whether this browser keeps the settings.
    pub(crate) keeps: bool,
    /// Whether the built-in demo is in the case.
    pub(crate) demo: bool,
}

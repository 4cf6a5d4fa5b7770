//! Questions while they are being answered.

use crate::config::graph::around;

use super::{
    Answer, Case, Question, Subject, activity, artifacts, changes, compliance, controls, custody,
    inspect, overview, population, recheck, resources, risk, scan, sharing,
};

/// A question while it is being answered.
pub struct Asked {
    question: Question,
    scan: Option<scan::Scan>,
    asking: Option<activity::Asking>,
}

impl Asked {
    /// Takes up a question.
    pub fn new(question: Question) -> Self {
        let scan = match &question {
            Question::Rows {
                table,
                filter,
                sort,
                ..
            } => Some(scan::Scan::new(*table, filter.clone(), *sort)),
            _ => None,
        };
        let asking = match &question {
            Question::Activity(ask) => Some(activity::Asking::new(ask.clone())),
            _ => None,
        };
        Asked {
            question,
            scan,
            asking,
        }
    }
}

impl Case {
    /// Answers from the last judgement, in one go.
    pub fn answer(&mut self, question: &Question) -> Answer {
        let mut asked = Asked::new(question.clone());
        loop {
            if let Some(answer) = self.step(&mut asked) {
                return answer;
            }
        }
    }

    /// Works a few milliseconds on a question; `None` while there is more to do, so that whoever asks
    /// can let a newer question overtake.
    pub fn step(&mut self, asked: &mut Asked) -> Option<Answer> {
        if let Some(scan) = &mut asked.scan
            && !scan.step(self)
        {
            return None;
        }
        if let Some(asking) = &mut asked.asking {
            let answer = asking.step(self)?;
            return Some(Answer::Activity(Box::new(answer)));
        }
        Some(match &asked.question {
            Question::Activity(_) => Answer::Activity(Box::default()),
            Question::Records(query) => Answer::Records(activity::records(self, query)),
            Question::Unsettled => Answer::Records(activity::unsettled(self)),
            Question::Freeze {
                table,
                filter,
                draw,
            } => Answer::Frozen(Box::new(population::freeze(self, *table, filter, draw))),
            Question::Changes => Answer::Changes(Box::new(changes::summary(self))),
            Question::Custody => Answer::Custody(custody::summary(self)),
            Question::Masks(sharing) => Answer::Masks(Box::new(sharing::masks(self, sharing))),
            Question::Recheck(earlier) => Answer::Recheck(recheck::compare(self, earlier)),
            Question::ControlsOf(id) => {
                Answer::Controls(id.clone(), controls::of_framework(self, id))
            }
            Question::Artifacts => Answer::Artifacts(artifacts::summary(self)),
            Question::Risk(least) => Answer::Risk(Box::new(risk::summary(self, *least))),
            Question::RiskOverTime {
                rated,
                least,
                by_week,
            } => Answer::RiskOverTime(risk::by_time(self, *rated, *least, *by_week)),
            Question::Trial(alert) => Answer::Trial(risk::alerts::trial(self, alert)),
            Question::Suspects => Answer::Suspects(Box::new(risk::sigma::suspects(self))),
            Question::Compliance(at) => {
                Answer::Compliance(Box::new(compliance::summary(self, *at)))
            }
            Question::Resource(key, at) => {
                Answer::Resource(resources::view(self, key, *at).map(Box::new))
            }
            Question::Graph(resource, wanted) => {
                Answer::Graph(Box::new(around(&self.inventory, *resource, wanted)))
            }
            Question::Items(as_of) => Answer::Records(resources::items(self, as_of)),
            Question::Overview => Answer::Overview(Box::new(overview::overview(self))),
            Question::Rows {
                table,
                first,
                count,
                ..
            } => Answer::Rows(scan::window(self, *table, *first, *count)),
            Question::Inspect(subject) => {
                if matches!(subject, Subject::Event(_)) {
                    // An event names the alerts that it raises.
                    risk::results(self);
                }
                Answer::Inspection(inspect::inspect(self, *subject).map(Box::new))
            }
        })
    }
}

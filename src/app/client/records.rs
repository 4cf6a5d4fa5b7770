//! Records read again by the file: to be exported, or searched for a text.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use js_sys::{Array, Uint8Array};

use exhibit::case::{
    Answer, AsOf, CustomRule, Decided, FileRecords, Question, RuleVerdict, Suspects,
};
use exhibit::moment::Moment;
use exhibit::order::Gather as _;

use super::Client;
use crate::app::download;
use crate::app::format;
use crate::app::messages::{Part, ToCase};
use crate::app::session::{Task, Tried};

/// Files that are read at a time, for each reader.
const AHEAD: usize = 2;

/// What is done with records.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Purpose {
    /// Download those of a query as JSON Lines, with their secrets covered or as they stand.
    Export { covered: bool, query: String },
    /// Find those in which a text stands.
    Grep(String),
    /// Find the configuration items of which a JMESPath expression holds.
    Match(String),
    /// Ask rules of the user's own, as of a moment; a draft is only tried.
    Rules {
        rules: Vec<CustomRule>,
        at: Option<Moment>,
        draft: bool,
    },
    /// Ask Sigma rules of the evidence of a stamp.
    Sigma(u32),
    /// Compare records of one ID by their content, before the judgement is final.
    Compare,
}

impl Purpose {
    /// Whether what comes of it belongs to the case, so that nothing may cut it short.
    fn is_of_case(&self) -> bool {
        matches!(
            self,
            Purpose::Rules { draft: false, .. } | Purpose::Sigma(_) | Purpose::Compare
        )
    }

    /// Whether the newer one stands for both.
    fn is_like(&self, other: &Purpose) -> bool {
        match (self, other) {
            (
                Purpose::Rules { at, draft, .. },
                Purpose::Rules {
                    at: other,
                    draft: too,
                    ..
                },
            ) => at == other && draft == too,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

/// Files whose records are read again.
#[derive(Default)]
pub(super) struct Reading {
    /// Tells one reading from the next, whose answers may still come.
    number: u32,
    purpose: Option<Purpose>,
    files: Vec<FileRecords>,
    next: usize,
    flying: usize,
    done: usize,
    /// What came of each file, by its place.
    lines: HashMap<usize, Uint8Array>,
    hits: Vec<u32>,
    verdicts: Vec<RuleVerdict>,
    /// Of Sigma rules: which records are asked which, and what was found.
    suspects: Suspects,
    suspected: Vec<(u32, u32)>,
    /// What records are by their content.
    contents: Vec<(u32, u64)>,
    /// Files that could not be read again.
    failed: Vec<String>,
}

/// What a file of records is called: by its name it is known whether it holds secrets.
fn name_of(covered: bool) -> &'static str {
    if covered {
        "events-secrets-covered.jsonl"
    } else {
        "events.jsonl"
    }
}

/// Which files could not be read again, some by their names.
fn left_out(failed: &[String], total: usize) -> String {
    const NAMED: usize = 3;
    let (named, more) = failed.split_at(failed.len().min(NAMED));
    let more = match more.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match failed.len() {
        0 => String::new(),
        count => format!(
            "{count} of {total} files could not be read again ({}{more})",
            named.join(", ")
        ),
    }
}

/// The rules that records of a file are asked, by their places among all.
fn rules_of(suspects: &Suspects, file: usize) -> Vec<u32> {
    let groups = suspects.asked.get(file).into_iter().flatten();
    let all = groups.filter_map(|&group| suspects.groups.get(group as usize));
    let all: BTreeSet<u32> = all.flatten().copied().gathered();
    all.into_iter().collect()
}

/// What a reader is asked of a file's records: the rules of this file alone, by their places among these.
fn asked(suspects: &Suspects, file: usize, parts: Vec<(u32, u32)>) -> Part {
    let places = rules_of(suspects, file);
    let group = |group: &Vec<u32>| {
        let own = group
            .iter()
            .filter_map(|rule| places.binary_search(rule).ok());
        own.map(|at| at as u32).collect()
    };
    let rule = |&at: &u32| suspects.rules.get(at as usize).cloned().flatten();
    Part::Sigma {
        parts,
        asked: suspects.asked.get(file).cloned().unwrap_or_default(),
        groups: suspects.groups.iter().map(group).collect(),
        rules: places.iter().filter_map(rule).collect(),
    }
}

impl Client {
    /// Reads the records of all events that a query shows.
    pub(crate) fn read_records(&self, query: &str, purpose: Purpose) {
        if let Purpose::Export { covered, .. } = &purpose
            && self.refuses(name_of(*covered))
        {
            return;
        }
        self.read_all(Question::Records(query.to_owned()), purpose);
    }

    /// Reads the configurations that hold at a moment, to find those of which an expression holds.
    pub(crate) fn match_items(&self, as_of: AsOf, expression: String) {
        self.read_all(Question::Items(as_of), Purpose::Match(expression));
    }

    /// Asks rules of the user's own of the configurations that hold at a moment.
    pub(crate) fn ask_rules(&self, rules: Vec<CustomRule>, at: Option<Moment>, draft: bool) {
        let as_of = AsOf {
            at,
            ..AsOf::default()
        };
        self.read_all(Question::Items(as_of), Purpose::Rules { rules, at, draft });
    }

    /// Asks Sigma rules of the records that the call alone does not decide.
    pub(crate) fn ask_sigma(&self, stamp: u32) {
        self.read_all(Question::Suspects, Purpose::Sigma(stamp));
    }

    /// Compares records of one ID by their content; the case is judged again by what comes of it.
    pub(super) fn compare_records(&self) {
        self.read_all(Question::Unsettled, Purpose::Compare);
    }

    fn read_all(&self, which: Question, purpose: Purpose) {
        let mut state = self.0.state.borrow_mut();
        // What rules say belongs to the case: nothing cuts that short, and whatever else is asked comes after.
        if state
            .reading
            .purpose
            .as_ref()
            .is_some_and(Purpose::is_of_case)
        {
            state
                .waiting
                .retain(|(_, waiting)| !waiting.is_like(&purpose));
            state.waiting.push((which, purpose));
            return;
        }
        let number = state.reading.number + 1;
        state.reading = Reading {
            number,
            purpose: Some(purpose),
            ..Reading::default()
        };
        drop(state);
        let (client, channel) = (self.clone(), self.channel());
        let then = move |answer: Rc<Answer>| {
            client.hang_up(channel);
            let mut state = client.0.state.borrow_mut();
            if state.reading.number != number {
                return;
            }
            match &*answer {
                Answer::Records(files) => state.reading.files.clone_from(files),
                Answer::Suspects(suspects) => {
                    let mut suspects = (**suspects).clone();
                    state.reading.files = std::mem::take(&mut suspects.files);
                    state.reading.suspects = suspects;
                }
                _ => return,
            }
            drop(state);
            client.read_more();
        };
        self.ask(channel, which, then.into());
    }

    /// Gives up reading records.
    pub(crate) fn stop_reading_records(&self) {
        let mut state = self.0.state.borrow_mut();
        let number = state.reading.number + 1;
        let reading = std::mem::replace(
            &mut state.reading,
            Reading {
                number,
                ..Reading::default()
            },
        );
        state.waiting.clear();
        drop(state);
        self.change(|session| session.task = None);
        if reading.purpose == Some(Purpose::Compare) {
            self.settle_records(&reading);
        }
    }

    /// Hands the case what records are by their content, and has it judged: those that could not be read again stay as
    /// they were.
    fn settle_records(&self, reading: &Reading) {
        let asked = reading.files.iter().flat_map(|file| &file.events);
        let unread = asked.map(|&event| (event, 0));
        let contents = unread.chain(reading.contents.iter().copied());
        self.tell(&ToCase::Settle(contents.collect()));
        self.settle();
    }

    fn read_more(&self) {
        loop {
            let mut state = self.0.state.borrow_mut();
            let reading = &mut state.reading;
            let most = self.0.readers * AHEAD;
            let (at, number) = (reading.next, reading.number);
            let Some(file) = reading.files.get(at).filter(|_| reading.flying < most) else {
                break;
            };
            let parts = file.parts.clone();
            let part = match &reading.purpose {
                Some(Purpose::Grep(text)) => Part::Grep {
                    parts,
                    text: text.clone(),
                },
                Some(Purpose::Match(expression)) => Part::Match {
                    parts,
                    expression: expression.clone(),
                },
                Some(Purpose::Rules { rules, .. }) => Part::Rules {
                    parts,
                    rules: rules.clone(),
                },
                Some(Purpose::Sigma(_)) => asked(&reading.suspects, at, parts),
                Some(Purpose::Compare) => Part::Contents { parts },
                other => Part::Lines {
                    parts,
                    covered: !matches!(other, Some(Purpose::Export { covered: false, .. })),
                },
            };
            let (source, path) = (file.source, file.path.clone());
            reading.next += 1;
            reading.flying += 1;
            drop(state);
            let client = self.clone();
            self.extract(source, &path, part, move |result| {
                client.take_records(number, at, result.ok().map(|(bytes, _)| bytes));
            });
        }
        self.show_task();
    }

    fn take_records(&self, number: u32, at: usize, bytes: Option<Vec<u8>>) {
        let mut state = self.0.state.borrow_mut();
        let reading = &mut state.reading;
        if reading.number != number {
            return;
        }
        reading.flying -= 1;
        reading.done += 1;
        let file = reading.files.get(at);
        let events = file.map_or(&[][..], |file| &file.events);
        match (bytes, &reading.purpose) {
            (None, _) => {
                reading.failed.extend(file.map(|file| file.path.clone()));
            }
            (Some(bytes), Some(Purpose::Grep(_) | Purpose::Match(_))) => {
                let places = bytes
                    .chunks_exact(4)
                    .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]));
                reading
                    .hits
                    .extend(places.filter_map(|place| events.get(place as usize)));
            }
            (Some(bytes), Some(Purpose::Compare)) => {
                let contents = bytes
                    .as_chunks()
                    .0
                    .iter()
                    .map(|&eight| u64::from_le_bytes(eight));
                let placed = events.iter().copied().zip(contents);
                reading.contents.extend(placed);
            }
            (Some(bytes), Some(Purpose::Sigma(_))) => {
                let hits: Vec<(u32, u32)> = postcard::from_bytes(&bytes).unwrap_or_default();
                let rules = rules_of(&reading.suspects, at);
                let placed = hits.into_iter().filter_map(|(place, rule)| {
                    Some((*rules.get(rule as usize)?, *events.get(place as usize)?))
                });
                reading.suspected.extend(placed);
            }
            (Some(bytes), Some(Purpose::Rules { .. })) => {
                let told: Vec<RuleVerdict> = postcard::from_bytes(&bytes).unwrap_or_default();
                let placed = told.into_iter().filter_map(|one| {
                    let item = *events.get(one.item as usize)?;
                    Some(RuleVerdict { item, ..one })
                });
                reading.verdicts.extend(placed);
            }
            (Some(bytes), _) => {
                reading.lines.insert(at, Uint8Array::from(bytes.as_slice()));
            }
        }
        drop(state);
        self.read_more();
    }

    /// Says how far it is; when all is read, hands over what came of it.
    fn show_task(&self) {
        let mut state = self.0.state.borrow_mut();
        let reading = &mut state.reading;
        let (done, total) = (reading.done, reading.files.len());
        if done < total {
            let title = match &reading.purpose {
                Some(Purpose::Grep(text)) => format!("Searching the records for {text:?}"),
                Some(Purpose::Match(text)) => format!("Asking the configurations for {text}"),
                Some(Purpose::Rules { .. }) => {
                    "Asking your own rules of the configurations".to_owned()
                }
                Some(Purpose::Sigma(_)) => "Asking Sigma rules of the records".to_owned(),
                Some(Purpose::Compare) => "Comparing records of one ID".to_owned(),
                _ => "Reading the records again".to_owned(),
            };
            drop(state);
            self.change(|session| {
                session.task = Some(Task {
                    title,
                    done: done as u64,
                    total: total as u64,
                });
            });
            return;
        }
        let reading = std::mem::take(reading);
        state.reading.number = reading.number + 1;
        let next = (!state.waiting.is_empty()).then(|| state.waiting.remove(0));
        drop(state);
        self.change(|session| session.task = None);
        let left_out = left_out(&reading.failed, total);
        if !left_out.is_empty() {
            self.warn(format!(
                "{left_out}. Check that they are still where they were dropped from; the others were read."
            ));
        }
        match reading.purpose {
            Some(Purpose::Grep(_)) => self.tell(&ToCase::Mark(reading.hits)),
            Some(Purpose::Match(_)) => self.tell(&ToCase::MarkResources(reading.hits)),
            Some(Purpose::Rules { rules, at, draft }) => {
                let verdicts = reading.verdicts;
                if draft {
                    self.change(|session| session.tried = Some(Tried::of(&rules, &verdicts)));
                } else {
                    let untitled = |one| RuleVerdict {
                        title: String::new(),
                        ..one
                    };
                    let verdicts = verdicts.into_iter().map(untitled).collect();
                    self.tell(&ToCase::Decide(Decided {
                        at,
                        rules,
                        verdicts,
                    }));
                }
            }
            Some(Purpose::Sigma(_)) => self.tell(&ToCase::Suspect {
                stamp: reading.suspects.stamp,
                hits: reading.suspected,
            }),
            Some(Purpose::Compare) => self.settle_records(&reading),
            Some(Purpose::Export { covered, query }) => {
                let name = name_of(covered);
                let files = reading.lines.keys();
                let records = files
                    .map(|&at| reading.files[at].events.len())
                    .sum::<usize>();
                let records = format::count(records as u64, "record");
                let of = if query.is_empty() {
                    "all events"
                } else {
                    &query
                };
                let mut detail = format!("{name}: {records} of {of}");
                if !left_out.is_empty() {
                    detail += &format!("; {left_out}");
                }
                let parts: Array = (0..total).filter_map(|at| reading.lines.get(&at)).collect();
                match download::save(&parts, name) {
                    Ok(()) => self.note("Records handed over", detail),
                    Err(_) => self.warn(format!(
                        "The browser did not take {name}: check that downloads are allowed."
                    )),
                }
            }
            None => {}
        }
        if let Some((which, purpose)) = next {
            self.read_all(which, purpose);
        }
    }
}

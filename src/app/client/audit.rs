//! What an audit needs of the page: populations and samples, the record of what was done, the case as one file.

use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use web_sys::Blob;

use exhibit::case::{
    Answer, Draw, Earlier, Export, Filter, Frozen, Population, Question, Raw, Sample, Settings,
    Table, bundle, recheck, saved,
};

use super::Client;
use crate::app::commands::now;
use crate::app::download;
use crate::app::format;
use crate::app::messages::{Part, ToCase};
use crate::app::stored;

/// Bytes of a case or a report that is taken up out of the evidence.
const MOST: u32 = 256 << 20;

impl Client {
    /// Writes down that something was done.
    pub(crate) fn note(&self, what: &str, detail: impl Into<String>) {
        let mut settings = self.settings();
        settings.note(now(), what, detail);
        self.keep(settings);
    }

    /// Hands settings on as they are.
    pub(super) fn keep(&self, settings: Settings) {
        stored::keep(&settings);
        self.change(|session| session.settings = Rc::new(settings.clone()));
        self.tell(&ToCase::Set(Box::new(settings)));
    }

    /// Keeps settings in this browser from now on, or forgets what is kept.
    pub(crate) fn toggle_keeping(&self) {
        if stored::is_on() {
            stored::forget();
        } else if stored::turn_on(&self.settings()).is_err() {
            self.warn(
                "The browser does not let this page keep anything: download the case instead."
                    .to_owned(),
            );
        }
        self.change(|session| session.keeps = stored::is_on());
    }

    /// Keeps the choice of light or dark, if anything is kept.
    pub(crate) fn keep_theme(&self) {
        stored::keep(&self.settings());
    }

    /// Whether documents are masked, which this one would not be; says so then.
    pub(crate) fn refuses(&self, name: &str) -> bool {
        let masks = self.settings().sharing.masks();
        if masks {
            self.warn(format!(
                "{name} would hold evidence as it is, and masking is on: turn it off under Report first."
            ));
        }
        masks
    }

    /// Asks once.
    fn ask_once(&self, question: Question, then: impl Fn(Rc<Answer>) + 'static) {
        let (client, channel) = (self.clone(), self.channel());
        let then = move |answer: Rc<Answer>| {
            client.hang_up(channel);
            then(answer);
        };
        self.ask(channel, question, then.into());
    }

    /// Freezes a filtered table as a population.
    pub(crate) fn freeze(&self, table: Table, filter: Filter) {
        let client = self.clone();
        let question = Question::Freeze {
            table,
            filter: filter.clone(),
            draw: Draw::default(),
        };
        self.ask_once(question, move |answer| {
            let Answer::Frozen(frozen) = &*answer else {
                return;
            };
            let Frozen {
                count: Some(count),
                sha256: Some(sha256),
                ..
            } = **frozen
            else {
                client.warn("These rows are too many to hold at a time: narrow them.".to_owned());
                return;
            };
            let mut settings = client.settings();
            let all = &mut settings.audit.populations;
            let is_free = |name: &String| !all.iter().any(|one| one.name == *name);
            let mut names = (1..).map(|number| format!("{} {number}", table.name()));
            let name = names.find(is_free).unwrap_or_default();
            all.push(Population {
                name: name.clone(),
                table,
                filter: filter.clone(),
                count,
                sha256,
                at: now(),
                samples: Vec::new(),
            });
            client.set(settings);
            client.warn(format!(
                "Frozen as “{name}”: {}. Draw samples of it under Report, Samples.",
                format::count(count, "row")
            ));
        });
    }

    /// Draws a sample of a population, if the evidence still holds it.
    pub(crate) fn draw(&self, population: &Population, seed: String, size: u32) {
        let (client, name, expected) = (self.clone(), population.name.clone(), population.sha256);
        let question = Question::Freeze {
            table: population.table,
            filter: population.filter.clone(),
            draw: Draw {
                sample: Some((seed.clone(), size)),
                held: Vec::new(),
            },
        };
        self.ask_once(question, move |answer| {
            let Answer::Frozen(frozen) = &*answer else {
                return;
            };
            if frozen.sha256 != Some(expected) {
                client.warn(format!(
                    "The evidence does not hold the population “{name}” as it was frozen: nothing was drawn. Drop the same evidence, or freeze it anew."
                ));
                return;
            }
            let mut settings = client.settings();
            let found = settings.audit.populations.iter_mut();
            for one in found.filter(|one| one.name == name) {
                one.samples.push(Sample {
                    seed: seed.clone(),
                    at: now(),
                    items: frozen.drawn.clone(),
                });
            }
            client.set(settings);
        });
    }

    /// Downloads the case and all evidence as one archive. The browser reads the files when it writes it.
    pub(crate) fn download_bundle(&self) {
        if self.refuses("The archive") {
            return;
        }
        let client = self.clone();
        let name = "case.exhibit.tar";
        self.note("Case saved with its evidence", name);
        self.write(
            Export::Case,
            Box::new(move |parts| {
                let case = Blob::new_with_buffer_source_sequence(&parts);
                let Ok(case) = case else { return };
                let all = Array::new();
                let add = |path: &str, blob: &Blob| {
                    let size = blob.size();
                    all.push(&Uint8Array::from(
                        bundle::before(path, size as u64).as_slice(),
                    ));
                    all.push(blob);
                    all.push(&Uint8Array::from(bundle::after(size as u64).as_slice()));
                };
                add(bundle::CASE, &case);
                for (path, file) in client.0.state.borrow().pool.files() {
                    add(&format!("evidence/{path}"), file);
                }
                all.push(&Uint8Array::from(bundle::end().as_slice()));
                if download::save(&all, name).is_err() {
                    client.warn(format!(
                        "The browser did not take {name}: check that downloads are allowed."
                    ));
                }
            }),
        );
    }

    /// Takes up a case that is among the evidence, in place of what was decided before.
    pub(crate) fn take_up(&self, raw: &Raw) {
        let (client, path) = (self.clone(), raw.path.clone());
        self.extract(raw.source, &raw.path, Part::First(MOST), move |bytes| {
            let read = bytes.and_then(|(bytes, _)| saved::parse(&bytes));
            match read {
                Ok((settings, files)) => client.open_case(&path, settings, files),
                Err(problem) => client.warn(format!(
                    "{path} cannot be taken up: {} {}",
                    problem.message(),
                    problem.recommendation()
                )),
            }
        });
    }

    /// Compares the evidence with a report that is among it.
    pub(crate) fn compare_with(&self, raw: &Raw) {
        let (client, path) = (self.clone(), raw.path.clone());
        self.extract(raw.source, &raw.path, Part::First(MOST), move |bytes| {
            let read = bytes.and_then(|(bytes, _)| recheck::parse(&path, &bytes));
            match read {
                Ok(earlier) => client.change(|session| session.earlier = Some(Rc::new(earlier))),
                Err(problem) => client.warn(format!(
                    "{path} cannot be compared: {} {}",
                    problem.message(),
                    problem.recommendation()
                )),
            }
        });
    }

    /// Takes up what a case's file says, and compares the evidence with its hashes.
    pub(super) fn open_case(&self, name: &str, settings: Settings, files: Vec<recheck::Hashed>) {
        let settings = settings.taken_up(&self.settings(), name, now());
        self.warn(format!("Taken up from {name}: {}. These are the words of whoever wrote the file: if that was not you, look at them before you rely on them. Keys count as confirmed once you confirm them under Integrity, Keys.", settings.words()));
        if !files.is_empty() {
            let earlier = Earlier {
                name: name.to_owned(),
                files,
                ..Earlier::default()
            };
            self.change(|session| session.earlier = Some(Rc::new(earlier)));
        }
        self.keep(settings);
    }
}

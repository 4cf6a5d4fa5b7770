//! What the case says, and where it goes.

use std::rc::Rc;

use js_sys::{Object, Reflect};
use wasm_bindgen::JsCast as _;
use web_sys::MessageEvent;

use super::{Client, now};
use crate::app::buffer;
use crate::app::messages::{FromCase, unpack};
use crate::app::session::Phase;

impl Client {
    pub(super) fn hear_case(&self, event: &MessageEvent) {
        let Some((message, parts)) = unpack::<FromCase>(&event.data()) else {
            return;
        };
        match message {
            FromCase::Progress(progress) => {
                let begun = self.0.state.borrow().begun;
                self.change(|session| {
                    session.intake.files = progress.files;
                    session.intake.checks = progress.checks;
                    if session.intake.phase == Phase::Reading {
                        session.intake.elapsed = now() - begun;
                    }
                });
            }
            FromCase::Finished { job, spent, sizes } => {
                let mut state = self.0.state.borrow_mut();
                let bytes = state.pool.finish(job, &sizes);
                state.spent.add(spent);
                state.session.intake.done += bytes;
                drop(state);
                self.settle();
                if self.0.state.borrow().pool.is_idle() {
                    self.measure();
                }
            }
            FromCase::Judged {
                overview,
                intake,
                verify,
                memory,
            } => {
                let mut state = self.0.state.borrow_mut();
                let of_intake = intake == Some(state.intake);
                let compares =
                    of_intake && overview.unsettled > 0 && state.compared != state.intake;
                if compares {
                    state.compared = state.intake;
                }
                drop(state);
                if compares {
                    self.compare_records();
                }
                let is_last = of_intake && !compares;
                if is_last {
                    self.publish_timings(&overview, verify, memory);
                    self.tell_intake(&overview);
                }
                self.change(|session| {
                    session.revision += 1;
                    session.intake.files = overview.files;
                    session.overview = Some(Rc::from(overview));
                    if is_last && session.intake.judging {
                        session.intake.phase = Phase::Ready;
                    }
                });
            }
            FromCase::Answer {
                channel,
                generation,
                answer,
            } => {
                let state = self.0.state.borrow();
                let asker = state
                    .asked
                    .get(&channel)
                    .filter(|(newest, _)| *newest == generation);
                let asker = asker.map(|(_, asker)| asker.clone());
                drop(state);
                if let Some(asker) = asker {
                    asker.emit(Rc::new(answer));
                }
            }
            FromCase::Part { id, last } => {
                let mut state = self.0.state.borrow_mut();
                if let Some((document, _)) = state.documents.get(&id) {
                    parts.iter().for_each(|part| {
                        document.push(part);
                    });
                }
                let done = if last {
                    state.documents.remove(&id)
                } else {
                    None
                };
                drop(state);
                if let Some((document, then)) = done {
                    then(document);
                }
            }
            FromCase::Refused { id, why } => {
                self.0.state.borrow_mut().documents.remove(&id);
                self.note("Document not written", why.clone());
                self.warn(why);
            }
            FromCase::Raw {
                id,
                problem,
                content,
            } => {
                let mut state = self.0.state.borrow_mut();
                state.pool.answered(id);
                let then = state.raws.remove(&id);
                drop(state);
                if let Some(then) = then {
                    let buffer = parts.first().and_then(|part| part.dyn_ref());
                    let bytes = buffer.map(buffer::take);
                    then(match problem {
                        Some(problem) => Err(problem),
                        None => Ok((bytes.unwrap_or_default(), content)),
                    });
                }
            }
            FromCase::Warning(text) => self.warn(text),
        }
    }

    /// Writes down that evidence was added.
    fn tell_intake(&self, overview: &exhibit::case::Overview) {
        let detail = format!(
            "{} files, {} bytes in all now",
            overview.files, overview.bytes
        );
        self.note("Evidence added", detail);
    }

    /// `window.exhibitTimings`, for whoever measures.
    fn publish_timings(&self, overview: &exhibit::case::Overview, verify: f64, of_case: f64) {
        let state = self.0.state.borrow();
        let readers = state.pool.workers().count() as f64;
        let timings = Object::new();
        let fields = [
            ("list", state.listed),
            ("read", state.spent.read),
            ("inflate", state.spent.inflate),
            ("hash", state.spent.hash),
            ("parse", state.spent.parse),
            ("verify", verify),
            ("total", now() - state.begun),
            ("memoryOfPage", buffer::memory()),
            ("memoryOfCase", of_case),
            // At most: every reader is taken to be as large as the largest.
            ("memoryOfReaders", readers * state.spent.memory),
            ("bytes", overview.bytes as f64),
            ("files", overview.files as f64),
            ("events", overview.events as f64),
            ("eventBytes", overview.event_bytes as f64),
        ];
        for (name, value) in fields {
            // A plain object takes any field.
            let _ = Reflect::set(&timings, &name.into(), &value.into());
        }
        if let Some(window) = web_sys::window() {
            let _ = Reflect::set(&window, &"exhibitTimings".into(), &timings);
        }
    }
}

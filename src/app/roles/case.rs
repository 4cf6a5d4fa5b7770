//! The case worker: owns the evidence, judges it, answers the page.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, MessagePort};

use exhibit::case::{Answer, Asked, Case, Export, Question};
use exhibit::integrity::Check;

use super::signatures::Verifier;
use super::sums::subtle;
use crate::app::breathe::breathe;
use crate::app::buffer;
use crate::app::messages::{FromCase, FromReader, Packed, ToCase, pack, unpack};

/// Milliseconds between words on the progress.
const PROGRESS: f64 = 120.0;
/// Milliseconds from one judgement to the next while evidence comes in; a slow one waits longer.
const PAUSE: f64 = 1_000.0;

/// What the case says to a reader once it has taken a batch.
const TAKEN: &str = "taken";

/// Starts the role in its worker.
pub(crate) fn start(scope: DedicatedWorkerGlobalScope) {
    let role = Rc::new(Role {
        scope: scope.clone(),
        case: RefCell::new(Case::default()),
        verifier: RefCell::new(Some(Verifier::new(subtle(&scope)))),
        void: RefCell::new(HashSet::new()),
        questions: RefCell::new(BTreeMap::new()),
        answering: Cell::new(false),
        wanted: Cell::new(None),
        judging: Cell::new(false),
        verify: Cell::new(0.0),
        told: Cell::new(0.0),
        judged: Cell::new(0.0),
        pace: Cell::new(0.0),
    });
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some((message, parts)) = unpack(&event.data()) {
            role.receive(message, parts);
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

/// What the next judgement is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// To show something while evidence comes in.
    Meanwhile,
    /// The user changed a setting.
    Settings,
    /// All of an intake is here.
    Final(u32),
}

struct Role {
    scope: DedicatedWorkerGlobalScope,
    case: RefCell<Case>,
    /// Taken out while signatures are checked.
    verifier: RefCell<Option<Verifier>>,
    /// Jobs whose reader died; what still arrives of them is dropped.
    void: RefCell<HashSet<u32>>,
    /// The newest question of each channel, with its generation.
    questions: RefCell<BTreeMap<u32, (u32, Question)>>,
    answering: Cell<bool>,
    wanted: Cell<Option<Wanted>>,
    judging: Cell<bool>,
    /// Milliseconds spent on judging and on signatures since the intake began.
    verify: Cell<f64>,
    /// When progress was last told, and when a judgement last ended.
    told: Cell<f64>,
    judged: Cell<f64>,
    /// Milliseconds a file that the last judgement took.
    pace: Cell<f64>,
}

impl Role {
    fn now(&self) -> f64 {
        self.scope
            .performance()
            .map_or(0.0, |performance| performance.now())
    }

    fn send(&self, message: &FromCase) {
        self.post(&pack(message));
    }

    fn post(&self, packed: &Packed) {
        // It refuses only what cannot be copied, and these are buffers.
        let _ = self
            .scope
            .post_message_with_transfer(&packed.value, &packed.transfer);
    }

    fn receive(self: &Rc<Self>, message: ToCase, parts: Vec<JsValue>) {
        match message {
            ToCase::Attach => {
                let port = parts
                    .into_iter()
                    .next()
                    .and_then(|port| port.dyn_into().ok());
                if let Some(port) = port {
                    self.attach(&port);
                }
            }
            ToCase::Set(settings) => {
                if self.case.borrow_mut().set(*settings) {
                    self.want(Wanted::Settings);
                }
            }
            ToCase::Reading { at } => {
                self.case.borrow_mut().begin(at);
                self.verify.set(0.0);
                self.judged.set(self.now());
            }
            ToCase::Done { intake } => self.want(Wanted::Final(intake)),
            ToCase::Void { job, sources } => {
                self.void.borrow_mut().insert(job);
                let mut case = self.case.borrow_mut();
                sources.into_iter().for_each(|source| case.forget(source));
            }
            ToCase::Lost(entries) => {
                let mut case = self.case.borrow_mut();
                entries
                    .into_iter()
                    .for_each(|(source, entry)| case.add(source, entry));
            }
            ToCase::Ask {
                channel,
                generation,
                question,
            } => {
                self.questions
                    .borrow_mut()
                    .insert(channel, (generation, question));
                self.answer();
            }
            ToCase::Settle(contents) => self.case.borrow_mut().settle(&contents),
            ToCase::Mark(events) => {
                self.case.borrow_mut().mark(&events);
                self.tell_judgement(Wanted::Settings);
            }
            ToCase::MarkResources(resources) => {
                self.case.borrow_mut().mark_resources(&resources);
                self.tell_judgement(Wanted::Settings);
            }
            ToCase::Decide(decided) => {
                self.case.borrow_mut().decide(decided);
                self.tell_judgement(Wanted::Settings);
            }
            ToCase::Suspect { stamp, hits } => {
                if self.case.borrow_mut().suspect(stamp, &hits) {
                    self.tell_judgement(Wanted::Settings);
                }
            }
            ToCase::Export { id, export } => self.export(id, &export),
        }
    }

    fn attach(self: &Rc<Self>, port: &MessagePort) {
        let role = Rc::clone(self);
        let own = port.clone();
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some((message, parts)) = unpack(&event.data()) {
                let is_batch = matches!(message, FromReader::Batch { .. });
                role.hear(message, parts);
                if is_batch {
                    // It refuses only what cannot be copied.
                    let _ = own.post_message(&TAKEN.into());
                }
            }
        });
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        on_message.forget();
    }

    /// Takes what a reader sends.
    fn hear(self: &Rc<Self>, message: FromReader, parts: Vec<JsValue>) {
        match message {
            FromReader::Batch { job, entries } => {
                if self.void.borrow().contains(&job) {
                    return;
                }
                let mut case = self.case.borrow_mut();
                entries
                    .into_iter()
                    .for_each(|(source, entry)| case.add(source, entry));
                let files = case.register().next_place();
                drop(case);
                self.tell_progress();
                // What the next one will take: it stands in the way of reading, so that much evidence is judged at the end.
                let next = self.pace.get() * f64::from(files);
                if self.now() - self.judged.get() > PAUSE.max(4.0 * next) {
                    self.want(Wanted::Meanwhile);
                }
            }
            FromReader::Finished { job, spent, sizes } => {
                if !self.void.borrow().contains(&job) {
                    self.send(&FromCase::Finished { job, spent, sizes });
                }
            }
            FromReader::Raw {
                id,
                problem,
                content,
            } => {
                let packed = pack(&FromCase::Raw {
                    id,
                    problem,
                    content,
                });
                let bytes = parts
                    .into_iter()
                    .next()
                    .and_then(|part| part.dyn_into::<ArrayBuffer>().ok());
                self.post(&match bytes {
                    Some(bytes) => packed.moving(&bytes),
                    None => packed,
                });
            }
        }
    }

    fn tell_progress(&self) {
        let now = self.now();
        if now - self.told.get() > PROGRESS {
            self.told.set(now);
            self.send(&FromCase::Progress(self.case.borrow().progress()));
        }
    }

    /// Asks for a judgement; a weightier wish that is waiting already stands.
    fn want(self: &Rc<Self>, wanted: Wanted) {
        match (self.wanted.get(), wanted) {
            (Some(_), Wanted::Meanwhile) | (Some(Wanted::Final(_)), Wanted::Settings) => {}
            _ => self.wanted.set(Some(wanted)),
        }
        if !self.judging.replace(true) {
            spawn_local(Rc::clone(self).judge());
        }
    }

    async fn judge(self: Rc<Self>) {
        while let Some(wanted) = self.wanted.take() {
            let begun = self.now();
            loop {
                let mut checks = match wanted {
                    Wanted::Meanwhile => self.case.borrow_mut().judge_so_far(),
                    Wanted::Settings | Wanted::Final(_) => self.case.borrow_mut().judge(),
                };
                if checks.is_empty() {
                    break;
                }
                while !checks.is_empty() {
                    self.tell_progress();
                    self.check(&checks).await;
                    checks = self.case.borrow_mut().more_checks();
                }
            }
            let spent = self.now() - begun;
            // What the first few take says little of many.
            let files = self.case.borrow().register().next_place().max(1_000);
            self.verify.set(self.verify.get() + spent);
            self.pace.set(spent / f64::from(files));
            self.judged.set(self.now());
            self.tell_judgement(wanted);
            // Lets questions and evidence in before the next judgement.
            breathe().await;
        }
        self.judging.set(false);
    }

    /// Has signatures checked and takes the outcomes.
    async fn check(&self, checks: &[Check]) {
        let twice = self.case.borrow().settings().verify_twice;
        let Some(mut verifier) = self.verifier.take() else {
            return;
        };
        let outcomes = verifier.check(checks, twice, breathe).await;
        self.verifier.replace(Some(verifier));
        self.case.borrow_mut().resolve(&outcomes.known);
        if outcomes.disagreements > 0 {
            self.send(&FromCase::Warning(format!(
                "The browser's cryptography and the reference disagree on {} signatures. The reference decides; report this as a fault of Exhibit or of the browser.",
                outcomes.disagreements
            )));
        }
    }

    fn tell_judgement(&self, wanted: Wanted) {
        let mut case = self.case.borrow_mut();
        let Answer::Overview(overview) = case.answer(&Question::Overview) else {
            return;
        };
        let intake = match wanted {
            Wanted::Final(intake) => Some(intake),
            Wanted::Meanwhile | Wanted::Settings => None,
        };
        self.send(&FromCase::Progress(case.progress()));
        self.send(&FromCase::Judged {
            overview,
            intake,
            verify: self.verify.get(),
            memory: buffer::memory(),
        });
    }

    /// Answers the newest question of every channel, a step a turn, so that a newer question can
    /// overtake those that wait or that take long.
    fn answer(self: &Rc<Self>) {
        if self.answering.replace(true) {
            return;
        }
        let role = Rc::clone(self);
        spawn_local(async move {
            loop {
                breathe().await;
                let next = role.questions.borrow_mut().pop_first();
                let Some((channel, (generation, question))) = next else {
                    break;
                };
                let mut asked = Asked::new(question);
                let answer = loop {
                    let answer = role.case.borrow_mut().step(&mut asked);
                    // A newer question on the channel makes this one void.
                    if answer.is_some() || role.questions.borrow().contains_key(&channel) {
                        break answer;
                    }
                    breathe().await;
                };
                if let Some(answer) = answer {
                    role.send(&FromCase::Answer {
                        channel,
                        generation,
                        answer,
                    });
                }
            }
            role.answering.set(false);
        });
    }

    fn export(&self, id: u32, export: &Export) {
        let mut case = self.case.borrow_mut();
        let written = case.export(export, &mut |part| {
            let buffer = Uint8Array::from(part).buffer();
            self.post(&pack(&FromCase::Part { id, last: false }).moving(&buffer));
        });
        self.send(&match written {
            Ok(()) => FromCase::Part { id, last: true },
            Err(why) => FromCase::Refused {
                id,
                why: why.to_owned(),
            },
        });
    }
}

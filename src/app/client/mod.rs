//! The page's hand on the workers: drops go in, questions are asked, the session comes out.

mod audit;
mod hear;
mod intake;
mod records;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, ErrorEvent, MessagePort, Worker};
use yew::Callback;

use exhibit::case::controls::parse_catalog;
use exhibit::case::{Answer, Control, Export, Pieces, Question, Raw, Settings, recheck, saved};
use exhibit::evidence::Problem;
use exhibit::sum::Sum;

use crate::app::boot;
use crate::app::dropped::text_of;
use crate::app::messages::{Packed, Part, Spent, ToCase, pack};
use crate::app::pool::Pool;
use crate::app::session::{Session, Toast};

pub(crate) use records::Purpose;

/// Bytes of a file that are shown as raw.
const RAW_LIMIT: u32 = 256 << 10;
/// How often the case worker is started again for one intake.
const RESTARTS: u32 = 2;

/// What a question's asker is handed.
type OnAnswer = Callback<Rc<Answer>>;
type OnDocument = Box<dyn FnOnce(Array)>;
/// Bytes that were read again, and the SHA-256 of the whole content where a record was asked for.
pub(crate) type Bytes = Result<(Vec<u8>, Option<Sum>), Problem>;
type OnRaw = Box<dyn FnOnce(Bytes)>;

/// A handle to everything behind the page. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(crate) struct Client(Rc<Inner>);

impl PartialEq for Client {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

struct Inner {
    state: RefCell<State>,
    changed: Callback<Session>,
    readers: usize,
}

#[derive(Default)]
struct State {
    session: Session,
    case: Option<Worker>,
    /// The worker that rehearses, ended by the first evidence where it has not ended itself.
    rehearsal: Option<Worker>,
    pool: Pool,
    channels: u32,
    asked: HashMap<u32, (u32, OnAnswer)>,
    ids: u32,
    documents: HashMap<u32, (Array, OnDocument)>,
    raws: HashMap<u32, OnRaw>,
    /// The intake's number, when it began, and what it took.
    intake: u32,
    begun: f64,
    /// The intake whose records of one ID were compared by their content.
    compared: u32,
    /// When the intake's numbers were last brought up to date.
    measured: f64,
    spent: Spent,
    /// Milliseconds until all files of the intake were listed.
    listed: f64,
    /// Folders that are being listed.
    listings: u32,
    /// How often the case was cleared: what was still being listed then is let go.
    clears: u32,
    /// How often reading was cancelled: what is listed then is registered and not read.
    cancels: u32,
    restarts: u32,
    reading: records::Reading,
    /// What is read after it.
    waiting: Vec<(Question, records::Purpose)>,
    /// Listeners live as long as the workers they listen to.
    listeners: Vec<Closure<dyn Fn(JsValue)>>,
}

impl Client {
    /// Starts the workers; `changed` hears of every change.
    ///
    /// # Errors
    /// When the browser refuses a worker.
    pub(crate) fn start(readers: usize, changed: Callback<Session>) -> Result<Self, JsValue> {
        let client = Client(Rc::new(Inner {
            state: RefCell::default(),
            changed,
            readers,
        }));
        if let Some(settings) = crate::app::stored::settings() {
            let words = settings.words();
            let mut state = client.0.state.borrow_mut();
            state.session.settings = Rc::new(settings);
            state.session.keeps = true;
            drop(state);
            client.warn(format!(
                "This browser kept what was decided in an earlier visit: {words}. If it was not you who decided, forget it under Report, Custody."
            ));
        }
        client.spawn()?;
        client.rehearse();
        Ok(client)
    }

    fn spawn(&self) -> Result<(), JsValue> {
        let case = boot::spawn(boot::CASE)?;
        let client = self.clone();
        self.listen(
            move |event| client.hear_case(event.unchecked_ref()),
            |listener| {
                case.set_onmessage(Some(listener));
            },
        );
        let client = self.clone();
        self.listen(
            move |_| client.restart(),
            |listener| case.set_onerror(Some(listener)),
        );
        self.0.state.borrow_mut().case = Some(case);
        self.tell(&ToCase::Set(Box::new(self.settings())));
        let ports = self.0.state.borrow_mut().pool.start(self.0.readers)?;
        for port in &ports {
            self.attach(port);
        }
        let workers: Vec<Worker> = self.0.state.borrow().pool.workers().cloned().collect();
        workers
            .iter()
            .enumerate()
            .for_each(|(at, worker)| self.watch(at, worker));
        Ok(())
    }

    /// Makes a listener that lives as long as the workers.
    fn listen(&self, run: impl Fn(JsValue) + 'static, set: impl FnOnce(&js_sys::Function)) {
        let listener = Closure::<dyn Fn(JsValue)>::new(run);
        set(listener.as_ref().unchecked_ref());
        self.0.state.borrow_mut().listeners.push(listener);
    }

    fn attach(&self, port: &MessagePort) {
        self.post(&pack(&ToCase::Attach).moving(port));
    }

    fn watch(&self, at: usize, worker: &Worker) {
        let client = self.clone();
        self.listen(
            move |event| {
                let event = event.unchecked_ref::<ErrorEvent>();
                event.prevent_default();
                // `boot.js` says so.
                let has_begun = !event.message().contains("NOT STARTED");
                client.lose_reader(at, has_begun);
            },
            |listener| worker.set_onerror(Some(listener)),
        );
    }

    fn tell(&self, message: &ToCase) {
        self.post(&pack(message));
    }

    fn post(&self, packed: &Packed) {
        if let Some(case) = &self.0.state.borrow().case {
            // It refuses only what cannot be copied, and these are buffers and ports.
            let _ = case.post_message_with_transfer(&packed.value, &packed.transfer);
        }
    }

    /// Changes the session and says so.
    fn change(&self, change: impl FnOnce(&mut Session)) {
        let mut state = self.0.state.borrow_mut();
        change(&mut state.session);
        let session = state.session.clone();
        drop(state);
        self.0.changed.emit(session);
    }

    fn settings(&self) -> Settings {
        (*self.0.state.borrow().session.settings).clone()
    }

    /// A channel for one asker: a later question on it makes an earlier one void.
    pub(crate) fn channel(&self) -> u32 {
        let mut state = self.0.state.borrow_mut();
        state.channels += 1;
        state.channels
    }

    /// Asks the case.
    pub(crate) fn ask(&self, channel: u32, question: Question, then: OnAnswer) {
        let mut state = self.0.state.borrow_mut();
        let (newest, asker) = state.asked.entry(channel).or_insert((0, then.clone()));
        *newest += 1;
        *asker = then;
        let generation = *newest;
        drop(state);
        self.tell(&ToCase::Ask {
            channel,
            generation,
            question,
        });
    }

    /// Stops listening on a channel.
    pub(crate) fn hang_up(&self, channel: u32) {
        self.0.state.borrow_mut().asked.remove(&channel);
    }

    /// Takes what the user decided; the case judges again.
    pub(crate) fn set(&self, mut settings: Settings) {
        let before = self.settings();
        // Whoever made these settings may have done so before something else was written down.
        settings.log.clone_from(&before.log);
        settings.note_changes(&before, crate::app::commands::now());
        self.keep(settings);
    }

    /// Takes up what such a file says, in place of what was decided before.
    pub(crate) fn open_settings(&self, file: web_sys::File) {
        let client = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let text = text_of(&file).await;
            match saved::parse(text.as_bytes()) {
                Ok((settings, files)) => client.open_case(&file.name(), settings, files),
                Err(problem) => client.warn(format!(
                    "{} holds no saved views and settings: {} Choose a file that Exhibit wrote.",
                    file.name(),
                    problem.message()
                )),
            }
        });
    }

    /// Takes up a file of risk settings, in place of what was changed before; alerts of the user's own stay.
    pub(crate) fn open_risk(&self, file: web_sys::File) {
        let client = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let text = text_of(&file).await;
            match exhibit::risk::values::parse(text.as_bytes()) {
                Ok(risk) => {
                    let mut settings = client.settings();
                    let named = settings.risk.take(risk);
                    client.set(settings);
                    if !named.is_empty() {
                        client.warn(format!(
                            "{} has alerts of titles that you have, too. They are kept as: {}.",
                            file.name(),
                            named.join(", ")
                        ));
                    }
                }
                Err(problem) => client.warn(format!(
                    "{} holds no settings of risk: {} Choose a file that Risk, Settings wrote.",
                    file.name(),
                    problem.message()
                )),
            }
        });
    }

    /// Takes up an earlier report, to say whether it still holds.
    pub(crate) fn open_report(&self, file: web_sys::File) {
        let client = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let text = text_of(&file).await;
            match recheck::parse(&file.name(), text.as_bytes()) {
                Ok(earlier) => client.change(|session| session.earlier = Some(Rc::new(earlier))),
                Err(problem) => client.warn(format!(
                    "{} is no report of Exhibit: {} Choose a report.json that Exhibit wrote.",
                    file.name(),
                    problem.message()
                )),
            }
        });
    }

    /// Reads a list of controls out of a file, and takes the settings that `with` makes of it.
    pub(crate) fn open_controls(
        &self,
        file: web_sys::File,
        with: impl FnOnce(Vec<Control>) -> Settings + 'static,
    ) {
        let client = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let text = text_of(&file).await;
            match parse_catalog(&file.name(), text.as_bytes()) {
                Ok((all, is_cut)) => {
                    if is_cut {
                        client.warn(format!(
                            "{} holds more controls than are taken: the first {} are here. Split the list, and add a part at a time.",
                            file.name(),
                            all.len()
                        ));
                    }
                    client.set(with(all));
                }
                Err(problem) => client.warn(format!(
                    "{} holds no controls: {} {}",
                    file.name(),
                    problem.message(),
                    problem.recommendation()
                )),
            }
        });
    }

    /// Has the case write a document, and hands over its parts.
    fn write(&self, export: Export, then: OnDocument) {
        let mut state = self.0.state.borrow_mut();
        state.ids += 1;
        let id = state.ids;
        state.documents.insert(id, (Array::new(), then));
        drop(state);
        self.tell(&ToCase::Export { id, export });
    }

    /// Hands a document to the browser's downloads.
    pub(crate) fn save(&self, parts: &Array, name: &str) {
        if crate::app::download::save(parts, name).is_err() {
            self.warn(format!(
                "The browser did not take {name}: check that downloads are allowed."
            ));
        }
    }

    /// Has the case write a document, and downloads it.
    pub(crate) fn download(&self, export: Export, name: &str) {
        let masked = export.shared().is_some() && self.settings().sharing.masks();
        self.note(
            "Document handed over",
            format!("{name}{}", if masked { ", masked" } else { "" }),
        );
        let (client, name) = (self.clone(), name.to_owned());
        self.write(export, Box::new(move |parts| client.save(&parts, &name)));
    }

    /// Has the case write a text, and hands it over.
    pub(crate) fn text(&self, export: Export, then: Callback<String>) {
        self.write(
            export,
            Box::new(move |parts| {
                wasm_bindgen_futures::spawn_local(async move {
                    let Ok(blob) = Blob::new_with_buffer_source_sequence(&parts) else {
                        return;
                    };
                    if let Ok(text) = wasm_bindgen_futures::JsFuture::from(blob.text()).await {
                        then.emit(text.as_string().unwrap_or_default());
                    }
                });
            }),
        );
    }

    /// Reads a file, an archive's member or a record of it again, for a person to look at.
    pub(crate) fn raw(&self, raw: &Raw, then: impl FnOnce(Bytes) + 'static) {
        let part = raw
            .record
            .map_or(Part::First(RAW_LIMIT), |(at, length)| Part::Record {
                at,
                length,
            });
        self.extract(raw.source, &raw.path, part, then);
    }

    /// Looks again for what was found in a file or a record, value by value.
    pub(crate) fn pieces(&self, raw: &Raw, of: Pieces, then: impl FnOnce(Bytes) + 'static) {
        let part = Part::Pieces {
            record: raw.record,
            of,
        };
        self.extract(raw.source, &raw.path, part, then);
    }

    fn extract(&self, source: u32, path: &str, part: Part, then: impl FnOnce(Bytes) + 'static) {
        let mut state = self.0.state.borrow_mut();
        state.ids += 1;
        let id = state.ids;
        state.raws.insert(id, Box::new(then));
        state.pool.extract(id, source, path, part);
    }

    /// Shows a warning until it is dismissed.
    pub(crate) fn warn(&self, text: String) {
        let mut state = self.0.state.borrow_mut();
        state.ids += 1;
        let id = state.ids;
        drop(state);
        self.change(|session| {
            if session.toasts.last().is_none_or(|last| last.text != text) {
                session.toasts.push(Toast { id, text });
            }
        });
    }

    /// Takes a warning away.
    pub(crate) fn dismiss(&self, id: u32) {
        self.change(|session| session.toasts.retain(|toast| toast.id != id));
    }
}

fn now() -> f64 {
    let performance = web_sys::window().and_then(|window| window.performance());
    performance.map_or(0.0, |performance| performance.now())
}

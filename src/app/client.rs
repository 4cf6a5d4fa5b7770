//! The page's hand on the workers: drops go in, questions are asked, the session comes out.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, ErrorEvent, File, MessageEvent, MessagePort, Worker};
use yew::Callback;

use exhibit::case::{Answer, Export, Question, Settings};
use exhibit::evidence::Problem;

use super::boot;
use super::dropped::{self, Drop};
use super::messages::{FromCase, Packed, Spent, ToCase, pack, unpack};
use super::pool::Pool;
use super::session::{Intake, Phase, Session, Toast};

/// The built-in demo case; `cargo xtask generate demo` makes it.
const DEMO: &[u8] = include_bytes!("../../demo/case.zip");
/// Bytes of a file that are shown as raw.
const RAW_LIMIT: u32 = 256 << 10;
/// How often the case worker is started again for one intake.
const RESTARTS: u32 = 2;

/// What a question's asker is handed.
type OnAnswer = Callback<Rc<Answer>>;
type OnDocument = Box<dyn FnOnce(Array)>;
type OnRaw = Box<dyn FnOnce(Result<Vec<u8>, Problem>)>;

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
    settings: Settings,
    case: Option<Worker>,
    pool: Pool,
    channels: u32,
    asked: HashMap<u32, (u32, OnAnswer)>,
    ids: u32,
    documents: HashMap<u32, (Array, OnDocument)>,
    raws: HashMap<u32, OnRaw>,
    /// The intake's number, when it began, and what it took.
    intake: u32,
    begun: f64,
    spent: Spent,
    /// Folders that are being listed.
    listings: u32,
    restarts: u32,
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
        client.spawn()?;
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
        self.tell(&ToCase::Set(self.settings()));
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
                event.unchecked_ref::<ErrorEvent>().prevent_default();
                client.replace_reader(at);
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
        self.0.state.borrow().settings.clone()
    }

    // ---- evidence in

    /// Adds dropped files to the case.
    pub(crate) fn add(&self, files: Vec<(String, File)>) {
        if files.is_empty() {
            return;
        }
        self.begin();
        self.0.state.borrow_mut().pool.add(files);
        self.measure();
        self.settle();
    }

    /// Adds what a drop carries, folders too.
    pub(crate) fn add_drop(&self, drop: Drop) {
        if drop.is_empty() {
            return;
        }
        self.begin();
        self.0.state.borrow_mut().listings += 1;
        self.measure();
        let client = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let refused = drop.list(|files| client.add(files)).await;
            for path in refused.iter().take(3) {
                client.warn(format!("The browser could not open {path}: check that it may be read, then drop it again."));
            }
            if refused.len() > 3 {
                client.warn(format!(
                    "The browser could not open {} more files or folders.",
                    refused.len() - 3
                ));
            }
            client.0.state.borrow_mut().listings -= 1;
            client.measure();
            client.settle();
        });
    }

    /// Adds text that was pasted.
    pub(crate) fn add_text(&self, text: &str) {
        let number = self.0.state.borrow().pool.totals().0 + 1;
        self.add(
            dropped::file_of(text.as_bytes(), &format!("pasted-{number}.json"))
                .into_iter()
                .collect(),
        );
    }

    /// Adds the built-in demo case.
    pub(crate) fn load_demo(&self) {
        self.change(|session| session.demo = true);
        self.add(dropped::file_of(DEMO, "demo.zip").into_iter().collect());
    }

    fn begin(&self) {
        let mut state = self.0.state.borrow_mut();
        if state.session.intake.phase == Phase::Reading {
            return;
        }
        state.intake += 1;
        state.begun = now();
        state.spent = Spent::default();
        state.restarts = 0;
        let before = state.session.intake.done;
        let intake = &mut state.session.intake;
        (intake.phase, intake.judging, intake.cancelled) = (Phase::Reading, false, false);
        (intake.before, intake.elapsed) = (before, 0.0);
        drop(state);
        self.tell(&ToCase::Reading);
    }

    /// Brings the intake's numbers up to date.
    fn measure(&self) {
        let state = self.0.state.borrow();
        let (dropped, total) = state.pool.totals();
        let (begun, listing, idle) = (state.begun, state.listings > 0, state.pool.is_idle());
        drop(state);
        self.change(|session| {
            let intake = &mut session.intake;
            (intake.dropped, intake.total, intake.listing) = (dropped, total, listing);
            if intake.phase == Phase::Reading {
                intake.elapsed = now() - begun;
                intake.judging = idle && !listing;
            }
        });
    }

    /// Asks for the final judgement once nothing is left to read.
    fn settle(&self) {
        let state = self.0.state.borrow();
        let is_done = state.listings == 0
            && state.pool.is_idle()
            && state.session.intake.phase == Phase::Reading;
        let intake = state.intake;
        drop(state);
        if is_done {
            self.change(|session| session.intake.judging = true);
            self.tell(&ToCase::Done { intake });
        }
    }

    /// Gives up what is not read yet; each such file is registered as not read.
    pub(crate) fn cancel(&self) {
        let lost = self.0.state.borrow_mut().pool.cancel();
        self.change(|session| session.intake.cancelled = true);
        self.tell(&ToCase::Lost(lost));
        self.settle();
    }

    /// Forgets all evidence. The workers end, for that alone gives their memory back.
    pub(crate) fn clear(&self) {
        self.end_workers();
        let mut state = self.0.state.borrow_mut();
        state.pool = Pool::default();
        state.settings = Settings::default();
        state.listings = 0;
        let revision = state.session.revision + 1;
        state.session = Session {
            revision,
            ..Session::default()
        };
        drop(state);
        self.revive();
        self.change(|_| {});
    }

    fn end_workers(&self) {
        let mut state = self.0.state.borrow_mut();
        state.pool.stop();
        if let Some(case) = state.case.take() {
            case.terminate();
        }
        (state.asked, state.documents, state.raws) = Default::default();
        // A listener may be what runs this: it is dropped when it has returned.
        let listeners = std::mem::take(&mut state.listeners);
        gloo::timers::callback::Timeout::new(0, move || drop(listeners)).forget();
    }

    fn revive(&self) {
        if let Err(error) = self.spawn() {
            boot::crash(&format!("The browser refused to start workers: {error:?}"));
        }
    }

    /// The case worker died: everything is read again.
    fn restart(&self) {
        let mut state = self.0.state.borrow_mut();
        state.restarts += 1;
        let gives_up = state.restarts > RESTARTS;
        drop(state);
        if gives_up {
            boot::crash(
                "The case worker ended several times over this evidence, for want of memory perhaps: drop it in parts.",
            );
            return;
        }
        self.end_workers();
        self.revive();
        self.change(|session| {
            session.overview = None;
            session.revision += 1;
            session.intake = Intake {
                phase: Phase::Reading,
                ..session.intake
            };
            session.intake.done = 0.0;
        });
        self.warn(
            "The worker that holds the case ended unexpectedly; the evidence is being read again."
                .to_owned(),
        );
        let mut state = self.0.state.borrow_mut();
        state.intake += 1;
        state.pool.again();
        drop(state);
        self.measure();
        self.settle();
    }

    fn replace_reader(&self, at: usize) {
        let loss = self.0.state.borrow_mut().pool.replace(at);
        for (job, sources) in loss.void {
            self.tell(&ToCase::Void { job, sources });
        }
        if let Some(port) = &loss.port {
            self.attach(port);
        }
        let worker = self.0.state.borrow().pool.workers().nth(at).cloned();
        if let Some(worker) = worker {
            self.watch(at, &worker);
        }
        self.tell(&ToCase::Lost(loss.given_up));
        self.settle();
    }

    // ---- the case's words

    fn hear_case(&self, event: &MessageEvent) {
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
            FromCase::Finished { job, spent } => {
                let mut state = self.0.state.borrow_mut();
                let bytes = state.pool.finish(job);
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
            } => {
                let is_last = intake == Some(self.0.state.borrow().intake);
                if is_last {
                    self.publish_timings(&overview, verify);
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
            FromCase::Raw { id, problem } => {
                let then = self.0.state.borrow_mut().raws.remove(&id);
                if let Some(then) = then {
                    let bytes = parts
                        .first()
                        .map(|part| js_sys::Uint8Array::new(part).to_vec());
                    then(match problem {
                        Some(problem) => Err(problem),
                        None => Ok(bytes.unwrap_or_default()),
                    });
                }
            }
            FromCase::Warning(text) => self.warn(text),
        }
    }

    /// `window.exhibitTimings`, for whoever measures.
    fn publish_timings(&self, overview: &exhibit::case::Overview, verify: f64) {
        let state = self.0.state.borrow();
        let timings = Object::new();
        let fields = [
            ("read", state.spent.read),
            ("inflate", state.spent.inflate),
            ("hash", state.spent.hash),
            ("parse", state.spent.parse),
            ("verify", verify),
            ("total", now() - state.begun),
            ("bytes", overview.bytes as f64),
            ("files", overview.files as f64),
            ("events", overview.events as f64),
        ];
        for (name, value) in fields {
            // A plain object takes any field.
            let _ = Reflect::set(&timings, &name.into(), &value.into());
        }
        if let Some(window) = web_sys::window() {
            let _ = Reflect::set(&window, &"exhibitTimings".into(), &timings);
        }
    }

    // ---- questions

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
    pub(crate) fn set(&self, settings: Settings) {
        self.0.state.borrow_mut().settings = settings.clone();
        self.tell(&ToCase::Set(settings));
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

    /// Has the case write a document, and downloads it.
    pub(crate) fn download(&self, export: Export, name: &'static str) {
        let client = self.clone();
        self.write(
            export,
            Box::new(move |parts| {
                if super::download::save(&parts, name).is_err() {
                    client.warn(format!(
                        "The browser did not take {name}: check that downloads are allowed."
                    ));
                }
            }),
        );
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

    /// Reads a file or an archive's member again, for a person to look at.
    pub(crate) fn raw(
        &self,
        source: u32,
        path: &str,
        then: impl FnOnce(Result<Vec<u8>, Problem>) + 'static,
    ) {
        let mut state = self.0.state.borrow_mut();
        state.ids += 1;
        let id = state.ids;
        state.raws.insert(id, Box::new(then));
        state.pool.extract(id, source, path, RAW_LIMIT);
    }

    // ---- words to the user

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

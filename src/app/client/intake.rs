//! Evidence in: drops, their progress, and what is done when a worker dies.

use exhibit::evidence::{Problem, ProblemCode};
use web_sys::File;

use super::{Client, RESTARTS, now};
use crate::app::boot;
use crate::app::breathe::breathe;
use crate::app::dropped::{self, Drop, Files};
use crate::app::messages::{Spent, ToCase};
use crate::app::pool::{Loss, Pool};
use crate::app::session::{Intake, Phase, Session};
use crate::app::{DEMO, stored};

/// Up to so many files, each is asked for its size, so that progress is by bytes. More files are many
/// small ones, and asking is a question to the browser's own process.
const FEW: usize = 64;
/// Milliseconds that taking files may hold the page at a time.
const SLICE: f64 = 10.0;
/// Milliseconds between words on how much was taken: each shows the page anew.
const MEASURE: f64 = 100.0;
/// Milliseconds after which a page that was opened is at rest.
const REST: u32 = 500;

impl Client {
    /// Adds dropped files to the case, a slice at a time, so that the page stays responsive.
    pub(crate) fn add(&self, mut files: Files) {
        if files.len() == 0 {
            return;
        }
        self.begin();
        let sizes = files.len() <= FEW;
        self.take(&mut files, sizes);
        if files.len() == 0 && !self.is_hungry() {
            self.settle();
            return;
        }
        let clears = self.begin_listing();
        let (client, cancels) = (self.clone(), self.cancels());
        wasm_bindgen_futures::spawn_local(async move {
            while (files.len() > 0 || client.is_hungry()) && client.clears() == clears {
                breathe().await;
                if client.cancels() == cancels {
                    client.take(&mut files, sizes);
                } else if files.len() > 0 {
                    let cancelled = Problem::new(ProblemCode::Cancelled, "");
                    client.refuse(&mut files, &cancelled);
                } else {
                    break;
                }
            }
            client.end_listing(clears);
        });
    }

    fn cancels(&self) -> u32 {
        self.0.state.borrow().cancels
    }

    /// Registers files that are not to be read, as many as a slice has room for.
    fn refuse(&self, files: &mut dyn Iterator<Item = (String, File)>, problem: &Problem) {
        let begun = now();
        let more = || now() < begun + SLICE;
        let lost = self.0.state.borrow_mut().pool.refuse(files, problem, more);
        self.tell(&ToCase::Lost(lost));
    }

    fn is_hungry(&self) -> bool {
        self.0.state.borrow().pool.is_hungry()
    }

    fn clears(&self) -> u32 {
        self.0.state.borrow().clears
    }

    /// Files are being listed from now on; returns by what a later clearing is noticed.
    fn begin_listing(&self) -> u32 {
        self.0.state.borrow_mut().listings += 1;
        self.clears()
    }

    fn end_listing(&self, clears: u32) {
        if self.clears() != clears {
            return;
        }
        let mut state = self.0.state.borrow_mut();
        state.listings -= 1;
        state.listed = now() - state.begun;
        drop(state);
        self.measure();
        self.settle();
    }

    /// Takes as many files as a slice has room for.
    fn take(&self, files: &mut Files, sizes: bool) {
        let begun = now();
        let mut state = self.0.state.borrow_mut();
        state.pool.add(files, sizes, || now() < begun + SLICE);
        let is_due = begun > state.measured + MEASURE;
        drop(state);
        if is_due {
            self.measure();
        }
    }

    /// Adds what a drop carries, folders too.
    pub(crate) fn add_drop(&self, drop: Drop) {
        if drop.is_empty() {
            return;
        }
        self.begin();
        let clears = self.begin_listing();
        self.measure();
        let (client, cancels) = (self.clone(), self.cancels());
        wasm_bindgen_futures::spawn_local(async move {
            let goes_on = || client.clears() == clears && client.cancels() == cancels;
            let keep = |files: Vec<_>| {
                if goes_on() {
                    client.add(Box::new(files.into_iter()));
                }
                goes_on()
            };
            let (refused, unlisted) = drop.list(keep).await;
            if client.clears() == clears {
                for (paths, code) in [
                    (refused, ProblemCode::Unreadable),
                    (unlisted, ProblemCode::Cancelled),
                ] {
                    let files = paths.iter().flat_map(|path| dropped::file_of(&[], path));
                    let mut files = files.collect::<Vec<_>>().into_iter();
                    while files.len() > 0 {
                        client.refuse(&mut files, &Problem::new(code, ""));
                    }
                }
            }
            client.end_listing(clears);
        });
    }

    /// Adds text that was pasted.
    pub(crate) fn add_text(&self, text: &str) {
        let number = self.0.state.borrow().pool.totals().files + 1;
        self.add(dropped::file_of(
            text.as_bytes(),
            &format!("pasted-{number}.json"),
        ));
    }

    /// Adds the built-in demo case.
    pub(crate) fn load_demo(&self) {
        self.change(|session| session.demo = true);
        self.add(dropped::file_of(DEMO, "demo.tar.gz"));
    }

    /// Has the program rehearsed once the page stands and is at rest.
    pub(super) fn rehearse(&self) {
        let client = self.clone();
        gloo::timers::callback::Timeout::new(REST, move || {
            let mut state = client.0.state.borrow_mut();
            if state.session.intake.phase == Phase::Empty {
                // Where the browser has no room for it, evidence is read as it is.
                state.rehearsal = boot::spawn(boot::REHEARSAL).ok();
            }
        })
        .forget();
    }

    fn begin(&self) {
        let mut state = self.0.state.borrow_mut();
        if state.session.intake.phase == Phase::Reading {
            return;
        }
        if let Some(rehearsal) = state.rehearsal.take() {
            rehearsal.terminate();
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
        self.tell(&ToCase::Reading {
            at: crate::app::commands::now(),
        });
    }

    /// Brings the intake's numbers up to date.
    pub(super) fn measure(&self) {
        let mut state = self.0.state.borrow_mut();
        state.measured = now();
        let totals = state.pool.totals();
        let (begun, listing, idle) = (state.begun, state.listings > 0, state.pool.is_idle());
        drop(state);
        self.change(|session| {
            let intake = &mut session.intake;
            (intake.dropped, intake.total) = (totals.files, totals.bytes);
            (intake.is_exact, intake.listing) = (totals.is_exact, listing);
            if intake.phase == Phase::Reading {
                intake.elapsed = now() - begun;
                intake.judging = idle && !listing;
            }
        });
    }

    /// Asks for the final judgement once nothing is left to read.
    pub(super) fn settle(&self) {
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
        let mut state = self.0.state.borrow_mut();
        state.cancels += 1;
        let loss = state.pool.cancel();
        drop(state);
        self.change(|session| session.intake.cancelled = true);
        self.lose(loss);
    }

    /// Forgets all evidence. The workers end, for that alone gives their memory back.
    pub(crate) fn clear(&self) {
        stored::forget();
        self.end_workers();
        let mut state = self.0.state.borrow_mut();
        state.pool = Pool::default();
        state.listings = 0;
        state.clears += 1;
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
        state.compared = 0;
        state.reading = Default::default();
        state.waiting.clear();
        state.session.task = None;
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
    pub(super) fn restart(&self) {
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
        let refused = state.pool.refused().collect();
        drop(state);
        self.tell(&ToCase::Lost(refused));
        self.measure();
        self.settle();
    }

    /// A reader ended: another takes its place, unless the browser could not even begin it.
    pub(super) fn lose_reader(&self, at: usize, had_begun: bool) {
        let loss = if had_begun {
            self.0.state.borrow_mut().pool.replace(at)
        } else {
            self.warn(
                "A reader could not start, for want of memory perhaps: the others go on without it."
                    .to_owned(),
            );
            self.0.state.borrow_mut().pool.do_without(at)
        };
        self.lose(loss);
    }

    /// Says what is lost with readers that ended, and listens to those in their place.
    fn lose(&self, loss: Loss) {
        for (job, sources) in loss.void {
            self.tell(&ToCase::Void { job, sources });
        }
        for (at, port) in &loss.fresh {
            self.attach(port);
            let worker = self.0.state.borrow().pool.workers().nth(*at).cloned();
            if let Some(worker) = worker {
                self.watch(*at, &worker);
            }
        }
        self.tell(&ToCase::Lost(loss.given_up));
        for id in loss.unanswered {
            let then = self.0.state.borrow_mut().raws.remove(&id);
            if let Some(then) = then {
                let ended = "its reader ended meanwhile";
                then(Err(Problem::new(ProblemCode::Unreadable, ended)));
            }
        }
        if self.0.state.borrow().pool.is_lost() {
            boot::crash(
                "All readers ended, and the browser gives no others, for want of memory perhaps: open the page again and drop the evidence in parts.",
            );
            return;
        }
        self.settle();
    }
}

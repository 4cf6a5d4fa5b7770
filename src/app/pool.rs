//! The readers, what each of them does, and what still waits.
//!
//! Jobs are handed out a few ahead, so that a reader waits neither for the page nor for the disk.
//! A reader that dies is replaced; the files it held are read again, each alone with a reader of
//! its own, and a file that ends that reader too is reported ([`loss`]).

mod loss;

use std::collections::{BTreeMap, VecDeque};

use wasm_bindgen::JsValue;
use web_sys::{File, MessageChannel, MessagePort, Worker};

use exhibit::evidence::Problem;
use exhibit::intake::{Entry, failed};

use super::boot;
use super::messages::{Named, Part, ToReader, pack};

pub(crate) use loss::Loss;

/// Files that go into one job: no fewer, so that reading them is one question to the browser, and no
/// more, since handing over each is a question too, and holds the page.
const FILES: std::ops::RangeInclusive<usize> = 8..=32;
/// Bytes that go into one job of several files at most, where they are known.
const MOST_BYTES: f64 = (4 << 20) as f64;
/// Jobs that a reader holds at a time.
const AHEAD: usize = 3;

/// A file that was dropped, by its number.
struct Source {
    file: File,
    path: String,
    /// Bytes, where they are known. Asking is a question to the browser's own process, as handing the file
    /// over is; a reader, once it has the file, knows its size without asking.
    size: Option<f64>,
    /// Whether it was being read when a reader died.
    suspect: bool,
    /// Why it cannot be read at all; nothing is asked of its file then.
    refused: Option<Problem>,
}

#[derive(Clone)]
struct Job {
    sources: Vec<u32>,
    /// Which share of an archive, of how many.
    shard: (u32, u32),
    /// Read with no other job beside it, to learn whether this one kills its reader.
    alone: bool,
}

struct Slot {
    worker: Worker,
    flying: Vec<u32>,
    /// What it was asked for by [`Pool::extract`].
    asked: Vec<u32>,
    /// Whether it ended, and the browser gave no other in its place or could not start that.
    gone: bool,
}

/// How much was dropped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Totals {
    /// Files.
    pub(crate) files: u64,
    /// Their bytes.
    pub(crate) bytes: f64,
    /// Whether the bytes are known, not reckoned.
    pub(crate) is_exact: bool,
}

/// All readers and jobs.
#[derive(Default)]
pub(crate) struct Pool {
    slots: Vec<Slot>,
    sources: Vec<Source>,
    /// Files that wait to be put into jobs.
    files: VecDeque<u32>,
    /// Jobs of a single file that are handed out before those.
    waiting: VecDeque<Job>,
    flying: BTreeMap<u32, Job>,
    jobs: u32,
    /// The reader that was last asked for bytes.
    turn: usize,
    /// The session's secret, by which readers tell records apart.
    seed: Option<u64>,
}

impl Pool {
    /// Starts readers and returns the ports by which the case hears them.
    ///
    /// # Errors
    /// When the browser refuses a worker.
    pub(crate) fn start(&mut self, readers: usize) -> Result<Vec<MessagePort>, JsValue> {
        let mut ports = Vec::with_capacity(readers);
        for _ in 0..readers {
            let (worker, port) = spawn(self.seed())?;
            self.slots.push(Slot {
                worker,
                flying: Vec::new(),
                asked: Vec::new(),
                gone: false,
            });
            ports.push(port);
        }
        Ok(ports)
    }

    /// Any number that evidence cannot know: it is made here and now.
    fn seed(&mut self) -> u64 {
        let random = || (js_sys::Math::random() * f64::from(u32::MAX)) as u64;
        *self.seed.get_or_insert_with(|| random() << 32 | random())
    }

    /// The workers, in the order of their numbers, to listen to.
    pub(crate) fn workers(&self) -> impl Iterator<Item = &Worker> {
        self.slots.iter().map(|slot| &slot.worker)
    }

    /// Ends all readers; what was dropped stays known, so that it can be read again.
    pub(crate) fn stop(&mut self) {
        for slot in self.slots.drain(..) {
            slot.worker.terminate();
        }
        self.flying.clear();
        self.waiting.clear();
        self.files.clear();
    }

    /// Whether nothing is left to read.
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.files.is_empty() && self.flying.is_empty()
    }

    /// How much was dropped. While some sizes are not known, they count as the mean of those that are.
    pub(crate) fn totals(&self) -> Totals {
        let (mut known, mut bytes) = (0_u64, 0.0);
        for size in self.sources.iter().filter_map(|source| source.size) {
            known += 1;
            bytes += size;
        }
        let files = self.sources.len() as u64;
        let mean = bytes / known.max(1) as f64;
        Totals {
            files,
            bytes: bytes + mean * (files - known) as f64,
            is_exact: files == known,
        }
    }

    /// Adds dropped files, at least one and on while `more` says so, and hands out what can be. `sizes`
    /// says whether to ask for the size of each.
    pub(crate) fn add(
        &mut self,
        files: &mut impl Iterator<Item = (String, File)>,
        sizes: bool,
        more: impl Fn() -> bool,
    ) {
        let first = self.sources.len() as u32;
        for (path, file) in files {
            let size = (sizes || is_archive(&path)).then(|| file.size());
            self.sources.push(Source {
                file,
                path,
                size,
                suspect: false,
                refused: None,
            });
            if !more() {
                break;
            }
        }
        self.queue(first);
        self.feed(more);
    }

    /// Registers files that are not to be read, at least one and on while `more` says so.
    pub(crate) fn refuse(
        &mut self,
        files: &mut dyn Iterator<Item = (String, File)>,
        problem: &Problem,
        more: impl Fn() -> bool,
    ) -> Vec<(u32, Entry)> {
        let first = self.sources.len();
        for (path, file) in files {
            self.sources.push(Source {
                file,
                path,
                size: Some(0.0),
                suspect: false,
                refused: Some(problem.clone()),
            });
            if !more() {
                break;
            }
        }
        self.refused()
            .filter(|(number, _)| *number as usize >= first)
            .collect()
    }

    /// Files that were not to be read, as entries of the case.
    pub(crate) fn refused(&self) -> impl Iterator<Item = (u32, Entry)> {
        self.sources
            .iter()
            .enumerate()
            .filter_map(|(number, source)| {
                let problem = source.refused.clone()?;
                Some((number as u32, failed(&source.path, 0, problem)))
            })
    }

    /// All files that were dropped, with their paths.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.sources
            .iter()
            .map(|source| (source.path.as_str(), &source.file))
    }

    /// Queues every file again, for a new case worker.
    pub(crate) fn again(&mut self) {
        self.queue(0);
        self.feed(|| true);
    }

    /// Whether a reader could be given more than it has.
    pub(crate) fn is_hungry(&self) -> bool {
        let is_waiting = !self.waiting.is_empty() || !self.files.is_empty();
        is_waiting && self.free_slot().is_some()
    }

    /// The reader with the least to do, of those that may take the next job.
    fn free_slot(&self) -> Option<usize> {
        let alone = self.waiting.front().is_some_and(|job| job.alone);
        let is_free = |slot: &Slot| {
            let quarantined = slot
                .flying
                .iter()
                .any(|id| self.flying.get(id).is_some_and(|job| job.alone));
            !slot.gone && !quarantined && slot.flying.len() < if alone { 1 } else { AHEAD }
        };
        let free = self
            .slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| is_free(slot));
        let (at, _) = free.min_by_key(|(_, slot)| slot.flying.len())?;
        Some(at)
    }

    /// Queues all files from `first` on: a big archive in as many shares as there are readers.
    fn queue(&mut self, first: u32) {
        for number in first..self.sources.len() as u32 {
            let source = &self.sources[number as usize];
            if source.refused.is_some() {
                continue;
            }
            let is_big = source.size.is_some_and(|size| size > MOST_BYTES);
            if !is_big || !is_archive(&source.path) {
                self.files.push_back(number);
                continue;
            }
            let of = self.slots.len().max(1) as u32;
            for index in 0..of {
                self.waiting.push_back(Job {
                    sources: vec![number],
                    shard: (index, of),
                    alone: false,
                });
            }
        }
    }

    /// Takes the next job: as many files as keep all readers busy to the end.
    fn next_job(&mut self) -> Option<Job> {
        if let Some(job) = self.waiting.pop_front() {
            return Some(job);
        }
        let share = self.files.len() / (self.slots.len() * AHEAD).max(1);
        let most = share.clamp(*FILES.start(), *FILES.end());
        let mut sources = Vec::new();
        let mut bytes = 0.0;
        while let Some(&number) = self.files.front().filter(|_| sources.len() < most) {
            bytes += self.sources[number as usize].size.unwrap_or_default();
            if bytes > MOST_BYTES && !sources.is_empty() {
                break;
            }
            sources.push(number);
            self.files.pop_front();
        }
        (!sources.is_empty()).then_some(Job {
            sources,
            shard: (0, 1),
            alone: false,
        })
    }

    /// Hands out a job, and on while `more` says so, to the reader with the least to do first.
    fn feed(&mut self, more: impl Fn() -> bool) {
        loop {
            let Some(at) = self.free_slot() else {
                return;
            };
            let Some(job) = self.next_job() else {
                return;
            };
            self.jobs += 1;
            self.hand(at, self.jobs, &job);
            self.slots[at].flying.push(self.jobs);
            self.flying.insert(self.jobs, job);
            if !more() {
                return;
            }
        }
    }

    fn hand(&self, at: usize, id: u32, job: &Job) {
        let files = job.sources.iter().map(|&source| Named {
            source,
            path: self.sources[source as usize].path.clone(),
        });
        let message = ToReader::Read {
            job: id,
            files: files.collect(),
            shard: job.shard.0,
            of: job.shard.1,
        };
        let packed = job.sources.iter().fold(pack(&message), |packed, &source| {
            packed.with(&self.sources[source as usize].file)
        });
        // It refuses only what cannot be copied, and files can.
        let _ = self.slots[at]
            .worker
            .post_message_with_transfer(&packed.value, &packed.transfer);
    }

    /// Takes note that a job is done and how long each of its files was; returns the bytes that it read.
    pub(crate) fn finish(&mut self, id: u32, sizes: &[f64]) -> f64 {
        let Some(job) = self.flying.remove(&id) else {
            return 0.0;
        };
        for slot in &mut self.slots {
            slot.flying.retain(|&other| other != id);
        }
        for (&number, &size) in job.sources.iter().zip(sizes) {
            self.sources[number as usize].size = Some(size);
        }
        self.feed(|| false);
        sizes.iter().sum::<f64>() / f64::from(job.shard.1)
    }

    /// Takes note that what was asked for by [`Pool::extract`] was answered.
    pub(crate) fn answered(&mut self, id: u32) {
        for slot in &mut self.slots {
            slot.asked.retain(|&other| other != id);
        }
    }

    /// Asks a reader for the bytes of a file or of an archive's member again.
    pub(crate) fn extract(&mut self, id: u32, source: u32, path: &str, part: Part) {
        // Each reader in turn: what they are asked for here is not counted among their jobs.
        let count = self.slots.len();
        let mut next = (1..=count).map(|step| (self.turn + step) % count);
        self.turn = next.find(|&at| !self.slots[at].gone).unwrap_or_default();
        let (Some(known), Some(slot)) = (
            self.sources.get(source as usize),
            self.slots.get_mut(self.turn),
        ) else {
            return;
        };
        slot.asked.push(id);
        let member = path
            .strip_prefix(known.path.as_str())
            .and_then(|rest| rest.strip_prefix('/'));
        let message = ToReader::Extract {
            id,
            member: member.map(str::to_owned),
            part,
        };
        let packed = pack(&message).with(&known.file);
        // As in `hand`.
        let _ = slot
            .worker
            .post_message_with_transfer(&packed.value, &packed.transfer);
    }
}

impl Source {
    /// Bytes; 0 where they were never known.
    fn known_size(&self) -> u64 {
        self.size.unwrap_or_default() as u64
    }
}

/// Whether several readers should share a big file. Only a hint by its name: what the file is, the
/// readers tell from its content, and all but one of them leave alone what cannot be shared.
fn is_archive(path: &str) -> bool {
    let end = path.rsplit('.').next().unwrap_or_default();
    end.eq_ignore_ascii_case("zip") || end.eq_ignore_ascii_case("tar")
}

/// A new reader, and the end of its channel that the case listens to.
fn spawn(seed: u64) -> Result<(Worker, MessagePort), JsValue> {
    let worker = boot::spawn(boot::READER)?;
    let channel = MessageChannel::new()?;
    let packed = pack(&ToReader::Attach { seed }).moving(&channel.port1());
    worker.post_message_with_transfer(&packed.value, &packed.transfer)?;
    Ok((worker, channel.port2()))
}

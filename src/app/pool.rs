//! The readers, what each of them does, and what still waits.
//!
//! Jobs are handed out a few ahead, so that a reader waits neither for the page nor for the disk.
//! A reader that dies is replaced; the files it held are read again, each alone with a reader of
//! its own, and a file that ends that reader too is reported.

use std::collections::{BTreeMap, VecDeque};

use wasm_bindgen::JsValue;
use web_sys::{File, MessageChannel, MessagePort, Worker};

use exhibit::evidence::{Problem, ProblemCode};
use exhibit::intake::{Entry, failed};

use super::boot;
use super::messages::{Named, ToReader, pack};

/// Files that go into one job at most.
const MOST_FILES: usize = 100;
/// Bytes that go into one job of several files at most.
const MOST_BYTES: f64 = (4 << 20) as f64;
/// Jobs that a reader holds at a time.
const AHEAD: usize = 3;

/// A file that was dropped, by its number.
struct Source {
    file: File,
    path: String,
    /// Bytes, asked for once: each time is a question to the browser's own process.
    size: f64,
    /// Whether it was being read when a reader died.
    suspect: bool,
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
}

/// What the case must be told after a reader died.
pub(crate) struct Loss {
    /// The new reader's number and its port for the case.
    pub(crate) port: Option<MessagePort>,
    /// Jobs that are void, with their files.
    pub(crate) void: Vec<(u32, Vec<u32>)>,
    /// Files that are given up.
    pub(crate) given_up: Vec<(u32, Entry)>,
}

/// All readers and jobs.
#[derive(Default)]
pub(crate) struct Pool {
    slots: Vec<Slot>,
    sources: Vec<Source>,
    /// Bytes of all sources: asked for at every part of a drop.
    bytes: f64,
    waiting: VecDeque<Job>,
    flying: BTreeMap<u32, Job>,
    jobs: u32,
}

impl Pool {
    /// Starts readers and returns the ports by which the case hears them.
    ///
    /// # Errors
    /// When the browser refuses a worker.
    pub(crate) fn start(&mut self, readers: usize) -> Result<Vec<MessagePort>, JsValue> {
        let mut ports = Vec::with_capacity(readers);
        for _ in 0..readers {
            let (worker, port) = spawn()?;
            self.slots.push(Slot {
                worker,
                flying: Vec::new(),
            });
            ports.push(port);
        }
        Ok(ports)
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
    }

    /// Whether nothing is left to read.
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.flying.is_empty()
    }

    /// Files that were dropped, and their bytes.
    pub(crate) fn totals(&self) -> (u64, f64) {
        (self.sources.len() as u64, self.bytes)
    }

    /// Adds dropped files, at least one and on while `more` says so, and hands out what can be.
    pub(crate) fn add(
        &mut self,
        files: &mut impl Iterator<Item = (String, File)>,
        more: impl Fn() -> bool,
    ) {
        let first = self.sources.len() as u32;
        for (path, file) in files {
            let size = file.size();
            self.bytes += size;
            self.sources.push(Source {
                file,
                path,
                size,
                suspect: false,
            });
            if !more() {
                break;
            }
        }
        self.queue(first);
        self.feed();
    }

    /// Queues every file again, for a new case worker.
    pub(crate) fn again(&mut self) {
        self.queue(0);
        self.feed();
    }

    /// Makes jobs of all files from `first` on: small ones together, big ones alone, a big archive
    /// in as many shares as there are readers.
    fn queue(&mut self, first: u32) {
        let mut group: Vec<u32> = Vec::new();
        let mut bytes = 0.0;
        for number in first..self.sources.len() as u32 {
            let source = &self.sources[number as usize];
            let size = source.size;
            if size > MOST_BYTES {
                let of = if is_archive(&source.path) {
                    self.slots.len().max(1) as u32
                } else {
                    1
                };
                for index in 0..of {
                    self.waiting.push_back(Job {
                        sources: vec![number],
                        shard: (index, of),
                        alone: false,
                    });
                }
                continue;
            }
            if group.len() >= MOST_FILES || bytes + size > MOST_BYTES {
                self.waiting.extend(small(&mut group));
                bytes = 0.0;
            }
            group.push(number);
            bytes += size;
        }
        self.waiting.extend(small(&mut group));
    }

    /// Hands out jobs, to the reader with the least to do first.
    fn feed(&mut self) {
        while let Some(job) = self.waiting.front() {
            let alone = job.alone;
            let is_free = |slot: &Slot| {
                let quarantined = slot
                    .flying
                    .iter()
                    .any(|id| self.flying.get(id).is_some_and(|job| job.alone));
                !quarantined && slot.flying.len() < if alone { 1 } else { AHEAD }
            };
            let free = self
                .slots
                .iter()
                .enumerate()
                .filter(|(_, slot)| is_free(slot));
            let Some((at, _)) = free.min_by_key(|(_, slot)| slot.flying.len()) else {
                return;
            };
            let Some(job) = self.waiting.pop_front() else {
                return;
            };
            self.jobs += 1;
            self.hand(at, self.jobs, &job);
            self.slots[at].flying.push(self.jobs);
            self.flying.insert(self.jobs, job);
        }
    }

    fn hand(&self, at: usize, id: u32, job: &Job) {
        let files = job.sources.iter().map(|&source| Named {
            source,
            path: self.sources[source as usize].path.clone(),
            size: self.sources[source as usize].size as u64,
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

    /// Takes note that a job is done; returns the bytes that it read.
    pub(crate) fn finish(&mut self, id: u32) -> f64 {
        let Some(job) = self.flying.remove(&id) else {
            return 0.0;
        };
        for slot in &mut self.slots {
            slot.flying.retain(|&other| other != id);
        }
        self.feed();
        let bytes: f64 = job
            .sources
            .iter()
            .map(|&source| self.sources[source as usize].size)
            .sum();
        bytes / f64::from(job.shard.1)
    }

    /// Replaces a reader that died.
    pub(crate) fn replace(&mut self, at: usize) -> Loss {
        let mut loss = Loss {
            port: None,
            void: Vec::new(),
            given_up: Vec::new(),
        };
        let Some(slot) = self.slots.get_mut(at) else {
            return loss;
        };
        slot.worker.terminate();
        let dead = std::mem::take(&mut slot.flying);
        if let Ok((worker, port)) = spawn() {
            slot.worker = worker;
            loss.port = Some(port);
        }

        let mut affected: Vec<u32> = Vec::new();
        let mut certain = false;
        for id in dead {
            if let Some(job) = self.flying.remove(&id) {
                certain |= job.alone;
                affected.extend(&job.sources);
                loss.void.push((id, job.sources));
            }
        }
        self.void_shares(&affected, &mut loss);
        for number in affected {
            let source = &mut self.sources[number as usize];
            if certain && source.suspect {
                let problem = Problem::new(ProblemCode::Crashed, "");
                loss.given_up
                    .push((number, failed(&source.path, source.size as u64, problem)));
                continue;
            }
            source.suspect = true;
            self.waiting.push_front(Job {
                sources: vec![number],
                shard: (0, 1),
                alone: true,
            });
        }
        self.feed();
        loss
    }

    /// The other shares of an archive fall with the one that died: the case forgets an archive
    /// whole, and it will be read whole again.
    fn void_shares(&mut self, affected: &[u32], loss: &mut Loss) {
        let falls = |job: &Job| {
            job.shard.1 > 1 && job.sources.iter().any(|source| affected.contains(source))
        };
        self.waiting.retain(|job| !falls(job));
        let ids: Vec<u32> = self
            .flying
            .iter()
            .filter(|(_, job)| falls(job))
            .map(|(&id, _)| id)
            .collect();
        for id in ids {
            // Its reader goes on with it, but nothing of it is taken.
            if let Some(job) = self.flying.remove(&id) {
                loss.void.push((id, job.sources));
            }
            self.slots
                .iter_mut()
                .for_each(|slot| slot.flying.retain(|&other| other != id));
        }
    }

    /// Gives up what waits; what a reader holds is finished. Returns the files not read.
    pub(crate) fn cancel(&mut self) -> Vec<(u32, Entry)> {
        let mut entries = Vec::new();
        for job in std::mem::take(&mut self.waiting) {
            if job.shard.0 > 0 {
                continue;
            }
            for number in job.sources {
                let source = &self.sources[number as usize];
                let problem = Problem::new(ProblemCode::Cancelled, "");
                entries.push((number, failed(&source.path, source.size as u64, problem)));
            }
        }
        entries
    }

    /// Asks a reader for the bytes of a file or of an archive's member again.
    pub(crate) fn extract(&self, id: u32, source: u32, path: &str, limit: u32) {
        let (Some(known), Some(slot)) = (
            self.sources.get(source as usize),
            self.slots.iter().min_by_key(|slot| slot.flying.len()),
        ) else {
            return;
        };
        let member = path
            .strip_prefix(known.path.as_str())
            .and_then(|rest| rest.strip_prefix('/'));
        let message = ToReader::Extract {
            id,
            member: member.map(str::to_owned),
            limit,
        };
        let packed = pack(&message).with(&known.file);
        // As in `hand`.
        let _ = slot
            .worker
            .post_message_with_transfer(&packed.value, &packed.transfer);
    }
}

fn small(group: &mut Vec<u32>) -> Option<Job> {
    let sources = std::mem::take(group);
    (!sources.is_empty()).then_some(Job {
        sources,
        shard: (0, 1),
        alone: false,
    })
}

/// Whether several readers should share a big file. Only a hint by its name: what the file is, the
/// readers tell from its content, and all but one of them leave alone what cannot be shared.
fn is_archive(path: &str) -> bool {
    let end = path.rsplit('.').next().unwrap_or_default();
    end.eq_ignore_ascii_case("zip") || end.eq_ignore_ascii_case("tar")
}

/// A new reader, and the end of its channel that the case listens to.
fn spawn() -> Result<(Worker, MessagePort), JsValue> {
    let worker = boot::spawn(boot::READER)?;
    let channel = MessageChannel::new()?;
    let packed = pack(&ToReader::Attach).moving(&channel.port1());
    worker.post_message_with_transfer(&packed.value, &packed.transfer)?;
    Ok((worker, channel.port2()))
}

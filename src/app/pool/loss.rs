//! Readers that end, by themselves or as reading is cancelled, and what is lost with them.

use std::collections::BTreeMap;

use web_sys::MessagePort;

use exhibit::evidence::{Problem, ProblemCode};
use exhibit::intake::{Entry, failed};

use super::{Job, MOST_BYTES, Pool, is_archive, spawn};

/// What must be told after readers ended.
#[derive(Default)]
pub(crate) struct Loss {
    /// Numbers of readers that are new, with their ports for the case.
    pub(crate) fresh: Vec<(usize, MessagePort)>,
    /// Jobs that are void, with the files of which all is to be forgotten.
    pub(crate) void: Vec<(u32, Vec<u32>)>,
    /// Files that are given up.
    pub(crate) given_up: Vec<(u32, Entry)>,
    /// What was asked for by [`Pool::extract`], and is not answered any more.
    pub(crate) unanswered: Vec<u32>,
}

impl Pool {
    /// Replaces a reader that died.
    pub(crate) fn replace(&mut self, at: usize) -> Loss {
        let mut loss = Loss::default();
        let dead = self.renew(at, &mut loss);
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
                    .push((number, failed(&source.path, source.known_size(), problem)));
                continue;
            }
            source.suspect = true;
            self.waiting.push_front(Job {
                sources: vec![number],
                shard: (0, 1),
                alone: true,
            });
        }
        self.feed(|| true);
        loss
    }

    /// Does without a reader that could not start. It saw nothing of what it was handed, so that this is no fault of any file.
    pub(crate) fn do_without(&mut self, at: usize) -> Loss {
        let mut loss = Loss::default();
        if let Some(slot) = self.slots.get_mut(at) {
            slot.worker.terminate();
            slot.gone = true;
            loss.unanswered.append(&mut slot.asked);
            for id in std::mem::take(&mut slot.flying) {
                self.waiting.extend(self.flying.remove(&id));
            }
        }
        self.feed(|| true);
        loss
    }

    /// Ends a reader and puts another in its place; returns the jobs that it held.
    fn renew(&mut self, at: usize, loss: &mut Loss) -> Vec<u32> {
        let seed = self.seed();
        let Some(slot) = self.slots.get_mut(at) else {
            return Vec::new();
        };
        slot.worker.terminate();
        loss.unanswered.append(&mut slot.asked);
        match spawn(seed) {
            Ok((worker, port)) => {
                slot.worker = worker;
                loss.fresh.push((at, port));
            }
            Err(_) => slot.gone = true,
        }
        std::mem::take(&mut slot.flying)
    }

    /// Whether no reader is left, and the browser gave none.
    pub(crate) fn is_lost(&self) -> bool {
        !self.slots.is_empty() && self.slots.iter().all(|slot| slot.gone)
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

    /// Gives up what waits. Small files that a reader holds are finished; one that holds a big file ends, and what it read of
    /// an archive stays.
    pub(crate) fn cancel(&mut self) -> Loss {
        let mut loss = Loss::default();
        // Of a big archive some shares may be read and some not: then it is not as a whole that it was not read.
        let mut files: BTreeMap<u32, bool> = BTreeMap::new();
        let is_big = |id: &u32| {
            let job = self.flying.get(id);
            let mut sources = job.into_iter().flat_map(|job| &job.sources);
            sources.any(|&number| self.sources[number as usize].file.size() > MOST_BYTES)
        };
        let busy: Vec<usize> = (0..self.slots.len())
            .filter(|&at| self.slots[at].flying.iter().any(is_big))
            .collect();
        for at in busy {
            for id in self.renew(at, &mut loss) {
                let Some(job) = self.flying.remove(&id) else {
                    continue;
                };
                let is_shared = job.sources.len() == 1
                    && is_archive(&self.sources[job.sources[0] as usize].path);
                for &number in &job.sources {
                    files.entry(number).or_insert(!is_shared);
                }
                loss.void
                    .push((id, if is_shared { Vec::new() } else { job.sources }));
            }
        }
        for job in std::mem::take(&mut self.waiting) {
            for number in job.sources {
                *files.entry(number).or_default() |= job.shard.0 == 0;
            }
        }
        files.extend(
            std::mem::take(&mut self.files)
                .into_iter()
                .map(|number| (number, true)),
        );
        for (number, is_whole) in files {
            let source = &self.sources[number as usize];
            let problem = Problem::new(ProblemCode::Cancelled, "");
            let path = if is_whole {
                source.path.clone()
            } else {
                format!("{}/(unread)", source.path)
            };
            loss.given_up
                .push((number, failed(&path, source.known_size(), problem)));
        }
        loss
    }
}

//! The register: every file that was dropped, with its hash.

use crate::evidence::parts::Checksums;
use std::collections::HashSet;
use std::rc::Rc;

use crate::evidence::{Kind, Problem};
use crate::intake::Entry;
use crate::integrity::Files;
use crate::moment::Moment;
use crate::order::order;
use crate::room::List;
use crate::sum::Sum;

/// A registered file.
#[derive(Clone, Debug)]
pub struct Registered {
    /// Which dropped file it came from; an archive's members share one.
    pub source: u32,
    /// As dropped; a member of an archive as `archive.zip/inner/path`.
    pub path: Box<str>,
    /// Bytes as dropped.
    pub size: u64,
    /// SHA-256 of the bytes as dropped.
    pub sum: Option<Sum>,
    /// What S3 would state of the bytes as dropped, of files of AWS Config.
    pub checksums: Option<Box<Checksums>>,
    /// SHA-256 after gunzip.
    pub content: Option<Sum>,
    /// What it is.
    pub kind: Kind,
    /// Its account, where known.
    pub account: Option<Rc<str>>,
    /// Its region, where known.
    pub region: Option<Rc<str>>,
    /// What went wrong, the gravest first.
    pub problems: Box<[Problem]>,
    /// When it was added to the case, by the clock of the machine.
    pub added: Option<Moment>,
    /// Whether it was forgotten, to be read again.
    gone: bool,
}

/// All files of the case.
#[derive(Default)]
pub struct Register {
    files: List<Registered>,
    /// When the intake began that is going on.
    pub(super) now: Option<Moment>,
    /// Places of files in the order of their paths; made by [`Register::sort`].
    order: Vec<u32>,
    /// The place of each file in `order`.
    ranks: Vec<u32>,
    /// Accounts and regions.
    places: HashSet<Rc<str>, foldhash::fast::RandomState>,
}

impl Register {
    /// The place of the file that is registered next.
    pub fn next_place(&self) -> u32 {
        self.files.len() as u32
    }

    /// Registers a file.
    pub fn add(&mut self, source: u32, entry: Entry) {
        let account = entry.account.map(|text| self.held(&text));
        let region = entry.region.map(|text| self.held(&text));
        let file = Registered {
            source,
            path: entry.path.into(),
            size: entry.size,
            sum: entry.sum,
            checksums: entry.checksums.map(Box::new),
            content: entry.content,
            kind: entry.kind,
            account,
            region,
            problems: entry.problems.into(),
            added: self.now,
            gone: false,
        };
        self.files.push(file);
    }

    /// Accounts and regions are few, and each is held once.
    fn held(&mut self, text: &str) -> Rc<str> {
        if let Some(known) = self.places.get(text) {
            return Rc::clone(known);
        }
        let new: Rc<str> = text.into();
        self.places.insert(Rc::clone(&new));
        new
    }

    /// Forgets the files of `source`; returns whether there were any.
    pub fn forget(&mut self, source: u32) -> bool {
        let mut any = false;
        for file in self
            .files
            .iter_mut()
            .filter(|file| file.source == source && !file.gone)
        {
            file.gone = true;
            any = true;
        }
        any
    }

    /// Whether a file was forgotten.
    pub fn is_gone(&self, file: u32) -> bool {
        self.files.get(file as usize).is_none_or(|file| file.gone)
    }

    /// Brings the order of paths up to date. Two files of one path stand by their hash.
    pub fn sort(&mut self) {
        let files = &self.files;
        self.order.retain(|&file| !files[file as usize].gone);
        let known = self.ranks.len() as u32;
        self.order
            .extend((known..files.len() as u32).filter(|&file| !files[file as usize].gone));
        let known = &self.order;
        let places = order(known.len(), &|a, b| {
            let (a, b) = (&files[known[a] as usize], &files[known[b] as usize]);
            (&a.path, a.sum, a.size).cmp(&(&b.path, b.sum, b.size))
        });
        self.order = places.into_iter().map(|at| known[at as usize]).collect();
        self.ranks = vec![u32::MAX; files.len()];
        for (rank, &file) in self.order.iter().enumerate() {
            self.ranks[file as usize] = rank as u32;
        }
    }

    /// The files in the order of their paths, with their places.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (u32, &Registered)> {
        self.order
            .iter()
            .map(|&file| (file, &self.files[file as usize]))
    }

    /// The file at a place in the order of paths, with its place in the register.
    pub fn at(&self, rank: u32) -> Option<(u32, &Registered)> {
        let file = *self.order.get(rank as usize)?;
        Some((file, &self.files[file as usize]))
    }

    /// A file by its place.
    pub fn file(&self, file: u32) -> Option<&Registered> {
        self.files.get(file as usize).filter(|file| !file.gone)
    }

    /// Files that are in the register now, and their bytes.
    pub fn totals(&self) -> (u64, u64) {
        let here = self.files.iter().filter(|file| !file.gone);
        here.fold((0, 0), |(files, bytes), file| {
            (files + 1, bytes + file.size)
        })
    }
}

impl Files for Register {
    fn path(&self, file: u32) -> &str {
        self.files.get(file as usize).map_or("", |file| &file.path)
    }

    fn rank(&self, file: u32) -> u32 {
        self.ranks.get(file as usize).copied().unwrap_or(u32::MAX)
    }
}

//! Reading a source once while hashing every byte of it.

use std::io::{self, BufRead, Read, Seek};

use sha2::Digest as _;

use super::buffer::{Buffer, read_some};
use super::parts::{Checksums, Counting};
use crate::sum::Sum;

/// A file as its reader needs it. Readers take sources behind a pointer: a copy of all reading code for
/// each kind of source would be a tenth of the program.
pub trait Source: Read + Seek {}

impl<S: Read + Seek> Source for S {}

/// Bytes read at a time.
const PIECE: usize = 256 << 10;

/// A buffered reader that hashes all that it reads. [`Hashing::finish`] reads the rest, so that the hash
/// always covers the whole source.
pub struct Hashing<'s, 'c> {
    source: Box<dyn Read + 's>,
    hasher: sha2::Sha256,
    parts: Option<Counting>,
    buffer: Buffer,
    at: usize,
    length: u64,
    clock: &'c dyn Fn() -> f64,
    /// Milliseconds spent in hashing.
    pub spent: f64,
}

/// What hashing a whole source gave.
pub struct Hashed {
    /// SHA-256.
    pub sum: Sum,
    /// What S3 would state of it, where that was asked for.
    pub checksums: Option<Checksums>,
    /// Bytes.
    pub length: u64,
    /// The buffer, to be used again.
    pub buffer: Buffer,
    /// Milliseconds spent in hashing.
    pub spent: f64,
}

impl<'s, 'c> Hashing<'s, 'c> {
    /// Reads `source` through `buffer`, which is handed back in the end. `clock` tells milliseconds.
    pub fn new(source: Box<dyn Read + 's>, mut buffer: Buffer, clock: &'c dyn Fn() -> f64) -> Self {
        buffer.clear(usize::MAX);
        Hashing {
            source,
            hasher: sha2::Sha256::new(),
            parts: None,
            buffer,
            at: 0,
            length: 0,
            clock,
            spent: 0.0,
        }
    }

    /// Works out too what S3 states of an object of `size` bytes.
    pub fn also_of_s3(mut self, size: u64) -> Self {
        self.parts = Some(Counting::new(size));
        self
    }

    /// Makes at least `wanted` bytes visible (at most one piece), less only at the end, and shows them.
    ///
    /// # Errors
    /// Those of the source.
    pub fn peek(&mut self, wanted: usize) -> io::Result<&[u8]> {
        while self.buffer.filled().len() - self.at < wanted.min(PIECE) {
            if self.more()? == 0 {
                break;
            }
        }
        Ok(&self.buffer.filled()[self.at..])
    }

    /// Reads the rest and returns the hash of the whole source.
    ///
    /// # Errors
    /// Those of the source.
    pub fn finish(mut self) -> io::Result<Hashed> {
        loop {
            self.at = self.buffer.filled().len();
            if self.more()? == 0 {
                return Ok(Hashed {
                    sum: Sum(self.hasher.finalize().into()),
                    checksums: self.parts.map(Counting::finish),
                    length: self.length,
                    buffer: self.buffer,
                    spent: self.spent,
                });
            }
        }
    }

    fn more(&mut self) -> io::Result<usize> {
        self.buffer.drop_first(self.at);
        self.at = 0;
        let read = read_some(&mut *self.source, self.buffer.room(PIECE))?;
        self.buffer.fill(read);
        self.length += read as u64;
        let begun = (self.clock)();
        let filled = self.buffer.filled();
        self.hasher.update(&filled[filled.len() - read..]);
        if let Some(parts) = &mut self.parts {
            parts.update(&filled[filled.len() - read..]);
        }
        self.spent += (self.clock)() - begun;
        Ok(read)
    }
}

impl Read for Hashing<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let from = self.fill_buf()?;
        let length = from.len().min(into.len());
        into[..length].copy_from_slice(&from[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Hashing<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.buffer.filled().len() {
            self.more()?;
        }
        Ok(&self.buffer.filled()[self.at..])
    }

    fn consume(&mut self, length: usize) {
        self.at = (self.at + length).min(self.buffer.filled().len());
    }
}

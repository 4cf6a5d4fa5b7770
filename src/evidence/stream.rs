//! Reading a source once while hashing every byte of it.

use std::io::{self, BufRead, Read};

use sha2::Digest as _;

use crate::sum::Sum;

/// Bytes read at a time.
const PIECE: usize = 256 << 10;

/// A buffered reader that hashes all that it reads. [`Hashing::finish`] reads the rest, so that the hash
/// always covers the whole source.
pub struct Hashing<'c, R> {
    source: R,
    hasher: sha2::Sha256,
    buffer: Vec<u8>,
    at: usize,
    length: u64,
    clock: &'c dyn Fn() -> f64,
    /// Milliseconds spent in hashing.
    pub spent: f64,
}

impl<'c, R: Read> Hashing<'c, R> {
    /// Reads `source` through `buffer`, which is handed back in the end. `clock` tells milliseconds.
    pub fn new(source: R, mut buffer: Vec<u8>, clock: &'c dyn Fn() -> f64) -> Self {
        buffer.clear();
        Hashing {
            source,
            hasher: sha2::Sha256::new(),
            buffer,
            at: 0,
            length: 0,
            clock,
            spent: 0.0,
        }
    }

    /// Makes at least `wanted` bytes visible (at most one piece), less only at the end, and shows them.
    ///
    /// # Errors
    /// Those of the source.
    pub fn peek(&mut self, wanted: usize) -> io::Result<&[u8]> {
        while self.buffer.len() - self.at < wanted.min(PIECE) {
            if self.more()? == 0 {
                break;
            }
        }
        Ok(&self.buffer[self.at..])
    }

    /// Reads the rest and returns the hash, the number of bytes of the whole source, and the buffer.
    ///
    /// # Errors
    /// Those of the source.
    pub fn finish(mut self) -> io::Result<(Sum, u64, Vec<u8>, f64)> {
        loop {
            self.at = self.buffer.len();
            if self.more()? == 0 {
                return Ok((
                    Sum(self.hasher.finalize().into()),
                    self.length,
                    self.buffer,
                    self.spent,
                ));
            }
        }
    }

    fn more(&mut self) -> io::Result<usize> {
        if self.at > 0 {
            self.buffer.drain(..self.at);
            self.at = 0;
        }
        let start = self.buffer.len();
        self.buffer.resize(start + PIECE, 0);
        let read = self.source.read(&mut self.buffer[start..]);
        let read = match read {
            Ok(read) => read.min(PIECE),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            Err(error) => {
                self.buffer.truncate(start);
                return Err(error);
            }
        };
        self.buffer.truncate(start + read);
        self.length += read as u64;
        let begun = (self.clock)();
        self.hasher.update(&self.buffer[start..]);
        self.spent += (self.clock)() - begun;
        Ok(read)
    }
}

impl<R: Read> Read for Hashing<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let from = self.fill_buf()?;
        let length = from.len().min(into.len());
        into[..length].copy_from_slice(&from[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: Read> BufRead for Hashing<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.buffer.len() {
            self.more()?;
        }
        Ok(&self.buffer[self.at..])
    }

    fn consume(&mut self, length: usize) {
        self.at = (self.at + length).min(self.buffer.len());
    }
}

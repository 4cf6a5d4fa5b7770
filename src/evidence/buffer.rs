//! A buffer that is used again for every file, and whose room is cleared once, not for each of them.

use std::io::{self, Read};

/// Bytes, of which the first are filled.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
}

impl Buffer {
    /// What is filled.
    pub fn filled(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    /// Forgets what is filled, and keeps the room for it unless that is more than `most` bytes.
    pub fn clear(&mut self, most: usize) {
        self.filled = 0;
        if self.bytes.len() > most {
            self.bytes = Vec::new();
        }
    }

    /// Forgets the first `count` bytes that are filled.
    pub fn drop_first(&mut self, count: usize) {
        let count = count.min(self.filled);
        self.bytes.copy_within(count..self.filled, 0);
        self.filled -= count;
    }

    /// Room for `size` more bytes; what is written to it counts after [`Buffer::fill`].
    pub fn room(&mut self, size: usize) -> &mut [u8] {
        let end = self.filled + size;
        if self.bytes.len() < end {
            // Half as much again each time, so that a large file is not moved for every piece of it.
            let length = end.max(self.bytes.len() + self.bytes.len() / 2);
            self.bytes.resize(length, 0);
        }
        &mut self.bytes[self.filled..end]
    }

    /// Counts `size` more bytes as filled.
    pub fn fill(&mut self, size: usize) {
        self.filled = (self.filled + size).min(self.bytes.len());
    }

    /// Fills in what `source` has, at most `most` bytes, a piece at a time; after each `then` may drop what it does
    /// not need any more.
    ///
    /// # Errors
    /// Those of the source.
    pub fn read(
        &mut self,
        source: &mut dyn Read,
        most: usize,
        piece: usize,
        then: &mut dyn FnMut(&mut Buffer),
    ) -> io::Result<()> {
        let mut left = most;
        while left > 0 {
            let read = read_some(source, self.room(piece.min(left)))?;
            if read == 0 {
                break;
            }
            self.fill(read);
            left -= read;
            then(self);
        }
        Ok(())
    }
}

/// Reads once, and again where that was interrupted.
///
/// # Errors
/// Those of the source.
pub fn read_some(source: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other.map(|read| read.min(into.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_forgets_and_fills_again() {
        let mut buffer = Buffer::default();
        buffer
            .read(&mut &b"abcdef"[..], 100, 4, &mut |_| {})
            .expect("bytes in memory");
        assert_eq!(buffer.filled(), b"abcdef");
        buffer.drop_first(2);
        assert_eq!(buffer.filled(), b"cdef");
        buffer.clear(100);
        buffer
            .read(&mut &b"xyz"[..], 2, 4, &mut |_| {})
            .expect("bytes in memory");
        assert_eq!(buffer.filled(), b"xy");
    }
}

//! Reading a `Blob` of any size as a stream, in a worker, a piece at a time.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::RangeInclusive;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

use crate::app::buffer;

/// Bytes read at a time, of a larger file more: each read crosses to the browser's own process and back (Chromium 148,
/// 500 MB: 335 MB/s by 1 MB, 645 MB/s by 4).
const PIECES: RangeInclusive<u64> = 1 << 20..=4 << 20;

/// A blob as a source of bytes. It waits for the browser, so it works in workers only.
pub(super) struct BlobSource<'c> {
    blob: Blob,
    reader: FileReaderSync,
    size: u64,
    at: u64,
    /// Where `piece` begins.
    start: u64,
    piece: Vec<u8>,
    clock: &'c dyn Fn() -> f64,
    /// Milliseconds spent waiting for bytes; whoever reads holds the source itself.
    spent: Rc<Cell<f64>>,
}

impl<'c> BlobSource<'c> {
    /// A source at the blob's beginning; `clock` tells milliseconds, and those of waiting are added to `spent`.
    ///
    /// # Errors
    /// Where the browser has no synchronous reader.
    pub(super) fn new(
        blob: Blob,
        clock: &'c dyn Fn() -> f64,
        spent: Rc<Cell<f64>>,
    ) -> Result<Self, JsValue> {
        Ok(BlobSource {
            size: blob.size() as u64,
            blob,
            reader: FileReaderSync::new()?,
            at: 0,
            start: 0,
            piece: Vec::new(),
            clock,
            spent,
        })
    }

    fn load(&mut self) -> io::Result<()> {
        let begun = (self.clock)();
        let piece = (self.size / 16).clamp(*PIECES.start(), *PIECES.end());
        let end = (self.at + piece).min(self.size);
        let slice = self
            .blob
            .slice_with_f64_and_f64(self.at as f64, end as f64)
            .map_err(|error| failure(&error))?;
        let buffer = self
            .reader
            .read_as_array_buffer(&slice)
            .map_err(|error| failure(&error))?;
        buffer::take_into(&buffer, &mut self.piece);
        self.start = self.at;
        self.spent.set(self.spent.get() + (self.clock)() - begun);
        if self.piece.is_empty() {
            return Err(io::Error::other("the file is shorter than it was"));
        }
        Ok(())
    }
}

impl Read for BlobSource<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.size || into.is_empty() {
            return Ok(0);
        }
        let loaded = self.start..self.start + self.piece.len() as u64;
        if !loaded.contains(&self.at) {
            self.load()?;
        }
        let rest = &self.piece[(self.at - self.start) as usize..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for BlobSource<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = target.ok_or_else(|| io::Error::other("before the beginning of the file"))?;
        Ok(self.at)
    }
}

/// What the browser says of a file that it cannot read, in its own words.
pub(super) fn failure(error: &JsValue) -> io::Error {
    io::Error::other(describe(error))
}

/// The message of a JavaScript error.
pub(super) fn describe(error: &JsValue) -> String {
    js_sys::Reflect::get(error, &"message".into())
        .ok()
        .and_then(|message| message.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}

//! A reader: files in, entries out, straight to the case.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io::Cursor;
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::{Array, ArrayBuffer, Date, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DedicatedWorkerGlobalScope, File, MessageEvent, MessagePort, Performance};

use exhibit::case::Pieces;
use exhibit::cloudtrail::log::{compact, content_print, record_text};
use exhibit::cloudtrail::records::enveloped;
use exhibit::compliance::custom::Prepared;
use exhibit::config::expression::Expression;
use exhibit::config::read::item_text;
use exhibit::evidence::{Limits, Problem, ProblemCode};
use exhibit::intake::{Entry, Reader, Shard, transcode, unreadable};
use exhibit::object;
use exhibit::secret::{cover, json};
use exhibit::sigma::{Rule, holding};
use exhibit::sum::Sum;

use super::blob::{BlobSource, describe};
use super::sums::{Sums, subtle};
use crate::app::buffer;
use crate::app::messages::{FromReader, Named, Part, Spent, ToReader, pack, unpack};

/// Above this a file is read piece by piece; below it is read whole, with others.
const SMALL: f64 = (4 << 20) as f64;
/// Up to this an archive is held for as long as the browser hashes it; above it is hashed piece by piece.
const WHOLE: f64 = (32 << 20) as f64;
/// Batches that may be on their way to the case. Evidence may be read faster than the case takes it in, and what waits
/// is memory.
const UNDERWAY: u32 = 3;

/// Starts the role in its worker.
pub(crate) fn start(scope: DedicatedWorkerGlobalScope) {
    let role = Rc::new(Role {
        scope: scope.clone(),
        performance: scope.performance(),
        port: RefCell::new(None),
        seed: Cell::new(0),
        underway: Cell::new(0),
        waiting: RefCell::default(),
    });
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some((message, parts)) = unpack(&event.data()) {
            role.receive(message, parts);
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

/// Small files that are read together.
#[derive(Default)]
struct Group {
    files: Vec<(Named, File)>,
    bytes: f64,
}

struct Role {
    scope: DedicatedWorkerGlobalScope,
    /// The clock, which is looked at for every piece that is read.
    performance: Option<Performance>,
    port: RefCell<Option<MessagePort>>,
    /// The session's secret, by which records are told apart.
    seed: Cell<u64>,
    /// Batches that the case has not taken yet, and who waits for it to take one.
    underway: Cell<u32>,
    waiting: RefCell<Vec<Waker>>,
}

impl Role {
    fn receive(self: &Rc<Self>, message: ToReader, parts: Vec<JsValue>) {
        match message {
            ToReader::Attach { seed } => {
                self.seed.set(seed);
                let port = parts
                    .into_iter()
                    .next()
                    .and_then(|port| port.dyn_into().ok());
                if let Some(port) = &port {
                    self.listen(port);
                }
                // A new case has taken nothing yet, and owes nothing for those before it.
                self.underway.set(0);
                self.wake();
                *self.port.borrow_mut() = port;
            }
            ToReader::Read {
                job,
                files,
                shard,
                of,
            } => {
                let handles: Vec<File> = parts
                    .into_iter()
                    .filter_map(|part| part.dyn_into().ok())
                    .collect();
                let shard = Shard { index: shard, of };
                spawn_local(Rc::clone(self).read(job, files, handles, shard));
            }
            ToReader::Extract { id, member, part } => {
                let handle = parts
                    .into_iter()
                    .next()
                    .and_then(|part| part.dyn_into::<File>().ok());
                if let Some(file) = handle {
                    self.extract(id, member.as_deref(), file, part);
                }
            }
        }
    }

    /// Hears from the case that it has taken a batch.
    fn listen(self: &Rc<Self>, port: &MessagePort) {
        let role = Rc::clone(self);
        let on_message = Closure::<dyn Fn()>::new(move || {
            role.underway.set(role.underway.get().saturating_sub(1));
            role.wake();
        });
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        on_message.forget();
    }

    fn wake(&self) {
        let waiting = std::mem::take(&mut *self.waiting.borrow_mut());
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Waits until the case has taken enough of what was sent.
    async fn rest(&self) {
        poll_fn(|context| {
            if self.underway.get() < UNDERWAY {
                return Poll::Ready(());
            }
            self.waiting.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn now(&self) -> f64 {
        self.performance.as_ref().map_or(0.0, Performance::now)
    }

    fn send(&self, message: &FromReader, bytes: Option<&[u8]>) {
        let packed = pack(message);
        let packed = match bytes {
            Some(bytes) => packed.moving(&Uint8Array::from(bytes).buffer()),
            None => packed,
        };
        if let Some(port) = &*self.port.borrow() {
            // A port refuses only what cannot be copied, and this is a buffer.
            let _ = port.post_message_with_transferable(&packed.value, &packed.transfer);
        }
    }

    async fn read(self: Rc<Self>, job: u32, files: Vec<Named>, handles: Vec<File>, shard: Shard) {
        let mut spent = Spent::default();
        let mut sizes = Vec::with_capacity(files.len());
        let mut small = Group::default();
        let mut gone = Vec::new();
        for (named, file) in files.into_iter().zip(handles) {
            let size = file.size();
            sizes.push(size);
            if size == 0.0 && is_gone(&file) {
                let error = &"it was removed after it was dropped";
                gone.push((named.source, unreadable(&named.path, 0, error)));
                continue;
            }
            if size > SMALL || shard.of > 1 {
                self.read_big(job, &named, &file, shard, &mut spent).await;
                continue;
            }
            if small.bytes + size > SMALL {
                let group = std::mem::take(&mut small);
                self.read_small(job, group, &mut spent).await;
            }
            small.bytes += size;
            small.files.push((named, file));
        }
        if !small.files.is_empty() {
            self.read_small(job, small, &mut spent).await;
        }
        if !gone.is_empty() {
            self.send_batch(job, gone);
        }
        self.rest().await;
        spent.memory = buffer::memory();
        self.send(&FromReader::Finished { job, spent, sizes }, None);
    }

    /// Reads many small files by one question to the browser. One that changed since it was dropped
    /// fails them all, so then each is asked for alone.
    async fn read_small(&self, job: u32, group: Group, spent: &mut Spent) {
        let begun = self.now();
        let (files, handles): (Vec<Named>, Vec<File>) = group.files.into_iter().unzip();
        let mut contents: Vec<Result<Cow<'_, [u8]>, String>> = Vec::with_capacity(files.len());
        let together = bytes_of_all(&handles).await;
        match &together {
            Ok(bytes) => {
                let mut rest = bytes.as_slice();
                for file in &handles {
                    let (one, others) = rest.split_at((file.size() as usize).min(rest.len()));
                    contents.push(Ok(Cow::Borrowed(one)));
                    rest = others;
                }
            }
            Err(_) => {
                for file in &handles {
                    let own = bytes_of(file).await.map(Cow::Owned);
                    contents.push(own.map_err(|error| describe(&error)));
                }
            }
        }
        spent.read += self.now() - begun;
        let clock = || self.now();
        let sums = self.sums();
        let beside = |bytes: &[u8]| sums.begin(bytes);
        let mut reader = Reader::new(Limits::default(), self.seed.get(), &clock)
            .hashing_beside(sums.can().then_some(&beside));
        let mut entries = Vec::with_capacity(files.len());
        for (named, content) in files.iter().zip(&contents) {
            match content {
                Ok(bytes) => reader.read(
                    &named.path,
                    &mut Cursor::new(&**bytes),
                    bytes.len() as u64,
                    Shard::default(),
                    &mut |entry| entries.push((named.source, entry)),
                ),
                Err(error) => entries.push((named.source, unreadable(&named.path, 0, error))),
            }
        }
        spent.add(reader.timings.into());
        self.settle(&sums, &mut entries, spent).await;
        self.send_batch(job, entries);
    }

    fn sums(&self) -> Sums {
        Sums::new(subtle(&self.scope))
    }

    /// Waits for the hashes that entries await.
    async fn settle(&self, sums: &Sums, entries: &mut [(u32, Entry)], spent: &mut Spent) {
        let begun = self.now();
        let known = sums.all().await;
        for (_, entry) in entries {
            entry.settle(|number| known.get(number as usize).copied().flatten());
        }
        spent.hash += self.now() - begun;
    }

    async fn read_big(
        &self,
        job: u32,
        named: &Named,
        file: &File,
        shard: Shard,
        spent: &mut Spent,
    ) {
        let clock = || self.now();
        let waited = Rc::new(Cell::new(0.0));
        let size = file.size();
        let source = match BlobSource::new(file.clone().into(), &clock, Rc::clone(&waited)) {
            Ok(source) => source,
            Err(error) => {
                let entry = unreadable(&named.path, size as u64, &describe(&error));
                return self.send_batch(job, vec![(named.source, entry)]);
            }
        };
        let sums = self.sums();
        let known = if shard.of > 1 && shard.index == 0 && size <= WHOLE {
            let begun = self.now();
            let known = sums.whole(file).await;
            spent.hash += self.now() - begun;
            known
        } else {
            None
        };
        let beside = |bytes: &[u8]| sums.begin(bytes);
        let mut reader = Reader::new(Limits::default(), self.seed.get(), &clock)
            .hashing_beside(sums.can().then_some(&beside))
            .knowing(known);
        let mut entries = Vec::new();
        let mut archive = reader.open(
            &named.path,
            Box::new(source),
            size as u64,
            shard,
            &mut |entry| entries.push((named.source, entry)),
        );
        loop {
            let emit = &mut |entry| entries.push((named.source, entry));
            let has_more = match &mut archive {
                Some(archive) => reader.step(archive, emit),
                None => false,
            };
            self.settle(&sums, &mut entries, spent).await;
            self.send_batch(job, std::mem::take(&mut entries));
            if !has_more {
                break;
            }
            self.rest().await;
        }
        spent.add(reader.timings.into());
        spent.read += waited.get();
    }

    fn send_batch(&self, job: u32, entries: Vec<(u32, Entry)>) {
        self.underway.set(self.underway.get() + 1);
        self.send(&FromReader::Batch { job, entries }, None);
    }

    fn extract(&self, id: u32, member: Option<&str>, file: File, part: Part) {
        let clock = || self.now();
        let size = file.size() as u64;
        let unreadable = |error: &JsValue| Problem::new(ProblemCode::Unreadable, describe(error));
        let limits = Limits::default();
        let most = match part {
            Part::First(most) => most as usize,
            _ => limits.content,
        };
        let result = BlobSource::new(file.into(), &clock, Rc::default())
            .map_err(|error| unreadable(&error))
            .and_then(|mut source| {
                Reader::new(limits, 0, &clock).extract(member, &mut source, size, most)
            });
        let (problem, bytes, content) = match (result, part) {
            (Ok(bytes), Part::First(_)) => (None, bytes, None),
            (Ok(bytes), Part::Record { at, length }) => {
                // The content is hashed again: what is shown is what was judged, or it is said.
                let text = record_at(&bytes, (at, length));
                (None, text.into_bytes(), Some(Sum::of(&bytes)))
            }
            (Ok(bytes), Part::Lines { parts, covered }) => {
                let mut lines = Vec::new();
                for part in parts {
                    let record = record_at(&bytes, part);
                    let shown = if covered {
                        cover::record(&record)
                    } else {
                        None
                    };
                    let line = on_one_line(shown.as_ref().unwrap_or(&record)).into_owned();
                    lines.extend_from_slice(line.as_bytes());
                    lines.push(b'\n');
                }
                (None, lines, None)
            }
            (Ok(bytes), Part::Contents { parts }) => {
                let seed = self.seed.get();
                let content = |part: &(u32, u32)| content_print(&record_at(&bytes, *part), seed);
                let all = parts.iter().flat_map(|part| content(part).to_le_bytes());
                (None, all.collect(), None)
            }
            (Ok(bytes), Part::Grep { parts, text }) => {
                let text = text.to_lowercase();
                let has =
                    |part: &(u32, u32)| record_at(&bytes, *part).to_lowercase().contains(&text);
                let hits = parts.iter().enumerate().filter(|(_, part)| has(part));
                let places = hits.flat_map(|(at, _)| (at as u32).to_le_bytes());
                (None, places.collect(), None)
            }
            (Ok(bytes), Part::Match { parts, expression }) => {
                let hits = Expression::parse(&expression).map(|expression| {
                    let holds = |part: &(u32, u32)| expression.holds(slice(&bytes, *part));
                    let hits = parts.iter().enumerate().filter(|(_, part)| holds(part));
                    hits.flat_map(|(at, _)| (at as u32).to_le_bytes()).collect()
                });
                // The page asks only with what can be read.
                (None, hits.unwrap_or_default(), None)
            }
            (Ok(bytes), Part::Pieces { record, of }) => {
                let told = match (of, record) {
                    (Pieces::Record, Some(part)) => {
                        let text = String::from_utf8_lossy(slice(&bytes, part));
                        let item = item_text(text.as_bytes());
                        (
                            json::pieces(&item.unwrap_or_else(|| record_text(text.as_bytes()))),
                            false,
                        )
                    }
                    _ => object::found(transcode(&bytes).as_deref().unwrap_or(&bytes)),
                };
                let told = postcard::to_allocvec(&told).unwrap_or_default();
                (None, told, Some(Sum::of(&bytes)))
            }
            (
                Ok(bytes),
                Part::Sigma {
                    parts,
                    asked,
                    groups,
                    rules,
                },
            ) => {
                let hits = suspicious(&bytes, &parts, &asked, &groups, &rules);
                (None, postcard::to_allocvec(&hits).unwrap_or_default(), None)
            }
            (Ok(bytes), Part::Rules { parts, rules }) => {
                let prepared = Prepared::new(&rules);
                let mut verdicts = Vec::new();
                for (at, part) in parts.iter().enumerate() {
                    prepared.ask(at as u32, slice(&bytes, *part), &mut verdicts);
                }
                (
                    None,
                    postcard::to_allocvec(&verdicts).unwrap_or_default(),
                    None,
                )
            }
            (Err(problem), _) => (Some(problem), Vec::new(), None),
        };
        let message = FromReader::Raw {
            id,
            problem,
            content,
        };
        self.send(&message, Some(&bytes));
    }
}

/// Which rules hold of which records: the places of both.
fn suspicious(
    content: &[u8],
    parts: &[(u32, u32)],
    asked: &[u32],
    groups: &[Vec<u32>],
    rules: &[Rule],
) -> Vec<(u32, u32)> {
    let mut hits = Vec::new();
    for (at, (part, group)) in parts.iter().zip(asked).enumerate() {
        let group = groups.get(*group as usize).map_or(&[][..], Vec::as_slice);
        let own: Vec<&Rule> = group
            .iter()
            .filter_map(|&rule| rules.get(rule as usize))
            .collect();
        let record = record_at(content, *part);
        let is_enveloped = record.contains("\"detail-type\"");
        let inner = is_enveloped.then(|| enveloped(&record)).flatten();
        let holding = holding(own, inner.unwrap_or(&record));
        let named = holding
            .into_iter()
            .filter_map(|rule| group.get(rule as usize));
        hits.extend(named.map(|&rule| (at as u32, rule)));
    }
    hits
}

/// A part of a file's content.
fn slice(content: &[u8], (at, length): (u32, u32)) -> &[u8] {
    let end = (at as usize).saturating_add(length as usize);
    content.get(at as usize..end).unwrap_or_default()
}

/// Whether there is no such file any more: Chromium then says that it is empty and was changed at this moment.
fn is_gone(file: &File) -> bool {
    let (before, changed, after) = (Date::now(), file.last_modified(), Date::now());
    (before..=after).contains(&changed)
}

/// The text of a record within a file's content.
fn record_at(content: &[u8], part: (u32, u32)) -> String {
    record_text(slice(content, part))
}

/// A record that was printed over several lines, on one.
fn on_one_line(record: &str) -> Cow<'_, str> {
    if record.contains(['\n', '\r']) {
        compact(record)
    } else {
        Cow::Borrowed(record)
    }
}

async fn bytes_of_all(files: &[File]) -> Result<Vec<u8>, JsValue> {
    let parts: Array = files.iter().collect();
    bytes_of(&Blob::new_with_blob_sequence(&parts)?).await
}

async fn bytes_of(blob: &Blob) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(blob.array_buffer()).await?;
    Ok(buffer::take(&buffer.dyn_into::<ArrayBuffer>()?))
}

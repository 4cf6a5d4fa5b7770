//! The page's whole job as a native program, from the same library: `cargo bench` of the page is compared with it.
//!
//! `verify PATH [READERS]` reads a folder, a `.zip` or a `.tar` with as many readers as there are cores, judges, and
//! prints what it took as one line of JSON.

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Instant;
use std::{env, thread};

use exhibit::case::Case;
use exhibit::evidence::Limits;
use exhibit::intake::{Entry, Reader, Shard, unreadable};
use exhibit::integrity::Check;

/// Entries that may wait for the case.
const WAITING: usize = 1_024;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let root = PathBuf::from(args.next().ok_or("verify PATH [READERS]")?);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let readers = args.next().map_or(Ok(cores), |text| text.parse())?;

    let begun = Instant::now();
    let files = if root.is_dir() {
        below(&root)?
    } else {
        vec![root.clone()]
    };
    let shared = !root.is_dir();
    let next = AtomicUsize::new(0);
    let mut case = Case::default();
    let (send, receive) = mpsc::sync_channel::<(u32, Entry)>(WAITING);
    thread::scope(|scope| {
        for index in 0..readers {
            let (send, files, next) = (send.clone(), &files, &next);
            scope.spawn(move || {
                let clock = || begun.elapsed().as_secs_f64() * 1_000.0;
                let mut reader = Reader::new(Limits::default(), 1, &clock);
                let shard = Shard {
                    index: index as u32,
                    of: readers as u32,
                };
                if shared {
                    read(&mut reader, 0, &files[0], shard, &send);
                    return;
                }
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = files.get(at) else { break };
                    read(&mut reader, at as u32, path, Shard::default(), &send);
                }
            });
        }
        drop(send);
        for (source, entry) in receive {
            case.add(source, entry);
        }
    });
    let read = begun.elapsed();
    loop {
        let mut checks = case.judge();
        if checks.is_empty() {
            break;
        }
        while !checks.is_empty() {
            let outcome = |check: &Check| {
                let verifies = check.key.verifies(&check.message, &check.signature);
                (check.id, verifies)
            };
            case.resolve(&checks.iter().map(outcome).collect::<Vec<_>>());
            checks = case.more_checks();
        }
    }
    println!(
        r#"{{"ms":{:.1},"read":{:.1},"files":{},"events":{},"verdict":"{}"}}"#,
        begun.elapsed().as_secs_f64() * 1_000.0,
        read.as_secs_f64() * 1_000.0,
        case.progress().files,
        case.activity().len(),
        case.judgement().verdict.verdict.name(),
    );
    Ok(())
}

/// Reads one file and sends on what it holds.
fn read(
    reader: &mut Reader<'_>,
    source: u32,
    path: &Path,
    shard: Shard,
    send: &mpsc::SyncSender<(u32, Entry)>,
) {
    let name = path.to_string_lossy();
    // Nobody listens any more only where the case panicked, and then that is told.
    let mut emit = |entry| {
        let _ = send.send((source, entry));
    };
    match File::open(path).and_then(|file| file.metadata().map(|known| (file, known.len()))) {
        Ok((mut file, size)) => reader.read(&name, &mut file, size, shard, &mut emit),
        Err(error) => emit(unreadable(&name, 0, &error)),
    }
}

/// All files below a folder.
fn below(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

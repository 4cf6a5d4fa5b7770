//! A static server for this machine only, which keeps a record of every request: the tests
//! read from it what the page did on the network.
//!
//! One thread a connection, one request a connection: a kept-alive connection that nobody reads
//! is how the crate used before left browsers waiting for ever.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::offline;

/// Longer requests are no browser's.
const LONGEST_HEAD: u64 = 64 << 10;
/// A connection on which nothing comes is closed after this.
const PATIENCE: Duration = Duration::from_secs(20);

/// What was asked.
pub(crate) struct Request {
    /// `GET`, `POST`.
    pub(crate) method: String,
    /// The address from its first slash on.
    pub(crate) url: String,
}

impl Request {
    /// The same question below a path, of which it is then no part; `None` if it asks for something else.
    pub(crate) fn below(&self, path: &str) -> Option<Self> {
        let rest = self.url.strip_prefix(path)?;
        Some(Self {
            method: self.method.clone(),
            url: format!("/{rest}"),
        })
    }
}

/// What is sent back.
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    body: Vec<u8>,
}

impl Answer {
    /// Adds a header.
    pub(crate) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value));
        self
    }
}

/// A running server; it ends when dropped.
pub(crate) struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    over: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts on 127.0.0.1, on any free port if `port` is 0.
    pub(crate) fn start(
        port: u16,
        answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> Result<Self> {
        let socket = TcpListener::bind(("127.0.0.1", port))?;
        let port = socket.local_addr()?.port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let over = Arc::new(AtomicBool::new(false));
        let answer = Arc::new(answer);
        let (record, stop) = (requests.clone(), over.clone());
        let listener = thread::spawn(move || {
            for stream in socket.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let (record, answer) = (record.clone(), answer.clone());
                thread::spawn(move || {
                    // A browser that went away is no fault of ours.
                    let _ = serve(stream, &record, &*answer);
                });
            }
        });
        Ok(Self {
            port,
            requests,
            over,
            listener: Some(listener),
        })
    }

    /// The address of the root, with its final slash.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Every request so far, as method and address.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Serves until the process ends.
    pub(crate) fn wait(mut self) {
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// Answers the one request of a connection.
fn serve(
    stream: TcpStream,
    record: &Mutex<Vec<String>>,
    answer: &dyn Fn(&Request) -> Answer,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream.try_clone()?.take(LONGEST_HEAD));
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut words = first.split_whitespace();
    let (Some(method), Some(url)) = (words.next(), words.next()) else {
        return Ok(());
    };
    let request = Request {
        method: method.to_owned(),
        url: url.to_owned(),
    };
    record
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(format!("{method} {url}"));
    // The rest of the head: a connection closed with bytes unread is reset.
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let answer = answer(&request);
    let mut head = format!("HTTP/1.1 {} \r\nConnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", answer.body.len()));
    let mut writer = &stream;
    writer.write_all(head.as_bytes())?;
    if request.method != "HEAD" {
        writer.write_all(&answer.body)?;
    }
    writer.flush()
}

/// A folder that is served.
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// # Errors
    /// Where the folder is not there.
    pub(crate) fn open(root: &Path) -> Result<Self> {
        let root = root.canonicalize().with_context(|| {
            format!(
                "{} is not there: run `cargo xtask build` first",
                root.display()
            )
        })?;
        Ok(Self { root })
    }

    /// Answers GET and HEAD for the files of the folder, and nothing else, with the headers that docs/hosting.md asks of a host.
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return text(405, "Only GET and HEAD are answered here.");
        }
        let Some(path) = self.resolve(&request.url) else {
            return text(404, "There is no such file.");
        };
        let Ok(body) = fs::read(&path) else {
            return text(404, "There is no such file.");
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let policy = if offline::is_worker(&name) {
            "default-src 'none'; connect-src 'self'"
        } else {
            "frame-ancestors 'none'"
        };
        Answer {
            status: 200,
            headers: vec![
                ("Content-Security-Policy", policy),
                ("Cross-Origin-Opener-Policy", "same-origin"),
                ("Referrer-Policy", "no-referrer"),
                ("Content-Type", media_type(&path)),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
            body,
        }
    }

    /// The file behind an address; `None` for whatever lies outside of the folder.
    fn resolve(&self, url: &str) -> Option<PathBuf> {
        let path = url.split(['?', '#']).next()?;
        let path = decode(path)?;
        let relative = Path::new(path.strip_prefix('/')?);
        let is_plain = relative
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !is_plain || path.contains(['\\', '\0']) {
            return None;
        }
        let mut file = self.root.join(relative);
        if file.is_dir() {
            file.push("index.html");
        }
        // A link may still point outside.
        let file = file.canonicalize().ok()?;
        (file.starts_with(&self.root) && file.is_file()).then_some(file)
    }
}

/// A short answer in plain text.
pub(crate) fn text(status: u16, words: &str) -> Answer {
    Answer {
        status,
        headers: vec![("Content-Type", "text/plain; charset=utf-8")],
        body: words.as_bytes().to_vec(),
    }
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Undoes percent-encoding; `None` if it is broken or no UTF-8.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = char::from(rest.next()?).to_digit(16)?;
        let low = char::from(rest.next()?).to_digit(16)?;
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Folder {
        Folder::open(&crate::shell::root().join("xtask")).expect("the folder of this tool")
    }

    #[test]
    fn files_inside_are_found() {
        assert!(source().resolve("/src/main.rs?query").is_some());
        assert!(source().resolve("/src/%6dain.rs").is_some());
    }

    #[test]
    fn nothing_outside_is_found() {
        for url in [
            "/../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "/src/../../Cargo.toml",
            "/..%2fCargo.toml",
            "//etc/passwd",
            "/..\\Cargo.toml",
            "/%",
            "/%zz",
            "/%ff",
            "",
            "src/main.rs",
        ] {
            assert!(source().resolve(url).is_none(), "{url}");
        }
    }
}

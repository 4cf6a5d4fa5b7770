//! A static server for this machine only, which keeps a record of every request: the tests
//! read from it what the page did on the network.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow};
use tiny_http::{Header, Method, Request, Response, StatusCode};

/// Threads that answer: browsers open six connections and may leave some idle.
const THREADS: usize = 4;

/// What is sent back.
pub(crate) type Answer = Response<Box<dyn Read + Send>>;

/// A running server; it ends when dropped.
pub(crate) struct Server {
    http: Arc<tiny_http::Server>,
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts on 127.0.0.1, on any free port if `port` is 0.
    pub(crate) fn start(
        port: u16,
        answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> Result<Self> {
        let http = tiny_http::Server::http(("127.0.0.1", port)).map_err(|error| anyhow!(error))?;
        let port = http
            .server_addr()
            .to_ip()
            .context("the server has no address")?
            .port();
        let http = Arc::new(http);
        let requests = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(answer);
        let threads = (0..THREADS)
            .map(|_| {
                let (http, requests, answer) = (http.clone(), requests.clone(), answer.clone());
                thread::spawn(move || {
                    for request in http.incoming_requests() {
                        let line = format!("{} {}", request.method(), request.url());
                        requests
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(line);
                        let response = answer(&request);
                        // A browser that went away is no fault of ours.
                        let _ = request.respond(response);
                    }
                })
            })
            .collect();
        Ok(Self {
            http,
            port,
            requests,
            threads,
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
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for _ in &self.threads {
            self.http.unblock();
        }
    }
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

    /// Answers GET and HEAD for the files of the folder, and nothing else.
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        if !matches!(request.method(), Method::Get | Method::Head) {
            return text(405, "Only GET and HEAD are answered here.");
        }
        let Some(path) = self.resolve(request.url()) else {
            return text(404, "There is no such file.");
        };
        let Ok(file) = File::open(&path) else {
            return text(404, "There is no such file.");
        };
        let length = file
            .metadata()
            .ok()
            .and_then(|meta| usize::try_from(meta.len()).ok());
        Response::new(
            StatusCode(200),
            headers(media_type(&path)),
            Box::new(file),
            length,
            None,
        )
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
    Response::from_string(words)
        .with_status_code(status)
        .boxed()
}

fn headers(media_type: &str) -> Vec<Header> {
    [
        ("Content-Type", media_type),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    .into_iter()
    .filter_map(|(name, value)| Header::from_bytes(name, value).ok())
    .collect()
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
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

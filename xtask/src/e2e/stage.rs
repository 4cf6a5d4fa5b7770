//! What every end-to-end test stands on: a browser, the page's server and the canary.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};

use super::Page;
use crate::build;
use crate::offline;
use crate::server::{self, Answer, Folder, Request, Server};
use crate::shell;
use crate::webdriver::{Driver, Session};

/// Within this the page is kept for use without a network.
const SETUP: Duration = Duration::from_secs(30);

/// A browser with nothing open yet, and the two servers.
pub(crate) struct Stage {
    /// The page.
    pub(crate) page: Page,
    /// Serves dist/.
    pub(crate) site: Server,
    /// Answers everything with success and to everyone; the page must never reach it.
    pub(crate) canary: Server,
    folder: PathBuf,
    variant: Variant,
}

/// What is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// dist/, from a server.
    Site,
    /// The one file, from disk.
    OneFile,
}

impl Stage {
    /// Starts all three; what the test leaves goes to `target/e2e/<name>/`.
    pub(crate) fn set(driver: &Driver, name: &str, variant: Variant) -> Result<Self> {
        let folder = shell::root().join("target/e2e").join(name);
        let _ = fs::remove_dir_all(&folder);
        let downloads = folder.join("downloads");
        fs::create_dir_all(&downloads)?;

        let dist = Folder::open(&build::dist())?;
        Ok(Self {
            site: Server::start(0, move |request| dist.answer(request))?,
            canary: Server::start(0, welcome)?,
            page: Page::new(Session::open(driver, &downloads)?, downloads),
            folder,
            variant,
        })
    }

    /// Where the page is.
    pub(super) fn address(&self) -> String {
        match self.variant {
            Variant::Site => self.site.url(),
            Variant::OneFile => {
                let file = build::dist().join(crate::one_file::NAME);
                format!("file://{}", file.display())
            }
        }
    }

    /// Opens the page and waits for its seal.
    pub(crate) fn open(&self) -> Result<&Page> {
        self.page.open(&self.address())?;
        // The worker's own requests would be taken for the page's.
        self.page.wait_for("the service worker", SETUP, || {
            let state = "return window.exhibit.offline?.state ?? 'none'";
            Ok(self.page.session().run(state, &[])? != "keeping")
        })?;
        Ok(&self.page)
    }

    /// What the page asked of its host. What every start asks before the seal, and may be answered later, is left
    /// out, and the browser's own look whether the worker's script is still the same: both carry nothing.
    pub(crate) fn asked(&self) -> Vec<String> {
        let mut lines = self.site.requests();
        lines.retain(|line| {
            let name = line.strip_prefix("GET /").unwrap_or(line);
            name != offline::RELEASE && !offline::is_worker(name)
        });
        lines
    }

    /// A folder for files that the test makes.
    pub(crate) fn scratch(&self) -> Result<PathBuf> {
        let folder = self.folder.join("scratch");
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// Fails if the console holds a warning or an error: the page leaves none behind.
    pub(crate) fn expect_quiet_console(&self) -> Result<()> {
        let loud: Vec<String> = self
            .page
            .session()
            .console()?
            .into_iter()
            .filter(|(level, _)| matches!(level.as_str(), "WARNING" | "SEVERE"))
            .filter(|(_, text)| !is_probe(text))
            .map(|(level, text)| format!("{level} {text}"))
            .collect();
        if !loud.is_empty() {
            bail!("the console is not quiet: {}", loud.join(" | "));
        }
        Ok(())
    }

    /// Saves a screenshot and the console, as far as the browser still answers.
    pub(super) fn keep_evidence(&self) {
        let _ = self.page.screenshot(&self.folder.join("page.png"));
        let entries = self.page.session().console().unwrap_or_default();
        let text = entries.iter().fold(String::new(), |mut text, entry| {
            let _ = writeln!(text, "{} {}", entry.0, entry.1);
            text
        });
        let _ = fs::write(self.folder.join("console.txt"), text);
        println!("        see {}", self.folder.display());
    }
}

/// Says yes to any request of any origin, so that only the page's own seal can stop one.
fn welcome(request: &Request) -> Answer {
    let path = request.url.split('?').next().unwrap_or_default();
    let (media_type, body) = match path.rsplit('.').next() {
        Some("html") => ("text/html", "<!doctype html><title>Control</title>"),
        Some("js") => ("text/javascript", ""),
        Some("css") => ("text/css", ""),
        _ => ("text/plain", "reached"),
    };
    server::text(200, body)
        .with("Content-Type", media_type)
        .with("Cache-Control", "no-store")
        .with("Access-Control-Allow-Origin", "*")
        .with("Access-Control-Allow-Headers", "*")
}

/// Whether the browser tells of the request by which the page makes sure that it is sealed.
fn is_probe(text: &str) -> bool {
    let text = text.to_lowercase().replace('-', " ");
    text.contains("content security policy") && text.contains("data:,")
}

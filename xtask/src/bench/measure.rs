//! One measurement each of the page, of reading alone, and of the Python loop.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::python::Python;
use crate::build;
use crate::e2e::Page;
use crate::server::{Folder, Server};
use crate::shell;
use crate::webdriver::{Driver, Session};

const WATCH: &str = include_str!("watch.js");

/// Seconds that a peer takes; `None` where it is not there or fails.
pub(super) fn seconds(peer: &mut std::process::Command) -> Option<f64> {
    let begun = Instant::now();
    let output = peer.output().ok()?;
    output
        .status
        .success()
        .then(|| begun.elapsed().as_secs_f64())
}

/// From the page to the drop. The page rehearses meanwhile, as it does while a person looks for the files.
const REHEARSAL: Duration = Duration::from_secs(3);

/// No case takes longer, or something hangs.
const LONGEST: Duration = Duration::from_secs(900);

/// What is dropped, and how.
pub(super) struct Drop<'a> {
    pub(super) path: &'a Path,
    /// Files that the intake counts when all is read.
    pub(super) files: usize,
}

/// The servers and the driver behind all measurements.
pub(super) struct Bench {
    driver: Driver,
    site: Server,
    floor: Server,
    python: Option<Python>,
    downloads: PathBuf,
}

impl Bench {
    pub(super) fn start(driver: Driver, python: Option<Python>) -> Result<Self> {
        let dist = Folder::open(&build::dist())?;
        let peer = Folder::open(&shell::root().join("xtask/peer"))?;
        let downloads = shell::root().join("target/bench/downloads");
        fs::create_dir_all(&downloads)?;
        Ok(Self {
            driver,
            site: Server::start(0, move |request| dist.answer(request))?,
            floor: Server::start(0, move |request| peer.answer(request))?,
            python,
            downloads,
        })
    }

    /// The page itself: times by its own clock, its own account of the phases, frames, memory.
    pub(super) fn page(&self, drop: &Drop<'_>, readers: Option<usize>) -> Result<Value> {
        self.load_with(drop, readers).map(|(_, result)| result)
    }

    /// The same, and the page with all of it on show.
    pub(super) fn load(&self, drop: &Drop<'_>) -> Result<(Page, Value)> {
        self.load_with(drop, None)
    }

    /// The same with so many readers.
    pub(super) fn load_with(
        &self,
        drop: &Drop<'_>,
        readers: Option<usize>,
    ) -> Result<(Page, Value)> {
        let page = self.open()?;
        // What the roles hold they tell themselves; the whole process is weighed besides, buffers of the browser and
        // all, less what it weighs with a page of a few lines.
        page.session().open_url(&self.floor_page())?;
        let idle = self.driver.renderer_peak();

        let mut url = format!("{}#/v1/evidence", self.site.url());
        if let Some(readers) = readers {
            url.push_str(&format!("?readers={readers}"));
        }
        page.open(&url)?;
        let session = page.session();
        std::thread::sleep(REHEARSAL);
        session.run(WATCH, &[json!(drop.files)])?;
        choose(&page, drop.path)?;
        wait(&page, "return window.exhibitBench.end !== null")?;

        let mut result = session.run(
            "const { start, end, frame, task } = window.exhibitBench;
             const phases = window.exhibitTimings;
             const roles = phases.memoryOfPage + phases.memoryOfCase + phases.memoryOfReaders;
             return { ms: end - start, frame, task, phases, held: roles + (performance.memory?.usedJSHeapSize ?? 0) };",
            &[],
        )?;
        let peak = self.driver.renderer_peak();
        result["memory"] = json!(peak.zip(idle).map(|(peak, idle)| peak.saturating_sub(idle)));
        Ok((page, result))
    }

    /// The floor: the same files are read by a page that does nothing with them.
    pub(super) fn floor(&self, drop: &Drop<'_>) -> Result<Value> {
        let page = self.open()?;
        page.session().open_url(&self.floor_page())?;
        choose(&page, drop.path)?;
        wait(&page, "return window.floor !== undefined")?;
        page.session().run("return window.floor", &[])
    }

    /// The Python loop; `None` where there is no Python for it.
    pub(super) fn python(&self, drop: &Drop<'_>) -> Result<Option<Value>> {
        self.python
            .as_ref()
            .map(|python| python.verify(drop.path))
            .transpose()
    }

    fn floor_page(&self) -> String {
        format!("{}reader.html", self.floor.url())
    }

    fn open(&self) -> Result<Page> {
        let session = Session::open(&self.driver, &self.downloads)?;
        Ok(Page::new(session, self.downloads.clone()))
    }
}

fn choose(page: &Page, path: &Path) -> Result<()> {
    if path.is_dir() {
        page.drop_folder(path)
    } else {
        page.drop_files(&[path.to_path_buf()])
    }
}

/// Asks seldom: every question interrupts the page that is measured.
fn wait(page: &Page, script: &str) -> Result<()> {
    let end = Instant::now() + LONGEST;
    while page.session().run(script, &[])? != json!(true) {
        if Instant::now() > end {
            let state = page.attr("intake", "data-state")?;
            let files = page.files()?;
            bail!(
                "not done after {} s: the intake is {} with {files} files",
                LONGEST.as_secs(),
                state.as_deref().unwrap_or("not there")
            );
        }
        std::thread::sleep(Duration::from_millis(250));
    }
    Ok(())
}

/// A number of a result.
pub(super) fn number(result: &Value, key: &str) -> Result<f64> {
    result[key]
        .as_f64()
        .with_context(|| format!("a measurement lacks {key}: {result}"))
}

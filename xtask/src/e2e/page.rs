//! The page under test, in the words of the contract.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::pack;
use crate::webdriver::Session;

/// The keys that tests press, as WebDriver names them.
pub(crate) mod key {
    /// Control.
    pub(crate) const CONTROL: &str = "\u{E009}";
    /// Escape.
    pub(crate) const ESCAPE: &str = "\u{E00C}";
    /// Enter.
    pub(crate) const ENTER: &str = "\u{E007}";
    /// Tab.
    pub(crate) const TAB: &str = "\u{E004}";
    /// The arrow that points down.
    pub(crate) const DOWN: &str = "\u{E015}";
}

/// What does not need to compute anything.
const SHORT: Duration = Duration::from_secs(20);
/// Reading and judging evidence.
const LONG: Duration = Duration::from_secs(600);
const PAUSE: Duration = Duration::from_millis(40);

/// The page in a browser of its own.
pub(crate) struct Page {
    session: Session,
    downloads: PathBuf,
}

impl Page {
    /// `downloads` is the folder of the session; it must hold nothing else.
    pub(crate) fn new(session: Session, downloads: PathBuf) -> Self {
        Self { session, downloads }
    }

    /// The browser behind it.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Opens an address and waits until the page has sealed itself.
    pub(crate) fn open(&self, url: &str) -> Result<()> {
        self.session.open_url(url)?;
        self.wait_sealed()
    }

    /// Loads the page anew: what is not kept is gone.
    pub(crate) fn reload(&self) -> Result<()> {
        self.session.refresh()?;
        self.wait_sealed()
    }

    fn wait_sealed(&self) -> Result<()> {
        self.wait_for("the seal", SHORT, || {
            match self.attr("network-seal", "data-sealed") {
                Ok(sealed) => Ok(sealed.as_deref() == Some("true")),
                // Firefox loads some addresses in another process, and has no page for a moment.
                Err(error) if error.to_string().contains("discarded") => Ok(false),
                Err(error) => Err(error),
            }
        })
    }

    /// Chooses files as if they were dropped.
    pub(crate) fn drop_files(&self, paths: &[PathBuf]) -> Result<()> {
        let lines: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
        self.choose("input#evidence-files", &lines.join("\n"))
    }

    /// Chooses a folder as if it was dropped; an archive of it where the driver can choose none.
    pub(crate) fn drop_folder(&self, path: &Path) -> Result<()> {
        if !self.session.engine().takes_folders {
            let archive = self.downloads.with_file_name("folder.zip");
            pack::zip(path, &archive)?;
            return self.drop_files(&[archive]);
        }
        self.choose("input#evidence-folder", &path.to_string_lossy())
    }

    /// Waits until everything dropped is judged and at least so many files are read.
    pub(crate) fn wait_ready(&self, files: usize) -> Result<()> {
        self.wait_for(&format!("ready with {files} files"), LONG, || {
            let is_ready = self.attr("intake", "data-state")?.as_deref() == Some("ready");
            Ok(is_ready && self.files()? >= files)
        })
    }

    /// How many files the intake has read.
    pub(crate) fn files(&self) -> Result<usize> {
        let shown = self.attr("intake", "data-files")?;
        Ok(shown.and_then(|text| text.parse().ok()).unwrap_or(0))
    }

    /// Waits until the intake is in a state.
    pub(crate) fn wait_state(&self, state: &str) -> Result<()> {
        self.wait_for(&format!("intake {state}"), SHORT, || {
            Ok(self.attr("intake", "data-state")?.as_deref() == Some(state))
        })
    }

    /// An attribute of the element with a test id; `None` if either is not there.
    pub(crate) fn attr(&self, testid: &str, name: &str) -> Result<Option<String>> {
        let value = self.session.run(
            "const element = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
             return element ? element.getAttribute(arguments[1]) : null;",
            &[json!(testid), json!(name)],
        )?;
        Ok(value.as_str().map(str::to_owned))
    }

    /// Whether the element with a test id is there and in sight.
    pub(crate) fn shows(&self, testid: &str) -> Result<bool> {
        let shown = self.session.run(
            "const element = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
             return !!element && element.getClientRects().length > 0;",
            &[json!(testid)],
        )?;
        Ok(shown == json!(true))
    }

    /// Waits until the element with a test id is in sight, or is no longer.
    pub(crate) fn wait_shown(&self, testid: &str, shown: bool) -> Result<()> {
        let what = if shown { "to show" } else { "to go" };
        self.wait_for(&format!("{testid} {what}"), SHORT, || {
            Ok(self.shows(testid)? == shown)
        })
    }

    /// Clicks the element with a test id once it is in sight.
    pub(crate) fn click(&self, testid: &str) -> Result<()> {
        self.wait_shown(testid, true)?;
        let selector = format!("[data-testid=\"{testid}\"]");
        // It may be drawn anew between finding and clicking, and a message may stand before it for some seconds.
        let passes = ["stale element", "click intercepted"];
        self.wait_for(&format!("a click on {testid}"), SHORT, || {
            let element = self.session.find(&selector)?;
            match self.session.click(&element) {
                Ok(()) => Ok(true),
                Err(error) if passes.iter().any(|one| format!("{error:#}").contains(one)) => {
                    Ok(false)
                }
                Err(error) => Err(error.context(format!("clicking {testid}"))),
            }
        })
    }

    /// Clicks the first element of a selector whose text has these words, once there is one.
    ///
    /// # Errors
    /// When there is none in time.
    pub(crate) fn click_text(&self, selector: &str, text: &str) -> Result<()> {
        let script = "const one = [...document.querySelectorAll(arguments[0])].find((one) => one.textContent.includes(arguments[1])); if (!one) return 'none'; one.click();";
        self.wait_for(&format!("{selector} with {text}"), SHORT, || {
            Ok(self.session.run(script, &[selector.into(), text.into()])? != "none")
        })
    }

    /// Types into a field, in place of what stands there.
    ///
    /// # Errors
    /// When there is no such field.
    pub(crate) fn fill(&self, testid: &str, text: &str) -> Result<()> {
        self.wait_shown(testid, true)?;
        let field = self.session.find(&format!("[data-testid={testid}]"))?;
        self.session.run("const field = document.querySelector(`[data-testid=${arguments[0]}]`); field.value = '';", &[testid.into()])?;
        self.session.type_into(&field, text)
    }

    /// Gives a field a value at once and tells the page by an event, once the field is there.
    ///
    /// # Errors
    /// When it does not come.
    pub(crate) fn set(&self, field: &str, event: &str, text: &str) -> Result<()> {
        let script = "const [selector, event, text] = arguments; const field = document.querySelector(selector); if (!field) return 'none'; field.value = text; field.dispatchEvent(new Event(event, { bubbles: true }));";
        self.wait_for(field, SHORT, || {
            let args = [json!(field), json!(event), json!(text)];
            Ok(self.session.run(script, &args)? != "none")
        })
    }

    /// Filters the table on show by words.
    ///
    /// # Errors
    /// When none comes.
    pub(crate) fn filter(&self, words: &str) -> Result<()> {
        self.set(".grid-tools input[type=search]", "input", words)
    }

    /// Picks the first choice whose words or value have these.
    ///
    /// # Errors
    /// When there is none in time.
    pub(crate) fn pick(&self, testid: &str, text: &str) -> Result<()> {
        let script = "const pick = document.querySelector(`[data-testid=${arguments[0]}]`); const at = pick ? [...pick.options].findIndex((one) => one.text.includes(arguments[1]) || one.value === arguments[1]) : -1; if (at < 0) return 'none'; pick.selectedIndex = at; pick.dispatchEvent(new Event('change', { bubbles: true }));";
        self.wait_for(&format!("{testid} with {text}"), SHORT, || {
            Ok(self.session.run(script, &[testid.into(), text.into()])? != "none")
        })
    }

    /// The text of the element with a test id.
    pub(crate) fn text(&self, testid: &str) -> Result<String> {
        let text = self.session.run(
            "const element = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
             return element ? element.innerText : null;",
            &[json!(testid)],
        )?;
        let text = text.as_str().with_context(|| format!("no {testid}"))?;
        Ok(text.to_owned())
    }

    /// Types a text where the focus is.
    pub(crate) fn type_keys(&self, text: &str) -> Result<()> {
        text.chars()
            .try_for_each(|c| self.session.press(&[], c.encode_utf8(&mut [0; 4])))
    }

    /// Whether words stand anywhere on the page.
    pub(crate) fn says(&self, words: &str) -> Result<bool> {
        let shown = self.session.run("return document.body.innerText", &[])?;
        Ok(shown.as_str().is_some_and(|text| text.contains(words)))
    }

    /// Clicks the element with a test id and returns the file that it downloads.
    pub(crate) fn download(&self, testid: &str) -> Result<Vec<u8>> {
        self.downloaded(testid, || self.click(testid))
    }

    /// Does something and returns the file that it downloads.
    pub(crate) fn downloaded(
        &self,
        what: &str,
        begin: impl FnOnce() -> Result<()>,
    ) -> Result<Vec<u8>> {
        for entry in fs::read_dir(&self.downloads)?.flatten() {
            fs::remove_file(entry.path())?;
        }
        begin()?;
        let mut bytes = Vec::new();
        self.wait_for(&format!("the download of {what}"), LONG, || {
            // Chromium writes under another name and renames when all is there; Firefox writes beside an
            // empty file of the right name.
            let entries = fs::read_dir(&self.downloads)?.flatten();
            let names: Vec<String> = entries
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .filter(|name| !name.starts_with('.'))
                .collect();
            let is_writing =
                |name: &String| name.ends_with(".crdownload") || name.ends_with(".part");
            let (Some(name), false) = (names.first(), names.iter().any(is_writing)) else {
                return Ok(false);
            };
            bytes = fs::read(self.downloads.join(name))?;
            Ok(!bytes.is_empty() || self.session.engine().has_devtools)
        })?;
        Ok(bytes)
    }

    /// The report that the report view downloads.
    pub(crate) fn report(&self) -> Result<Value> {
        // In a small window the inspector lies over the view.
        self.session().press(&[], key::ESCAPE)?;
        self.click("nav-report")?;
        let bytes = self.download("export-report-json")?;
        let report: Value = serde_json::from_slice(&bytes).context("report.json is not JSON")?;
        ensure!(
            report["schema"] == "exhibit.report/1",
            "report.json has the schema {}",
            report["schema"]
        );
        Ok(report)
    }

    /// Saves what is in sight as PNG.
    pub(crate) fn screenshot(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, self.session.screenshot()?)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// How many parts the open view has, as its tabs say.
    pub(crate) fn parts(&self) -> Result<usize> {
        let count = self.session.run(
            "return document.querySelectorAll('main .tabs a').length",
            &[],
        )?;
        Ok(usize::try_from(count.as_u64().unwrap_or(0))?)
    }

    /// Opens a part of the view by its place, and returns its name.
    pub(crate) fn open_part(&self, part: usize) -> Result<String> {
        let open = "const tab = document.querySelectorAll('main .tabs a')[arguments[0]];
             tab?.click();
             return tab?.textContent ?? '';";
        let name = self.session.run(open, &[json!(part)])?;
        self.rest()?;
        Ok(name.as_str().unwrap_or_default().to_owned())
    }

    /// Sets the size of the page, in CSS pixels.
    pub(crate) fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.session.resize(width, height)
    }

    /// Makes the system's colour scheme `light` or `dark`.
    pub(crate) fn prefer(&self, scheme: &str) -> Result<()> {
        self.session.prefer(scheme)
    }

    /// Waits until what was changed is painted and has come to rest.
    pub(crate) fn rest(&self) -> Result<()> {
        self.session
            .run(
                "return new Promise((done) => requestAnimationFrame(() => setTimeout(done, 250)));",
                &[],
            )
            .map(drop)
    }

    /// Asks again and again until the answer is yes.
    ///
    /// # Errors
    /// When the time is over, or as soon as asking fails.
    pub(crate) fn wait_for(
        &self,
        what: &str,
        time: Duration,
        mut is_so: impl FnMut() -> Result<bool>,
    ) -> Result<()> {
        let end = Instant::now() + time;
        while !is_so()? {
            if Instant::now() > end {
                bail!("waited {} s in vain for {what}", time.as_secs());
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    pub(crate) fn choose(&self, input: &str, paths: &str) -> Result<()> {
        self.wait_for(input, SHORT, || {
            let is_there = "return !!document.querySelector(arguments[0])";
            Ok(self.session.run(is_there, &[input.into()])? == true)
        })?;
        let element = self.session.find(input)?;
        self.session
            .type_into(&element, paths)
            .with_context(|| format!("choosing {paths} in {input}"))
    }
}

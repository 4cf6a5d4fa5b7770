//! One browser with one page.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use ureq::Agent;

use super::Driver;
use crate::setup::Engine;

/// The key under which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// Large cases take minutes to read; nothing is waited for longer.
const LONGEST: Duration = Duration::from_secs(900);
/// As webdriver.json has them for the unit tests, and with a fixed scale for screenshots.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--force-device-scale-factor=1",
];

/// Errors and warnings of pages, in the words of `Session::console`. Its engine warns of style rules that
/// other browsers know and it does not; these are left out.
const FIREFOX_CONSOLE: &str = r#"
const { console } = Services;
const found = console.getMessageArray()
  .filter((one) => one instanceof Ci.nsIScriptError && one.innerWindowID > 0)
  .filter((one) => !/^(chrome|resource|moz-extension):/.test(one.sourceName))
  .filter((one) => !one.category.startsWith("CSS") && !one.category.startsWith("Layout"))
  .map((one) => ({ level: one.flags & Ci.nsIScriptError.warningFlag ? "WARNING" : "SEVERE", message: `${one.sourceName} ${one.errorMessage}` }));
console.reset();
return found;"#;
const FIREFOX_MOTION: &str = r#"Services.prefs.setIntPref("ui.prefersReducedMotion", 1);"#;
const FIREFOX_SCHEME: &str = r#"Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", arguments[0]);"#;

/// A fresh browser; it is closed when dropped.
pub(crate) struct Session {
    agent: Agent,
    address: String,
    engine: &'static Engine,
}

/// An element of the page.
pub(crate) struct Element(String);

impl Session {
    /// Opens a browser with a profile of its own that downloads into a folder.
    pub(crate) fn open(driver: &Driver, downloads: &Path) -> Result<Self> {
        let agent: Agent = Agent::config_builder()
            .timeout_global(Some(LONGEST))
            .http_status_as_error(false)
            .build()
            .into();
        let capabilities =
            json!({ "capabilities": { "alwaysMatch": capabilities(driver, downloads) } });
        let address = format!("{}/session", driver.address);
        let ask = || send(agent.post(&address).send(capabilities.to_string()));
        // On a busy machine a browser may end while it starts (observed: "Chrome instance exited"); nothing of the page
        // has run by then.
        let answer = ask().or_else(|_| ask())?;
        let id = answer["sessionId"]
            .as_str()
            .context("the driver opened no session")?;
        Ok(Self {
            address: format!("{address}/{id}"),
            agent,
            engine: driver.engine,
        })
    }

    /// Loads an address and waits for its `load` event.
    pub(crate) fn open_url(&self, url: &str) -> Result<()> {
        self.post("url", &json!({ "url": url })).map(drop)
    }

    /// Loads the page anew.
    pub(crate) fn refresh(&self) -> Result<()> {
        self.post("refresh", &json!({})).map(drop)
    }

    /// Runs the body of a function in the page; what it returns is awaited if it is a promise.
    pub(crate) fn run(&self, script: &str, args: &[Value]) -> Result<Value> {
        self.post("execute/sync", &json!({ "script": script, "args": args }))
    }

    /// The first element of a CSS selector.
    pub(crate) fn find(&self, css: &str) -> Result<Element> {
        let query = json!({ "using": "css selector", "value": css });
        let found = self
            .post("element", &query)
            .with_context(|| format!("looking for {css}"))?;
        let id = found[ELEMENT]
            .as_str()
            .context("the driver named no element")?;
        Ok(Element(id.to_owned()))
    }

    /// Clicks in the middle of an element, as a person would: it must be in sight.
    pub(crate) fn click(&self, element: &Element) -> Result<()> {
        self.post(&format!("element/{}/click", element.0), &json!({}))
            .map(drop)
    }

    /// Types into an element; for a file input, the paths to choose, one a line.
    pub(crate) fn type_into(&self, element: &Element, text: &str) -> Result<()> {
        let keys = json!({ "text": text });
        self.post(&format!("element/{}/value", element.0), &keys)
            .map(drop)
    }

    /// Presses a key with others held, wherever the focus is.
    pub(crate) fn press(&self, held: &[&str], key: &str) -> Result<()> {
        let down = |key: &&str| json!({ "type": "keyDown", "value": key });
        let up = |key: &&str| json!({ "type": "keyUp", "value": key });
        let mut actions: Vec<Value> = held.iter().map(down).collect();
        actions.extend([down(&key), up(&key)]);
        actions.extend(held.iter().rev().map(up));
        let source = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.post("actions", &json!({ "actions": [source] }))
            .map(drop)
    }

    /// The visible part of the page as PNG.
    pub(crate) fn screenshot(&self) -> Result<Vec<u8>> {
        let shot = self.get("screenshot")?;
        let text = shot.as_str().context("the driver made no screenshot")?;
        Ok(STANDARD.decode(text)?)
    }

    /// The page as a browser prints it on paper of a size in centimetres: a PDF.
    pub(crate) fn print(&self, (width, height): (f64, f64)) -> Result<Vec<u8>> {
        let paper = json!({ "page": { "width": width, "height": height }, "shrinkToFit": false });
        let printed = self.post("print", &paper)?;
        let text = printed.as_str().context("the driver printed nothing")?;
        Ok(STANDARD.decode(text)?)
    }

    /// What the browser is and can do.
    pub(crate) fn engine(&self) -> &'static Engine {
        self.engine
    }

    /// What was written to the console since the last call: level and text. Of Firefox these are the
    /// errors of scripts and of the policy.
    pub(crate) fn console(&self) -> Result<Vec<(String, String)>> {
        let log = if self.engine.has_devtools {
            self.post("se/log", &json!({ "type": "browser" }))?
        } else {
            self.run_in_browser(FIREFOX_CONSOLE, &[])?
        };
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let entries = log.as_array().into_iter().flatten();
        Ok(entries
            .map(|entry| (text(entry, "level"), text(entry, "message")))
            .collect())
    }

    /// Sets the size of the page, in CSS pixels.
    pub(crate) fn resize(&self, width: u32, height: u32) -> Result<()> {
        if self.engine.has_devtools {
            let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
            return self
                .devtools("Emulation.setDeviceMetricsOverride", metrics)
                .map(drop);
        }
        let frame = self.run(
            "return [outerWidth - innerWidth, outerHeight - innerHeight]",
            &[],
        )?;
        let outer = |at: usize, inner: u32| frame[at].as_u64().unwrap_or(0) + u64::from(inner);
        let rect = json!({ "width": outer(0, width), "height": outer(1, height) });
        self.post("window/rect", &rect).map(drop)
    }

    /// Makes the system's colour scheme `light` or `dark`.
    pub(crate) fn prefer(&self, scheme: &str) -> Result<()> {
        if self.engine.has_devtools {
            let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
            let media = json!({ "features": [feature] });
            return self.devtools("Emulation.setEmulatedMedia", media).map(drop);
        }
        let value = u8::from(scheme != "dark");
        self.run_in_browser(FIREFOX_SCHEME, &[json!(value)])
            .map(drop)
    }

    /// Makes the system ask for less motion.
    pub(crate) fn reduce_motion(&self) -> Result<()> {
        if self.engine.has_devtools {
            let feature = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
            let media = json!({ "features": [feature] });
            return self.devtools("Emulation.setEmulatedMedia", media).map(drop);
        }
        self.run_in_browser(FIREFOX_MOTION, &[]).map(drop)
    }

    /// Drags files and folders in from outside and drops them at a place of the page.
    pub(crate) fn drag(&self, paths: &[&Path], (x, y): (u32, u32)) -> Result<()> {
        let data = json!({ "items": [], "files": paths, "dragOperationsMask": 1 });
        for kind in ["dragEnter", "dragOver", "drop"] {
            let event = json!({ "type": kind, "x": x, "y": y, "data": data });
            self.devtools("Input.dispatchDragEvent", event)?;
        }
        Ok(())
    }

    /// A command of Chromium's own protocol.
    pub(crate) fn devtools(&self, command: &str, params: Value) -> Result<Value> {
        let body = json!({ "cmd": command, "params": params });
        self.post("goog/cdp/execute", &body)
    }

    /// Runs the body of a function with Firefox's own rights, outside of the page.
    fn run_in_browser(&self, script: &str, args: &[Value]) -> Result<Value> {
        self.post("moz/context", &json!({ "context": "chrome" }))?;
        let answer = self.run(script, args);
        self.post("moz/context", &json!({ "context": "content" }))?;
        answer
    }

    fn get(&self, path: &str) -> Result<Value> {
        send(self.agent.get(format!("{}/{path}", self.address)).call())
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.agent.post(format!("{}/{path}", self.address));
        send(request.send(body.to_string()))
    }
}

/// What a session is opened with.
fn capabilities(driver: &Driver, downloads: &Path) -> Value {
    let mut wanted = json!({
        "unhandledPromptBehavior": "accept",
        "pageLoadStrategy": "none",
        "timeouts": { "script": LONGEST.as_millis(), "pageLoad": 60_000 },
    });
    if driver.engine.has_devtools {
        wanted["browserName"] = json!("chrome");
        wanted["goog:loggingPrefs"] = json!({ "browser": "ALL" });
        wanted["goog:chromeOptions"] = json!({
            "binary": driver.program,
            "args": FLAGS.iter().chain(&driver.flags).collect::<Vec<_>>(),
            "prefs": {
                "download.default_directory": downloads,
                "download.prompt_for_download": false,
                "profile.default_content_setting_values.automatic_downloads": 1,
            },
        });
    } else {
        wanted["browserName"] = json!("firefox");
        wanted["moz:firefoxOptions"] = json!({
            "binary": driver.program,
            "args": ["-headless"],
            "prefs": {
                "browser.download.folderList": 2,
                "browser.download.dir": downloads,
                "browser.download.useDownloadDir": true,
                "browser.download.always_ask_before_handling_new_types": false,
                "browser.download.alwaysOpenPanel": false,
                "dom.disable_open_during_load": false,
                "layout.css.devPixelsPerPx": "1.0",
            },
        });
    }
    wanted
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.address).call();
    }
}

/// The value of an answer; its error, if it is one, in one line.
fn send(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value> {
    let mut answer = answer.context("the driver does not answer")?;
    // A screenshot or a report can be larger than the default limit.
    let body = answer.body_mut().with_config().limit(1 << 30);
    let mut body: Value =
        serde_json::from_reader(body.reader()).context("the driver's answer is not JSON")?;
    let value = body["value"].take();
    if let Some(error) = value["error"].as_str() {
        let message = value["message"].as_str().unwrap_or_default();
        bail!(
            "{error}: {}",
            message.lines().next().unwrap_or_default().trim()
        );
    }
    Ok(value)
}

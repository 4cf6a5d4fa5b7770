//! One browser with one page.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use ureq::Agent;

use super::Driver;

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

/// A fresh browser; it is closed when dropped.
pub(crate) struct Session {
    agent: Agent,
    address: String,
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
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL" },
            "unhandledPromptBehavior": "accept",
            "pageLoadStrategy": "none",
            "timeouts": { "script": LONGEST.as_millis(), "pageLoad": 60_000 },
            "goog:chromeOptions": {
                "binary": driver.chromium,
                "args": FLAGS,
                "prefs": {
                    "download.default_directory": downloads,
                    "download.prompt_for_download": false,
                    "profile.default_content_setting_values.automatic_downloads": 1,
                },
            },
        } } });
        let address = format!("{}/session", driver.address);
        let answer = send(agent.post(&address).send(capabilities.to_string()))?;
        let id = answer["sessionId"]
            .as_str()
            .context("chromedriver opened no session")?;
        Ok(Self {
            address: format!("{address}/{id}"),
            agent,
        })
    }

    /// Loads an address and waits for its `load` event.
    pub(crate) fn open_url(&self, url: &str) -> Result<()> {
        self.post("url", &json!({ "url": url })).map(drop)
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
            .context("chromedriver named no element")?;
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
        let text = shot.as_str().context("chromedriver made no screenshot")?;
        Ok(STANDARD.decode(text)?)
    }

    /// What was written to the console since the last call: level and text.
    pub(crate) fn console(&self) -> Result<Vec<(String, String)>> {
        let log = self.post("se/log", &json!({ "type": "browser" }))?;
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let entries = log.as_array().into_iter().flatten();
        Ok(entries
            .map(|entry| (text(entry, "level"), text(entry, "message")))
            .collect())
    }

    /// A command of Chromium's own protocol.
    pub(crate) fn devtools(&self, command: &str, params: Value) -> Result<Value> {
        let body = json!({ "cmd": command, "params": params });
        self.post("goog/cdp/execute", &body)
    }

    fn get(&self, path: &str) -> Result<Value> {
        send(self.agent.get(format!("{}/{path}", self.address)).call())
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.agent.post(format!("{}/{path}", self.address));
        send(request.send(body.to_string()))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.address).call();
    }
}

/// The value of an answer; its error, if it is one, in one line.
fn send(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value> {
    let mut answer = answer.context("chromedriver does not answer")?;
    // A screenshot or a report can be larger than the default limit.
    let body = answer.body_mut().with_config().limit(1 << 30);
    let mut body: Value =
        serde_json::from_reader(body.reader()).context("chromedriver's answer is not JSON")?;
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

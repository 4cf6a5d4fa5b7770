//! Everything that the page can do, in one table: it feeds the menu, the shortcuts, the help and
//! the palette.

use std::cell::Cell;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;
use yew::Callback;

use exhibit::case::{Export, Filter, Form, Table};
use exhibit::moment::Moment;

use super::client::Client;
use super::route::Route;
use super::theme;
use super::views::View;

/// Something that the page can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// Opens a view.
    Open(View),
    /// Asks for files.
    AddFiles,
    /// Asks for a folder.
    AddFolder,
    /// Opens the built-in demo case.
    LoadDemo,
    /// Gives up what is not read yet.
    Cancel,
    /// Forgets all evidence.
    ClearCase,
    /// Downloads `report.json`.
    SaveReport,
    /// Downloads the report for people.
    SaveHtml,
    /// Downloads results of rules as OCSF.
    SaveOcsf,
    /// Downloads controls as OSCAL.
    SaveOscal,
    /// Downloads the hashes of all files.
    SaveManifest,
    /// Downloads the script that collects what is missing.
    SaveScript,
    /// Downloads the verdicts as `validate-logs` words them.
    SaveValidateLogs,
    /// Shows the saved views.
    ShowViews,
    /// Downloads saved views and settings.
    SaveSettings,
    /// Downloads the case with its evidence.
    SaveBundle,
    /// Keeps settings in the browser, or forgets what is kept.
    ToggleKeeping,
    /// Opens a file of saved views and settings.
    OpenSettings,
    /// Light or dark.
    ToggleTheme,
    /// Shows the seal.
    ShowPrivacy,
    /// Shows how the page is kept, installed and updated.
    ShowOffline,
    /// Turns keys that are letters off or on again.
    ToggleLetters,
    /// Shows all shortcuts.
    ShowHelp,
    /// Finds a command by its name.
    ShowPalette,
}

/// A command's row in the table.
pub(crate) struct Entry {
    /// The command.
    pub(crate) command: Command,
    /// What it does, in words.
    pub(crate) title: &'static str,
    /// The key that runs it, as `KeyboardEvent.key` has it; `Ctrl+` in front where held.
    pub(crate) keys: &'static str,
}

const fn entry(command: Command, title: &'static str, keys: &'static str) -> Entry {
    Entry {
        command,
        title,
        keys,
    }
}

/// All commands, in the order of the menu.
pub(crate) const COMMANDS: &[Entry] = &[
    entry(Command::AddFiles, "Add files…", "a"),
    entry(Command::AddFolder, "Add a folder…", "f"),
    entry(Command::LoadDemo, "Open the demo case", ""),
    entry(Command::Cancel, "Cancel reading", ""),
    entry(Command::ClearCase, "Forget all evidence", ""),
    entry(
        Command::SaveHtml,
        "Download report.html, to read and print",
        "h",
    ),
    entry(Command::SaveReport, "Download report.json", "r"),
    entry(Command::SaveOcsf, "Download results of rules (OCSF)", ""),
    entry(
        Command::SaveOscal,
        "Download controls (OSCAL assessment results)",
        "",
    ),
    entry(
        Command::SaveManifest,
        "Download the hashes of all files (sha256sum)",
        "m",
    ),
    entry(
        Command::SaveScript,
        "Download the script that collects what is missing",
        "c",
    ),
    entry(
        Command::SaveValidateLogs,
        "Download the verdicts as validate-logs words them",
        "v",
    ),
    entry(Command::Open(View::Evidence), "Go to Evidence", "1"),
    entry(Command::Open(View::Integrity), "Go to Integrity", "2"),
    entry(Command::Open(View::Activity), "Go to Activity", "3"),
    entry(Command::Open(View::Resources), "Go to Resources", "4"),
    entry(Command::Open(View::Compliance), "Go to Compliance", "5"),
    entry(Command::Open(View::Risk), "Go to Risk", "6"),
    entry(Command::Open(View::Artifacts), "Go to Artifacts", "7"),
    entry(Command::Open(View::Report), "Go to Report", "8"),
    entry(Command::ShowViews, "Saved views", "w"),
    entry(
        Command::SaveSettings,
        "Download the case: settings, controls, hashes",
        "",
    ),
    entry(
        Command::SaveBundle,
        "Download the case with the evidence itself, as one archive",
        "",
    ),
    entry(Command::OpenSettings, "Open the file of a case", ""),
    entry(
        Command::ToggleKeeping,
        "Keep settings in this browser, or forget what is kept",
        "",
    ),
    entry(Command::ToggleTheme, "Light or dark", "t"),
    entry(Command::ShowPrivacy, "Why nothing leaves this page", "p"),
    entry(
        Command::ShowOffline,
        "Use without a network, install, update",
        "o",
    ),
    entry(
        Command::ToggleLetters,
        "Turn shortcuts of a single key off, or on again",
        "",
    ),
    entry(Command::ShowHelp, "Keyboard shortcuts", "?"),
    entry(Command::ShowPalette, "Find a command", "Ctrl+k"),
];

/// What lies over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overlay {
    /// The shortcuts.
    Help,
    /// The palette.
    Palette,
    /// The saved views.
    Views,
    /// The seal.
    Privacy,
    /// How the page is kept, installed and updated.
    Offline,
}

/// Runs commands.
#[derive(Clone, PartialEq)]
pub(crate) struct Runner {
    /// Where evidence goes.
    pub(crate) client: Client,
    /// Shows or hides an overlay.
    pub(crate) overlay: Callback<Option<Overlay>>,
}

impl Runner {
    /// Runs a command.
    pub(crate) fn run(&self, command: Command) {
        self.overlay.emit(None);
        let client = &self.client;
        let generated = now();
        match command {
            Command::Open(view) => Route::to(view).open(),
            Command::AddFiles => click("evidence-files"),
            Command::AddFolder => click("evidence-folder"),
            Command::LoadDemo => client.load_demo(),
            Command::Cancel => client.cancel(),
            Command::ClearCase => client.clear(),
            Command::SaveHtml => client.download(Export::Html { generated }, "report.html"),
            Command::SaveReport => client.download(Export::Report { generated }, "report.json"),
            Command::SaveOcsf => client.download(
                Export::Rows {
                    form: Form::Ocsf,
                    table: Table::Findings,
                    filter: Filter::default(),
                    sort: None,
                    generated,
                },
                "findings.ocsf.json",
            ),
            Command::SaveOscal => {
                client.download(Export::Oscal { generated }, "assessment-results.oscal.json")
            }
            Command::SaveManifest => client.download(Export::Manifest, "SHA256SUMS"),
            Command::SaveScript => client.download(Export::Script, "collect-missing.sh"),
            Command::SaveValidateLogs => client.download(Export::ValidateLogs, "validate-logs.txt"),
            Command::ShowViews => self.overlay.emit(Some(Overlay::Views)),
            Command::SaveSettings => client.download(Export::Case, "case.exhibit.json"),
            Command::SaveBundle => client.download_bundle(),
            Command::ToggleKeeping => client.toggle_keeping(),
            Command::OpenSettings => click("settings-file"),
            Command::ToggleTheme => {
                theme::toggle();
                client.keep_theme();
            }
            Command::ShowPrivacy => self.overlay.emit(Some(Overlay::Privacy)),
            Command::ShowOffline => self.overlay.emit(Some(Overlay::Offline)),
            Command::ToggleLetters => {
                LETTERS_OFF.set(!LETTERS_OFF.get());
                let words = if LETTERS_OFF.get() {
                    "Shortcuts of a single key are off until the page is opened again. Ctrl+K finds every command."
                } else {
                    "Shortcuts of a single key are on again."
                };
                client.warn(words.to_owned());
            }
            Command::ShowHelp => self.overlay.emit(Some(Overlay::Help)),
            Command::ShowPalette => self.overlay.emit(Some(Overlay::Palette)),
        }
    }
}

thread_local! {
    /// Whether keys without Ctrl run nothing, as people need who speak to their computer (WCAG 2.1.4).
    static LETTERS_OFF: Cell<bool> = const { Cell::new(false) };
}

/// The command of a key press, outside of fields to type in.
pub(crate) fn by_keys(key: &str, control: bool, typing: bool) -> Option<Command> {
    if (typing || LETTERS_OFF.get()) && !control {
        return None;
    }
    let pressed = if control {
        format!("Ctrl+{key}")
    } else {
        key.to_owned()
    };
    let mut found = COMMANDS
        .iter()
        .filter(|entry| !entry.keys.is_empty() && entry.keys == pressed);
    found.next().map(|entry| entry.command)
}

/// The page's clock.
pub(crate) fn now() -> Moment {
    Moment::from_seconds((js_sys::Date::now() / 1_000.0) as i64)
}

fn click(id: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}

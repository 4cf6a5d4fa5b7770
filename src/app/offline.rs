//! Use without a network: what `offline/offline.js` tells and does. `exhibit.html` has none of it.

use gloo::events::EventListener;
use wasm_bindgen::prelude::*;
use yew::prelude::*;

use super::boot;

#[wasm_bindgen]
extern "C" {
    /// `window.exhibitOffline`.
    pub(super) type Offline;

    #[wasm_bindgen(method, getter)]
    fn state(this: &Offline) -> String;
    #[wasm_bindgen(method, getter)]
    fn update(this: &Offline) -> String;
    #[wasm_bindgen(method, getter)]
    fn installable(this: &Offline) -> bool;
    #[wasm_bindgen(method)]
    fn accept(this: &Offline);
    #[wasm_bindgen(method)]
    fn install(this: &Offline);
}

/// How far this browser keeps the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// It is one file: there is nothing to keep.
    OneFile,
    /// The address is not https, or storing is forbidden.
    Unsupported,
    /// The files are being fetched.
    Begun,
    /// All files are kept.
    Done,
    /// A file could not be fetched, or is not what the build made.
    Refused,
}

impl Keeping {
    /// What it means for the user.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::OneFile => "This is Exhibit in one file: it needs no network at all.",
            Self::Unsupported => {
                "This browser keeps nothing of this page: the address is not https, or storing is forbidden (a private window). Save exhibit.html from the same host to work without a network."
            }
            Self::Begun => "The program's files are being kept by this browser.",
            Self::Done => {
                "The program's files are kept by this browser: this address opens without a network."
            }
            Self::Refused => {
                "The program's files could not be kept: one could not be fetched, or differs from what was built. Reload to try again, or save exhibit.html from the same host."
            }
        }
    }
}

/// What is known of it now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    /// How far the program is kept.
    pub(crate) keeping: Keeping,
    /// The newer version on the host, if there is one.
    pub(crate) update: Option<String>,
    /// Whether the browser offers to install the page as an app.
    pub(crate) installable: bool,
}

impl Standing {
    fn read() -> Self {
        let Some(offline) = boot::offline() else {
            return Self {
                keeping: Keeping::OneFile,
                update: None,
                installable: false,
            };
        };
        Self {
            keeping: match offline.state().as_str() {
                "keeping" => Keeping::Begun,
                "kept" => Keeping::Done,
                "refused" => Keeping::Refused,
                _ => Keeping::Unsupported,
            },
            update: Some(offline.update()).filter(|version| !version.is_empty()),
            installable: offline.installable(),
        }
    }
}

/// What is known, kept up to date.
#[hook]
pub(crate) fn use_standing() -> Standing {
    let standing = use_state(Standing::read);
    {
        let standing = standing.setter();
        use_effect_with((), move |()| {
            // What happened before this listened.
            standing.set(Standing::read());
            let listener = web_sys::window().map(|window| {
                EventListener::new(&window, "exhibit-offline", move |_| {
                    standing.set(Standing::read());
                })
            });
            move || drop(listener)
        });
    }
    (*standing).clone()
}

/// Starts again with the newer version; evidence in this tab is forgotten.
pub(crate) fn accept_update() {
    if let Some(offline) = boot::offline() {
        offline.accept();
    }
}

/// Lets the browser ask whether to install.
pub(crate) fn install() {
    if let Some(offline) = boot::offline() {
        offline.install();
    }
}

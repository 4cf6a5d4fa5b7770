//! The address: `#/v1/<view>?<key>=<value>`. It holds what is looked at, never evidence.

use web_sys::window;

use super::views::View;

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Route {
    /// The view.
    pub(crate) view: View,
    /// The part of the view, such as the tab of a table.
    pub(crate) part: Option<String>,
}

impl Route {
    /// Reads the address bar. Anything that is not understood leads to the first view.
    pub(crate) fn read() -> Self {
        let (path, query) = split(&hash());
        Route {
            view: View::by_name(&path).unwrap_or_default(),
            part: value(&query, "part"),
        }
    }

    /// The address of this route.
    pub(crate) fn address(&self) -> String {
        match &self.part {
            Some(part) => format!("#/v1/{}?part={part}", self.view.name()),
            None => format!("#/v1/{}", self.view.name()),
        }
    }

    /// Goes there.
    pub(crate) fn open(&self) {
        if let Some(window) = window() {
            // A hash never leaves the page.
            let _ = window.location().set_hash(&self.address());
        }
    }
}

/// A number that the address asks for, as in `?readers=2`.
pub(crate) fn number(key: &str) -> Option<usize> {
    value(&split(&hash()).1, key)?.parse().ok()
}

fn hash() -> String {
    window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default()
}

fn split(hash: &str) -> (String, String) {
    let rest = hash.strip_prefix("#/v1/").unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    (path.to_owned(), query.to_owned())
}

fn value(query: &str, key: &str) -> Option<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut found = pairs.filter(|(name, _)| *name == key);
    found.next().map(|(_, value)| value.to_owned())
}

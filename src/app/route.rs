//! The address: `#/v1/<view>?<key>=<value>`. It holds what is looked at, never evidence.

use std::collections::BTreeMap;

use js_sys::{decode_uri_component, encode_uri_component};
use wasm_bindgen::JsValue;
use web_sys::window;
use yew::prelude::*;

use super::views::View;
use exhibit::order::Gather as _;

/// What the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Route {
    /// The view.
    pub(crate) view: View,
    /// What of the view: the tab of a table, a query, a stretch of time.
    pub(crate) values: BTreeMap<String, String>,
}

impl Route {
    /// The route of a view as it opens first.
    pub(crate) fn to(view: View) -> Self {
        Route {
            view,
            values: BTreeMap::new(),
        }
    }

    /// The same with a value; an empty one is left out.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        if value.is_empty() {
            self.values.remove(key);
        } else {
            self.values.insert(key.to_owned(), value.to_owned());
        }
        self
    }

    /// A value; empty where there is none.
    pub(crate) fn value(&self, key: &str) -> &str {
        self.values.get(key).map_or("", String::as_str)
    }

    /// Reads the address bar. Anything that is not understood leads to the first view.
    pub(crate) fn read() -> Self {
        let (path, values) = split(&hash());
        Route {
            view: View::by_name(&path).unwrap_or_default(),
            values,
        }
    }

    /// The address of this route.
    pub(crate) fn address(&self) -> String {
        let pairs: Vec<String> = self
            .values
            .iter()
            .map(|(key, value)| format!("{key}={}", String::from(encode_uri_component(value))))
            .collect();
        let mark = if pairs.is_empty() { "" } else { "?" };
        format!("#/v1/{}{mark}{}", self.view.name(), pairs.join("&"))
    }

    /// Goes there. A hash never leaves the page.
    pub(crate) fn open(&self) {
        if let Some(window) = window() {
            let _ = window.location().set_hash(&self.address());
        }
    }

    /// Writes it into the address bar without going anywhere: the view is there already.
    pub(crate) fn note(&self) {
        if let Some(history) = window().and_then(|window| window.history().ok()) {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&self.address()));
        }
    }
}

/// The route of a view that notes its own changes in the address, and how to change it. The address is the
/// truth: what is typed is noted there, and the shell hears of it only by links.
#[hook]
pub(crate) fn use_noted(by_link: &Route) -> (UseStateHandle<Route>, Callback<Route>) {
    let route = use_state(Route::read);
    {
        let route = route.setter();
        use_effect_with(by_link.clone(), move |_| route.set(Route::read()));
    }
    let setter = route.setter();
    let go = Callback::from(move |new: Route| {
        new.note();
        setter.set(new);
    });
    (route, go)
}

/// The address of a query on events.
pub(crate) fn activity(query: &str) -> String {
    Route::to(View::Activity).with("q", query).address()
}

/// The address of a resource's past, by its key.
pub(crate) fn resource(key: &str) -> String {
    Route::to(View::Resources).with("r", key).address()
}

/// The address of the results of rules of a control.
pub(crate) fn results(framework: &str, control: &str) -> String {
    let route = Route::to(View::Compliance).with("framework", framework);
    route.with("control", control).address()
}

/// A number that the address asks for, as in `?readers=2`.
pub(crate) fn number(key: &str) -> Option<usize> {
    split(&hash()).1.get(key)?.parse().ok()
}

fn hash() -> String {
    window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default()
}

fn split(hash: &str) -> (String, BTreeMap<String, String>) {
    let rest = hash.strip_prefix("#/v1/").unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    // What is not encoded as it should be is taken as it stands.
    let decoded =
        |value: &str| decode_uri_component(value).map_or_else(|_| value.to_owned(), String::from);
    let values = pairs.map(|(key, value)| (key.to_owned(), decoded(value)));
    (path.to_owned(), values.gathered())
}

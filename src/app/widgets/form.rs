//! A small form: labelled fields, what is wrong with them, and one button.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::app::widgets::told::seen;

/// A field.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Field {
    /// The label.
    pub(crate) label: &'static str,
    /// What stands in it at first.
    pub(crate) value: String,
    /// The values to choose from, with their words; anything may be written where it is empty.
    pub(crate) options: Vec<(String, String)>,
    /// The hook for tests.
    pub(crate) testid: &'static str,
}

impl Field {
    /// A field for text.
    pub(crate) fn text(
        label: &'static str,
        testid: &'static str,
        value: impl Into<String>,
    ) -> Self {
        Field {
            label,
            testid,
            value: value.into(),
            options: Vec::new(),
        }
    }

    /// A field to choose in.
    pub(crate) fn choice(
        label: &'static str,
        testid: &'static str,
        value: impl Into<String>,
        options: Vec<(String, String)>,
    ) -> Self {
        Field {
            options,
            ..Field::text(label, testid, value)
        }
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The fields.
    pub(crate) fields: Vec<Field>,
    /// The word on the button.
    pub(crate) button: AttrValue,
    /// The button's hook for tests.
    pub(crate) testid: &'static str,
    /// Takes the values, in the order of the fields; returns what is wrong with them, if anything.
    pub(crate) onsubmit: Callback<Vec<String>, Option<String>>,
}

#[component]
pub(crate) fn Form(props: &Props) -> Html {
    let wrong = use_state(|| None::<String>);
    let form = use_node_ref();
    let onsubmit = {
        let (form, wrong, then) = (form.clone(), wrong.setter(), props.onsubmit.clone());
        let count = props.fields.len();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let value = |at: usize| {
                let element = form.cast::<web_sys::Element>()?;
                let field = element
                    .query_selector(&format!("[data-field=\"{at}\"]"))
                    .ok()??;
                value_of(&field)
            };
            let values = (0..count).map(|at| value(at).unwrap_or_default()).collect();
            wrong.set(then.emit(values));
        })
    };
    let field = |(at, field): (usize, &Field)| {
        let input = if field.options.is_empty() {
            html! { <input type="text" data-field={at.to_string()} data-testid={field.testid} value={field.value.clone()} autocomplete="off" /> }
        } else {
            let option = |(value, words): &(String, String)| html! { <option key={value.clone()} value={value.clone()} selected={*value == field.value}>{ seen(words) }</option> };
            html! { <select data-field={at.to_string()} data-testid={field.testid}>{ for field.options.iter().map(option) }</select> }
        };
        html! { <label key={field.label}><span>{ field.label }</span>{ input }</label> }
    };
    html! {
        <form class="form" ref={form} {onsubmit}>
            { for props.fields.iter().enumerate().map(field) }
            <p class="error" role="status">{ wrong.as_ref().cloned() }</p>
            <p class="actions"><button type="submit" data-testid={props.testid}>{ &props.button }</button></p>
        </form>
    }
}

fn value_of(field: &web_sys::Element) -> Option<String> {
    use wasm_bindgen::JsCast as _;
    let input = field
        .dyn_ref::<HtmlInputElement>()
        .map(HtmlInputElement::value);
    let value = input.or_else(|| {
        field
            .dyn_ref::<HtmlSelectElement>()
            .map(HtmlSelectElement::value)
    });
    value.map(|value| value.trim().to_owned())
}

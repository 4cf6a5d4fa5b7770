//! Settings of risk: what was changed of the model, as a file to save, to share and to open.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use exhibit::case::Export;
use exhibit::risk::Values;

use crate::app::client::Client;
use crate::app::format;
use crate::app::session::Session;
use crate::app::widgets::risk::use_change;

#[component]
pub(super) fn RiskSettings() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let change = use_change();
    let save = {
        let client = client.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(client) = &client {
                client.download(Export::RiskSettings, "risk.exhibit.json");
            }
        })
    };
    let open = Callback::from(move |event: Event| {
        let target = event.target();
        let Some(input) = target.and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
        else {
            return;
        };
        let file = input.files().and_then(|files| files.get(0));
        if let (Some(client), Some(file)) = (&client, file) {
            client.open_risk(file);
        }
        // The same file can be opened again.
        input.set_value("");
    });
    let reset = Callback::from(move |_: MouseEvent| {
        change.emit(Rc::new(|values: &mut Values| *values = Values::default()));
    });
    let risk = &session.settings.risk;
    let objects: usize = risk.objects.values().map(|values| values.len()).sum();
    let off_objects: usize = risk
        .disabled
        .objects
        .values()
        .map(|names| names.len())
        .sum();
    let rows = [
        ("Calls with a risk of yours", risk.calls.len()),
        ("Errors with a risk of yours", risk.errors.len()),
        ("Rows of classifiers with a risk of yours", objects),
        ("Ways of classifying that are turned off", risk.off.len()),
        (
            "Calls and errors that are turned off",
            risk.disabled.calls.len() + risk.disabled.errors.len(),
        ),
        ("Rows of classifiers that are turned off", off_objects),
        ("Alerts that are turned off", risk.disabled.alerts.len()),
        ("Alerts of your own", risk.alerts.len()),
    ];
    let is_default = *risk == Values::default();
    let row = |(what, count): &(&'static str, usize)| html! { <tr key={*what}><td>{ *what }</td><td class="numeric">{ format::number(*count as u64) }</td></tr> };
    html! {
        <div class="risk-settings">
            <p>{"What you change of the model holds for this tab. Save it as a file to use it again or to share it; it holds no evidence. Opening one takes its values in place of yours and adds its alerts to yours. The file of the case holds it, too."}</p>
            <table class="plain" data-testid="risk-changes"><tbody>{ for rows.iter().map(row) }</tbody></table>
            <p class="actions">
                <button data-testid="save-risk" onclick={save}>{"Save risk settings"}</button>
                <label class="button">{"Open risk settings"}<input id="risk-file" class="hidden-input" type="file" accept=".json" onchange={open} /></label>
                <button disabled={is_default} onclick={reset} data-testid="reset-risk">{"Back to the model"}</button>
            </p>
        </div>
    }
}

//! What was recorded of each account and region, and what was not.

use yew::prelude::*;

use exhibit::case::{ConfigSummary, GapView, RecorderView};
use exhibit::moment::Moment;

use crate::app::format;
use crate::app::widgets::told::told;

/// What it recorded since when; what it records now stands last.
fn scopes(all: &[(Option<Moment>, String)]) -> Html {
    let one = |(at, (from, words)): (usize, &(Option<Moment>, String))| {
        let since = match from {
            Some(from) if all.len() > 1 || at > 0 => format!(", since {}", format::time(*from)),
            _ => String::new(),
        };
        html! { <span key={at.to_string()} class="line">{ told(words) }{ since }</span> }
    };
    if all.is_empty() {
        return html! { "not told" };
    }
    html! { <>{ for all.iter().enumerate().map(one) }</> }
}

fn delivered(all: &[(String, Moment)]) -> String {
    if all.is_empty() {
        return "not told".to_owned();
    }
    let one = |(what, at): &(String, Moment)| format!("{what} {}", format::time(*at));
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What each recorder recorded, and what not.
pub(super) fn recorders(config: &ConfigSummary) -> Html {
    let one = |(at, one): (usize, &RecorderView)| {
        let gap = |(at, gap): (usize, &GapView)| {
            let time =
                |at: Option<Moment>, none: &str| at.map_or_else(|| none.to_owned(), format::time);
            html! {
                <tr key={at.to_string()}><td><code>{ &gap.kind }</code></td><td>{ time(gap.from, "not told") }</td><td>{ time(gap.to, "the end") }</td><td>{ told(&gap.message) }{" "}{ &gap.recommendation }</td></tr>
            }
        };
        let name = |text: &str, none: &str| {
            if text.is_empty() {
                none.to_owned()
            } else {
                text.to_owned()
            }
        };
        html! {
            <section key={at.to_string()} class="recorder">
                <h2>{ told(name(&one.account, "unknown account")) }{" "}{ told(name(&one.region, "unknown region")) }</h2>
                <dl class="facts">
                    <div><dt>{"Recorder"}</dt><dd>{ told(&one.recording) }</dd></div>
                    <div><dt>{"Records"}</dt><dd>{ scopes(&one.scopes) }</dd></div>
                    { (!one.role.is_empty()).then(|| html! { <div><dt>{"By the role"}</dt><dd>{ told(&one.role) }</dd></div> }) }
                    { (!one.bucket.is_empty()).then(|| html! { <div><dt>{"Delivers to"}</dt><dd>{ told(&one.bucket) }</dd></div> }) }
                    <div><dt>{"Last delivery"}</dt><dd>{ delivered(&one.delivered) }</dd></div>
                    <div><dt>{"Captures"}</dt><dd>{ one.span.map_or_else(|| "none".to_owned(), |(from, to)| format!("{} to {}", format::time(from), format::time(to))) }</dd></div>
                    <div><dt>{"Resources"}</dt><dd>{ &one.population }</dd></div>
                </dl>
                { if one.gaps.is_empty() {
                    html! { <p class="fine">{"No gap is told. A quiet time is none: history files are written only when something changes."}</p> }
                } else {
                    html! { <table class="plain"><thead><tr><th>{"Gap"}</th><th>{"Since"}</th><th>{"Until"}</th><th>{"What it means, and what to do"}</th></tr></thead><tbody>{ for one.gaps.iter().enumerate().map(gap) }</tbody></table> }
                } }
            </section>
        }
    };
    html! {
        <div class="scroll" tabindex="0">
            <p class="fine">{"AWS Config signs none of its files. What is here is read as it stands; that it is what AWS delivered cannot be proven from the files alone."}</p>
            { for config.recorders.iter().enumerate().map(one) }
        </div>
    }
}

//! How each trail's logs are protected: a part of the integrity view.

use yew::prelude::*;

use exhibit::case::{Overview, ProtectionView};

use crate::app::widgets::told::told;

/// What protects each trail, and by what that is told.
pub(super) fn protection(overview: &Overview) -> Html {
    let fact = |(label, words, good): &(String, String, Option<bool>)| {
        let (mark, class) = match good {
            Some(true) => ("✓", "good"),
            Some(false) => ("✕", "bad"),
            None => ("–", "quiet"),
        };
        html! { <tr key={label.clone()}><td class={class}><span aria-hidden="true">{ mark }</span></td><td>{ label }</td><td>{ told(words) }</td></tr> }
    };
    let trail = |(at, (name, facts, sources)): (usize, &ProtectionView)| {
        html! {
            <section key={at.to_string()} class="recorder">
                <h2>{ told(name) }</h2>
                <table class="plain"><tbody>{ for facts.iter().map(fact) }</tbody></table>
                <p class="fine">{"Told by: "}{ told(sources.join(", ")) }</p>
            </section>
        }
    };
    html! {
        <div class="scroll" data-testid="protection" tabindex="0">
            <p class="fine">{"Who may do what is told by the policies of the bucket and the key alone, approximately: conditions are named, not solved, and policies of identities in the account are not read."}</p>
            { if overview.protection.is_empty() {
                html! { <p>{"No trail is described in the evidence."}</p> }
            } else {
                html! { <div>{ for overview.protection.iter().enumerate().map(trail) }</div> }
            } }
            <h2>{"How to collect it"}</h2>
            <pre>{ COMMANDS }</pre>
        </div>
    }
}

const COMMANDS: &str = "aws cloudtrail describe-trails > evidence/describe-trails.json
aws s3api get-bucket-policy --bucket BUCKET > evidence/get-bucket-policy-BUCKET.json
aws s3api get-bucket-encryption --bucket BUCKET > evidence/get-bucket-encryption-BUCKET.json
aws s3api get-public-access-block --bucket BUCKET > evidence/get-public-access-block-BUCKET.json
aws s3api get-bucket-versioning --bucket BUCKET > evidence/get-bucket-versioning-BUCKET.json
aws s3api get-object-lock-configuration --bucket BUCKET > evidence/get-object-lock-BUCKET.json
aws kms get-key-policy --key-id KEY --policy-name default > evidence/get-key-policy.json
aws kms list-grants --key-id KEY > evidence/list-grants.json";

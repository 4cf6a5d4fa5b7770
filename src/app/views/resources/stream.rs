//! Messages of the configuration stream, and the certificates that they are signed with.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::{CertificateView, ConfigSummary, Table};

use crate::app::format;
use crate::app::widgets::table::Grid;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// What there is.
    pub(super) config: Rc<ConfigSummary>,
}

#[component]
pub(super) fn Stream(props: &Props) -> Html {
    let config = &props.config;
    html! {
        <>
            <div class="signers" data-testid="certificates">
                { if config.certificates.is_empty() {
                    html! { <p class="fine">{"Amazon SNS signs each envelope with a certificate that the envelope names (SigningCertURL). None is in the evidence: fetch it and drop it under the name that it has there."}</p> }
                } else {
                    html! { <>
                        <p class="fine">{"A certificate comes from whoever dropped it, and no list of authorities is carried here: what verifies is signed by Amazon SNS if this certificate is AWS's. Fetch it yourself from the SigningCertURL of a message and compare its SHA-256."}</p>
                        <table class="plain"><thead><tr><th>{"Certificate of"}</th><th>{"Issued by"}</th><th>{"Holds (UTC)"}</th><th>{"SHA-256"}</th><th>{"Signed"}</th><th>{"File"}</th></tr></thead>
                            <tbody>{ for config.certificates.iter().enumerate().map(certificate) }</tbody></table>
                    </> }
                } }
            </div>
            <Grid table={Table::Messages} label="Messages of the configuration stream" />
        </>
    }
}

fn certificate((at, one): (usize, &CertificateView)) -> Html {
    let time = |at| Option::map_or(at, "not told".to_owned(), format::time);
    let signed = if one.serves {
        format::count(one.signed, "message")
    } else {
        "its key cannot check signatures".to_owned()
    };
    html! {
        <tr key={at.to_string()}>
            <td><bdi>{ &one.subject }</bdi></td><td><bdi>{ &one.issuer }</bdi></td><td>{ format!("{} to {}", time(one.from), time(one.to)) }</td>
            <td><code class="whole">{ &one.sha256 }</code></td><td>{ signed }</td><td><bdi>{ &one.path }</bdi></td>
        </tr>
    }
}

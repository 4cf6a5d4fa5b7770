//! Messages of the configuration stream, and the certificates that they are signed with.

use yew::prelude::*;

use exhibit::case::{CertificateView, ConfigSummary, Table};

use crate::app::format;
use crate::app::widgets::table::Grid;
use crate::app::widgets::told::told;

/// The messages of the stream and who signed them.
pub(super) fn stream(config: &ConfigSummary) -> Html {
    html! {
        <>
            <div class="signers" data-testid="certificates" tabindex="0" role="region" aria-label="Certificates">
                { if config.certificates.is_empty() {
                    html! { <p class="fine">{"Amazon SNS signs each envelope with a certificate that the envelope names (SigningCertURL). None is in the evidence: fetch it and drop it under the name that it has there."}</p> }
                } else {
                    html! { <>
                        <p class="fine">{"A certificate comes from whoever dropped it, and no list of authorities is carried here: what verifies is signed by Amazon SNS if this certificate is AWS's. Fetch it yourself from the SigningCertURL of a message and compare its SHA-256."}</p>
                        { for config.certificates.iter().enumerate().map(certificate) }
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
        format!("signed {}", format::count(one.signed, "message"))
    } else {
        "its key cannot check signatures".to_owned()
    };
    html! {
        <dl key={at.to_string()} class="facts">
            <div><dt>{"Certificate of"}</dt><dd>{ told(&one.subject) }{ format!(": {signed}") }</dd></div>
            <div><dt>{"Issued by"}</dt><dd>{ told(&one.issuer) }</dd></div>
            <div><dt>{"Holds (UTC)"}</dt><dd>{ format!("{} to {}", time(one.from), time(one.to)) }</dd></div>
            <div><dt>{"SHA-256"}</dt><dd><code>{ &one.sha256 }</code></dd></div>
            <div><dt>{"File"}</dt><dd>{ told(&one.path) }</dd></div>
        </dl>
    }
}

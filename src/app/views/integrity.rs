//! What is proven: the verdict, coverage over time, the keys it rests on, what is missing.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use exhibit::case::{
    KeySummary, Need, Overview, Scope, Segment, Settings, Subject, Table, TrailSummary,
};
use exhibit::integrity::expect::LATEST;
use exhibit::integrity::{State, Verdict};
use exhibit::moment::Moment;

use super::View;
use super::protection::protection;
use crate::app::client::Client;
use crate::app::commands::{Command, Runner};
use crate::app::download;
use crate::app::format;
use crate::app::route::Route;
use crate::app::session::Session;
use crate::app::shell::Open;
use crate::app::widgets::alternative::Alternative;
use crate::app::widgets::cell;
use crate::app::widgets::strip::Strip;
use crate::app::widgets::table::Grid;
use crate::app::widgets::told::{seen, told, told_lines};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The tab that is open.
    pub(crate) part: Option<String>,
}

/// The tabs: their names in the address and their words.
const PARTS: [(&str, &str); 7] = [
    ("overview", "Overview"),
    ("digests", "Digest files"),
    ("logs", "Log files"),
    ("gaps", "Gaps"),
    ("keys", "Public keys"),
    ("protection", "Protection of the logs"),
    ("scope", "Scope"),
];

#[component]
pub(crate) fn Integrity(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let open = use_context::<Open>();
    let part = props.part.as_deref().unwrap_or("overview").to_owned();
    let overview = session
        .overview
        .clone()
        .filter(|overview| overview.files > 0);
    let Some(overview) = overview else {
        return html! {
            <div class="page" data-testid="view-integrity">
                <h1>{"Integrity"}</h1>
                <p class="lead">{"Drop the digest and log files of a trail, and the public keys of its regions, to see what is proven."}</p>
                <p>{"How to collect them stands under Evidence."}</p>
            </div>
        };
    };
    let tab = |(name, title): &(&'static str, &'static str)| {
        let current = (*name == part).then_some("page");
        let address = Route::to(View::Integrity).with("part", name).address();
        html! { <a key={*name} href={address} aria-current={current} data-testid={format!("part-{name}")}>{ *title }</a> }
    };
    let content = match part.as_str() {
        "digests" => html! { <Grid key="digests" table={Table::Digests} label="Digest files" /> },
        "logs" => html! { <Grid key="logs" table={Table::Logs} label="Log files" /> },
        "gaps" => html! { <Grid key="gaps" table={Table::Gaps} label="Gaps" /> },
        "keys" => html! { <key="keys">{ keys(&overview, client, open) }</> },
        "protection" => html! { <key="protection">{ protection(&overview) }</> },
        "scope" => html! { <Narrow key="scope" overview={Rc::clone(&overview)} /> },
        _ => html! { <key="overview">{ summary(&overview) }</> },
    };
    html! {
        <div class="page fill" data-testid="view-integrity">
            <div class={classes!("verdict", format!("verdict-{}", overview.verdict.name()))} role="status" data-testid="statement">
                <span class="mark" aria-hidden="true">{ mark(overview.verdict) }</span>
                <p>{ seen(&overview.statement) }</p>
            </div>
            <nav class="tabs" aria-label="Parts of this view">{ for PARTS.iter().map(tab) }</nav>
            <div class="stack">{ content }</div>
        </div>
    }
}

fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::None => "–",
        Verdict::Verified => "✓",
        Verdict::Incomplete => "◌",
        Verdict::Failed => "✕",
    }
}

/// Of the strips of coverage as a table.
const COVERAGE: &[&str] = &[
    "Account",
    "Region",
    "Trail",
    "From (UTC)",
    "To (UTC)",
    "State",
    "What covers it",
];

#[derive(PartialEq, Properties)]
struct PartProps {
    overview: Rc<Overview>,
}

fn summary(overview: &Rc<Overview>) -> Html {
    let spans = overview.trails.iter().flat_map(|trail| {
        let ends = trail
            .strip
            .iter()
            .flat_map(|segment| [segment.from, segment.to]);
        ends.chain(trail.span.into_iter().flat_map(|(from, to)| [from, to]))
    });
    let span = spans.fold(None, |span: Option<(Moment, Moment)>, at| {
        Some(span.map_or((at, at), |(from, to)| (from.min(at), to.max(at))))
    });
    let count = |state: State, hatched: bool, word: &str, count: u64| {
        html! {
            <li key={word.to_owned()}>{ cell::state(state, hatched, word) }<strong>{ format::number(count) }</strong></li>
        }
    };
    let strip = |trail: &TrailSummary| {
        let key = format!(
            "{}/{}/{}/{}",
            trail.account, trail.region, trail.trail, trail.home_region
        );
        span.map(|span| html! { <Strip {key} trail={trail.clone()} {span} /> })
    };
    let rows = {
        let overview = Rc::clone(overview);
        let of = |trail: &TrailSummary| {
            let name = [&trail.account, &trail.region, &trail.trail].map(String::clone);
            let row = move |segment: &Segment| {
                let said = [
                    format::time(segment.from),
                    format::time(segment.to),
                    segment.state.label().to_owned(),
                    segment.label.clone(),
                ];
                name.iter().cloned().chain(said).collect()
            };
            trail.strip.iter().map(row).collect::<Vec<_>>()
        };
        Callback::from(move |()| overview.trails.iter().flat_map(of).collect())
    };
    let legend = State::ALL.iter().map(|&state| html! { <li key={state.name()}>{ cell::state(state, state == State::Missing, state.label()) }</li> });
    html! {
        <div class="scroll" tabindex="0">
            <div class="two">
                <section>
                    <h2>{"Digest files"}</h2>
                    <ul class="counts" data-testid="digest-counts">{ for overview.digests.iter().map(|(status, n)| count(status.state(), status.state() == State::Missing, status.name(), *n)) }</ul>
                </section>
                <section>
                    <h2>{"Log files"}</h2>
                    <ul class="counts" data-testid="log-counts">{ for overview.logs.iter().map(|(status, n)| count(status.state(), status.state() == State::Missing, status.name(), *n)) }</ul>
                </section>
            </div>
            <p class="due">{ overview.next_digest.map(|end| format!(
                "The newest log files wait for the digest file of the hour that ends at {} UTC. CloudTrail was seen to deliver it up to 3.5 hours later, by {} UTC.",
                format::time(end), format::time(end.plus(LATEST))
            )) }</p>
            { unmatched(&overview.unmatched) }
            <section>
                <h2>{"Coverage"}</h2>
                <div class="axis">{ span.map(|(from, to)| html! {
                    <p><time>{ format::time(from) }</time><span>{"UTC"}</span><time>{ format::time(to) }</time></p>
                }) }</div>
                <div class="strips">{ for overview.trails.iter().filter_map(strip) }</div>
                <ul class="legend">{ for legend }</ul>
                <Alternative head={COVERAGE} {rows} />
            </section>
            <Needs needs={overview.needs.clone()} />
        </div>
    }
}

/// Signatures that are of no digest here: what happened, what to do.
fn unmatched(paths: &[String]) -> Html {
    const SHOWN: usize = 3;
    if paths.is_empty() {
        return Html::default();
    }
    let named = paths
        .iter()
        .take(SHOWN)
        .map(|path| html! { <li key={path.clone()}>{ told(path) }</li> });
    let more = paths.len().saturating_sub(SHOWN);
    html! {
        <section data-testid="unmatched">
            <p class="due">{"These files hold signatures of object metadata that are of no digest file here. They may be of digest files \
                that were not dropped: add those, or fetch the metadata of the newest digest file of each chain again."}</p>
            <ul>
                { for named }
                { (more > 0).then(|| html! { <li key="more">{ format!("and {} more", format::number(more as u64)) }</li> }) }
            </ul>
        </section>
    }
}

#[derive(PartialEq, Properties)]
struct NeedsProps {
    needs: Vec<Need>,
}

#[component]
fn Needs(props: &NeedsProps) -> Html {
    let runner = use_context::<Runner>();
    let save = Callback::from(move |_: MouseEvent| {
        if let Some(runner) = &runner {
            runner.run(Command::SaveScript);
        }
    });
    let need = |(at, need): (usize, &Need)| {
        let text = need.commands.join("\n");
        let copied = text.clone();
        let onclick = Callback::from(move |_: MouseEvent| download::copy(&copied));
        html! { <li key={at.to_string()}><p>{ &need.why }<button class="copy" {onclick}>{"Copy"}</button></p><pre>{ told_lines(text) }</pre></li> }
    };
    html! {
        <section>
            <h2>{"What is missing, and how to get it"}</h2>
            { if props.needs.is_empty() {
                html! { <p class="fine">{"Nothing that could be fetched."}</p> }
            } else {
                html! {
                    <div>
                        <p><button onclick={save}>{"Download as one script"}</button></p>
                        <ul class="needs">{ for props.needs.iter().enumerate().map(need) }</ul>
                    </div>
                }
            } }
        </section>
    }
}

fn keys(overview: &Overview, client: Option<Client>, open: Option<Open>) -> Html {
    let settings = overview.settings.clone();
    // Exactly the keys on show: those of a later drop are confirmed anew.
    let keys: Vec<String> = overview.keys.iter().map(|key| key.sha256.clone()).collect();
    let are_confirmed =
        !keys.is_empty() && keys.iter().all(|key| settings.confirmed_keys.contains(key));
    let is_stated = |key: &&String| settings.stated_keys.contains(key);
    let stated = keys.iter().filter(is_stated).count() as u64;
    let confirm = {
        let (client, settings) = (client.clone(), settings.clone());
        Callback::from(move |_: Event| {
            let mut settings = settings.clone();
            settings.confirmed_keys = if are_confirmed {
                Vec::new()
            } else {
                keys.clone()
            };
            if let Some(client) = &client {
                client.set(settings);
            }
        })
    };
    let toggle = |change: fn(&mut Settings)| {
        let (client, settings) = (client.clone(), settings.clone());
        Callback::from(move |_: Event| {
            let mut settings = settings.clone();
            change(&mut settings);
            if let Some(client) = &client {
                client.set(settings);
            }
        })
    };
    let row = |(at, key): (usize, &KeySummary)| {
        let open = open.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            if let Some(open) = &open {
                open.0.emit(Some(Subject::Key(at as u32)));
            }
        });
        let note = match &key.fault {
            Some(fault) => fault.clone(),
            None if !key.fingerprint_matches => "stated fingerprint is not its own".to_owned(),
            None if !key.used_while_valid => "used outside of its validity".to_owned(),
            None => String::new(),
        };
        html! {
            <tr key={at.to_string()}>
                <td><button class="link" {onclick}><code>{ told(&key.fingerprint) }</code></button></td>
                <td class="whole">{ told(key.region.clone().unwrap_or_else(|| "not stated".to_owned())) }</td>
                <td><code>{ &key.sha256 }</code></td>
                <td class="numeric">{ format::number(key.used_by) }</td>
                <td>{ told(&key.path) }</td>
                <td>{ note }</td>
            </tr>
        }
    };
    html! {
        <div class="scroll" tabindex="0">
            <p>{"Everything rests on these keys. They arrive unsigned, perhaps from the party under audit: fetch them yourself from AWS and compare the hashes."}</p>
            <p><label class="switch"><input type="checkbox" data-testid="confirm-keys" checked={are_confirmed} onchange={confirm} />
                {" I fetched these keys myself with aws cloudtrail list-public-keys"}</label></p>
            <p class="note" data-testid="stated-keys" hidden={are_confirmed || stated == 0}>{ format!("{} confirmed before, in a case that was opened or in what this browser kept. Whoever wrote that may have been the party under audit, so that it does not count: confirm them yourself.", format::count(stated, "key")) }</p>
            <p><label class="switch"><input type="checkbox" checked={settings.verify_twice} onchange={toggle(|settings| settings.verify_twice = !settings.verify_twice)} />
                {" Check every signature twice: with the browser's cryptography and with Exhibit's own"}</label></p>
            <table class="plain">
                <thead><tr><th>{"Fingerprint"}</th><th>{"Region"}</th><th>{"SHA-256 of the key"}</th><th class="numeric">{"Digest files"}</th><th>{"Source"}</th><th>{"Note"}</th></tr></thead>
                <tbody>{ for overview.keys.iter().enumerate().map(row) }</tbody>
            </table>
            <p class="fine">{ overview.keys.is_empty().then_some("There is no public key in the evidence.") }</p>
        </div>
    }
}

/// Narrowing, as `validate-logs` does it: the fields of the form, in their order.
const FIELDS: [(&str, &str); 7] = [
    ("From (delivered at or after)", "2026-01-01T00:00:00Z"),
    ("To (delivered at or before)", "2026-01-31T23:59:59Z"),
    ("Accounts", "111122223333, 444455556666"),
    ("Regions", "us-east-1, eu-west-1"),
    ("Trails", "management-events"),
    ("Bucket", "trail-bucket"),
    ("Prefix", "audit/AWSLogs/"),
];

#[component]
fn Narrow(props: &PartProps) -> Html {
    let client = use_context::<Client>();
    let form = use_node_ref();
    let wrong = use_state(|| None::<String>);
    let settings = props.overview.settings.clone();
    let apply = {
        let (client, form, wrong, settings) = (
            client.clone(),
            form.clone(),
            wrong.clone(),
            settings.clone(),
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match read(&form) {
                Ok(scope) => {
                    wrong.set(None);
                    if let Some(client) = &client {
                        client.set(Settings {
                            scope,
                            ..settings.clone()
                        });
                    }
                }
                Err(text) => wrong.set(Some(text)),
            }
        })
    };
    let reset = Callback::from(move |_: MouseEvent| {
        if let Some(client) = &client {
            client.set(Settings {
                scope: Scope::default(),
                ..settings.clone()
            });
        }
    });
    let values = values(&props.overview.settings.scope);
    let found = self::values(&props.overview.found);
    let field = |(at, (title, example)): (usize, &(&'static str, &'static str))| {
        html! {
            <tr key={*title}>
                <td><label for={format!("scope-{at}")}>{ *title }</label></td>
                <td><input id={format!("scope-{at}")} type="text" placeholder={*example} value={values[at].clone()} /></td>
                <td>{ told(&found[at]) }</td>
            </tr>
        }
    };
    html! {
        <form class="scroll" ref={form} onsubmit={apply}>
            <p>{"Narrow the judgement as validate-logs does. Whatever is asked for and not proven makes the verdict incomplete. Several values are separated by commas; times are UTC."}</p>
            <table class="plain">
                <thead><tr><th>{"Field"}</th><th>{"Asked for"}</th><th>{"Found"}</th></tr></thead>
                <tbody>{ for FIELDS.iter().enumerate().map(field) }</tbody>
            </table>
            <p class="error" role="alert">{ (*wrong).clone() }</p>
            <p><button class="primary" type="submit">{"Judge within this scope"}</button>{" "}<button type="button" onclick={reset}>{"Do not narrow"}</button></p>
        </form>
    }
}

fn values(scope: &Scope) -> [String; 7] {
    let time = |at: Option<Moment>| at.map(|at| at.to_string()).unwrap_or_default();
    [
        time(scope.from),
        time(scope.to),
        scope.accounts.join(", "),
        scope.regions.join(", "),
        scope.trails.join(", "),
        scope.bucket.clone().unwrap_or_default(),
        scope.prefix.clone().unwrap_or_default(),
    ]
}

/// Reads the form.
fn read(form: &NodeRef) -> Result<Scope, String> {
    let element = form.cast::<web_sys::Element>();
    let field = |at: usize| {
        let found = element
            .as_ref()
            .and_then(|form| form.query_selector(&format!("#scope-{at}")).ok().flatten());
        let input = found.and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
        input
            .map(|input| input.value().trim().to_owned())
            .unwrap_or_default()
    };
    let time = |at: usize| match field(at) {
        text if text.is_empty() => Ok(None),
        text => Moment::parse(&text)
            .map(Some)
            .ok_or_else(|| format!("“{text}” is not a time: write it as {}", FIELDS[at].1)),
    };
    let list = |at: usize| {
        field(at)
            .split(',')
            .map(str::trim)
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let one = |at: usize| Some(field(at)).filter(|text| !text.is_empty());
    Ok(Scope {
        from: time(0)?,
        to: time(1)?,
        accounts: list(2),
        regions: list(3),
        trails: list(4),
        bucket: one(5),
        prefix: one(6),
    })
}

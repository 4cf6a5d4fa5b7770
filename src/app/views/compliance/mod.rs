//! Compliance: results of rules on resources, rules, and controls of frameworks, as of any moment.

pub(crate) mod own;

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use exhibit::case::{Answer, AsOf, ComplianceSummary, Question, Table};
use exhibit::moment::Moment;

use super::View;
use super::later::later;
use crate::app::ask::use_answer;
use crate::app::format;
use crate::app::route::{Route, use_noted};
use crate::app::session::{Phase, Session};
use crate::app::widgets::table::Grid;
use crate::app::widgets::told::seen;

/// The framework that is shown first.
pub(super) const USUAL: &str = "NIST800-53Rev5";

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// What is looked at.
    pub(crate) route: Route,
}

#[component]
pub(crate) fn Compliance(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let (route, go) = use_noted(&props.route);
    let at = Moment::parse(route.value("at"));
    own::use_own_rules(at.map(Some));
    let at = at.or(session.settings.audit.to);
    let answer = use_answer(Question::Compliance(at), session.revision);
    let Some(Answer::Compliance(summary)) = answer.as_deref() else {
        return html! { <div class="page" data-testid="view-compliance"><h1>{"Compliance"}</h1><p class="loading">{"Asking the case…"}</p></div> };
    };
    if summary.counts.iter().sum::<u64>() == 0 && session.intake.phase != Phase::Reading {
        return later(View::Compliance, &session);
    }
    let part = route.value("part").to_owned();
    let tab = |name: &'static str, title: String| {
        let current = (part == name).then_some("page");
        let new = (*route).clone().with("part", name);
        let (go, address) = (go.clone(), new.address());
        let onclick = Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            go.emit(new.clone());
        });
        html! { <a key={name} href={address} aria-current={current} data-testid={format!("part-{name}")} {onclick}>{ title }</a> }
    };
    let set = |name: &'static str| {
        let (route, go) = ((*route).clone(), go.clone());
        Callback::from(move |value: String| {
            go.emit(route.clone().with("control", "").with(name, &value))
        })
    };
    let typed = {
        let set = set("at");
        Callback::from(move |event: Event| {
            let input = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            let Some(input) = input else { return };
            let text = input.value().trim().replace(' ', "T");
            let whole = if text.len() == 10 {
                format!("{text}T23:59:59Z")
            } else {
                format!("{}Z", text.trim_end_matches('Z'))
            };
            set.emit(
                Moment::parse(&whole)
                    .map(|at| at.to_string())
                    .unwrap_or_default(),
            );
        })
    };
    // A pack that was dropped is what is asked for; else the framework that most others lean on.
    let packs = summary.frameworks.iter().map(|(id, _, _)| id);
    let usual = packs
        .clone()
        .find(|id| id.starts_with("pack:"))
        .map_or(USUAL, String::as_str);
    let framework = Some(route.value("framework"))
        .filter(|id| !id.is_empty())
        .unwrap_or(usual)
        .to_owned();
    let as_of = AsOf {
        at,
        ..AsOf::default()
    };
    let [failing, passing, _, unknown] = summary.counts;
    html! {
        <div class="page fill compliance" data-testid="view-compliance">
            <div class="heading">
                <h1>{"Compliance"}</h1>
                <p class="summary" role="status" data-testid="compliance-counts">
                    { format!("{} failing, {} passing, {} not told", format::number(failing), format::number(passing), format::number(unknown)) }
                    { if summary.muted > 0 { format!(", {} accepted", format::number(summary.muted)) } else { String::new() } }
                    { if summary.disagreements > 0 { format!("; AWS's record and our evaluation disagree on {}", format::number(summary.disagreements)) } else { String::new() } }
                </p>
                <label>{"As of "}<input type="text" data-testid="at-text" value={at.map_or_else(|| "newest".to_owned(), format::time)} placeholder="2024-01-31" aria-label="As of (UTC)" onchange={typed} /></label>
            </div>
            <div class="banner">{ (!summary.population).then(|| html! { <p class="note">{"It is not known whether the evidence holds all resources, so controls count as met only where all resources of their types are known: drop a snapshot of each account and region, or the output of get-discovered-resource-counts."}</p> }) }</div>
            <nav class="tabs" aria-label="Parts of this view">
                { tab("", "Results".to_owned()) }
                { tab("rules", "Rules".to_owned()) }
                { tab("controls", "Frameworks".to_owned()) }
                { tab("scores", "Scores".to_owned()) }
                { tab("own", "Your own rules".to_owned()) }
            </nav>
            <div class="stack">
                { match part.as_str() {
                    "rules" => html! { <Grid key="rules" table={Table::Rules} label="Rules" {as_of} /> },
                    "controls" => html! { <>
                        { pick(summary, &framework, set("framework")) }
                        <Grid key="controls" table={Table::Controls} label="Controls" {as_of} framework={framework.clone()} />
                    </> },
                    "own" => html! { <own::Own {at} /> },
                    "scores" => html! { <Grid key="scores" table={Table::Scores} label="Scores" {as_of} /> },
                    _ => html! { <>
                        { narrowed(summary, route.value("framework"), route.value("control"), set("framework"), (*route).clone().with("control", "").address()) }
                        <Grid key="findings" table={Table::Findings} label="Results of rules" {as_of} framework={route.value("framework").to_owned()} control={route.value("control").to_owned()} />
                    </> },
                } }
            </div>
        </div>
    }
}

fn pick(summary: &ComplianceSummary, chosen: &str, onpick: Callback<String>) -> Html {
    let ids: Vec<String> = summary
        .frameworks
        .iter()
        .map(|(id, _, _)| id.clone())
        .collect();
    let onchange = Callback::from(move |event: Event| {
        let select = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        let at = select.map_or(0, |select| select.selected_index().max(0));
        onpick.emit(ids.get(at as usize).cloned().unwrap_or_default());
    });
    let option = |(id, name, _): &(String, String, [u32; 3])| html! { <option key={id.clone()} selected={id == chosen}>{ seen(&format!("{name} ({id})")) }</option> };
    let own = summary
        .frameworks
        .iter()
        .find(|(id, _, _)| id == chosen)
        .or(summary.frameworks.first());
    html! {
        <div class="grid-tools">
            <label class="facet"><span>{"Framework"}</span><select data-testid="framework" {onchange} aria-label="Framework">{ for summary.frameworks.iter().map(option) }</select></label>
            <span class="count" role="status" data-testid="framework-counts">{ own.map(|(_, _, [failed, untested, met])| format!("{failed} failed, {untested} not tested, {met} met")) }</span>
        </div>
    }
}

/// Which results are shown: of all rules, of a framework's, or of one control's.
fn narrowed(
    summary: &ComplianceSummary,
    chosen: &str,
    control: &str,
    onpick: Callback<String>,
    without: String,
) -> Html {
    let ids: Vec<String> = summary
        .frameworks
        .iter()
        .map(|(id, ..)| id.clone())
        .collect();
    let onchange = Callback::from(move |event: Event| {
        let select = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        // The first choice stands for all.
        let at = select.and_then(|select| select.selected_index().checked_sub(1));
        let id = at.and_then(|at| ids.get(at as usize)).cloned();
        onpick.emit(id.unwrap_or_default());
    });
    let option = |(id, name, _): &(String, String, [u32; 3])| html! { <option key={id.clone()} selected={id == chosen}>{ seen(&format!("{name} ({id})")) }</option> };
    html! {
        <div class="grid-tools">
            <label class="facet"><span>{"Rules of"}</span><select data-testid="results-framework" {onchange} aria-label="Rules of a framework"><option key="" selected={chosen.is_empty()}>{"all frameworks"}</option>{ for summary.frameworks.iter().map(option) }</select></label>
            <span>{ (!control.is_empty()).then(|| html! { <span data-testid="results-control">{ format!("control {} ", seen(control)) }<a href={without} aria-label="All controls">{"✕"}</a></span> }) }</span>
        </div>
    }
}

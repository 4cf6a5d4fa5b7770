//! What a resource reaches and what reaches it, step by step: columns by distance, so that any number stays
//! readable.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use exhibit::case::{Answer, Graph, Question, Subject};
use exhibit::moment::Moment;

use crate::app::ask::use_answer;
use crate::app::format;
use crate::app::session::Session;
use crate::app::shell::Open;

/// Pixels between columns, between rows, and of a node.
const COLUMN: f64 = 290.0;
const ROW: f64 = 34.0;
const NODE: f64 = 210.0;
/// Steps that can be grown to.
const FAR: u8 = 6;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// The resource that is picked.
    pub(super) resource: u32,
    /// As of when.
    pub(super) at: Option<Moment>,
}

#[component]
pub(super) fn Neighbours(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let open = use_context::<Open>();
    let hops = use_state(|| 1_u8);
    let kind = use_state(String::new);
    let question = Question::Graph {
        resource: props.resource,
        at: props.at,
        hops: *hops,
        kinds: Some((*kind).clone())
            .filter(|kind| !kind.is_empty())
            .into_iter()
            .collect(),
    };
    let answer = use_answer(question, session.revision);
    let Some(Answer::Graph(graph)) = answer.as_deref() else {
        return html! { <p class="loading">{"Asking the case…"}</p> };
    };
    let step = |by: i8| {
        let hops = hops.clone();
        Callback::from(move |_: MouseEvent| hops.set(hops.saturating_add_signed(by).clamp(1, FAR)))
    };
    let pick = {
        let kind = kind.clone();
        let kinds: Vec<String> = graph.kinds.iter().map(|(kind, _)| kind.clone()).collect();
        Callback::from(move |event: Event| {
            let select = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            let at = select.and_then(|select| select.selected_index().checked_sub(1));
            kind.set(
                at.and_then(|at| kinds.get(at as usize))
                    .cloned()
                    .unwrap_or_default(),
            );
        })
    };
    let option = |(name, count): &(String, u64)| html! { <option key={name.clone()} selected={*name == *kind}>{ format!("{name} ({})", format::number(*count)) }</option> };
    let unknown = graph
        .nodes
        .iter()
        .filter(|node| node.resource.is_none())
        .count();
    html! {
        <section class="graph">
            <div class="grid-tools">
                <button aria-label="One step less" disabled={*hops <= 1} onclick={step(-1)}>{"−"}</button>
                <span role="status" data-testid="reach">{ format!("{}: {} in reach{}{}", format::count(u64::from(*hops), "step"), format::count(graph.nodes.len() as u64 - 1 + graph.more, "resource"), if graph.more > 0 { format!(", {} not shown", format::number(graph.more)) } else { String::new() }, if unknown > 0 { format!(", {unknown} of them without an item") } else { String::new() }) }</span>
                <button aria-label="One step more" data-testid="grow" disabled={*hops >= FAR} onclick={step(1)}>{"+"}</button>
                <label class="facet"><span>{"Type"}</span><select onchange={pick} aria-label="Only of a type"><option key="all" selected={kind.is_empty()}>{"all"}</option>{ for graph.kinds.iter().map(option) }</select></label>
            </div>
            { drawing(graph, open.as_ref()) }
        </section>
    }
}

fn drawing(graph: &Graph, open: Option<&Open>) -> Html {
    let mut filled = [0_u32; FAR as usize + 1];
    let places: Vec<(f64, f64)> = graph
        .nodes
        .iter()
        .map(|node| {
            let row = &mut filled[usize::from(node.hops.min(FAR))];
            *row += 1;
            (f64::from(node.hops) * COLUMN, f64::from(*row - 1) * ROW)
        })
        .collect();
    let height = f64::from(filled.iter().copied().max().unwrap_or(1)) * ROW + 8.0;
    let width = places.iter().map(|(x, _)| x + NODE).fold(NODE, f64::max) + 10.0;
    let edge = |(at, edge): (usize, &exhibit::config::graph::Edge)| {
        let (from, to) = (places[edge.from as usize], places[edge.to as usize]);
        let (left, right) = if from.0 <= to.0 {
            (from, to)
        } else {
            (to, from)
        };
        let (x1, y1, y2) = (left.0 + NODE, left.1 + ROW / 2.0, right.1 + ROW / 2.0);
        // Within a column the line bends out and comes back.
        let x2 = if left.0 == right.0 { x1 } else { right.0 };
        let (bend1, bend2) = if left.0 == right.0 {
            (x1 + 40.0, x1 + 40.0)
        } else {
            ((x1 + x2) / 2.0, (x1 + x2) / 2.0)
        };
        html! { <path key={at.to_string()} d={format!("M{x1:.0} {y1:.0} C{bend1:.0} {y1:.0} {bend2:.0} {y2:.0} {x2:.0} {y2:.0}")}><title>{ format!("{} {} {}", graph.nodes[edge.from as usize].title, edge.name, graph.nodes[edge.to as usize].title) }</title></path> }
    };
    let node = |(at, node): (usize, &exhibit::config::graph::Node)| {
        let (x, y) = places[at];
        let (open, resource) = (open.cloned(), node.resource);
        let onclick = Callback::from(move |_: MouseEvent| {
            if let (Some(open), Some(resource)) = (&open, resource) {
                open.0.emit(Some(Subject::Resource(resource)));
            }
        });
        let short = node.kind.rsplit("::").next().unwrap_or(&node.kind);
        let class = classes!(
            "node",
            node.deleted.then_some("gone"),
            node.resource.is_none().then_some("unknown"),
            (at == 0).then_some("picked")
        );
        let note = if node.resource.is_none() {
            "no item in the evidence"
        } else if node.deleted {
            "deleted"
        } else {
            ""
        };
        html! {
            <button key={at.to_string()} {class} disabled={node.resource.is_none()} title={format!("{} {}\n{note}", node.kind, node.title)} ~style={format!("left: {x}px; top: {y}px")} {onclick}>
                <span class="fine">{ short }</span>{" "}<bdi>{ &node.title }</bdi>
            </button>
        }
    };
    html! {
        <div class="drawing" tabindex="0" role="group" aria-label="Relationships; the table below tells those of one step">
            <div class="canvas" ~style={format!("width: {width}px; height: {height}px")}>
                <svg width={width.to_string()} height={height.to_string()} aria-hidden="true">{ for graph.edges.iter().enumerate().map(edge) }</svg>
                { for graph.nodes.iter().enumerate().map(node) }
            </div>
        </div>
    }
}

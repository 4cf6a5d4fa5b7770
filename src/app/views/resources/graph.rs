//! What a resource reaches and what reaches it, step by step: columns by distance, in which many of one type stand as
//! one, so that any number stays readable. The same as a table.

use std::collections::HashSet;
use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use exhibit::case::{Answer, Graph, Question, Subject};
use exhibit::config::graph::{Direction, Node, Wanted};
use exhibit::moment::Moment;

use super::layout::{self, NODE, ROW, Shown};
use crate::app::ask::use_answer;
use crate::app::format;
use crate::app::session::Session;
use crate::app::shell::Open;
use crate::app::widgets::told::{seen, seen_lines, told};

/// Steps that can be grown to.
const FAR: u8 = 6;
const DIRECTIONS: [(Direction, &str); 3] = [
    (Direction::Both, "both ways"),
    (Direction::Out, "what it states"),
    (Direction::In, "what states it"),
];

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
    let wanted = use_state(|| Wanted {
        hops: 1,
        ..Wanted::default()
    });
    let as_table = use_state(|| false);
    let question = Question::Graph(
        props.resource,
        Wanted {
            at: props.at,
            ..(*wanted).clone()
        },
    );
    let answer = use_answer(question, session.revision);
    let Some(Answer::Graph(graph)) = answer.as_deref() else {
        return html! { <p class="loading">{"Asking the case…"}</p> };
    };
    let step = |by: i8| {
        let wanted = wanted.clone();
        Callback::from(move |_: MouseEvent| {
            let hops = wanted.hops.saturating_add_signed(by).clamp(1, FAR);
            wanted.set(Wanted {
                hops,
                ..(*wanted).clone()
            });
        })
    };
    let pick = {
        let wanted = wanted.clone();
        let kinds: Vec<String> = graph.kinds.iter().map(|(kind, _)| kind.clone()).collect();
        Callback::from(move |event: Event| {
            let at = selected(&event).and_then(|at| at.checked_sub(1));
            let kind = at.and_then(|at| kinds.get(at)).cloned().unwrap_or_default();
            wanted.set(Wanted {
                kind,
                ..(*wanted).clone()
            });
        })
    };
    let turn = {
        let wanted = wanted.clone();
        Callback::from(move |event: Event| {
            let direction = selected(&event).and_then(|at| DIRECTIONS.get(at));
            wanted.set(Wanted {
                direction: direction.map(|one| one.0).unwrap_or_default(),
                ..(*wanted).clone()
            });
        })
    };
    let option = |(name, count): &(String, u64)| html! { <option key={name.clone()} selected={*name == wanted.kind}>{ format!("{name} ({})", format::number(*count)) }</option> };
    let way = |(direction, words): &(Direction, &'static str)| html! { <option key={*words} selected={*direction == wanted.direction}>{ *words }</option> };
    let in_reach: u64 = graph.kinds.iter().map(|(_, count)| count).sum();
    let unknown = graph
        .nodes
        .iter()
        .filter(|node| node.resource.is_none())
        .count();
    let mut words = format!(
        "{}: {} in reach",
        format::count(u64::from(wanted.hops), "step"),
        format::count(in_reach.saturating_sub(1), "resource")
    );
    if graph.more > 0 {
        words += &format!(", {} not shown", format::number(graph.more));
    }
    if unknown > 0 {
        words += &format!(", {unknown} of them without an item");
    }
    let toggle = {
        let as_table = as_table.clone();
        Callback::from(move |_: MouseEvent| as_table.set(!*as_table))
    };
    html! {
        <section class="graph">
            <div class="grid-tools">
                <button aria-label="One step less" disabled={wanted.hops <= 1} onclick={step(-1)}>{"−"}</button>
                <span role="status" data-testid="reach">{ words }</span>
                <button aria-label="One step more" data-testid="grow" disabled={wanted.hops >= FAR} onclick={step(1)}>{"+"}</button>
                <label class="facet"><span>{"Relationships"}</span><select onchange={turn} data-testid="direction" aria-label="Which relationships are followed">{ for DIRECTIONS.iter().map(way) }</select></label>
                <label class="facet"><span>{"Type"}</span><select onchange={pick} data-testid="graph-type" aria-label="Only of a type, and the way there"><option key="all" selected={wanted.kind.is_empty()}>{"all"}</option>{ for graph.kinds.iter().map(option) }</select></label>
                <button onclick={toggle} data-testid="graph-as-table" aria-pressed={as_table.to_string()}>{ if *as_table { "As a drawing" } else { "As a table" } }</button>
                <span class="fine" data-testid="blast">{ format!("By any number of steps, what it states leads to {}, and {} to it.", format::count(graph.reaches, "resource"), match graph.reached_by { 1 => "1 leads".to_owned(), count => format!("{} lead", format::number(count)) }) }</span>
            </div>
            { if *as_table { table(graph, open.as_ref()) } else { html! { <Drawing key={props.resource.to_string()} graph={Rc::new((**graph).clone())} {open} /> } } }
        </section>
    }
}

fn selected(event: &Event) -> Option<usize> {
    let select = event.target()?.dyn_into::<HtmlSelectElement>().ok()?;
    usize::try_from(select.selected_index()).ok()
}

fn opens(node: &Node, open: Option<&Open>) -> Callback<MouseEvent> {
    let (open, resource) = (open.cloned(), node.resource);
    Callback::from(move |_: MouseEvent| {
        if let (Some(open), Some(resource)) = (&open, resource) {
            open.0.emit(Some(Subject::Resource(resource)));
        }
    })
}

fn note(node: &Node) -> &'static str {
    match node {
        Node { resource: None, .. } => "no item in the evidence",
        Node { deleted: true, .. } => "deleted",
        _ => "",
    }
}

/// The same, row by row: how far, what, and by which relationship it was reached.
fn table(graph: &Graph, open: Option<&Open>) -> Html {
    let row = |(at, node): (usize, &Node)| {
        let via = node.via.and_then(|via| graph.nodes.get(via as usize));
        let between = graph.edges.iter().find(|edge| {
            let ends = (edge.from as usize, edge.to as usize);
            node.via
                .is_some_and(|via| ends == (via as usize, at) || ends == (at, via as usize))
        });
        let how = match (via, between) {
            (Some(via), Some(edge)) if edge.from as usize == at => {
                format!("states of {}: {}", via.title, edge.name)
            }
            (Some(via), Some(edge)) => format!("{}: {}", via.title, edge.name),
            _ => "picked".to_owned(),
        };
        let onclick = opens(node, open);
        html! {
            <tr key={at.to_string()}><td>{ node.hops }</td><td>{ told(&node.kind) }</td>
                <td><button class="link" disabled={node.resource.is_none()} {onclick}>{ told(&node.title) }</button></td><td>{ note(node) }</td><td>{ told(how) }</td></tr>
        }
    };
    html! {
        <div class="reach"><table class="plain" data-testid="graph-table"><thead><tr><th>{"Steps"}</th><th>{"Type"}</th><th>{"Resource"}</th><th>{"State"}</th><th>{"Reached by"}</th></tr></thead>
            <tbody>{ for graph.nodes.iter().enumerate().map(row) }</tbody></table></div>
    }
}

#[derive(PartialEq, Properties)]
struct DrawingProps {
    graph: Rc<Graph>,
    open: Option<Open>,
}

#[component]
fn Drawing(props: &DrawingProps) -> Html {
    let graph = &props.graph;
    let open_groups = use_state(HashSet::<(u8, String)>::new);
    let hot = use_state(|| None::<usize>);
    let layout = layout::of(graph, &open_groups);
    let edge = |(at, edge): (usize, &layout::Line)| {
        let class = classes!((*hot == Some(edge.from) || *hot == Some(edge.to)).then_some("hot"));
        html! { <path key={at.to_string()} {class} d={edge.path.clone()}><title>{ seen_lines(&edge.words) }</title></path> }
    };
    let shown = |(at, one): (usize, &layout::Placed)| {
        let style = format!("left: {:.0}px; top: {:.0}px", one.x, one.y);
        let warm = |to: Option<usize>| {
            let hot = hot.clone();
            move || hot.set(to)
        };
        let (on, off) = (warm(Some(at)), warm(None));
        let (focus, blur) = (on.clone(), off.clone());
        let onmouseenter = Callback::from(move |_: MouseEvent| on());
        let onmouseleave = Callback::from(move |_: MouseEvent| off());
        let onfocus = Callback::from(move |_: FocusEvent| focus());
        let onblur = Callback::from(move |_: FocusEvent| blur());
        match &one.shown {
            Shown::Node(place) => {
                let node = &graph.nodes[*place];
                let short = node.kind.rsplit("::").next().unwrap_or(&node.kind);
                let class = classes!(
                    "node",
                    node.deleted.then_some("gone"),
                    node.resource.is_none().then_some("unknown"),
                    (*place == 0).then_some("picked")
                );
                let onclick = opens(node, props.open.as_ref());
                html! {
                    <button key={format!("n{place}")} {class} aria-disabled={node.resource.is_none().to_string()} title={seen_lines(&format!("{} {}\n{}", node.kind, node.title, note(node)))} ~style={style} {onclick} {onmouseenter} {onmouseleave} {onfocus} {onblur}>
                        <span class="fine">{ seen(short) }</span>{" "}{ told(&node.title) }
                    </button>
                }
            }
            Shown::Group(hops, kind, count, is_open) => {
                let key = (*hops, kind.clone());
                let (groups, is_open) = (open_groups.clone(), *is_open);
                let onclick = Callback::from(move |_: MouseEvent| {
                    let mut all = (*groups).clone();
                    if !all.remove(&key) {
                        all.insert(key.clone());
                    }
                    groups.set(all);
                });
                let short = kind.rsplit("::").next().unwrap_or(kind);
                html! {
                    <button key={format!("g{hops} {kind}")} class="node group" data-testid="graph-group" aria-expanded={is_open.to_string()} title={seen(kind)} ~style={style} {onclick} {onmouseenter} {onmouseleave} {onfocus} {onblur}>
                        { if is_open { "▾ " } else { "▸ " } }{ told(short) }{ format!(" × {}", format::number(*count as u64)) }
                    </button>
                }
            }
        }
    };
    let heading = |(hops, x): &(u8, f64)| {
        let words = match hops {
            0 => "picked".to_owned(),
            hops => format::count(u64::from(*hops), "step"),
        };
        html! { <span key={hops.to_string()} class="hops" ~style={format!("left: {x:.0}px; width: {NODE}px")}>{ words }</span> }
    };
    html! {
        <div class="drawing" tabindex="0" role="group" aria-label="Relationships; the button above shows the same as a table">
            <div class="canvas" ~style={format!("width: {:.0}px; height: {:.0}px", layout.width, layout.height + ROW)}>
                { for layout.columns.iter().map(heading) }
                <svg class={classes!((layout.lines.len() > 120).then_some("dense"))} width={layout.width.to_string()} height={(layout.height + ROW).to_string()} aria-hidden="true">{ for layout.lines.iter().enumerate().map(edge) }</svg>
                { for layout.placed.iter().enumerate().map(shown) }
            </div>
        </div>
    }
}

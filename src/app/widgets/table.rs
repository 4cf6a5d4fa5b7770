//! The table that every view uses: rows come from the case as they are scrolled to.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlButtonElement, HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use exhibit::case::{
    Answer, AsOf, Column, Export, Facet, Facets, Filter, Form, Question, Rows, Shape, Sort,
    Subject, Table,
};

use super::cell;
use crate::app::ask::use_answer;
use crate::app::client::Client;
use crate::app::commands::now;
use crate::app::format;
use crate::app::session::Session;
use crate::app::shell::Open;
use crate::app::widgets::told::seen;

/// The height of a row in pixels; `styles/widgets.css` has the same.
const ROW: f64 = 30.0;
/// Rows that are asked for at a time, and by how many the window moves.
const WINDOW: u32 = 90;
const STEP: u32 = 30;
/// Browsers clamp higher elements: beyond, the scroll range is scaled.
const MOST_HEIGHT: f64 = 15_000_000.0;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Which table.
    pub(crate) table: Table,
    /// What it is called, for screen readers.
    pub(crate) label: AttrValue,
    /// The query that a table of events shows, which then has no filter of its own.
    #[prop_or_default]
    pub(crate) query: Option<AttrValue>,
    /// Of the inventory: as of when, and which resources.
    #[prop_or_default]
    pub(crate) as_of: AsOf,
    /// Values of columns that are picked at first.
    #[prop_or_default]
    pub(crate) facets: Vec<Facet>,
    /// Of controls and of results: the framework.
    #[prop_or_default]
    pub(crate) framework: String,
    /// Of results: the control.
    #[prop_or_default]
    pub(crate) control: String,
    /// The column that rows are sorted by at first, as [`sort_name`] writes it.
    #[prop_or_default]
    pub(crate) sort: AttrValue,
    /// Told when rows are sorted by another column, for views that note it in the address.
    #[prop_or_default]
    pub(crate) onsort: Callback<String>,
}

/// How an order stands in the address: the name of its column, with a minus before it from the last to the first.
fn sort_name(table: Table, sort: Sort) -> String {
    let column = |at: u16| table.columns().get(usize::from(at));
    let Some((column, descending)) = sort.and_then(|(at, down)| Some((column(at)?, down))) else {
        return String::new();
    };
    format!("{}{}", if descending { "-" } else { "" }, column.name)
}

/// The order that the address names; none where the table has no such column.
fn sort_by_name(table: Table, name: &str) -> Sort {
    let (name, descending) = match name.strip_prefix('-') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let at = table
        .columns()
        .iter()
        .position(|column| column.name == name)?;
    Some((at as u16, descending))
}

/// A table with its filters, its export, and its rows.
#[component]
pub(crate) fn Grid(props: &Props) -> Html {
    let table = props.table;
    let filter = {
        let facets = props.facets.clone();
        use_state(|| Filter {
            facets,
            ..Filter::default()
        })
    };
    let sort = use_state(|| sort_by_name(table, &props.sort));
    let first = use_state(|| 0_u32);
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    {
        let first = first.setter();
        let from = (
            props.query.clone(),
            props.as_of.clone(),
            props.framework.clone(),
            props.control.clone(),
        );
        use_effect_with(from, move |_| first.set(0));
    }
    let mut wanted = (*filter).clone();
    if let Some(query) = &props.query {
        wanted.text = query.to_string();
    }
    wanted.as_of = props.as_of.clone();
    wanted.framework.clone_from(&props.framework);
    wanted.control.clone_from(&props.control);
    let question = Question::Rows {
        table,
        filter: wanted.clone(),
        sort: *sort,
        first: *first,
        count: WINDOW,
    };
    let answer = use_answer(question, session.revision);
    let rows = match answer.as_deref() {
        Some(Answer::Rows(rows)) if rows.table == table => Some(rows),
        _ => None,
    };
    let set_filter = {
        let (filter, first) = (filter.clone(), first.clone());
        Callback::from(move |new: Filter| {
            first.set(0);
            filter.set(new);
        })
    };
    let set_sort = {
        let (sort, onsort) = (sort.clone(), props.onsort.clone());
        Callback::from(move |new| {
            sort.set(new);
            onsort.emit(sort_name(table, new));
        })
    };
    let set_first = {
        let first = first.clone();
        Callback::from(move |new| first.set(new))
    };
    html! {
        <section class="grid-frame">
            <Tools {table} filter={wanted} has_query={props.query.is_some()} sort={*sort} facets={rows.map(|rows| rows.facets.clone()).unwrap_or_default()}
                matching={rows.map_or(0, |rows| rows.matching)} total={rows.map_or(0, |rows| rows.total)} onchange={set_filter} />
            <div class="grid-body">
                { match answer {
                    Some(answer) if rows.is_some() => html! {
                        <Body {table} {answer} label={props.label.clone()} sort={*sort} onsort={set_sort} onwindow={set_first} first={*first} />
                    },
                    _ => html! { <p class="loading">{"Asking the case…"}</p> },
                } }
            </div>
        </section>
    }
}

#[derive(PartialEq, Properties)]
struct ToolsProps {
    table: Table,
    filter: Filter,
    has_query: bool,
    sort: Sort,
    facets: Facets,
    matching: u32,
    total: u32,
    onchange: Callback<Filter>,
}

#[component]
fn Tools(props: &ToolsProps) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let oninput = {
        let (filter, onchange) = (props.filter.clone(), props.onchange.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            {
                onchange.emit(Filter {
                    text: input.value(),
                    ..filter.clone()
                });
            }
        })
    };
    let facet = |(column, values): &(u16, Vec<(String, u32)>)| {
        let column = *column;
        let title = props
            .table
            .columns()
            .get(usize::from(column))
            .map_or("", |column| column.title);
        let picked = props
            .filter
            .facets
            .iter()
            .find(|facet| facet.column == column)
            .map(|facet| facet.value.clone());
        let (filter, onchange) = (props.filter.clone(), props.onchange.clone());
        let choices: Vec<String> = values.iter().map(|(value, _)| value.clone()).collect();
        let onpick = Callback::from(move |event: Event| {
            let Some(select) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok())
            else {
                return;
            };
            let mut filter = filter.clone();
            filter.facets.retain(|facet| facet.column != column);
            // The first choice stands for all.
            let picked = select
                .selected_index()
                .checked_sub(1)
                .and_then(|at| choices.get(at as usize));
            if let Some(value) = picked {
                filter.facets.push(Facet {
                    column,
                    value: value.clone(),
                });
            }
            onchange.emit(filter);
        });
        let several = props.filter.facets.iter();
        let several: Vec<&str> = several
            .filter(|facet| facet.column == column)
            .map(|facet| facet.value.as_str())
            .collect();
        // The first choice of all stands for what was picked from outside; picking another ends it.
        let is_several = several.len() > 1;
        let option = |(value, count): &(String, u32)| {
            let shown = if value.is_empty() { "none" } else { value };
            let chosen = !is_several && picked.as_ref() == Some(value);
            html! { <option key={format!("v{value}")} selected={chosen}>{ format!("{} ({})", seen(shown), format::number(u64::from(*count))) }</option> }
        };
        html! {
            <label key={column.to_string()} class="facet">
                <span>{ title }</span>
                <select onchange={onpick} aria-label={format!("Filter by {title}")}>
                    <option key="all" selected={picked.is_none()}>{"all"}</option>
                    { for values.iter().map(option) }
                    { is_several.then(|| html! { <option key="several" selected=true>{ seen(&several.join(", ")) }</option> }) }
                </select>
            </label>
        }
    };
    let export = |form: Form, end: &'static str| {
        let (table, filter, sort) = (props.table, props.filter.clone(), props.sort);
        let (client, name) = (client.clone(), format!("{}.{end}", props.table.name()));
        Callback::from(move |_: MouseEvent| {
            if let Some(client) = &client {
                let export = Export::Rows {
                    form,
                    table,
                    filter: filter.clone(),
                    sort,
                    generated: now(),
                };
                client.download(export, &name);
            }
        })
    };
    let freeze = {
        let (table, filter, client) = (props.table, props.filter.clone(), client.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(client) = &client {
                client.freeze(table, filter.clone());
            }
        })
    };
    let masks = session.settings.sharing.masks();
    let shown = if props.matching == props.total {
        format::count(u64::from(props.total), "row")
    } else {
        format!(
            "{} of {}",
            format::number(u64::from(props.matching)),
            format::count(u64::from(props.total), "row")
        )
    };
    // A column of one value filters nothing.
    let useful = props.facets.iter().filter(|(column, values)| {
        values.len() > 1
            || props
                .filter
                .facets
                .iter()
                .any(|facet| facet.column == *column)
    });
    html! {
        <div class="grid-tools">
            <div class="words">{ (!props.has_query).then(|| html! {
                <input type="search" placeholder="Filter rows" aria-label="Filter rows" value={props.filter.text.clone()} {oninput} />
            }) }</div>
            <div class="facets">{ for useful.map(facet) }</div>
            <span class="count" role="status" data-testid="row-count">{ shown }</span>
            <span class="exports">
                <button data-testid="freeze" title="Keeps query, count and hash of these rows as a population to draw samples from" onclick={freeze}>{"Freeze"}</button>
                { if masks { "Export, masked " } else { "Export " } }
                <button data-testid="export-csv" title="The rows that the filter shows, for spreadsheets" onclick={export(Form::Csv, "csv")}>{"CSV"}</button>
                <button data-testid="export-json" title="The rows that the filter shows, for programs" onclick={export(Form::Json, "json")}>{"JSON"}</button>
                <button data-testid="export-page" title="The rows that the filter shows, as a page to print" onclick={export(Form::Html, "html")}>{"Page"}</button>
                { (props.table == Table::Findings).then(|| html! { <button data-testid="export-findings-ocsf" title="The results that the filter shows, as OCSF Compliance Findings" onclick={export(Form::Ocsf, "ocsf.json")}>{"OCSF"}</button> }) }
            </span>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct BodyProps {
    table: Table,
    answer: Rc<Answer>,
    label: AttrValue,
    sort: Sort,
    first: u32,
    onsort: Callback<Sort>,
    onwindow: Callback<u32>,
}

#[component]
fn Body(props: &BodyProps) -> Html {
    let scroller = use_node_ref();
    let current = use_state(|| 0_u32);
    let open = use_context::<Open>();
    let Answer::Rows(rows) = &*props.answer else {
        return html! { <div /> };
    };
    let columns = props.table.columns();
    let matching = rows.matching;
    // Pixels on the scroll bar for each pixel of rows.
    let scale = (MOST_HEIGHT / (f64::from(matching.max(1)) * ROW)).min(1.0);

    let onscroll = {
        let (scroller, onwindow, first) = (scroller.clone(), props.onwindow.clone(), props.first);
        Callback::from(move |_: Event| {
            let Some(element) = scroller.cast::<HtmlElement>() else {
                return;
            };
            let top = (f64::from(element.scroll_top()) / scale / ROW) as u32;
            let wanted = (top.saturating_sub(STEP) / STEP) * STEP;
            if wanted != first {
                onwindow.emit(wanted);
            }
        })
    };
    let go = {
        let (scroller, current, open) = (scroller.clone(), current.clone(), open.clone());
        let (answer, height) = (Rc::clone(&props.answer), ROW * scale);
        move |to: u32, opens: bool| {
            current.set(to);
            reveal(&scroller, f64::from(to) * height);
            if let (true, Some(open), Some(subject)) = (opens, &open, subject_at(&answer, to)) {
                open.0.emit(Some(subject));
            }
        }
    };
    let onkeydown = {
        let (go, at, last) = (go.clone(), *current, matching.saturating_sub(1));
        Callback::from(move |event: KeyboardEvent| {
            // The buttons of the head sort by Enter and Space themselves.
            let on_button = event.target_dyn_into::<HtmlButtonElement>().is_some();
            let to = match event.key().as_str() {
                "Enter" | " " if on_button => return,
                "ArrowDown" => (at + 1).min(last),
                "ArrowUp" => at.saturating_sub(1),
                "PageDown" => (at + 15).min(last),
                "PageUp" => at.saturating_sub(15),
                "Home" => 0,
                "End" => last,
                "Enter" | " " => at,
                _ => return,
            };
            event.prevent_default();
            go(to, true);
        })
    };
    let widths: Vec<String> = columns
        .iter()
        .map(|column| format!("minmax({w}px, {w}fr)", w = column.width))
        .collect();
    let least: u32 = columns.iter().map(|column| u32::from(column.width)).sum();
    let template = format!(
        "grid-template-columns: {}; min-width: {least}px",
        widths.join(" ")
    );
    let offset = f64::from(rows.first) * ROW * scale;
    let template: AttrValue = template.into();
    let opens = Callback::from(move |place: u32| go(place, true));
    let row = |at: usize| {
        let place = rows.first + at as u32;
        html! { <Line key={place.to_string()} answer={Rc::clone(&props.answer)} {at} {place} current={place == *current} table={props.table} template={template.clone()} onopen={opens.clone()} /> }
    };
    let heading =
        |(at, column): (usize, &Column)| heading(at as u16, column, props.sort, &props.onsort);
    // Only a row that is drawn can be named.
    let drawn = rows.first..rows.first + rows.rows.len() as u32;
    let active = drawn
        .contains(&current)
        .then(|| format!("row-{}", *current));
    html! {
        <div class="grid" ref={scroller} role="grid" tabindex="0" aria-label={props.label.clone()} aria-rowcount={(matching + 1).to_string()}
            aria-colcount={columns.len().to_string()} aria-activedescendant={active} {onscroll} {onkeydown}>
            <div class="row head" role="row" aria-rowindex="1" ~style={template.to_string()}>{ for columns.iter().enumerate().map(heading) }</div>
            <div class="rows" role="rowgroup" ~style={format!("height: {}px", f64::from(matching) * ROW * scale)}>
                <div class="window" role="presentation" ~style={format!("transform: translateY({offset}px)")}>
                    { for (0..rows.rows.len()).map(row) }
                </div>
            </div>
            <div class="grid-empty" role={(matching == 0).then_some("row")}>{ (matching == 0).then(|| html! { <p role="gridcell">{ empty(rows) }</p> }) }</div>
        </div>
    }
}

/// One row. While the table is scrolled most rows stay as they are, and are not made again.
#[derive(Properties)]
struct LineProps {
    answer: Rc<Answer>,
    /// Its place in the answer, and in the table.
    at: usize,
    place: u32,
    current: bool,
    table: Table,
    template: AttrValue,
    onopen: Callback<u32>,
}

impl LineProps {
    fn row(&self) -> Option<&exhibit::case::Row> {
        match &*self.answer {
            Answer::Rows(rows) => rows.rows.get(self.at),
            _ => None,
        }
    }
}

/// What opens a row is the same for the same row, whoever asks.
impl PartialEq for LineProps {
    fn eq(&self, other: &Self) -> bool {
        (self.place, self.current, self.table) == (other.place, other.current, other.table)
            && self.template == other.template
            && self.row() == other.row()
    }
}

#[component]
fn Line(props: &LineProps) -> Html {
    let Some(row) = props.row() else {
        return html! { <div class="row" /> };
    };
    let (onopen, place) = (props.onopen.clone(), props.place);
    let onclick = Callback::from(move |_: MouseEvent| onopen.emit(place));
    let cells = row.cells.iter().zip(props.table.columns()).enumerate().map(|(at, (value, column))| html! {
        <div key={at.to_string()} role="gridcell" class={shape_class(column)}>{ cell::short(value, column.shape) }</div>
    });
    html! {
        <div id={format!("row-{place}")} role="row" aria-rowindex={(place + 2).to_string()} aria-selected={props.current.to_string()} class="row" ~style={props.template.to_string()} {onclick}>
            { for cells }
        </div>
    }
}

fn empty(rows: &Rows) -> &'static str {
    if rows.total == 0 {
        "There is nothing of this kind in the evidence."
    } else {
        "No row matches the filter."
    }
}

fn subject_at(answer: &Answer, place: u32) -> Option<Subject> {
    let Answer::Rows(rows) = answer else {
        return None;
    };
    let at = place.checked_sub(rows.first)?;
    rows.rows.get(at as usize).map(|row| row.subject)
}

/// Scrolls just so far that a row is seen.
fn reveal(scroller: &NodeRef, at: f64) {
    let Some(element) = scroller.cast::<HtmlElement>() else {
        return;
    };
    let top = f64::from(element.scroll_top());
    let room = f64::from(element.client_height()) - 2.0 * ROW;
    if at < top {
        element.set_scroll_top(at as i32);
    } else if at > top + room {
        element.set_scroll_top((at - room) as i32);
    }
}

fn shape_class(column: &Column) -> Classes {
    let numeric = matches!(column.shape, Shape::Number | Shape::Size);
    classes!("cell", numeric.then_some("numeric"))
}

fn heading(at: u16, column: &Column, sort: Sort, onsort: &Callback<Sort>) -> Html {
    let descending = sort
        .filter(|(by, _)| *by == at)
        .map(|(_, descending)| descending);
    let (word, arrow, next) = match descending {
        None => ("none", "", Some((at, false))),
        Some(false) => ("ascending", " ▲", Some((at, true))),
        Some(true) => ("descending", " ▼", None),
    };
    let onsort = onsort.clone();
    let onclick = Callback::from(move |_: MouseEvent| onsort.emit(next));
    html! {
        <div key={column.name} role="columnheader" aria-sort={word} class={shape_class(column)}>
            <button title="Sort" {onclick}>{ column.title }{ arrow }</button>
        </div>
    }
}

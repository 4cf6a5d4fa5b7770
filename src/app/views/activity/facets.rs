//! The values of the fields that occur, with counts; each writes into the query.

use yew::prelude::*;

use exhibit::activity::complete::has_term;
use exhibit::case::Values;

use super::facet_term;
use crate::app::format;
use crate::app::widgets::told::{seen, told};

/// Values that are shown before the rest is asked for.
const FEW: usize = 6;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// Fields and their values.
    pub(super) values: Vec<Values>,
    /// The query.
    pub(super) query: String,
    /// Puts a term into the query, or takes it out.
    pub(super) ontoggle: Callback<String>,
}

#[component]
pub(super) fn Facets(props: &Props) -> Html {
    let open = use_state(Vec::<String>::new);
    let group = |values: &Values| {
        let is_open = open.contains(&values.field);
        let toggle = {
            let (open, field) = (open.clone(), values.field.clone());
            Callback::from(move |_: MouseEvent| {
                let mut all = (*open).clone();
                match all.iter().position(|one| *one == field) {
                    Some(at) => drop(all.remove(at)),
                    None => all.push(field.clone()),
                }
                open.set(all);
            })
        };
        let most = values.top.first().map_or(1, |(_, count)| *count).max(1);
        let shown = if is_open { values.top.len() } else { FEW };
        let count = match values.distinct as usize > values.top.len() {
            true => format!(
                " {}, the top {}",
                format::number(u64::from(values.distinct)),
                values.top.len()
            ),
            false => format!(" {}", format::number(u64::from(values.distinct))),
        };
        let row = |(value, count): &(String, u32)| {
            let term = |negated: bool| facet_term(&values.field, value, negated);
            let toggle = |negated: bool| {
                let (ontoggle, term) = (props.ontoggle.clone(), term(negated));
                Callback::from(move |_: MouseEvent| ontoggle.emit(term.clone()))
            };
            let is_picked = has_term(&props.query, &term(false));
            let title = match is_picked {
                true => format!("{}: others again", seen(value)),
                false => format!("{}: only these", seen(value)),
            };
            let share = f64::from(*count) / f64::from(most) * 100.0;
            html! {
                <li key={value.clone()}>
                    <button class="value" aria-pressed={is_picked.to_string()} {title} onclick={toggle(false)}>
                        <span class="bar" ~style={format!("width: {share:.1}%")} />
                        { told(short(value)) }<span class="count">{ format::number(u64::from(*count)) }</span>
                    </button>
                    <button class="not" title={format!("{}: all but these", seen(value))} aria-label={format!("All but {}", seen(value))} onclick={toggle(true)}>{"−"}</button>
                </li>
            }
        };
        let more = (values.top.len() > FEW).then(|| {
            let word = if is_open {
                "fewer".to_owned()
            } else {
                format!("{} more", values.top.len() - FEW)
            };
            html! { <button class="link" onclick={toggle}>{ word }</button> }
        });
        html! {
            <section key={values.field.clone()}>
                <h3>{ &values.title }<span class="fine">{ count }</span></h3>
                <ul>{ for values.top.iter().take(shown).map(row) }</ul>
                <p>{ more }</p>
            </section>
        }
    };
    let useful = props.values.iter().filter(|values| !values.top.is_empty());
    html! { <aside class="facet-list" aria-label="Values" tabindex="0">{ for useful.map(group) }</aside> }
}

/// The end of an ARN tells more than its beginning.
fn short(value: &str) -> &str {
    let is_arn = value.starts_with("arn:");
    let mut parts = value.splitn(6, ':');
    match parts.nth(5).filter(|_| is_arn) {
        Some(rest) if !rest.is_empty() => rest,
        _ => value,
    }
}

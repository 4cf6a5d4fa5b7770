//! A coverage strip: what covers which time, each stretch to click.

use yew::prelude::*;

use exhibit::case::{Segment, TrailSummary};
use exhibit::integrity::State;
use exhibit::moment::Moment;

use super::cell;
use crate::app::format;
use crate::app::shell::Open;
use crate::app::widgets::told::{seen_lines, told};

/// The width of the drawing in its own units; it is stretched to the room there is.
const WIDTH: f64 = 10_000.0;
const HEIGHT: f64 = 22.0;
/// Gaps that stand below a strip at first, and how many more each time that more are asked for.
const FEW: usize = 12;
const MORE: usize = 100;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Whose strip it is.
    pub(crate) trail: TrailSummary,
    /// The span of all strips, so that they line up.
    pub(crate) span: (Moment, Moment),
}

/// One strip.
#[component]
pub(crate) fn Strip(props: &Props) -> Html {
    let open = use_context::<Open>();
    let shown = use_state_eq(|| FEW);
    let more = {
        let shown = shown.clone();
        Callback::from(move |_: MouseEvent| shown.set(*shown + MORE))
    };
    let left = props.trail.gaps.len().saturating_sub(*shown);
    let (from, to) = (props.span.0.seconds() as f64, props.span.1.seconds() as f64);
    let scale = WIDTH / (to - from).max(1.0);
    let piece = |(at, segment): (usize, &Segment)| {
        let x = (segment.from.seconds() as f64 - from) * scale;
        // A stretch too narrow to be seen could be the one that matters.
        let width = ((segment.to.seconds() - segment.from.seconds()) as f64 * scale).max(14.0);
        let (open, subject) = (open.clone(), segment.subject);
        let onclick = Callback::from(move |_: MouseEvent| {
            if let (Some(open), Some(subject)) = (&open, subject) {
                open.0.emit(Some(subject));
            }
        });
        let title = format!(
            "{}\n{} to {} UTC",
            segment.label,
            format::time(segment.from),
            format::time(segment.to)
        );
        html! {
            <rect key={at.to_string()} class={classes!("segment", segment.state.name())} fill={(segment.state == State::Missing).then_some("url(#hatch)")} x={format!("{x:.1}")} y="0" width={format!("{width:.1}")} height={HEIGHT.to_string()} {onclick}>
                <title>{ seen_lines(&title) }</title>
            </rect>
        }
    };
    let chain = {
        let (open, subject) = (open.clone(), props.trail.subject);
        Callback::from(move |_: MouseEvent| {
            if let Some(open) = &open {
                open.0.emit(Some(subject));
            }
        })
    };
    let trail = &props.trail;
    let label = format!(
        "{} {} {}: {}, {} gaps",
        trail.account,
        trail.region,
        trail.trail,
        format::count(trail.digests, "digest file"),
        trail.gaps.len()
    );
    let gap = |(at, gap): (
        usize,
        &(
            exhibit::integrity::GapKind,
            Moment,
            Moment,
            u64,
            exhibit::case::Subject,
        ),
    )| {
        let (kind, from, to, _, subject) = *gap;
        let open = open.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            if let Some(open) = &open {
                open.0.emit(Some(subject));
            }
        });
        html! {
            <li key={at.to_string()}><button class="gap" {onclick}>
                { cell::state(kind.state(), true, kind.name()) }
                <span>{ format!("{} to {}", format::time(from), format::time(to)) }</span>
            </button></li>
        }
    };
    html! {
        <div class="strip">
            <p class="strip-name"><button class="link" data-testid="open-chain" title="Its digest chain, to look at and to add to a control" onclick={chain}>{ told(&trail.account) }{" "}<strong>{ told(&trail.region) }</strong>{" "}{ told(&trail.trail) }</button>
                <span class="fine">{ format!(" {}{}", format::count(trail.digests, "digest file"), missing(trail.missing)) }</span></p>
            <svg class="strip-line" viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" role="img" aria-label={label}>
                { for trail.strip.iter().enumerate().map(piece) }
            </svg>
            <ul class="gaps">
                { for trail.gaps.iter().enumerate().take(*shown).map(gap) }
                { (left > 0).then(|| html! {
                    <li key="more"><button class="gap" onclick={more}>{ format!("Show more: {} not shown", format::count(left as u64, "gap")) }</button></li>
                }) }
            </ul>
        </div>
    }
}

fn missing(count: u64) -> String {
    if count == 0 {
        String::new()
    } else {
        format!(", up to {} missing", format::number(count))
    }
}

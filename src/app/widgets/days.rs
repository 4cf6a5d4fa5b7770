//! Events by day: a bar a day, the peak marked, each leading to the events of its day.

use yew::prelude::*;

use exhibit::moment::Moment;

use super::alternative::Alternative;
use crate::app::format;
use crate::app::route;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Bars at most: more days stand closer together than a bar is wide.
const MOST_BARS: i64 = 400;
/// Of the chart as a table.
const HEAD: &[&str] = &["From (UTC)", "Events"];

/// The chart of days that have events, in order, with their number; `query` asks for all of them.
pub(crate) fn by_day(days: &[(Moment, u32)], query: &str) -> Html {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Html::default();
    };
    // Where days are too many, a bar stands for several.
    let span = (last.0.seconds() - first.0.seconds()) / DAY + 1;
    let per = (span / MOST_BARS + 1) * DAY;
    let bars = (last.0.seconds() - first.0.seconds()) / per + 1;
    let mut counts = vec![0_u32; bars as usize];
    for (day, count) in days {
        let at = (day.seconds() - first.0.seconds()) / per;
        if let Some(bar) = counts.get_mut(at as usize) {
            *bar += count;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let peak = counts.iter().position(|count| *count == most).unwrap_or(0);
    let begin = first.0;
    let date = move |at: usize| {
        let day = begin.plus(per * at as i64);
        format::time(day).chars().take(10).collect::<String>()
    };
    let days = if per == DAY { "day" } else { "bar" };
    let events = |at: usize| {
        let from = first.0.plus(per * at as i64);
        let until = from.plus(per - 1);
        route::activity(&format!("{} since:{from} until:{until}", query))
    };
    let wide = 100.0 / bars as f64;
    let bar = |(at, count): (usize, &u32)| {
        if *count == 0 {
            return Html::default();
        }
        let tall = (f64::from(*count) / f64::from(most) * 44.0).max(1.5);
        let class = if at == peak { "bar peak" } else { "bar" };
        html! {
            <a key={at.to_string()} href={events(at)}>
                <rect {class} x={format!("{}", at as f64 * wide)} y={format!("{}", 48.0 - tall)} width={format!("{}", (wide * 0.86).max(0.25))} height={tall.to_string()}>
                    <title>{ format!("{}: {} events", date(at), format::number(u64::from(*count))) }</title>
                </rect>
            </a>
        }
    };
    let rows = {
        let counts = counts.clone();
        let busy = move |()| {
            let of = |(at, count): (usize, &u32)| vec![date(at), format::number(u64::from(*count))];
            let busy = counts.iter().enumerate().filter(|(_, count)| **count > 0);
            busy.map(of).collect()
        };
        Callback::from(busy)
    };
    let sum: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    html! {
        <figure class="days" data-testid="by-day">
            <svg viewBox="0 0 100 48" preserveAspectRatio="none" role="img" aria-label={format!("{} events by {days}, most on {}", format::number(sum), date(peak))}>{ for counts.iter().enumerate().map(bar) }</svg>
            <figcaption><span>{ date(0) }</span><a href={events(peak)} data-testid="peak">{ format!("Peak: {}, {} events", date(peak), format::number(u64::from(most))) }</a><span>{ date(counts.len().saturating_sub(1)) }</span></figcaption>
            <Alternative head={HEAD} {rows} />
        </figure>
    }
}

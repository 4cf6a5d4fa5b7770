//! Activity by pointer and keys: the timeline is brushed, turned by the wheel and dragged on its map; facets and
//! values of the inspector write into the query; sessions are listed; a search of the records is cancelled.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::activity::{WAIT, ask, drop_events, wait_count};
use super::page::key;
use super::{Page, Stage, Test};

pub(super) const POINTER_TESTS: &[Test] = &[
    Test {
        name: "timeline_follows_the_pointer",
        run: timeline_follows_the_pointer,
    },
    Test {
        name: "timeline_follows_a_finger",
        run: timeline_follows_a_finger,
    },
];

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "facets_are_picked_and_taken_back",
        run: facets_are_picked,
    },
    Test {
        name: "values_of_the_inspector_lead_to_their_events",
        run: values_lead_to_events,
    },
    Test {
        name: "sessions_last_five_minutes",
        run: sessions_last_five_minutes,
    },
    Test {
        name: "fields_and_values_are_completed",
        run: fields_are_completed,
    },
    Test {
        name: "search_of_records_is_cancelled",
        run: search_is_cancelled,
    },
];

/// The stretch of time that is shown.
fn shown(page: &Page) -> Result<(String, String)> {
    let attr = |name| Ok::<_, anyhow::Error>(page.attr("timeline", name)?.unwrap_or_default());
    Ok((attr("data-from")?, attr("data-to")?))
}

/// Where shares of an element's width are on the page, half way down.
fn places(page: &Page, testid: &str, shares: [f64; 2]) -> Result<[Value; 2]> {
    let script = "const box = document.querySelector(`[data-testid=${arguments[0]}]`).getBoundingClientRect();
        return arguments[1].map((share) => ({ x: box.left + share * box.width, y: box.top + box.height / 2 }));";
    let found = page
        .session()
        .run(script, &[json!(testid), json!(shares)])?;
    Ok([found[0].clone(), found[1].clone()])
}

/// Turns the wheel or moves a button of the pointer, as the browser itself does it.
fn pointer(page: &Page, kind: &str, at: &Value, more: Value) -> Result<()> {
    let mut params =
        json!({ "type": kind, "x": at["x"], "y": at["y"], "button": "left", "clickCount": 1 });
    if let (Some(params), Some(more)) = (params.as_object_mut(), more.as_object()) {
        params.extend(more.clone());
    }
    page.session()
        .devtools("Input.dispatchMouseEvent", params)
        .map(drop)
}

fn drag(page: &Page, testid: &str, from: f64, to: f64) -> Result<()> {
    let [from, to] = places(page, testid, [from, to])?;
    pointer(page, "mousePressed", &from, json!({}))?;
    pointer(page, "mouseMoved", &to, json!({ "buttons": 1 }))?;
    page.rest()?;
    pointer(page, "mouseReleased", &to, json!({}))
}

/// A finger is laid down, moved and lifted, as the browser itself does it.
fn touch(page: &Page, testid: &str, from: f64, to: f64) -> Result<()> {
    let [from, to] = places(page, testid, [from, to])?;
    for (kind, points) in [
        ("touchStart", json!([from])),
        ("touchMove", json!([to])),
        ("touchEnd", json!([])),
    ] {
        let params = json!({ "type": kind, "touchPoints": points });
        page.session()
            .devtools("Input.dispatchTouchEvent", params)?;
        page.rest()?;
    }
    Ok(())
}

/// A stroke over the timeline brushes a stretch; one over its map moves it.
fn strokes(page: &Page, stroke: fn(&Page, &str, f64, f64) -> Result<()>) -> Result<()> {
    // The pointer reaches only what is in sight.
    page.resize(1280, 900)?;
    page.rest()?;
    let all = shown(page)?;
    stroke(page, "timeline", 0.25, 0.75)?;
    page.wait_for("what was brushed", WAIT, || {
        let near = shown(page)?;
        Ok(near.0 > all.0 && near.1 < all.1)
    })?;
    page.rest()?;
    let brushed = shown(page)?;
    let script = "const [from, to, at] = [...arguments].map((text) => Date.parse(text)); return (at - from) / (to - from);";
    let place = |at: &String| {
        let share = page
            .session()
            .run(script, &[json!(all.0), json!(all.1), json!(at)])?;
        share.as_f64().context("a share of the time")
    };
    let (from, to) = (place(&brushed.0)?, place(&brushed.1)?);
    ensure!(
        (from - 0.25).abs() < 0.02 && (to - 0.75).abs() < 0.02,
        "brushed from {from} to {to}"
    );
    stroke(page, "timeline-map", 0.5, 0.3)?;
    page.wait_for("what was moved on the map", WAIT, || {
        let moved = shown(page)?;
        Ok(moved.0 < brushed.0 && moved.1 < brushed.1)
    })
}

fn timeline_follows_a_finger(stage: &Stage) -> Result<()> {
    strokes(drop_events(stage)?, touch)
}

fn timeline_follows_the_pointer(stage: &Stage) -> Result<()> {
    let page = drop_events(stage)?;
    let all = shown(page)?;
    strokes(page, drag)?;
    page.rest()?;
    let moved = shown(page)?;
    let [middle, _] = places(page, "timeline", [0.5, 0.5])?;
    pointer(
        page,
        "mouseWheel",
        &middle,
        json!({ "deltaX": 0, "deltaY": -120 }),
    )?;
    page.wait_for("a shorter time", WAIT, || {
        let near = shown(page)?;
        Ok(near.0 > moved.0 && near.1 < moved.1)
    })?;
    page.click_text("[data-testid=view-activity] button", "Fit")?;
    page.wait_for("all of the time", WAIT, || Ok(shown(page)? == all))?;
    page.click_text("[data-testid=view-activity] button", "Lanes")?;
    page.wait_for("names of lanes", WAIT, || {
        Ok(page.session().run(
            "return document.querySelectorAll('.lane-names li').length",
            &[],
        )? == 1)
    })?;
    page.rest()?;
    let drawn = String::from_utf8(page.download("export-svg")?)?;
    ensure!(
        drawn.starts_with("<svg") && drawn.contains("sts.amazonaws.com"),
        "{drawn}"
    );
    // None of these calls has a risk of 8 by the values of the model.
    let key = page.session().run(
        "return document.querySelector('.timeline .key').innerText",
        &[],
    )?;
    ensure!(
        key.as_str()
            .is_some_and(|key| key.contains("risky calls 0")),
        "{key}"
    );
    stage.expect_quiet_console()
}

fn query(page: &Page) -> Result<String> {
    let typed = page.session().run(
        "return document.querySelector('[data-testid=query]').value",
        &[],
    )?;
    Ok(typed.as_str().unwrap_or_default().to_owned())
}

fn facets_are_picked(stage: &Stage) -> Result<()> {
    let page = drop_events(stage)?;
    page.click_text(".facet-list .value", "GetCallerIdentity")?;
    wait_count(page, 6)?;
    ensure!(query(page)? == "name:GetCallerIdentity", "{}", query(page)?);
    page.rest()?;
    page.click_text(".facet-list .value[aria-pressed=true]", "GetCallerIdentity")?;
    wait_count(page, 8)?;
    ensure!(query(page)?.is_empty(), "{}", query(page)?);
    page.session().run("[...document.querySelectorAll('.facet-list .not')].find((one) => one.title.startsWith('GetCallerIdentity')).click()", &[])?;
    wait_count(page, 2)?;
    stage.expect_quiet_console()
}

fn values_lead_to_events(stage: &Stage) -> Result<()> {
    let page = drop_events(stage)?;
    ask(page, "user:bob")?;
    wait_count(page, 6)?;
    page.rest()?;
    page.session()
        .run("document.querySelector('#row-0').click()", &[])?;
    page.wait_shown("inspector", true)?;
    let press = |title: &str| {
        let script = "const one = [...document.querySelectorAll('.pivot a, .pivot button')].find((one) => one.title === arguments[0]); if (!one) return 'none'; one.click();";
        page.wait_for(title, WAIT, || {
            Ok(page.session().run(script, &[json!(title)])? != "none")
        })
    };
    press("Add ip:203.0.113.3 to the query")?;
    wait_count(page, 1)?;
    ensure!(
        query(page)? == "user:bob ip:203.0.113.3",
        "{}",
        query(page)?
    );
    press("Add -name:GetCallerIdentity to the query")?;
    wait_count(page, 0)?;
    press("All events with region:us-east-1")?;
    wait_count(page, 8)?;
    stage.expect_quiet_console()
}

fn sessions_last_five_minutes(stage: &Stage) -> Result<()> {
    let page = drop_events(stage)?;
    page.click_text(".tabs a", "Sessions")?;
    // Alice's call, the role's, and bob's six, each five minutes after the one before.
    page.wait_for("eight sessions", WAIT, || {
        Ok(page.text("row-count")?.starts_with("8 rows"))
    })?;
    ask(page, "user:bob time:2024-05-01T10:15..2024-05-01T10:20")?;
    page.wait_for("two sessions", WAIT, || {
        Ok(page.text("row-count")?.starts_with("2 rows"))
    })?;
    page.session()
        .run("document.querySelector('#row-0').click()", &[])?;
    page.wait_shown("inspector", true)?;
    page.click_text("[data-testid=inspector] a", "Its events")?;
    wait_count(page, 1)?;
    stage.expect_quiet_console()
}

fn fields_are_completed(stage: &Stage) -> Result<()> {
    let page = drop_events(stage)?;
    let input = page.session().find("[data-testid=query]")?;
    let type_and_wait = |text: &str, wanted: &str| -> Result<()> {
        page.session().type_into(&input, text)?;
        // The list of an earlier key may offer it too, but behind others: the first is what the keys below choose.
        let is_offered = "return Boolean(document.querySelector('#completions li')?.textContent.includes(arguments[0]))";
        page.wait_for(wanted, WAIT, || {
            Ok(page.session().run(is_offered, &[json!(wanted)])? == true)
        })
    };
    type_and_wait("na", "name:")?;
    page.session().press(&[], key::DOWN)?;
    page.session().press(&[], key::ENTER)?;
    page.wait_for("the field", WAIT, || Ok(query(page)? == "name:"))?;
    type_and_wait("del", "name:DeleteTrail")?;
    page.session().press(&[], key::DOWN)?;
    page.session().press(&[], key::ENTER)?;
    page.wait_for("the value", WAIT, || {
        Ok(query(page)?.trim() == "name:DeleteTrail")
    })?;
    wait_count(page, 1)?;
    stage.expect_quiet_console()
}

fn search_is_cancelled(stage: &Stage) -> Result<()> {
    let folder = stage.scratch()?.join("many");
    fs::create_dir_all(&folder)?;
    let mut paths = Vec::new();
    for id in 1..=300_u32 {
        let event = json!([{ "eventID": format!("{id:08x}-0000-4000-8000-000000000000"), "eventName": "A", "eventSource": "sts.amazonaws.com", "eventVersion": "1.08" }]);
        let path = folder.join(format!("{id}.json"));
        fs::write(&path, event.to_string())?;
        paths.push(path);
    }
    let page = stage.open()?;
    page.drop_files(&paths)?;
    page.wait_ready(300)?;
    page.click("nav-activity")?;
    wait_count(page, 300)?;
    page.fill("deep", "eventVersion")?;
    // Files are read while this looks for the button.
    let cancelled = page.session().run(
        "document.querySelector('.task').requestSubmit();
         return new Promise((done) => {
            const look = () => {
                const button = [...document.querySelectorAll('.task button')].find((one) => one.textContent === 'Cancel');
                if (!button) return requestAnimationFrame(look);
                const words = document.querySelector('.task').innerText;
                button.click();
                done(words);
            };
            look();
         });",
        &[],
    )?;
    let words = cancelled.as_str().context("nothing was cancelled")?;
    ensure!(words.contains("of 300 files"), "{words}");
    page.wait_shown("deep", true)?;
    page.rest()?;
    // Nothing was marked, as the search did not end; the page goes on.
    wait_count(page, 0)?;
    ask(page, "")?;
    wait_count(page, 300)?;
    stage.expect_quiet_console()
}

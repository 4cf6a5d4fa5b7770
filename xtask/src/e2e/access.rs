//! Whoever cannot see or point gets through: axe-core over every view in both colour schemes, the main job by
//! keyboard alone with the focus always in sight, and a layout that holds from small to zoomed.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::page::key;
use super::printed::open_report;
use super::{Page, Stage, Test, VIEWS};
use crate::setup;

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "access_axe_finds_nothing_in_light",
        run: |stage| axe_finds_nothing(stage, "light"),
    },
    Test {
        name: "access_axe_finds_nothing_in_dark",
        run: |stage| axe_finds_nothing(stage, "dark"),
    },
    Test {
        name: "access_main_job_by_keyboard",
        run: main_job_by_keyboard,
    },
    Test {
        name: "access_focus_stays_in_sight",
        run: focus_stays_in_sight,
    },
    Test {
        name: "access_dialogs_take_and_return_the_focus",
        run: dialogs_take_the_focus,
    },
    Test {
        name: "access_layout_holds_at_every_size",
        run: layout_holds,
    },
    Test {
        name: "access_motion_is_reduced_when_asked",
        run: motion_is_reduced,
    },
];

/// Violations of WCAG 2.2 A and AA, each as one line.
const AXE: &str = "
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const runOnly = { type: 'tag', values: tags };
return axe.run(document, { runOnly, resultTypes: ['violations'], preload: false })
  .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.slice(0, 4).map((node) =>
    `${id} at ${node.target.join(' ')}: ${node.html.slice(0, 160)} (${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ''})`)));";

/// What is wider than the page, or scrolls it or a view sideways; tables scroll within themselves.
const OVERFLOW: &str = "
const views = [document.documentElement, ...document.querySelectorAll('.view, .side')];
const wide = views.some((one) => one.scrollWidth > one.clientWidth + 1);
const out = [...document.querySelectorAll('.bar button, .rail a, .bar .chip')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1 || box.bottom > innerHeight + 1);
});
return { wide, out: out.map((one) => one.textContent) };";

fn axe_finds_nothing(stage: &Stage, scheme: &str) -> Result<()> {
    let axe = setup::axe()?;
    let page = stage.open()?;
    page.resize(1280, 800)?;
    page.prefer(scheme)?;
    page.session().run(&axe, &[])?;
    let mut found = Vec::new();
    for case in ["empty", "demo"] {
        if case == "demo" {
            page.click("nav-evidence")?;
            page.click("load-demo")?;
            page.wait_ready(1)?;
        }
        for view in VIEWS {
            page.click(&format!("nav-{view}"))?;
            page.wait_shown(&format!("view-{view}"), true)?;
            let parts = page.parts()?;
            for part in 0..parts.max(1) {
                let name = page.open_part(part)?;
                check(page, &format!("{view} {name} ({case})"), &mut found)?;
            }
            if case == "demo" && open_first_row(page)? {
                check(page, &format!("{view}, inspector"), &mut found)?;
                page.session().press(&[], key::ESCAPE)?;
            }
        }
    }
    for (pressed, overlay) in [
        ("?", "help-overlay"),
        ("p", "privacy-panel"),
        ("w", "views-overlay"),
        ("o", "offline-panel"),
    ] {
        page.session().press(&[], pressed)?;
        page.wait_shown(overlay, true)?;
        check(page, overlay, &mut found)?;
        page.session().press(&[], key::ESCAPE)?;
        page.wait_shown(overlay, false)?;
    }
    page.session().press(&[key::CONTROL], "k")?;
    page.wait_shown("palette", true)?;
    check(page, "palette", &mut found)?;
    page.session().press(&[], key::ESCAPE)?;
    open_report(stage)?;
    page.session().run(&axe, &[])?;
    check(page, "report.html", &mut found)?;
    ensure!(
        found.is_empty(),
        "{} violations:\n{}",
        found.len(),
        found.join("\n")
    );
    Ok(())
}

/// Asks axe of what is on show.
fn check(page: &Page, place: &str, found: &mut Vec<String>) -> Result<()> {
    page.rest()?;
    let lines: Vec<String> =
        serde_json::from_value(page.session().run(AXE, &[])?).context("axe did not run")?;
    found.extend(lines.iter().map(|line| format!("{place}: {line}")));
    Ok(())
}

fn open_first_row(page: &Page) -> Result<bool> {
    let clicked = page.session().run(
        "const row = document.querySelector('#row-0'); row?.click(); return !!row;",
        &[],
    )?;
    if clicked != json!(true) {
        return Ok(false);
    }
    page.rest()?;
    page.shows("inspector")
}

/// From the empty page to the report: find the faults, read why, ask, hand over. No mouse.
fn main_job_by_keyboard(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    let session = page.session();
    session.press(&[key::CONTROL], "k")?;
    page.wait_shown("palette", true)?;
    page.type_keys("demo")?;
    session.press(&[], key::ENTER)?;
    page.wait_ready(1)?;

    session.press(&[], "2")?;
    page.wait_shown("view-integrity", true)?;
    tab_to(page, "[data-testid=part-logs]")?;
    session.press(&[], key::ENTER)?;
    page.wait_shown("row-count", true)?;
    tab_to(page, "[role=grid]")?;
    session.press(&[], key::DOWN)?;
    session.press(&[], key::ENTER)?;
    page.wait_shown("inspector", true)?;
    page.wait_for("why, in the inspector", stage_wait(), || {
        Ok(page.text("inspector")?.contains("Why"))
    })?;
    let first = page.text("inspector")?;
    session.press(&[], key::DOWN)?;
    page.wait_for("the next row in the inspector", stage_wait(), || {
        let next = page.text("inspector")?;
        Ok(next.contains("Why") && next != first)
    })?;
    session.press(&[], key::ESCAPE)?;
    page.wait_shown("inspector", false)?;

    session.press(&[], "3")?;
    page.wait_shown("view-activity", true)?;
    let total = page.attr("event-count", "data-total")?;
    tab_to(page, "[data-testid=query]")?;
    page.type_keys("name:ConsoleLogin")?;
    page.wait_for("fewer events", stage_wait(), || {
        let count = page.attr("event-count", "data-count")?;
        Ok(count.is_some() && count != total)
    })?;
    session.press(&[], key::ESCAPE)?;
    tab_to(page, "[role=grid]")?;

    session.press(&[], "8")?;
    page.wait_shown("view-report", true)?;
    tab_to(page, "[data-testid=export-report-json]")?;
    let report = page.downloaded("report.json by Enter", || session.press(&[], key::ENTER))?;
    let report: Value = serde_json::from_slice(&report)?;
    ensure!(
        report["cloudtrail"]["verdict"] == "failed",
        "the report says {}",
        report["cloudtrail"]["verdict"]
    );
    Ok(())
}

fn stage_wait() -> std::time::Duration {
    std::time::Duration::from_secs(10)
}

/// Presses Tab until an element has the focus.
fn tab_to(page: &Page, selector: &str) -> Result<()> {
    const MOST: usize = 120;
    for _ in 0..MOST {
        page.session().press(&[], key::TAB)?;
        if page.session().run(
            "return !!document.activeElement?.matches(arguments[0])",
            &[json!(selector)],
        )? == json!(true)
        {
            return Ok(());
        }
    }
    anyhow::bail!("{MOST} times Tab do not reach {selector}")
}

/// Every stop of the Tab key in every view is drawn with an outline, and is on the screen.
fn focus_stays_in_sight(stage: &Stage) -> Result<()> {
    const LOOK: &str = "
const one = document.activeElement;
if (!one || one === document.body) return null;
const style = getComputedStyle(one);
const box = one.getBoundingClientRect();
const drawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1.5;
const seen = box.width > 1 && box.height > 1 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
return [drawn && seen, `${one.tagName}.${one.className.baseVal ?? one.className} ${one.textContent.slice(0, 40)}`];";
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    let mut unseen = Vec::new();
    for view in VIEWS {
        page.click(&format!("nav-{view}"))?;
        page.wait_shown(&format!("view-{view}"), true)?;
        page.rest()?;
        // Firefox draws outlines in a window that has the focus, which it loses in a browser without a screen.
        page.session().run("window.focus()", &[])?;
        for _ in 0..40 {
            page.session().press(&[], key::TAB)?;
            let look = page.session().run(LOOK, &[])?;
            if look.is_null() {
                break;
            }
            let words = format!("{view}: {}", look[1].as_str().unwrap_or_default());
            if look[0] != json!(true) && !unseen.contains(&words) {
                unseen.push(words);
            }
        }
    }
    ensure!(
        unseen.is_empty(),
        "no outline in sight at\n{}",
        unseen.join("\n")
    );
    Ok(())
}

fn dialogs_take_the_focus(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    tab_to(page, "[data-testid=network-seal]")?;
    page.session().press(&[], key::ENTER)?;
    page.wait_shown("privacy-panel", true)?;
    for _ in 0..4 {
        let inside = page.session().run(
            "return !document.querySelector('.shell').contains(document.activeElement)",
            &[],
        )?;
        ensure!(inside == json!(true), "the focus is behind the dialog");
        page.session().press(&[], key::TAB)?;
    }
    page.session().press(&[], key::ESCAPE)?;
    page.wait_shown("privacy-panel", false)?;
    page.wait_for("the focus to return", stage_wait(), || {
        let back = "return document.activeElement?.dataset.testid ?? ''";
        Ok(page.session().run(back, &[])? == "network-seal")
    })
}

/// From 1024 pixels to 4K, and at a zoom of 200 % of 1024 and of 1280 pixels, which halves the pixels that the page has: every part
/// of every view, and a row opened beside it.
fn layout_holds(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    let mut beyond = Vec::new();
    for (width, height) in [(1024, 768), (3840, 2160), (640, 512), (512, 384)] {
        page.resize(width, height)?;
        for view in VIEWS {
            page.click(&format!("nav-{view}"))?;
            page.wait_shown(&format!("view-{view}"), true)?;
            for part in 0..page.parts()?.max(1) {
                let name = page.open_part(part)?;
                within(
                    page,
                    &format!("{view} {name} at {width}x{height}"),
                    &mut beyond,
                )?;
            }
            if open_first_row(page)? {
                within(
                    page,
                    &format!("{view}, inspector, at {width}x{height}"),
                    &mut beyond,
                )?;
                page.session().press(&[], key::ESCAPE)?;
            }
            let path = stage
                .scratch()?
                .join(format!("{view}-{width}x{height}.png"));
            page.screenshot(&path)?;
        }
    }
    ensure!(beyond.is_empty(), "beyond the page:\n{}", beyond.join("\n"));
    Ok(())
}

fn within(page: &Page, place: &str, beyond: &mut Vec<String>) -> Result<()> {
    page.rest()?;
    let found = page.session().run(OVERFLOW, &[])?;
    if found["wide"] != json!(false) || found["out"] != json!([]) {
        beyond.push(format!("{place}: {found}"));
    }
    Ok(())
}

fn motion_is_reduced(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    page.session().reduce_motion()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    page.click("nav-integrity")?;
    page.click("part-digests")?;
    page.wait_shown("row-count", true)?;
    page.rest()?;
    ensure!(open_first_row(page)?, "no row opens");
    let moving = page
        .session()
        .run("return document.getAnimations().length", &[])?;
    ensure!(
        moving == json!(0),
        "{moving} animations run though motion is to be reduced"
    );
    Ok(())
}

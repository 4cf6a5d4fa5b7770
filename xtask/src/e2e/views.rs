//! Every view opens, by its rail and by its address, and the keyboard reaches the commands.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::page::key;
use super::{Stage, Test};

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "views_open_from_the_rail",
        run: open_from_the_rail,
    },
    Test {
        name: "views_open_by_address",
        run: open_by_address,
    },
    Test {
        name: "a_gap_opens_in_the_inspector",
        run: gap_opens_in_the_inspector,
    },
    Test {
        name: "keyboard_opens_help_and_palette",
        run: keyboard_opens_help_and_palette,
    },
];

/// The views of the contract.
pub(crate) const VIEWS: [&str; 8] = [
    "evidence",
    "integrity",
    "activity",
    "resources",
    "compliance",
    "risk",
    "artifacts",
    "report",
];

fn open_from_the_rail(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    for view in VIEWS {
        page.click(&format!("nav-{view}"))?;
        page.wait_shown(&format!("view-{view}"), true)?;
        let others = VIEWS.iter().filter(|other| **other != view);
        for other in others {
            ensure!(
                !page.shows(&format!("view-{other}"))?,
                "{other} shows together with {view}"
            );
        }
        let text = page.text(&format!("view-{view}"))?;
        ensure!(text.trim().len() > 20, "{view} says nothing when empty");
    }
    stage.expect_quiet_console()
}

fn open_by_address(stage: &Stage) -> Result<()> {
    for view in VIEWS {
        // Another address of the same page does not load it again; a blank one between does.
        stage.page.session().open_url("about:blank")?;
        stage
            .page
            .open(&format!("{}#/v1/{view}", stage.address()))?;
        stage.page.wait_shown(&format!("view-{view}"), true)?;
    }
    stage.expect_quiet_console()
}

fn gap_opens_in_the_inspector(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    page.click("nav-integrity")?;
    page.wait_shown("digest-counts", true)?;
    page.session()
        .run("document.querySelector('button.gap').click()", &[])?;
    page.wait_for("why and what to do", Duration::from_secs(10), || {
        let words = page.text("inspector").unwrap_or_default();
        Ok(words.contains("Why") && words.contains("What to do"))
    })?;
    page.session().press(&[], key::ESCAPE)?;
    page.wait_shown("inspector", false)?;
    stage.expect_quiet_console()
}

fn keyboard_opens_help_and_palette(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    let session = page.session();
    for (testid, held, pressed) in [
        ("help-overlay", [].as_slice(), "?"),
        ("palette", [key::CONTROL].as_slice(), "k"),
    ] {
        session.press(held, pressed)?;
        page.wait_shown(testid, true)?;
        session.press(&[], key::ESCAPE)?;
        page.wait_shown(testid, false)?;
    }
    // Keys that are letters can be turned off (WCAG 2.1.4).
    session.press(&[key::CONTROL], "k")?;
    page.wait_shown("palette", true)?;
    page.type_keys("single")?;
    session.press(&[], key::ENTER)?;
    page.wait_for("the words", Duration::from_secs(10), || {
        page.says("Shortcuts of a single key are off")
    })?;
    session.press(&[], "?")?;
    page.rest()?;
    ensure!(
        !page.shows("help-overlay")?,
        "a letter still runs a command"
    );
    stage.expect_quiet_console()
}

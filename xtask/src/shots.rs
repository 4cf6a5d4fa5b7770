//! `shots`: every view and every part of it, empty and with the demo, in several sizes and both colour schemes, for
//! people to look at; and the pictures of the README.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use pico_args::Arguments;

use crate::build;
use crate::e2e::{Page, VIEWS, key};
use crate::server::{Folder, Server};
use crate::setup::Browser;
use crate::shell;
use crate::webdriver::{Driver, Session};

const SIZES: [(u32, u32); 2] = [(1280, 800), (1920, 1080)];
const SCHEMES: [&str; 2] = ["light", "dark"];

/// Pictures of the README: the view, and the part of it that is opened, by its test id.
const DOCUMENTS: &[(&str, &str)] = &[("integrity", ""), ("activity", ""), ("compliance", "")];

/// The `shots` command: of dist/ as it is.
pub(crate) fn run(mut args: Arguments) -> Result<()> {
    let only: Option<String> = args.opt_value_from_str("--view")?;
    let is_small = args.contains("--small");
    let for_documents = args.contains("--docs");
    let with_parts = args.contains("--parts");
    let dropped: Option<PathBuf> = args.opt_value_from_str("--drop")?;
    shell::finish(args)?;

    let folder = shell::root().join("target/shots");
    let downloads = folder.join("downloads");
    fs::create_dir_all(&downloads)?;
    let dist = Folder::open(&build::dist())?;
    let site = Server::start(0, move |request| dist.answer(request))?;
    let driver = Driver::start(&Browser::ensure()?)?;
    let page = Page::new(Session::open(&driver, &downloads)?, downloads);
    if for_documents {
        return documents(&page, &site.url());
    }

    let sizes = if is_small { &SIZES[..1] } else { &SIZES[..] };
    for case in ["empty", "demo"] {
        page.session().open_url("about:blank")?;
        page.open(&site.url())?;
        match &dropped {
            _ if case == "empty" => {}
            Some(folder) => {
                page.drop_folder(folder)?;
                page.wait_ready(1)?;
            }
            None => {
                page.click("load-demo")?;
                page.wait_ready(1)?;
            }
        }
        for view in VIEWS {
            if only.as_deref().is_some_and(|name| name != view) {
                continue;
            }
            page.click(&format!("nav-{view}"))?;
            page.wait_shown(&format!("view-{view}"), true)?;
            if case == "demo" && view == "report" {
                sample(&page)?;
            }
            for part in 0..page.parts()?.max(1) {
                page.open_part(part)?;
                for &(width, height) in sizes {
                    page.resize(width, height)?;
                    for scheme in SCHEMES {
                        page.prefer(scheme)?;
                        page.rest()?;
                        let name = format!("{view}-{part}-{case}-{width}x{height}-{scheme}.png");
                        page.screenshot(&folder.join(name))?;
                    }
                }
            }
            if case == "demo" && view == "integrity" {
                inspect(&page, &folder)?;
            }
            if case == "demo" && view == "activity" {
                activity(&page, &folder, sizes)?;
            }
            if case == "demo" && with_parts {
                parts(&page, view, &folder)?;
            }
        }
        if only.is_none() && case == "demo" {
            overlays(&page, &folder)?;
        }
    }
    println!("screenshots are in {}", folder.display());
    Ok(())
}

/// The pictures that README and docs/ show.
fn documents(page: &Page, address: &str) -> Result<()> {
    page.open(address)?;
    page.resize(1280, 800)?;
    page.prefer("light")?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    for (view, part) in DOCUMENTS {
        page.click(&format!("nav-{view}"))?;
        page.wait_shown(&format!("view-{view}"), true)?;
        if !part.is_empty() {
            page.click(part)?;
        }
        page.rest()?;
        page.screenshot(&shell::root().join(format!("docs/{view}.png")))?;
    }
    Ok(())
}

/// What lies over the page.
fn overlays(page: &Page, folder: &Path) -> Result<()> {
    page.resize(1280, 800)?;
    for (name, held, pressed) in [
        ("help", [].as_slice(), "?"),
        ("privacy", &[], "p"),
        ("offline", &[], "o"),
        ("palette", &[key::CONTROL], "k"),
    ] {
        page.session().press(held, pressed)?;
        for scheme in SCHEMES {
            page.prefer(scheme)?;
            page.rest()?;
            page.screenshot(&folder.join(format!("overlay-{name}-{scheme}.png")))?;
        }
        page.session().press(&[], key::ESCAPE)?;
    }
    Ok(())
}

/// Each part of a view, and the inspector over its first row.
fn parts(page: &Page, view: &str, folder: &Path) -> Result<()> {
    let found = page.session().run(
        "return [...document.querySelectorAll('[data-testid^=part-]')].map((one) => one.dataset.testid)",
        &[],
    )?;
    let names = found.as_array().cloned().unwrap_or_default();
    for part in names.iter().filter_map(|name| name.as_str()) {
        page.click(part)?;
        for (width, height) in SIZES {
            page.resize(width, height)?;
            for scheme in SCHEMES {
                page.prefer(scheme)?;
                page.rest()?;
                let name = format!("{view}-{part}-{width}x{height}-{scheme}.png");
                page.screenshot(&folder.join(name))?;
            }
        }
        let row = "const row = document.querySelector('.rows .row'); if (row) row.click(); return Boolean(row);";
        if page.session().run(row, &[])? == true {
            page.wait_shown("inspector", true)?;
            page.rest()?;
            page.screenshot(&folder.join(format!("{view}-{part}-inspector.png")))?;
            page.session().press(&[], key::ESCAPE)?;
        }
    }
    Ok(())
}

/// A population, a sample of it, and masking turned on.
fn sample(page: &Page) -> Result<()> {
    page.click_text("nav.tabs a", "Controls")?;
    page.wait_shown("freeze", true)?;
    page.click("freeze")?;
    page.click_text("nav.tabs a", "Samples")?;
    page.wait_shown("draw-sample", true)?;
    page.fill("sample-size", "3")?;
    page.click("draw-sample")?;
    page.wait_shown("checklist", true)?;
    page.click_text("nav.tabs a", "Hand over")?;
    for choice in ["mask-on", "mask-accounts", "mask-actors", "mask-arns"] {
        page.click(choice)?;
        page.rest()?;
    }
    Ok(())
}

/// States of the view on events: a query that goes wrong, one without answer, lanes, sessions, a record.
fn activity(page: &Page, folder: &Path, sizes: &[(u32, u32)]) -> Result<()> {
    let shoot = |name: &str| -> Result<()> {
        for &(width, height) in sizes {
            page.resize(width, height)?;
            for scheme in SCHEMES {
                page.prefer(scheme)?;
                page.rest()?;
                let name = format!("activity-{name}-{width}x{height}-{scheme}.png");
                page.screenshot(&folder.join(name))?;
            }
        }
        Ok(())
    };
    for (name, values) in [
        ("error", "q=name%3AConsoleLogin%20mfa%3Aperhaps"),
        ("none", "q=name%3ANoSuchCall"),
        ("lanes", "stack=actor&lanes=1"),
        ("errors", "q=error%3A*&stack=error"),
        ("sessions", "part=sessions"),
        ("seen", "part=seen"),
    ] {
        let script = "location.hash = `#/v1/activity?${arguments[0]}`";
        page.session().run(script, &[values.into()])?;
        page.rest()?;
        shoot(name)?;
    }
    let script = "location.hash = '#/v1/activity?q=name%3AAssumeRole'";
    page.session().run(script, &[])?;
    page.rest()?;
    page.session()
        .run("document.querySelector('#row-0')?.click()", &[])?;
    page.rest()?;
    shoot("record")?;
    page.session().press(&[], key::ESCAPE)?;
    page.fill("query", "na")?;
    page.rest()?;
    shoot("completion")?;
    page.fill("query", "")
}

/// The inspector, over a digest and its working.
fn inspect(page: &Page, folder: &Path) -> Result<()> {
    page.resize(1280, 800)?;
    page.click("part-digests")?;
    page.wait_shown("row-count", true)?;
    page.rest()?;
    page.session()
        .run("document.querySelector('#row-1').click()", &[])?;
    page.wait_shown("inspector", true)?;
    for scheme in SCHEMES {
        page.prefer(scheme)?;
        page.rest()?;
        page.screenshot(&folder.join(format!("inspector-{scheme}.png")))?;
    }
    page.session().press(&[], key::ESCAPE)
}

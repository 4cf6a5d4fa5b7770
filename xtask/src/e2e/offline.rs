//! dist/ on a static host: kept for use without it, under any path; a newer version comes when the user
//! accepts it; and the seal holds with the service worker in place.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::seal;
use super::{Page, Stage, Test};
use crate::build;
use crate::offline;
use crate::server::{self, Folder, Server};

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "offline_opens_without_its_host",
        run: opens_without_its_host,
    },
    Test {
        name: "offline_worker_answers_for_its_own_files",
        run: answers_for_its_own_files,
    },
    Test {
        name: "offline_keeps_no_altered_file",
        run: keeps_no_altered_file,
    },
    Test {
        name: "offline_update_waits_for_the_user",
        run: update_waits_for_the_user,
    },
    Test {
        name: "offline_worker_leaves_the_seal_closed",
        run: leaves_the_seal_closed,
    },
];

/// What only Chromium's own protocol tells.
pub(super) const INSTALL_TESTS: &[Test] = &[Test {
    name: "offline_page_can_be_installed",
    run: can_be_installed,
}];

/// Where a host may have put the page.
const PATH: &str = "/of an audit/2026/";

fn opens_without_its_host(stage: &Stage) -> Result<()> {
    let host = host(&build::dist())?;
    let address = address(&host);
    stage.page.open(&address)?;
    wait_state(&stage.page, "kept")?;
    drop(host);
    reopen(&stage.page, &format!("{address}#/v1/integrity"))?;
    stage.page.wait_shown("view-integrity", true)?;
    stage.page.click("nav-evidence")?;
    stage.page.click("load-demo")?;
    stage.page.wait_ready(1)?;
    let verdict = stage.page.attr("verdict", "data-verdict")?;
    ensure!(
        verdict.as_deref() == Some("failed"),
        "the demo is {verdict:?} without a host"
    );
    stage.page.click("nav-evidence")?;
    stage.page.session().press(&[], "o")?;
    stage.page.wait_shown("offline-panel", true)?;
    let words = stage.page.text("keeping")?;
    ensure!(
        words.contains("opens without a network"),
        "the panel says {words:?}"
    );
    Ok(())
}

fn answers_for_its_own_files(stage: &Stage) -> Result<()> {
    let folder = copy(stage, "host")?;
    fs::write(folder.join("other.txt"), "not of the page")?;
    let host = host(&folder)?;
    let address = address(&host);
    stage.page.open(&address)?;
    wait_state(&stage.page, "kept")?;
    reopen(&stage.page, &address)?;
    let session = stage.page.session();
    for (name, reaches_host) in [
        ("boot.js", false),
        ("index.html", false),
        ("icon.svg", false),
        ("boot.js?v=1", true),
        ("other.txt", true),
        ("exhibit.html", true),
    ] {
        let before = host.requests().len();
        session.open_url(&format!("{address}{name}"))?;
        stage.page.wait_for(name, seal::SETTLE * 20, || {
            Ok(
                session.run("return document.readyState + location.href", &[])?
                    == json!(format!("complete{address}{name}")),
            )
        })?;
        let seen = host.requests().split_off(before);
        // A page looks for its own news; only the file itself counts.
        let asked = seen.iter().any(|line| line.ends_with(&format!("/{name}")));
        ensure!(
            asked == reaches_host,
            "{name}: asked of the host is {asked}, in {seen:?}"
        );
    }
    Ok(())
}

fn keeps_no_altered_file(stage: &Stage) -> Result<()> {
    let folder = copy(stage, "host")?;
    fs::write(
        folder.join("icon.svg"),
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
    )?;
    let host = host(&folder)?;
    stage.page.open(&address(&host))?;
    wait_state(&stage.page, "refused")?;
    let kept = stage.page.session().run("return caches.keys()", &[])?;
    ensure!(kept == json!([]), "left behind: {kept}");
    // The page itself runs as before.
    stage.page.click("load-demo")?;
    stage.page.wait_ready(1)
}

fn update_waits_for_the_user(stage: &Stage) -> Result<()> {
    let folder = copy(stage, "host")?;
    let host = host(&folder)?;
    let address = address(&host);
    let page = &stage.page;
    page.open(&address)?;
    wait_state(page, "kept")?;

    let index = folder.join("index.html");
    let text = fs::read_to_string(&index)?;
    fs::write(
        &index,
        text.replace("<title>Exhibit</title>", "<title>Exhibit, newer</title>"),
    )?;
    offline::write(&folder)?;
    let title = || page.session().run("return document.title", &[]);
    for _ in 0..2 {
        reopen(page, &address)?;
        page.wait_shown("update", true)?;
        ensure!(
            title()? == "Exhibit",
            "the newer version came unasked: {}",
            title()?
        );
    }
    page.click("update")?;
    page.click("accept-update")?;
    page.wait_for("the newer version", seal::SETTLE * 20, || {
        Ok(title()? == "Exhibit, newer")
    })?;
    wait_state(page, "kept")?;
    page.wait_shown("network-seal", true)?;
    ensure!(!page.shows("update")?, "the update is still offered");
    // The older one is dropped by the newer worker, which may take a moment longer than the page.
    let caches = || page.session().run("return caches.keys()", &[]);
    let kept = page.wait_for("the older version to be dropped", seal::SETTLE * 20, || {
        Ok(caches()?.as_array().is_some_and(|kept| kept.len() == 1))
    });
    kept.with_context(|| format!("kept are {:?}", caches()))?;
    drop(host);
    reopen(page, &address)?;
    ensure!(title()? == "Exhibit, newer", "the older version came back");
    Ok(())
}

fn leaves_the_seal_closed(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    wait_state(page, "kept")?;
    reopen(page, &stage.site.url())?;
    let controlled = page
        .session()
        .run("return !!navigator.serviceWorker.controller", &[])?;
    ensure!(
        controlled == json!(true),
        "the page does not run by its worker"
    );
    seal::settle();
    let before = stage.asked().len();
    seal::probe(page, &stage.canary.url())?;
    seal::probe(page, &stage.site.url())?;
    // It hears nothing, so there is nothing to answer.
    page.session().run(
        "navigator.serviceWorker.controller.postMessage({ fetch: arguments[0] })",
        &[json!(stage.canary.url())],
    )?;
    seal::settle();
    seal::expect_silence(stage, before)
}

fn can_be_installed(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    wait_state(page, "kept")?;
    let session = page.session();
    let manifest = session.devtools("Page.getAppManifest", json!({}))?;
    ensure!(
        manifest["errors"] == json!([]),
        "the manifest has errors: {}",
        manifest["errors"]
    );
    let data: Value = serde_json::from_str(manifest["data"].as_str().context("no manifest")?)?;
    ensure!(
        data["start_url"] == json!(stage.site.url()),
        "it starts at {}",
        data["start_url"]
    );
    let errors = session.devtools("Page.getInstallabilityErrors", json!({}))?;
    let errors = &errors["installabilityErrors"];
    ensure!(errors == &json!([]), "it cannot be installed: {errors}");
    Ok(())
}

/// dist/ as it could stand on a host, to be changed.
fn copy(stage: &Stage, name: &str) -> Result<PathBuf> {
    let folder = stage.scratch()?.join(name);
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(build::dist())?.flatten() {
        if entry.path().is_file() {
            fs::copy(entry.path(), folder.join(entry.file_name()))?;
        }
    }
    Ok(folder)
}

/// A static host that has a folder under a path.
fn host(folder: &Path) -> Result<Server> {
    let folder = Folder::open(folder)?;
    let path = PATH.replace(' ', "%20");
    Server::start(0, move |request| match request.below(&path) {
        Some(request) => folder.answer(&request),
        None => server::text(404, "There is no such file."),
    })
}

fn address(host: &Server) -> String {
    format!(
        "{}{}",
        host.url(),
        PATH.replace(' ', "%20").trim_start_matches('/')
    )
}

/// Loads a page again, as typing its address into a new tab does.
fn reopen(page: &Page, address: &str) -> Result<()> {
    page.session().open_url("about:blank")?;
    page.open(address)
}

fn wait_state(page: &Page, state: &str) -> Result<()> {
    page.wait_for(&format!("offline to be {state}"), seal::SETTLE * 30, || {
        let found = page
            .session()
            .run("return window.exhibit?.offline?.state ?? null", &[])?;
        Ok(found == json!(state))
    })
}

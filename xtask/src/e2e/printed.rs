//! What Chromium prints: a document that is recognised when it is dropped, and the report on paper.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{Stage, Test};
use crate::shell;

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "a_document_that_chromium_prints_is_recognised",
        run: printed,
    },
    Test {
        name: "report_prints_with_contents_and_page_numbers",
        run: report_prints,
    },
];

const WAIT: Duration = Duration::from_secs(15);
/// Sizes of paper in centimetres.
const A4: (f64, f64) = (21.0, 29.7);
const LETTER: (f64, f64) = (21.59, 27.94);

const SOC: &str = "<html lang=en><title>System and Organization Controls 2 (SOC 2) Type 2 Report</title><h1>Amazon Web Services</h1><h2>System and Organization Controls 2 (SOC 2) Type 2 Report</h2><p>For the period October 1, 2024 to September 30, 2025</p><p>Amazon Confidential.</p></html>";

fn printed(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    let session = page.session();
    session.open_url("about:blank")?;
    let frame = session.devtools("Page.getFrameTree", json!({}))?;
    let frame = &frame["frameTree"]["frame"]["id"];
    session.devtools(
        "Page.setDocumentContent",
        json!({ "frameId": frame, "html": SOC }),
    )?;
    let file = stage.scratch()?.join("from-artifact.pdf");
    fs::write(&file, session.print(A4)?)?;
    let page = stage.open()?;
    page.drop_files(&[file])?;
    page.wait_ready(1)?;
    let report = page.report()?;
    let own = &report["artifacts"][0];
    ensure!(
        own["program"] == "SOC 2"
            && own["periodTo"] == "2025-09-30T23:59:59Z"
            && own["knownBy"] == "its own text",
        "{own}"
    );
    stage.expect_quiet_console()
}

/// Saves the report of the case on show as HTML and opens it in the place of the page.
pub(super) fn open_report(stage: &Stage) -> Result<()> {
    let page = &stage.page;
    page.click("nav-report")?;
    let file = stage.scratch()?.join("report.html");
    fs::write(&file, page.download("export-report-html")?)?;
    page.session()
        .open_url(&format!("file://{}", file.display()))?;
    page.wait_for("the report", WAIT, || {
        let is_whole =
            "return document.readyState === 'complete' && !!document.querySelector('#glossary')";
        Ok(page.session().run(is_whole, &[])? == true)
    })
}

/// The report on A4 and Letter.
fn report_prints(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    open_report(stage)?;
    for (name, paper) in [("a4", A4), ("letter", LETTER)] {
        let pdf = page.session().print(paper)?;
        let file = stage.scratch()?.join(format!("report-{name}.pdf"));
        fs::write(&file, pdf)?;
        let reader = ["run", "--quiet", "--locked", "--example", "document_text"];
        let text = shell::ask(shell::program("cargo").args(reader).arg("--").arg(&file));
        let text = text.context("no document was printed, or its reader does not compile")?;
        // Where letters are set apart, so are words: only their signs are compared.
        let text: String = text.split_whitespace().collect();
        for words in [
            "Contents",
            "Summary",
            "Method,andwhatprovenmeans",
            "Glossary",
            "Exhibitauditreport",
        ] {
            ensure!(text.contains(words), "{name} lacks {words}");
        }
        let pages = (2..1_000).find(|pages| {
            text.contains(&format!("1/{pages}")) && text.contains(&format!("{pages}/{pages}"))
        });
        ensure!(pages.is_some(), "{name} has no page numbers");
    }
    Ok(())
}

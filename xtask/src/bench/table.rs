//! The results as Markdown, to paste into the README.

use std::fmt::Write;

use anyhow::Result;
use serde_json::Value;

use super::measure::number;

/// The phases of `window.exhibitTimings`, in their order.
const PHASES: [&str; 7] = [
    "list", "read", "inflate", "hash", "parse", "verify", "total",
];
/// The Wasm memory of each role, of the same.
const MEMORY: [&str; 3] = ["memoryOfPage", "memoryOfCase", "memoryOfReaders"];

/// The machine, one row a case with its ratios, and the phases by number of readers.
pub(super) fn markdown(report: &Value) -> Result<String> {
    let mut text = machine(report);
    text.push_str(
        "\n| case | files | Exhibit | reading alone | Exhibit / reading | Python | Python / Exhibit \
         | native | Exhibit / native | longest frame | longest task | Wasm memory and heap | process |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for case in list(report, "cases") {
        row(&mut text, case)?;
    }
    text.push_str(
        "\n| case | readers | wall ms | list | read | inflate | hash | parse | verify | total \
         | MB of page | of case | of readers |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for case in list(report, "cases") {
        phases(&mut text, case)?;
    }
    Ok(text)
}

fn machine(report: &Value) -> String {
    let facts = &report["machine"];
    let shown = |key: &str| match &facts[key] {
        Value::String(text) => text.clone(),
        Value::Null => "unknown".to_owned(),
        other => other.to_string(),
    };
    format!(
        "{} ({} cores), {}; {}; {}; {}; medians of {}\n",
        shown("processor"),
        shown("cores"),
        shown("memory"),
        shown("system"),
        shown("browser"),
        shown("python"),
        report["runs"],
    )
}

fn row(text: &mut String, case: &Value) -> Result<()> {
    // Without a number asked for, the page chooses its readers: that is what users get.
    let page = chosen(case);
    let exhibit = median(&page, "ms")?;
    let floor = median(&runs(case, "floor"), "ms")?;
    let python = median(&runs(case, "python"), "ms")?;
    let native = median(&runs(case, "native"), "ms")?;
    let over = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) if b > 0.0 => format!("{:.2}", a / b),
        _ => "–".to_owned(),
    };
    writeln!(
        text,
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        case["about"].as_str().unwrap_or_default(),
        case["files"],
        seconds(exhibit),
        seconds(floor),
        over(exhibit, floor),
        seconds(python),
        over(python, exhibit),
        seconds(native),
        over(exhibit, native),
        shown(worst(&page, "frame"), 1.0, "ms"),
        shown(worst(&page, "task"), 1.0, "ms"),
        shown(worst(&page, "held"), 1e6, "MB"),
        shown(worst(&page, "memory"), 1e6, "MB"),
    )?;
    Ok(())
}

fn phases(text: &mut String, case: &Value) -> Result<()> {
    let mut counts: Vec<&Value> = Vec::new();
    for run in list(case, "page") {
        if !counts.contains(&&run["readers"]) {
            counts.push(&run["readers"]);
        }
    }
    for readers in counts {
        let same: Vec<&Value> = list(case, "page")
            .filter(|run| run["readers"] == *readers)
            .collect();
        write!(
            text,
            "| {} | {} | {} |",
            case["name"].as_str().unwrap_or_default(),
            readers.as_u64().map_or("own".to_owned(), |n| n.to_string()),
            shown(median(&same, "ms")?, 1.0, ""),
        )?;
        let timings: Vec<&Value> = same.iter().map(|run| &run["phases"]).collect();
        for phase in PHASES {
            let value = if timings.iter().all(|run| run[phase].is_number()) {
                median(&timings, phase)?
            } else {
                None
            };
            write!(text, " {} |", shown(value, 1.0, ""))?;
        }
        for role in MEMORY {
            write!(text, " {} |", shown(worst(&timings, role), 1e6, ""))?;
        }
        text.push('\n');
    }
    Ok(())
}

/// The runs in which the page chose its readers, or all where a number was asked for.
fn chosen(case: &Value) -> Vec<&Value> {
    let own: Vec<&Value> = list(case, "page")
        .filter(|run| run["readers"].is_null())
        .collect();
    if own.is_empty() {
        return runs(case, "page");
    }
    own
}

fn runs<'a>(case: &'a Value, key: &str) -> Vec<&'a Value> {
    list(case, key).collect()
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

/// The middle value; the mean of the middle two of an even number; `None` of nothing.
fn median(runs: &[&Value], key: &str) -> Result<Option<f64>> {
    let mut values = runs
        .iter()
        .map(|run| number(run, key))
        .collect::<Result<Vec<f64>>>()?;
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    Ok(match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    })
}

/// The largest value of any run that has one.
fn worst(runs: &[&Value], key: &str) -> Option<f64> {
    runs.iter()
        .filter_map(|run| run[key].as_f64())
        .max_by(f64::total_cmp)
}

fn seconds(ms: Option<f64>) -> String {
    ms.map_or("–".to_owned(), |ms| format!("{:.2} s", ms / 1000.0))
}

fn shown(value: Option<f64>, unit: f64, name: &str) -> String {
    let text = value.map_or("–".to_owned(), |value| {
        format!("{:.0} {name}", value / unit)
    });
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn median_is_the_middle() {
        let runs = [json!({"ms": 9}), json!({"ms": 1}), json!({"ms": 4})];
        let runs: Vec<&Value> = runs.iter().collect();
        assert_eq!(median(&runs, "ms").ok().flatten(), Some(4.0));
        assert_eq!(median(&runs[..2], "ms").ok().flatten(), Some(5.0));
        assert_eq!(median(&[], "ms").ok().flatten(), None);
        assert!(median(&runs, "missing").is_err());
    }

    #[test]
    fn table_has_a_row_a_case() {
        let page = json!([
            {"ms": 300.0, "frame": 17.0, "task": 0.0, "held": 1e8, "memory": 2e8, "readers": null,
             "phases": {"list": 0, "read": 1, "inflate": 2, "hash": 3, "parse": 4, "verify": 5, "total": 6}},
            {"ms": 500.0, "frame": 17.0, "task": 0.0, "held": null, "memory": null, "readers": 1, "phases": null},
        ]);
        let report = json!({ "runs": 1, "machine": {}, "cases": [
            {"name": "zip", "about": "a zip", "files": 7, "page": page,
             "floor": [{"ms": 200.0}], "python": [], "native": [{"ms": 100.0}]},
        ]});
        let text = markdown(&report).expect("a table");
        assert!(text.contains(
            "| a zip | 7 | 0.30 s | 0.20 s | 1.50 | – | – | 0.10 s | 3.00 | 17 ms | 0 ms | 100 MB | 200 MB |"
        ));
        assert!(text.contains("| zip | own | 300 | 0 | 1 | 2 | 3 | 4 | 5 | 6 |"));
        assert!(text.contains("| zip | 1 | 500 | – | – | – | – | – | – |"));
    }
}

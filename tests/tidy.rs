//! What ARCHITECTURE.md promises of the tree, checked.

use std::fs;
use std::path::{Path, PathBuf};

/// web-sys features that can reach a network.
const NETWORK: &[&str] = &[
    "Request",
    "Response",
    "Headers",
    "XmlHttpRequest",
    "WebSocket",
    "EventSource",
    "RtcPeerConnection",
    "RtcDataChannel",
    "ServiceWorkerContainer",
    "WebTransport",
    "Beacon",
    "HtmlFormElement",
    "HtmlIFrameElement",
];

/// Crates that know a browser.
const BROWSER: &[&str] = &["yew::", "web_sys::", "js_sys::", "wasm_bindgen", "gloo::"];

/// Each folder of the library, and what its `//!` says that it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("sum", &[]),
    ("moment", &[]),
    ("order", &[]),
    ("percent", &[]),
    ("room", &[]),
    ("texts", &["room"]),
    ("secret", &["order", "secret"]),
    ("evidence", &["sum", "moment", "evidence"]),
    ("document", &["evidence", "document"]),
    ("ticket", &["evidence", "moment", "ticket"]),
    (
        "object",
        &["order", "secret", "evidence", "document", "object"],
    ),
    ("sigma", &["sigma"]),
    ("artifact", &["moment", "evidence", "document", "artifact"]),
    (
        "compliance",
        &[
            "sum",
            "moment",
            "order",
            "texts",
            "evidence",
            "config",
            "compliance",
        ],
    ),
    (
        "config",
        &[
            "secret", "sum", "moment", "order", "percent", "texts", "evidence", "config",
        ],
    ),
    (
        "cloudtrail",
        &[
            "secret",
            "texts",
            "sum",
            "moment",
            "order",
            "percent",
            "evidence",
            "cloudtrail",
        ],
    ),
    (
        "intake",
        &[
            "ticket",
            "document",
            "artifact",
            "object",
            "sigma",
            "compliance",
            "texts",
            "config",
            "sum",
            "moment",
            "order",
            "evidence",
            "cloudtrail",
            "intake",
        ],
    ),
    (
        "integrity",
        &[
            "ticket",
            "artifact",
            "object",
            "sigma",
            "compliance",
            "texts",
            "config",
            "sum",
            "moment",
            "order",
            "room",
            "evidence",
            "cloudtrail",
            "intake",
            "integrity",
        ],
    ),
    (
        "activity",
        &[
            "ticket",
            "artifact",
            "object",
            "sigma",
            "compliance",
            "texts",
            "config",
            "sum",
            "moment",
            "order",
            "evidence",
            "cloudtrail",
            "intake",
            "integrity",
            "activity",
        ],
    ),
    (
        "risk",
        &[
            "config", "object", "sigma", "sum", "moment", "order", "texts", "evidence", "activity",
            "risk",
        ],
    ),
    (
        "audit",
        &[
            "ticket",
            "artifact",
            "secret",
            "object",
            "sigma",
            "risk",
            "compliance",
            "texts",
            "config",
            "activity",
            "sum",
            "moment",
            "order",
            "percent",
            "evidence",
            "cloudtrail",
            "intake",
            "integrity",
            "case",
            "audit",
        ],
    ),
    (
        "case",
        &[
            "ticket",
            "artifact",
            "secret",
            "object",
            "sigma",
            "risk",
            "compliance",
            "texts",
            "config",
            "activity",
            "sum",
            "moment",
            "order",
            "room",
            "evidence",
            "cloudtrail",
            "intake",
            "integrity",
            "audit",
            "case",
        ],
    ),
];

/// Lines of a file that can be read in one sitting.
const MOST_LINES: usize = 520;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let files = below(&root().join(folder)).into_iter();
    let rust = files.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("text");
        (
            path.strip_prefix(root()).expect("below").to_path_buf(),
            text,
        )
    };
    rust.map(read).collect()
}

/// All files below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            match path.is_dir() {
                true if entry.file_name() != "target" => folders.push(path),
                true => {}
                false => files.push(path),
            }
        }
    }
    files
}

fn is_application(path: &Path) -> bool {
    path.starts_with("src/app") || path == Path::new("src/main.rs")
}

#[test]
fn no_network_feature_is_enabled() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    for feature in NETWORK {
        assert!(
            !manifest.contains(&format!("\"{feature}\"")),
            "web-sys feature {feature} is enabled"
        );
    }
    assert!(!manifest.contains("gloo-net"));
}

#[test]
fn the_library_knows_no_browser() {
    for (path, text) in sources("src")
        .iter()
        .filter(|(path, _)| !is_application(path))
    {
        for name in BROWSER {
            assert!(!text.contains(name), "{} names {name}", path.display());
        }
    }
    let library = fs::read_to_string(root().join("src/lib.rs")).expect("src/lib.rs");
    assert!(library.contains("#![forbid(unsafe_code)]"));
}

/// Texts of the evidence are set apart in one place, which also shows what hides in them.
#[test]
fn what_the_evidence_says_is_told_by_one_widget() {
    for (path, text) in sources("src/app") {
        let is_widget = path.ends_with("widgets/told.rs");
        assert_eq!(
            text.contains("<bdi"),
            is_widget,
            "{}: write told(text)",
            path.display()
        );
    }
}

#[test]
fn arrows_point_one_way() {
    for (path, text) in sources("src")
        .iter()
        .filter(|(path, _)| !is_application(path))
    {
        let module = path
            .iter()
            .nth(1)
            .map(|name| name.to_string_lossy().trim_end_matches(".rs").to_owned());
        let Some((_, allowed)) = ARROWS
            .iter()
            .find(|(name, _)| Some(*name) == module.as_deref())
        else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let Some((_, rest)) = code.split_once("crate::") else {
                continue;
            };
            let used: String = rest
                .chars()
                .take_while(|c| c.is_ascii_lowercase())
                .collect();
            if ARROWS.iter().any(|(name, _)| *name == used) {
                assert!(
                    allowed.contains(&used.as_str()),
                    "{}:{} uses {used}",
                    path.display(),
                    number + 1
                );
            }
        }
    }
}

#[test]
fn files_are_short() {
    for (path, text) in sources("src")
        .into_iter()
        .chain(sources("xtask/src"))
        .chain(sources("tests"))
    {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines", path.display());
    }
}

#[test]
fn every_defect_says_what_is_expected() {
    for entry in fs::read_dir(root().join("tests/evidence")).expect("tests/evidence") {
        let folder = entry.expect("an entry").path();
        assert!(
            folder.join("expected.json").is_file(),
            "{}",
            folder.display()
        );
        assert!(folder.join("evidence").is_dir(), "{}", folder.display());
    }
}

#[test]
fn every_dependency_has_its_reason_in_the_list() {
    let list = fs::read_to_string(root().join("docs/dependencies.md")).expect("the list");
    for manifest in ["Cargo.toml", "xtask/Cargo.toml"] {
        let text = fs::read_to_string(root().join(manifest)).expect("a manifest");
        let mut is_table = false;
        for line in text.lines() {
            if line.starts_with('[') {
                is_table = matches!(line, "[dependencies]" | "[dev-dependencies]");
            }
            let entry = line
                .split_once(" = ")
                .filter(|_| is_table && !line.starts_with('#'));
            let Some((name, rest)) = entry else { continue };
            let why = rest.split_once("  # ").map(|(_, why)| why);
            let why =
                why.unwrap_or_else(|| panic!("{manifest}: {name} has no `  # why` behind it"));
            let row = format!("| {name} | {} |", why.replace('|', "\\|"));
            assert!(
                list.contains(&row),
                "docs/dependencies.md lacks {row}: run `cargo xtask generate dependencies`"
            );
        }
    }
}

/// The icon of the page stands in it, as the seal lets nothing be fetched for it.
#[test]
fn the_icon_of_the_page_is_the_drawn_one() {
    let icon = fs::read_to_string(root().join("offline/icon.svg")).expect("the icon");
    let page = fs::read_to_string(root().join("index.html")).expect("the page");
    let plain = page
        .replace("%3C", "<")
        .replace("%3E", ">")
        .replace("%23", "#");
    assert!(plain.contains(&icon.trim().replace('"', "'")));
}

/// What `docs/hostile.md` names is there: a fixture, a test of the host, or one of the browser.
#[test]
fn hostile_evidence_is_held_by_tests() {
    let table = fs::read_to_string(root().join("docs/hostile.md")).expect("docs/hostile.md");
    let mut code = String::new();
    for folder in ["src", "tests", "xtask/src"] {
        sources(folder)
            .into_iter()
            .for_each(|(_, text)| code += &text);
    }
    let mut held = 0;
    for row in table.lines().filter(|line| line.starts_with("| ")) {
        let Some(by) = row.trim_end_matches(" |").rsplit(" | ").next() else {
            continue;
        };
        for name in by.split(", ").filter_map(|one| one.strip_prefix('`')) {
            let name = name.trim_end_matches('`');
            let is_fixture = root().join("tests/evidence").join(name).is_dir();
            let is_test =
                code.contains(&format!("fn {name}(")) || code.contains(&format!("\"{name}\""));
            assert!(
                is_fixture || is_test,
                "docs/hostile.md names {name}, which is not there"
            );
            held += 1;
        }
    }
    assert!(held > 50, "only {held} tests are named");
}

#[test]
fn the_readme_tells_to_collect_what_the_page_tells() {
    let read = |path: &str| {
        fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let told = format!("```\n{}```\n", read("src/app/views/collect.txt"));
    assert!(read("README.md").contains(&told));
}

/// Files and folders that a build writes, and that ARCHITECTURE.md names beside those of the tree.
const WRITTEN: &[&str] = &["release.json", "report.json", "dist/"];

#[test]
fn the_architecture_names_what_is_there() {
    let root = root();
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let mut paths = Vec::new();
    for folder in ["src", "xtask", "tests", "fuzz", "styles", "offline"] {
        paths.extend(below(&root.join(folder)));
    }
    let mut names: Vec<String> = vec!["boot.js".to_owned(), "Cargo.toml".to_owned()];
    names.extend(paths.iter().map(|path| {
        let path = path.strip_prefix(root).expect("below the root");
        path.to_string_lossy().replace('\\', "/")
    }));
    let is_path = |span: &&str| {
        let ends = [".rs", ".txt", ".js", ".css", ".toml", ".json", "/"];
        !span.contains(' ') && ends.iter().any(|end| span.ends_with(end))
    };
    let is_there = |span: &str| {
        let span = span.trim_end_matches("*.txt");
        let within = |name: &String| {
            let name = format!("/{name}");
            match span.strip_suffix('/') {
                Some(folder) => name.contains(&format!("/{folder}/")),
                None => name.ends_with(&format!("/{span}")),
            }
        };
        names.iter().any(within)
    };
    let spans = text.split('`').skip(1).step_by(2);
    let absent: Vec<&str> = spans
        .filter(is_path)
        .filter(|span| !WRITTEN.contains(span) && !is_there(span))
        .collect();
    assert!(absent.is_empty(), "ARCHITECTURE.md names {absent:?}");
}

#[test]
fn every_target_of_the_fuzzer_is_built() {
    let folder = root().join("fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("fuzz/Cargo.toml");
    let targets = below(&folder.join("fuzz_targets"));
    assert!(!targets.is_empty());
    for target in targets {
        let name = target.file_stem().expect("a name").to_string_lossy();
        let line = format!("path = \"fuzz_targets/{name}.rs\"");
        assert!(manifest.contains(&line), "fuzz/Cargo.toml lacks {name}");
    }
}

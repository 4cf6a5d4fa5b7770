//! What of a case stands in the report for people.

mod support;

use exhibit::case::{Case, Control, Correction, Export, Settings};
use exhibit::moment::Moment;
use exhibit::sum::Sum;
use serde_json::{Value, json};

use support::{exported, judged};

/// Texts at a path of names, whatever lists stand between; only those that tell something.
fn texts<'v>(value: &'v Value, path: &[&str]) -> Vec<&'v str> {
    match (value, path) {
        (Value::Array(all), _) => all.iter().flat_map(|one| texts(one, path)).collect(),
        (_, [first, rest @ ..]) => texts(&value[*first], rest),
        _ => value
            .as_str()
            .filter(|text| !text.is_empty())
            .into_iter()
            .collect(),
    }
}

#[test]
fn the_report_tells_what_report_json_does() {
    let bytes = include_bytes!("../demo/case.tar.gz").to_vec();
    let files = [("demo.tar.gz".to_owned(), bytes)];
    let mut settings = Settings::default();
    settings.audit.controls.push(Control {
        id: "1.2.1".to_owned(),
        source: "PCI-DSS-3-2-1".to_owned(),
        ..Control::default()
    });
    let case = judged(&files, settings.clone());
    let sum = |name: &str| -> Option<Sum> {
        let mut all = case.register().files();
        all.find(|(_, file)| file.path.ends_with(name))?.1.sum
    };
    settings.audit.artifacts.push(Correction {
        file: Some(sum("iso27001.pdf").expect("a certificate")),
        title: "A certificate".to_owned(),
        program: "ISO 27001".to_owned(),
        certifications: Some(vec!["ISO 27001".to_owned(), "ISO 27017".to_owned()]),
        accepted_by: "Ada".to_owned(),
        ..Correction::default()
    });
    let mut case = judged(&files, settings);
    let generated = Moment::MIN;
    let html = String::from_utf8(exported(&mut case, &Export::Html { generated })).expect("text");
    let report: Value =
        serde_json::from_slice(&exported(&mut case, &Export::Report { generated })).expect("JSON");
    for (path, least) in [
        (&["config", "recorders", "gaps", "message"][..], 1),
        (&["config", "recorders", "scope"], 1),
        (&["cloudtrail", "protection", "trail"], 1),
        (&["cloudtrail", "trails", "gaps", "kind"], 1),
        (&["compliance", "rules", "name"], 20),
        (&["compliance", "frameworks", "name"], 3),
        (&["evidence", "files", "path"], 100),
        (&["evidence", "files", "sha256"], 100),
    ] {
        let all = texts(&report, path);
        assert!(all.len() >= least, "{path:?}: {}", all.len());
        for text in all {
            let text = text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;")
                .replace('\'', "&#39;");
            assert!(html.contains(&text), "{path:?}: {text}");
        }
    }
    let certificate = sum_of(&report, "iso27001.pdf");
    for words in [
        "ISO 27001, ISO 27017",
        "accepted by Ada",
        certificate,
        // Where files came from, and the controls of a framework that the audit has.
        "as a digest file lists it",
        "Controls of PCI",
        "How the logs are protected",
        "What AWS Config recorded",
    ] {
        assert!(html.contains(words), "{words}");
    }
    for title in ["<h3>Calls of high risk", "<h3>Errors of high risk"] {
        let part = html.split(title).nth(1).expect(title);
        let part = part.split("<h3>").next().expect("a part");
        let risks = part.split("<tr><td").skip(1).map(|row| {
            let cell = row.split(['>', '<']).nth(1).expect("a cell");
            cell.parse::<u8>().expect("a risk")
        });
        let risks: Vec<u8> = risks.collect();
        assert!(risks.iter().all(|risk| *risk >= 8), "{title}: {risks:?}");
    }
    let register = html
        .split("Reports and agreements")
        .nth(1)
        .expect("a register");
    assert!(register.contains(certificate));
}

#[test]
fn the_record_stands_in_the_report_where_it_is_asked_for() {
    let bytes = include_bytes!("../demo/case.tar.gz").to_vec();
    let [added, done] = ["2031-05-06T07:08:09Z", "2032-05-06T07:08:09Z"];
    let html = |record: bool| {
        let mut settings = Settings::default();
        let at = Moment::parse(done).expect("a time");
        settings.note(at, "Keys <confirmed>", "by Ada");
        settings.sharing.record = record;
        let mut case = Case::default();
        case.set(settings);
        case.begin(Moment::parse(added).expect("a time"));
        for (source, entry) in support::entries(&[("demo.tar.gz".to_owned(), bytes.clone())]) {
            case.add(source, entry);
        }
        support::settle(&mut case);
        let generated = Moment::MIN;
        String::from_utf8(exported(&mut case, &Export::Html { generated })).expect("text")
    };
    // A time may be broken before the time of day.
    let broken = |at: &str| at.replacen('T', "T<wbr>", 1);
    let parts = ["id=\"record\"", "#record\"", "Keys &lt;confirmed&gt;"].map(str::to_owned);
    let parts = [parts.as_slice(), &[broken(added), broken(done)]].concat();
    let (without, with) = (html(false), html(true));
    for part in parts {
        assert!(with.contains(&part) && !without.contains(&part), "{part}");
    }
}

#[test]
fn keys_that_a_file_says_were_confirmed_are_told_and_do_not_count() {
    let bytes = include_bytes!("../demo/case.tar.gz").to_vec();
    let files = [("demo.tar.gz".to_owned(), bytes)];
    let case = judged(&files, Settings::default());
    let keys = case.holdings().keys.iter().map(|key| key.sum.to_string());
    let theirs = Settings {
        confirmed_keys: keys.collect(),
        ..Settings::default()
    };
    let generated = Moment::MIN;
    let html = |settings: &Settings| {
        let mut case = judged(&files, settings.clone());
        let html = String::from_utf8(exported(&mut case, &Export::Html { generated }));
        (case.keys_confirmed(), html.expect("text"))
    };
    let own = "The auditor confirmed having fetched these keys.";
    let (confirmed, text) = html(&theirs);
    assert!(confirmed && text.contains(own));
    let opened = theirs.taken_up(&Settings::default(), "of <them>.json", generated);
    let (confirmed, text) = html(&opened);
    assert!(!confirmed && !text.contains(own));
    assert!(text.contains("in a case that was opened or in an earlier visit"));
    assert!(text.contains("Taken up from the file of a case: <bdi>of &lt;them&gt;.json: "));
}

fn sum_of<'v>(report: &'v Value, name: &str) -> &'v str {
    let files = report["evidence"]["files"].as_array().expect("files");
    let path = |file: &&Value| {
        file["path"]
            .as_str()
            .is_some_and(|path| path.ends_with(name))
    };
    let found = files.iter().find(path).expect("a file");
    found["sha256"].as_str().expect("a hash")
}

/// The first numbers of the rows of the table that stands below a heading.
fn numbers_below(html: &str, heading: &str) -> Vec<u64> {
    let below = html.split(heading).nth(1).expect("the heading");
    let table = below.split("</table>").next().unwrap_or_default();
    let rows = table.split("<tr><td>").skip(1);
    let number = |row: &str| {
        row.split("<td class=\"n\">")
            .nth(1)?
            .split('<')
            .next()?
            .parse()
            .ok()
    };
    rows.filter_map(number).collect()
}

#[test]
fn pictures_over_time_have_their_numbers_beside_them() {
    let bytes = include_bytes!("../demo/case.tar.gz").to_vec();
    let mut case = judged(&[("demo.tar.gz".to_owned(), bytes)], Settings::default());
    let generated = Moment::MIN;
    let html = String::from_utf8(exported(&mut case, &Export::Html { generated })).expect("text");
    let events = numbers_below(&html, "<h3>Events over time, by service</h3>");
    assert!((2..=24).contains(&events.len()), "{events:?}");
    assert_eq!(
        events.iter().sum::<u64>(),
        case.activity().order.len() as u64
    );
    let changes = numbers_below(&html, "<h3>Configuration changes over time</h3>");
    assert_eq!(changes.iter().sum::<u64>(), case.inventory().changes());
}

#[test]
fn a_gap_stands_beside_the_call_that_explains_it() {
    let bytes = include_bytes!("../demo/case.tar.gz").to_vec();
    let mut files = vec![("demo.tar.gz".to_owned(), bytes)];
    let generated = Moment::MIN;
    let html = |files: &[(String, Vec<u8>)]| {
        let mut case = judged(files, Settings::default());
        String::from_utf8(exported(&mut case, &Export::Html { generated })).expect("text")
    };
    assert!(html(&files).contains(">unexplained<"));
    let mut case = judged(&files, Settings::default());
    let report: Value =
        serde_json::from_slice(&exported(&mut case, &Export::Report { generated })).expect("JSON");
    let trails = report["cloudtrail"]["trails"].as_array().expect("trails");
    let has_gap = |one: &&Value| one["gaps"][0].is_object();
    let trail = trails.iter().find(has_gap).expect("a gap");
    let record = json!({ "eventID": "00000000-0000-0000-0000-00000000000f", "eventName": "StopLogging", "eventSource": "cloudtrail.amazonaws.com",
        "eventTime": trail["gaps"][0]["from"], "awsRegion": trail["region"], "recipientAccountId": trail["account"],
        "userIdentity": { "type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory" },
        "requestParameters": { "name": trail["trail"] } });
    let log = json!({ "Records": [record] }).to_string();
    files.push(("log.json".to_owned(), log.into_bytes()));
    let told = html(&files);
    let cause = told.split("StopLogging at ").nth(1).expect("the call");
    assert!(
        cause.contains("by arn:aws:iam::111122223333:user/mallory ("),
        "{}",
        &cause[..120]
    );
}

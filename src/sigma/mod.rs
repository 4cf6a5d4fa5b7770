//! Sigma rules that a user drops: read, told apart from those that cannot be evaluated, and asked of records.
//!
//! May use: nothing else.
//!
//! Written for this project, as the crate `sigma-rust` 0.7 never matches lists, whole objects and fields that are
//! absent (`field: null`), which nine of SigmaHQ's CloudTrail rules ask for, and panics on a condition that is not
//! ASCII. What is read of the specification 2.1 (public domain): selections of fields and keywords, wildcards, the
//! modifiers of [`detection`], conditions with `and`, `or`, `not`, `1 of`, `all of` and `them`. Correlations,
//! aggregations, placeholders and encodings are not, and are reported.

pub mod condition;
pub mod detection;
mod glob;
mod yaml;

use serde::{Deserialize, Serialize};

use condition::Condition;
use detection::{Fields, Selection};
use yaml::Yaml;

/// Bytes of a rule's file that are read: many times what SigmaHQ's rules for CloudTrail are together.
const LONGEST: usize = 4 << 20;
/// Rules that are read of one file.
const MOST: usize = 2_000;

/// How grave a rule is: Sigma's levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// It happened.
    Informational,
    /// Of note in number.
    Low,
    /// To be looked at.
    #[default]
    Medium,
    /// To be looked at soon.
    High,
    /// To be looked at now.
    Critical,
}

impl Level {
    fn by_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "informational" => Some(Level::Informational),
            "low" => Some(Level::Low),
            "medium" => Some(Level::Medium),
            "high" => Some(Level::High),
            "critical" => Some(Level::Critical),
            _ => None,
        }
    }
}

/// A rule as it was dropped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dropped {
    /// What it says.
    pub title: String,
    /// Its id.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// The licence that it states.
    pub licence: String,
    /// How grave.
    pub level: Level,
    /// What it is about, in its own words.
    pub description: String,
    /// Tactics and techniques, as `attack.t1098`.
    pub tags: Vec<String>,
    /// Where it comes from.
    pub references: Vec<String>,
    /// What is no reason for concern, in its own words.
    pub false_positives: Vec<String>,
    /// What it looks for, or why it cannot be evaluated.
    pub rule: Result<Rule, String>,
}

/// What a rule looks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    selections: Vec<(String, Selection)>,
    condition: Condition,
}

impl Rule {
    /// Whether it holds; `None` where that depends on fields that are not told.
    pub fn holds(&self, fields: &dyn Fields) -> Option<bool> {
        self.condition
            .holds(&|at| self.selections.get(at as usize)?.1.holds(fields))
    }
}

/// Asks rules of a record, as it stands in its file. The places of those that hold, in `rules`.
pub fn holding<'r>(rules: impl IntoIterator<Item = &'r Rule>, record: &str) -> Vec<u32> {
    let Ok(value) = serde_json::from_str(record) else {
        return Vec::new();
    };
    let record = detection::Record::new(&value);
    let each = rules.into_iter().enumerate();
    let holds = each.filter(|(_, rule)| rule.holds(&record) == Some(true));
    holds.map(|(at, _)| at as u32).collect()
}

/// Reads all rules of a file. What is wrong with one is told in its place.
pub fn parse(text: &[u8]) -> Vec<Dropped> {
    let within = whole(text, LONGEST);
    let read = yaml::documents(&String::from_utf8_lossy(within), MOST);
    let mut all: Vec<Dropped> = read.documents.iter().map(dropped).collect();
    let is_cut = within.len() < text.len();
    let cut = is_cut.then(|| {
        let read = within.len();
        format!("the file is too long for rules, and only its first {read} bytes were read; divide it, and drop the parts")
    });
    for problem in read.problem.into_iter().chain(cut) {
        let mut unread = dropped(&Yaml::Null);
        "A rule that cannot be read".clone_into(&mut unread.title);
        unread.rule = Err(problem);
        all.push(unread);
    }
    all
}

/// As many rules of a text as stand within its first bytes: none is cut into another.
fn whole(text: &[u8], longest: usize) -> &[u8] {
    let Some(within) = text.get(..longest).filter(|_| text.len() > longest) else {
        return text;
    };
    let between = within.windows(4).rposition(|part| part == b"\n---");
    &within[..between.unwrap_or(0)]
}

fn dropped(document: &Yaml) -> Dropped {
    let text = |key: &str| {
        document
            .get(key)
            .and_then(Yaml::text)
            .unwrap_or_default()
            .to_owned()
    };
    let list = |key: &str| document.get(key).map(Yaml::texts).unwrap_or_default();
    let level = text("level");
    Dropped {
        title: Some(text("title"))
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| "A rule without title".to_owned()),
        id: text("id"),
        author: list("author").join(", "),
        licence: text("license"),
        level: Level::by_name(&level).unwrap_or_default(),
        description: text("description"),
        tags: list("tags"),
        references: list("references"),
        false_positives: list("falsepositives"),
        rule: rule(document),
    }
}

fn rule(document: &Yaml) -> Result<Rule, String> {
    if document.get("correlation").is_some() || document.get("action").is_some() {
        return Err("it correlates other rules, which is not supported".to_owned());
    }
    let source = document.get("logsource");
    let of = |key: &str| {
        source
            .and_then(|source| source.get(key))
            .and_then(Yaml::text)
            .unwrap_or_default()
    };
    let (product, service) = (of("product"), of("service"));
    if product != "aws" || !["cloudtrail", ""].contains(&service) {
        let named = [product, service]
            .into_iter()
            .filter(|word| !word.is_empty());
        let named: Vec<&str> = named.collect();
        return Err(format!(
            "it is for {:?}, not for CloudTrail of AWS",
            named.join(" ")
        ));
    }
    let Some(Yaml::Map(detection)) = document.get("detection") else {
        return Err("it has no detection".to_owned());
    };
    if detection.iter().any(|(name, _)| name == "timeframe") {
        return Err("it counts within a timeframe, which is not supported".to_owned());
    }
    let mut selections = Vec::new();
    for (name, value) in detection.iter().filter(|(name, _)| name != "condition") {
        let selection = Selection::read(value).map_err(|reason| format!("{name}: {reason}"))?;
        selections.push((name.clone(), selection));
    }
    let names: Vec<&str> = selections.iter().map(|(name, _)| name.as_str()).collect();
    let stated = detection.iter().find(|(name, _)| name == "condition");
    let conditions = stated.map(|(_, value)| value.texts()).unwrap_or_default();
    let mut all = Vec::new();
    for one in &conditions {
        all.push(Condition::parse(one, &names).map_err(|reason| format!("condition: {reason}"))?);
    }
    match all.len() {
        0 => Err("it has no condition".to_owned()),
        1 => Ok(Rule {
            selections,
            condition: all.remove(0),
        }),
        // Several conditions are alternatives.
        _ => Ok(Rule {
            selections,
            condition: Condition::Any(all),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detection::Record;

    fn rule(detection: &str) -> Result<Rule, String> {
        let text = format!(
            "title: T\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n{detection}"
        );
        parse(text.as_bytes()).remove(0).rule
    }

    fn holds(detection: &str, record: &str) -> bool {
        let record: serde_json::Value = serde_json::from_str(record).expect("JSON");
        let rule = rule(detection).expect("a rule");
        rule.holds(&Record::new(&record)).expect("told")
    }

    #[test]
    fn fields_match_as_the_specification_says() {
        let one = "  s:\n    eventName: DeleteTrail\n  condition: s";
        assert!(holds(one, r#"{"eventName":"deletetrail"}"#));
        assert!(!holds(one, r#"{"eventName":"DeleteTrails"}"#) && !holds(one, "{}"));
        let several = "  s:\n    eventName|startswith:\n      - Put\n      - Delete\n    requestParameters.a: 'x?z*'\n  condition: s";
        assert!(holds(
            several,
            r#"{"eventName":"PutX","requestParameters":{"a":"xyz!"}}"#
        ));
        assert!(!holds(
            several,
            r#"{"eventName":"PutX","requestParameters":{"a":"xz"}}"#
        ));
        let all = "  s:\n    a|contains|all:\n      - one\n      - two\n  condition: s";
        assert!(holds(all, r#"{"a":"two one"}"#) && !holds(all, r#"{"a":"two"}"#));
        let escaped = "  s:\n    a: 'x\\*'\n  condition: s";
        assert!(holds(escaped, r#"{"a":"x*"}"#) && !holds(escaped, r#"{"a":"xy"}"#));
        let cased = "  s:\n    a|cased: Abc\n  condition: s";
        assert!(holds(cased, r#"{"a":"Abc"}"#) && !holds(cased, r#"{"a":"abc"}"#));
        let stars = "  s:\n    a: '*a?b'\n  condition: s";
        assert!(holds(stars, r#"{"a":"aaxaab"}"#));
    }

    #[test]
    fn absent_fields_lists_and_objects_match_too() {
        let null = "  s:\n    errorCode: null\n  condition: s";
        assert!(
            holds(null, "{}")
                && holds(null, r#"{"errorCode":null}"#)
                && !holds(null, r#"{"errorCode":"X"}"#)
        );
        let list = "  s:\n    a.b.c|contains: needle\n  condition: s";
        assert!(
            holds(list, r#"{"a":[{"b":{"c":["hay","a needle"]}}]}"#)
                && !holds(list, r#"{"a":{"b":{"c":["hay"]}}}"#)
        );
        let object = "  s:\n    a|contains: '\"k\":\"v\"'\n  condition: s";
        assert!(holds(object, r#"{"a":{"j":1,"k":"v"}}"#) && !holds(object, r#"{"a":{"k":"w"}}"#));
        let there = "  s:\n    a|exists: true\n    b|exists: false\n  condition: s";
        assert!(
            holds(there, r#"{"a":1}"#) && !holds(there, r#"{"a":1,"b":2}"#) && !holds(there, "{}")
        );
    }

    #[test]
    fn other_modifiers_match_too() {
        let re = "  s:\n    a|re: '^x\\d+$'\n  condition: s";
        assert!(holds(re, r#"{"a":"x12"}"#) && !holds(re, r#"{"a":"X12"}"#));
        let re_i = "  s:\n    a|re|i: '^x'\n  condition: s";
        assert!(holds(re_i, r#"{"a":"X12"}"#));
        let cidr = "  s:\n    ip|cidr: 10.0.0.0/8\n  condition: s";
        assert!(
            holds(cidr, r#"{"ip":"10.9.9.9"}"#)
                && !holds(cidr, r#"{"ip":"11.0.0.1"}"#)
                && !holds(cidr, r#"{"ip":"::1"}"#)
        );
        let more = "  s:\n    n|gte: 5\n    n|lt: 9\n  condition: s";
        assert!(
            holds(more, r#"{"n":5}"#) && !holds(more, r#"{"n":9}"#) && !holds(more, r#"{"n":"x"}"#)
        );
        let same = "  s:\n    a|fieldref: b\n  condition: s";
        assert!(
            holds(same, r#"{"a":"x","b":"X"}"#)
                && !holds(same, r#"{"a":"x","b":"y"}"#)
                && !holds(same, r#"{"a":"x"}"#)
        );
        let part = "  s:\n    a|fieldref|endswith: b\n  condition: s";
        assert!(holds(part, r#"{"a":"user/x","b":"x"}"#));
        let words = "  k:\n    - needle\n    - 'hay*ack'\n  condition: k";
        assert!(
            holds(words, r#"{"a":{"b":"a NEEDLE here"}}"#)
                && holds(words, r#"{"a":"haystack"}"#)
                && !holds(words, "{}")
        );
    }

    #[test]
    fn conditions_are_read_with_their_precedence() {
        let base = "  a:\n    x: 1\n  b_one:\n    y: 1\n  b_two:\n    z: 1\n  condition: ";
        let of = |condition: &str, record: &str| holds(&format!("{base}{condition}"), record);
        assert!(
            of("a or b_one and b_two", r#"{"x":1}"#) && !of("(a or b_one) and b_two", r#"{"x":1}"#)
        );
        assert!(of("not a and b_one", r#"{"y":1}"#) && !of("not (a or b_one)", r#"{"y":1}"#));
        assert!(
            of("1 of b_*", r#"{"z":1}"#)
                && !of("all of b_*", r#"{"z":1}"#)
                && of("all of them", r#"{"x":1,"y":1,"z":1}"#)
        );
        assert!(of("a and not 1 of b_*", r#"{"x":1}"#));
        assert!(of("\n    - b_one\n    - b_two", r#"{"z":1}"#));
    }

    #[test]
    fn what_is_not_supported_is_said() {
        for (detection, words) in [
            ("  s:\n    a|expand: '%x%'\n  condition: s", "expand"),
            ("  s:\n    a|base64: x\n  condition: s", "base64"),
            ("  s:\n    a: 1\n  condition: s | count() > 5", "'|'"),
            ("  s:\n    a: 1\n  condition: t", "\"t\""),
            ("  s:\n    a: 1\n  condition: s )", "')'"),
            ("  s:\n    a: 1\n  condition: (s", "')'"),
            ("  s:\n    a: 1\n  condition: s und é", "\"und\""),
            ("  s:\n    a|re: '('\n  condition: s", "pattern"),
            ("  s:\n    a|cidr: x\n  condition: s", "network"),
            ("  s: 5\n  condition: s", "selection"),
            (
                "  s:\n    a: 1\n  timeframe: 5m\n  condition: s",
                "timeframe",
            ),
            ("  s:\n    a: 1\n", "condition"),
        ] {
            let reason = rule(detection).expect_err(detection);
            assert!(reason.contains(words), "{detection}: {reason}");
        }
        let deep = format!("  s:\n    a: 1\n  condition: {}s", "(".repeat(10_000));
        assert!(rule(&deep).is_err());
        let other = parse(b"title: a\nlogsource:\n  product: windows\ndetection:\n  s:\n    a: 1\n  condition: s\n---\ntitle: b\ncorrelation:\n  type: event_count\n");
        assert!(other.len() == 2 && other.iter().all(|one| one.rule.is_err()));
        assert!(
            parse(&b"[".repeat(100_000))
                .iter()
                .all(|one| one.rule.is_err())
        );
        assert!(
            parse(b"a: &x [1]\nb: *x\n")
                .iter()
                .all(|one| one.rule.is_err())
        );
        assert!(
            parse(b"title: \"\xff\n: :")
                .iter()
                .all(|one| one.rule.is_err())
        );
    }

    #[test]
    fn a_long_file_is_read_up_to_its_last_whole_rule_and_says_so() {
        let rule = "title: A\nlogsource:\n  product: aws\ndetection:\n  s:\n    eventName: B\n  condition: s\n---\n";
        let text = rule.repeat(3);
        let cut = whole(text.as_bytes(), 2 * rule.len() + 40);
        assert_eq!(cut.len(), 2 * rule.len() - 5);
        assert_eq!(whole(text.as_bytes(), text.len()), text.as_bytes());
        assert_eq!(whole(b"title: A", 3), b"");
        // More than once fitted, with a comment that fills it, and too much.
        let padded = |bytes: usize| format!("{rule}# {}\n---\n{rule}", "x".repeat(bytes));
        let all = parse(padded(300 << 10).as_bytes());
        assert!(all.len() >= 2 && all.iter().filter(|one| one.rule.is_ok()).count() == 2);
        let all = parse(padded(LONGEST).as_bytes());
        assert!(all[0].rule.is_ok());
        let told = all.last().and_then(|one| one.rule.as_ref().err());
        assert!(told.is_some_and(|why| why.contains("too long")), "{told:?}");
    }

    #[test]
    fn the_call_alone_decides_what_it_can() {
        let by_call = "  s:\n    eventSource: s3.amazonaws.com\n    eventName: PutObject\n  f:\n    userAgent: x\n  condition: ";
        let call = detection::Call::new("PutObject", "s3.amazonaws.com");
        let other = detection::Call::new("GetObject", "s3.amazonaws.com");
        let told = |condition: &str, call: &detection::Call| {
            rule(&format!("{by_call}{condition}"))
                .expect("a rule")
                .holds(call)
        };
        assert_eq!(
            (told("s", &call), told("s", &other)),
            (Some(true), Some(false))
        );
        assert_eq!(
            (told("s and not f", &call), told("s and not f", &other)),
            (None, Some(false))
        );
        assert_eq!(
            (told("s or f", &call), told("s or f", &other)),
            (Some(true), None)
        );
    }
}

//! How often each regex and each kind of personal data is found where it stands, and found wrongly, in texts that are
//! made from labelled templates. `docs/detectors.md` holds what this measures; `EXHIBIT_WRITE=1` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::{env, fs};

use exhibit::object::{Object, Personal, Way, classify};

/// Texts of each entry that hold it, and texts that look alike.
const HOLD: usize = 100;
const ALIKE: usize = 50;
/// Ordinary texts.
const ORDINARY: usize = 200;

/// A small generator of numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let one = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let one = (one ^ (one >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (one ^ (one >> 31)) % end
    }

    fn pick<'l>(&mut self, list: &[&'l str]) -> &'l str {
        list[self.below(list.len() as u64) as usize]
    }

    fn signs(&mut self, alphabet: &str, count: usize) -> String {
        let all = alphabet.as_bytes();
        (0..count)
            .map(|_| char::from(all[self.below(all.len() as u64) as usize]))
            .collect()
    }
}

/// An entry of a corpus.
#[derive(Default)]
struct Entry {
    holds: Vec<&'static str>,
    alike: Vec<&'static str>,
    also: BTreeSet<&'static str>,
}

fn corpus(text: &'static str) -> BTreeMap<&'static str, Entry> {
    let mut all: BTreeMap<&'static str, Entry> = BTreeMap::new();
    let mut name = "";
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let entry = all.entry(name).or_default();
        match line.split_at_checked(2) {
            Some(("+ ", template)) => entry.holds.push(template),
            Some(("- ", template)) => entry.alike.push(template),
            Some(("~ ", other)) => {
                entry.also.insert(other);
            }
            _ => {
                name = line;
                all.entry(name).or_default();
            }
        }
    }
    all.remove("");
    all
}

const WORDS: &[&str] = &[
    "harbour", "ledger", "orchid", "tunnel", "maple", "copper", "lantern", "summit", "velvet",
    "anchor", "meadow", "beacon", "quartz", "willow", "saddle",
];
const GIVEN: &[&str] = &[
    "Alice", "Robert", "Maria", "Hannah", "David", "Emma", "Lucas", "Keisha", "Ngozi", "Dagny",
    "Wojciech", "Ximena", "Ayodele", "Kasimir",
];
const FAMILY: &[&str] = &[
    "Walker",
    "Martinez",
    "Nguyen",
    "Hughes",
    "Featherstone",
    "Kowalczyk",
    "Vanderberg",
    "Quigley",
    "Adebayo",
    "Stojanovic",
    "Thistlewood",
];

fn make(template: &str, random: &mut Random) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out += before;
        // `$6${l8}` of a shadow file and braces of code stand for themselves.
        let Some((inner, behind)) = after.split_once('}').filter(|(inner, _)| is_slot(inner))
        else {
            out.push('{');
            rest = after;
            continue;
        };
        out += &fill(inner, random);
        rest = behind;
    }
    (out + rest).replace("\\n", "\n")
}

fn is_slot(inner: &str) -> bool {
    let count = inner
        .get(1..)
        .is_some_and(|rest| rest.parse::<usize>().is_ok());
    matches!(inner, "w" | "G" | "F" | "card" | "ssn")
        || inner.contains('|')
        || count && inner.starts_with(['d', 'x', 'X', 'a', 'A', 'l', 'b', 'k'])
        || range(inner).is_some()
}

fn range(inner: &str) -> Option<(u64, u64)> {
    let (from, to) = inner.split_once('-')?;
    Some((from.parse().ok()?, to.parse().ok()?))
}

fn fill(inner: &str, random: &mut Random) -> String {
    const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
    const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const DIGITS: &str = "0123456789";
    match inner {
        "w" => return random.pick(WORDS).to_owned(),
        "G" => return random.pick(GIVEN).to_owned(),
        "F" => return random.pick(FAMILY).to_owned(),
        "card" => return card(random),
        "ssn" => {
            return format!(
                "{}-{}-{}",
                100 + random.below(560),
                10 + random.below(89),
                1000 + random.below(8999)
            );
        }
        _ => {}
    }
    if inner.contains('|') {
        let choices: Vec<&str> = inner.split('|').collect();
        return random.pick(&choices).to_owned();
    }
    if let Some((from, to)) = range(inner) {
        return (from + random.below(to - from + 1)).to_string();
    }
    let count = inner[1..].parse().expect("a count");
    let alphabet = match &inner[..1] {
        "d" => DIGITS.to_owned(),
        "x" => DIGITS.to_owned() + "abcdef",
        "X" => DIGITS.to_owned() + "ABCDEF",
        "a" => LOWER.to_owned(),
        "A" => UPPER.to_owned(),
        "l" => [LOWER, UPPER, DIGITS].concat(),
        "b" => [LOWER, UPPER, DIGITS, "+/"].concat(),
        _ => UPPER.to_owned() + "234567",
    };
    random.signs(&alphabet, count)
}

fn card(random: &mut Random) -> String {
    let mut digits = random.pick(&["4", "52", "37"]).to_owned();
    let long = if digits == "37" { 14 } else { 15 };
    digits += &random.signs("0123456789", long - digits.len());
    // Half of those of MasterCard's first digits are UnionPay's: without a draw of its own, which would make other texts of all.
    if digits.starts_with('5') && digits.ends_with(['0', '2', '4', '6', '8']) {
        digits.replace_range(..1, "6");
    }
    let doubled = |(at, byte): (usize, u8)| {
        let double = u32::from(byte - b'0') * if at % 2 == 0 { 2 } else { 1 };
        double / 10 + double % 10
    };
    let sum: u32 = digits.bytes().rev().enumerate().map(doubled).sum();
    digits.push(char::from(b'0' + ((10 - sum % 10) % 10) as u8));
    if digits.len() == 15 {
        return digits;
    }
    let parts: Vec<&str> = (0..4).map(|at| &digits[at * 4..at * 4 + 4]).collect();
    parts.join(random.pick(&["", " ", "-"]))
}

/// How a text may stand in a file: as it is, indented, with the line ends of Windows, as a text of JSON.
fn place(text: &str, form: usize) -> String {
    match form % 4 {
        1 => text.lines().map(|line| format!("    {line}\n")).collect(),
        2 => text.lines().map(|line| format!("{line}\r\n")).collect(),
        3 => format!("{{\"id\":7,\"body\":{}}}\n", serde_json::Value::from(text)),
        _ => text.to_owned() + "\n",
    }
}

fn ordinary(random: &mut Random) -> String {
    let template = random.pick(&[
        "The {w} of the {w} was moved to the {w} before the {w} was closed.",
        "2026-01-{10-28}T{10-23}:{10-59}:{10-59}Z INFO [{w}-{d1}] request {d6} served in {d3} ms",
        "fn {w}(at: usize) -> u64 {\n    let {w} = at + {d2};\n    {w} as u64\n}",
        "{w},{w},{d2},{d4}.{d2}\n{w},{w},{d2},{d4}.{d2}",
        "{\"{w}\":\"{w}\",\"count\":{d3},\"on\":true}",
        "sha256 {x64}  {w}.tar.gz",
        "arn:aws:iam::{d12}:role/{w}",
        "id {x8}-{x4}-{x4}-{x4}-{x12} of {w}",
        "price {d2},{d3}.{d2} for {d1} {w}",
        "<a href=\"https://{w}.example/{w}\">{w}</a>",
    ]);
    make(template, random)
}

/// What was found of one entry: texts that hold it and where it was found, others where it was found.
#[derive(Clone, Copy, Default)]
struct Score {
    texts: usize,
    right: usize,
    wrong: usize,
}

/// `least` is how often an entry must stand in a text to be told; `found` tells the entries of a text.
fn measure(
    corpus: &BTreeMap<&'static str, Entry>,
    forms: usize,
    least: &dyn Fn(&str) -> usize,
    found: &dyn Fn(&Object) -> Vec<&'static str>,
) -> BTreeMap<&'static str, Score> {
    let mut random = Random(7);
    let mut scores: BTreeMap<&'static str, Score> = BTreeMap::new();
    let none = Entry::default();
    let mut look = |text: &str, holds: Option<&'static str>, also: &Entry| {
        let object = classify("x.txt", text.as_bytes(), None);
        let told = found(&object);
        if let Some(name) = holds {
            let score = scores.entry(name).or_default();
            score.texts += 1;
            if told.contains(&name) {
                score.right += 1;
            } else if env::var_os("EXHIBIT_SHOW").is_some() {
                println!("missed {name}: {text:?}");
            }
        }
        for other in told {
            if Some(other) != holds && !also.also.contains(other) {
                scores.entry(other).or_default().wrong += 1;
                if env::var_os("EXHIBIT_SHOW").is_some() {
                    println!("wrong {other}: {text:?}");
                }
            }
        }
    };
    for (name, entry) in corpus {
        let many = |template: &str, random: &mut Random| {
            let times = least(name);
            let all: Vec<String> = (0..times).map(|_| make(template, random)).collect();
            all.join("\n")
        };
        for at in 0..HOLD {
            let text = many(entry.holds[at % entry.holds.len()], &mut random);
            look(
                &place(&text, at / entry.holds.len() % forms),
                Some(name),
                entry,
            );
        }
        for at in 0..ALIKE {
            let text = many(entry.alike[at % entry.alike.len()], &mut random);
            look(&place(&text, at / entry.alike.len() % forms), None, entry);
        }
    }
    for at in 0..ORDINARY {
        look(&place(&ordinary(&mut random), at % forms), None, &none);
    }
    scores
}

fn regexes() -> BTreeMap<&'static str, Score> {
    let corpus = corpus(include_str!("detectors.txt"));
    let rows = Way::Regex.rows();
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name).collect();
    assert_eq!(corpus.keys().copied().collect::<BTreeSet<_>>(), names);
    let least = |name: &str| rows[Way::Regex.find(name).expect("a row")].least as usize;
    let found = |object: &Object| {
        object
            .regexes
            .iter()
            .map(|(at, _)| rows[usize::from(*at)].name)
            .collect()
    };
    measure(&corpus, 4, &least, &found)
}

fn people() -> BTreeMap<&'static str, Score> {
    let corpus = corpus(include_str!("people.txt"));
    assert_eq!(corpus.len(), Personal::ALL.len());
    let found = |object: &Object| {
        let all = Personal::ALL.iter().zip(object.personal);
        all.filter(|(_, count)| *count > 0)
            .map(|(kind, _)| kind.name())
            .collect()
    };
    measure(&corpus, 1, &|_| 1, &found)
}

/// Precision and recall in percent, rounded down, so that 100 means all.
fn percents(score: &Score) -> (f64, f64) {
    let percent = |part: usize, of: usize| (part * 1_000 / of.max(1)) as f64 / 10.0;
    (
        percent(score.right, score.right + score.wrong),
        percent(score.right, score.texts),
    )
}

#[test]
fn each_detector_is_as_good_as_the_documentation_says() {
    let (regexes, people) = (regexes(), people());
    let mut text = include_str!("detectors.head.md").to_owned();
    for (title, scores) in [("Personal data", &people), ("Regex", &regexes)] {
        write!(
            text,
            "\n| {title} | precision | recall | found wrongly |\n|---|--:|--:|--:|\n"
        )
        .expect("memory");
        for (name, score) in scores {
            let (precision, recall) = percents(score);
            writeln!(
                text,
                "| {name} | {precision:.1} % | {recall:.1} % | {} |",
                score.wrong
            )
            .expect("memory");
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/detectors.md");
    if env::var_os("EXHIBIT_WRITE").is_some() {
        fs::write(path, &text).expect("docs/detectors.md");
    }
    assert_eq!(
        fs::read_to_string(path).unwrap_or_default(),
        text,
        "EXHIBIT_WRITE=1 writes docs/detectors.md anew"
    );
    // The README has those that are not always right, and no others.
    let is_row = |line: &&str| line.ends_with(" |") && line.contains(" % | ");
    let rows =
        |text: &str| -> Vec<String> { text.lines().filter(is_row).map(str::to_owned).collect() };
    let mut partly = rows(&text);
    partly.retain(|row| !row.contains("| 100.0 % | 100.0 % | 0 |"));
    assert_eq!(rows(include_str!("../README.md")), partly);
    for (name, score) in regexes.iter().chain(&people) {
        let (precision, recall) = percents(score);
        assert!(precision >= 90.0, "{name}: precision {precision}");
        assert!(recall >= 70.0, "{name}: recall {recall}");
    }
}

#[test]
fn fewer_matches_than_are_needed_are_none() {
    let corpus = corpus(include_str!("detectors.txt"));
    let mut random = Random(9);
    for (at, row) in Way::Regex.rows().iter().enumerate() {
        if row.least > 3 {
            let line = make(corpus[row.name].holds[0], &mut random);
            // The lists of users count by lines, of which the template has several.
            let lines = line.lines().count() as u32;
            let times = (row.least / 4 / lines.max(1)).max(1);
            if times * lines >= row.least {
                continue;
            }
            let text: Vec<String> = (0..times)
                .map(|_| make(corpus[row.name].holds[0], &mut random))
                .collect();
            let object = classify("x.txt", text.join("\n").as_bytes(), None);
            assert!(
                !object
                    .regexes
                    .iter()
                    .any(|(one, _)| usize::from(*one) == at),
                "{}",
                row.name
            );
        }
    }
}

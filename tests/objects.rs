//! What objects are classified by: every regex on a text that it matches and on one that looks alike, and how
//! often personal data is found, and found wrongly, in texts whose contents are known.

use std::collections::BTreeMap;

use exhibit::document;
use exhibit::object::{Personal, Way, classify};
use exhibit::risk::Values;
use exhibit::risk::objects::risks;

#[test]
fn every_regex_matches_its_text_and_not_its_double() {
    let lines = include_str!("patterns.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    let (mut names, mut wrong) = (Vec::new(), Vec::new());
    for line in lines {
        let parts: Vec<&str> = line.split('\t').collect();
        let [name, yes, no] = parts[..] else {
            panic!("three columns: {line:?}");
        };
        let row = Way::Regex.find(name).expect(name);
        let least = Way::Regex.rows()[row].least as usize;
        let found = |text: &str, times: usize| {
            let text = (text.replace("\\n", "\n") + "\n").repeat(times);
            let object = classify("x.txt", text.as_bytes(), None);
            object.regexes.iter().any(|(at, _)| usize::from(*at) == row)
        };
        if !found(yes, least) || found(no, least.max(3)) {
            wrong.push(line);
        }
        // Fewer matches than are needed are none.
        if least > 3 && found(yes, least / 4) {
            wrong.push(line);
        }
        names.push(name);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(names.len(), Way::Regex.rows().len());
}

#[test]
fn every_theme_holds_with_its_keywords_and_not_with_one_less() {
    for (at, row) in Way::Theme.rows().iter().enumerate() {
        // Longer words first: they may hold shorter ones.
        let mut words: Vec<&str> = row.words.split('|').collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let holds = |count: usize| {
            let text = words[..count].join(" . ");
            classify("x", text.as_bytes(), None)
                .themes
                .contains(&(at as u8))
        };
        assert!(holds(words.len()), "{}", row.name);
        assert!(!holds(0), "{}", row.name);
    }
}

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

    fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + self.below(10) as u8))
            .collect()
    }
}

/// Names on purpose taken from other lists than the program's: half of the given names are unknown to it.
const GIVEN: &[&str] = &[
    "Alice",
    "Robert",
    "Maria",
    "Hannah",
    "Oluwaseun",
    "Agnieszka",
    "David",
    "Siobhan",
    "Emma",
    "Thandiwe",
    "Lucas",
    "Bartholomew",
];
const FAMILY: &[&str] = &[
    "Walker",
    "Okonkwo",
    "Martinez",
    "Featherstone",
    "Nguyen",
    "Kowalczyk",
    "Hughes",
    "Vanderberg",
    "Ramirez",
    "Quigley",
];

fn card(random: &mut Random) -> String {
    let mut digits = "4".to_owned() + &random.digits(14);
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let double = u32::from(byte - b'0') * if at % 2 == 0 { 2 } else { 1 };
            double / 10 + double % 10
        })
        .sum();
    digits.push(char::from(b'0' + ((10 - sum % 10) % 10) as u8));
    let parts: Vec<&str> = (0..4).map(|at| &digits[at * 4..at * 4 + 4]).collect();
    parts.join(random.pick(&["", " ", "-"]))
}

/// A text that holds one of a kind.
fn holds(kind: Personal, random: &mut Random) -> String {
    let (year, month, day) = (
        1930 + random.below(80),
        1 + random.below(12),
        1 + random.below(28),
    );
    match kind {
        Personal::Name => format!(
            "The form was signed by {} {}.",
            random.pick(GIVEN),
            random.pick(FAMILY)
        ),
        Personal::Address => format!(
            "Ship to {} {} {}",
            1 + random.below(900),
            random.pick(&["Oak", "Old Mill", "North Main", "King"]),
            random.pick(&["Street", "Rd", "Avenue", "Lane", "Blvd.", "Promenade"])
        ),
        Personal::Email => format!(
            "contact {}.{}@{}",
            random.pick(GIVEN).to_lowercase(),
            random.digits(3),
            random.pick(&["example.com", "mail.example.org", "corp.example"])
        ),
        Personal::Card => format!("charged to {}", card(random)),
        Personal::Ipv4 => format!(
            "login from {}.{}.{}.{}",
            1 + random.below(223),
            random.below(256),
            random.below(256),
            random.below(256)
        ),
        Personal::Ipv6 => format!(
            "peer 2001:db8:{:x}::{:x}:{:x}",
            random.below(65_536),
            4_096 + random.below(60_000),
            4_096 + random.below(60_000)
        ),
        Personal::Licence => format!(
            "{} {}{}",
            random.pick(&["driver license:", "Driver's licence no", "DL:"]),
            random.pick(&["D", "K", "S", "WD"]),
            random.digits(7)
        ),
        Personal::National => format!(
            "{} {}-{}-{}",
            random.pick(&["SSN", "social security number", "employee"]),
            100 + random.below(560),
            10 + random.below(89),
            1000 + random.below(8999)
        ),
        Personal::Birth => match random.below(3) {
            0 => format!("born {day:02}/{month:02}/{year}"),
            1 => format!("date of birth: {year}-{month:02}-{day:02}"),
            _ => format!("DOB {month}/{day}/{year}"),
        },
        Personal::Health => format!(
            "{} {}",
            random.pick(&["MRN", "medical record", "member id:", "patient_id="]),
            random.digits(8)
        ),
        Personal::AccessKey => {
            let key: String = (0..16)
                .map(|_| {
                    *b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
                        .get(random.below(32) as usize)
                        .expect("one") as char
                })
                .collect();
            format!("key AKIA{key}")
        }
    }
}

/// Texts that hold no personal data and look like some.
fn looks_alike(random: &mut Random) -> String {
    match random.below(14) {
        0 => format!(
            "build 1.{}.{}.{} released",
            random.below(300),
            random.below(900),
            256 + random.below(700)
        ),
        1 => format!("order {}", random.digits(16)),
        2 => format!(
            "{}-{}-{}",
            random.digits(4),
            random.digits(2),
            random.digits(2)
        ),
        3 => format!(
            "sha256 {:016x}{:016x}",
            random.below(u64::MAX),
            random.below(u64::MAX)
        ),
        4 => format!(
            "{}:{}:{}",
            10 + random.below(14),
            10 + random.below(50),
            10 + random.below(50)
        ),
        5 => "Grant Permission to Amazon Athena".to_owned(),
        6 => format!("arn:aws:iam::{}:role/Admin", random.digits(12)),
        7 => format!("mention @{} please", random.pick(&["team", "here", "ops"])),
        8 => format!("std::vec::Vec<u{}>", random.pick(&["8", "16", "32"])),
        9 => format!("room {} on the third floor", random.below(900)),
        10 => format!(
            "price {},{:03}.{:02}",
            random.below(900),
            random.below(1000),
            random.below(100)
        ),
        11 => format!(
            "Mark Complete; Will Retry; {} Summary",
            random.pick(&["April", "June", "May"])
        ),
        12 => format!(
            "version {}.{}.{}.{}",
            random.below(9),
            random.below(9),
            random.below(9),
            random.below(9)
        ),
        _ => format!(
            "id {:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            random.below(1 << 32),
            random.below(1 << 16),
            random.below(1 << 16),
            random.below(1 << 16),
            random.below(1 << 48)
        ),
    }
}

#[test]
fn personal_data_is_found_as_often_as_the_readme_says() {
    const TEXTS: usize = 400;
    let mut random = Random(7);
    // By kind: found where it is, found where another or nothing is.
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for kind in Personal::ALL.iter().map(Some).chain([None]) {
        for _ in 0..TEXTS {
            let text = match kind {
                Some(kind) => holds(*kind, &mut random),
                None => looks_alike(&mut random),
            };
            let text = format!(
                "Some words stand before this, so that it is a text.\n{text}\nand some after.\n"
            );
            let object = classify("x.txt", text.as_bytes(), None);
            for (other, count) in Personal::ALL.iter().zip(object.personal) {
                let entry = counts.entry(other.name()).or_default();
                if count > 0 && kind == Some(other) {
                    entry.0 += 1;
                } else if count > 0 {
                    entry.1 += 1;
                }
            }
        }
    }
    println!("kind, precision, recall ({TEXTS} texts each, {TEXTS} that look alike)");
    for (name, (right, wrong)) in &counts {
        let (precision, recall) = (
            *right as f64 / (right + wrong).max(1) as f64,
            *right as f64 / TEXTS as f64,
        );
        println!(
            "{name:<20} {:>6.1} % {:>6.1} %",
            precision * 100.0,
            recall * 100.0
        );
        assert!(precision > 0.95, "{name}: precision {precision}");
        // Names come from short lists, and half of those here are not in them.
        let least = if *name == "fullName" { 0.5 } else { 0.75 };
        assert!(recall > least, "{name}: recall {recall}");
    }
}

#[test]
fn documents_are_read() {
    let pdf = pdf(
        "Statement of controls",
        "Strictly confidential: do not disclose. Call (alice) \\\\ AKIAQ3EGRFSOTVBNAB2C",
    );
    let document = document::read(&pdf).expect("a document");
    assert_eq!(
        (document.title.as_str(), document.created.as_str()),
        ("Statement of controls", "2025-06-30")
    );
    assert!(
        document
            .text
            .contains("do not disclose. Call (alice) \\ AKIA"),
        "{:?}",
        document.text
    );
    let object = classify("x.pdf", &pdf, Some(&document));
    assert_eq!(object.personal[Personal::AccessKey as usize], 1);
    assert_eq!(risks(&object, &Values::default()).1, 5);
    // Whatever is cut or changed: no panic, and it stays a PDF.
    for cut in (8..pdf.len()).step_by(7) {
        let mut broken = pdf[..cut].to_vec();
        broken[cut / 2] ^= 0x55;
        document::read(&broken);
    }
}

/// A PDF file of one page whose text stands in a compressed stream.
fn pdf(title: &str, text: &str) -> Vec<u8> {
    use std::io::Write as _;
    let text = text.replace('(', "\\(").replace(')', "\\)");
    let page = format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET");
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(page.as_bytes()).expect("memory");
    let packed = packed.finish().expect("memory");
    let mut out = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>\nendobj\n".to_vec();
    out.extend(
        format!(
            "4 0 obj\n<< /Length {} /Filter /FlateDecode >>\nstream\n",
            packed.len()
        )
        .bytes(),
    );
    out.extend(&packed);
    out.extend(format!("\nendstream\nendobj\n5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n6 0 obj\n<< /Title ({title}) /CreationDate (D:20250630120000Z) >>\nendobj\ntrailer\n<< /Root 1 0 R /Info 6 0 R >>\n%%EOF\n").bytes());
    out
}

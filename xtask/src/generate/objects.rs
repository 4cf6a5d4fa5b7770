//! Objects of the demo: one of each class and impact. Keys, cards and people in them look real and are not.

use std::fmt::Write as _;

use anyhow::Result;

use super::files::Files;
use super::pdf;

const GIVEN: &[&str] = &[
    "Alice", "Robert", "Maria", "Hannah", "David", "Emma", "Lucas", "Ines",
];
const FAMILY: &[&str] = &[
    "Walker",
    "Martinez",
    "Nguyen",
    "Hughes",
    "Ramirez",
    "Schneider",
];

/// Adds them.
pub(super) fn add(files: &mut Files) -> Result<()> {
    let mut add =
        |name: &str, text: String| files.insert(format!("objects/{name}"), text.into_bytes());
    add("exports/customers.csv", customers()?);
    add("backup/shop.sql", "-- MySQL dump 10.13  Distrib 8.0.36\nDROP TABLE IF EXISTS `orders`;\nCREATE TABLE `orders` (\n  `id` int(11) NOT NULL,\n  `total` decimal(8,2)\n);\nINSERT INTO `orders` VALUES (1,12.50),(2,99.00),(3,7.10);\n".repeat(3));
    add("deploy/config.env", "AWS_ACCESS_KEY_ID=AKIAQ3EGRFSOTVBNAB2C\nAWS_SECRET_ACCESS_KEY=9hJ2kLm4Np6Qr8St0Uv1Wx3Yz5Ab7Cd9Ef1Gh3Ij\nSLACK_TOKEN=xoxb-123456789012-abcdefghijklmno\nDATABASE_URL=postgres://shop:example@db.internal/shop\n".to_owned());
    let body = "MIIEpAIBAAKCAQEAthisisnokeyatallitonlylookslikeoneforthedemocase\n".repeat(12);
    add(
        "deploy/id_rsa",
        format!("-----BEGIN RSA PRIVATE KEY-----\n{body}-----END RSA PRIVATE KEY-----\n"),
    );
    add("docs/plan.txt", "STRICTLY CONFIDENTIAL - do not disclose.\nProject plan: the first milestone is due in May. Deliverables and the project manager are listed below.\n".to_owned());
    add("mail/welcome.eml", "From: Hannah Hughes <hannah.hughes@example.com>\nTo: team@example.com\nSubject: Welcome\nDate: Wed, 10 Jan 2024 09:00:00 +0000\nMessage-ID: <1@example.com>\n\nHi all,\n\nplease welcome Lucas Martinez, who starts on Monday.\n\nBest regards,\nHannah\n".to_owned());
    let line = |n: usize| {
        format!(
            "2024-01-10 10:{:02}:{:02},{:03} INFO [worker-{}] request served in {} ms\n",
            n / 60,
            n % 60,
            n * 7 % 1_000,
            n % 4,
            20 + n * 13 % 400
        )
    };
    add("logs/app.log", (0..120).map(line).collect());
    add("src/handler.py", "import json\nimport os\n\n\ndef handler(event, context):\n    name = event.get(\"name\", \"world\")\n    return {\"statusCode\": 200, \"body\": json.dumps({\"hello\": name, \"stage\": os.environ[\"STAGE\"]})}\n".to_owned());
    add("config/features.json", "{\"service\":\"shop\",\"features\":[{\"id\":1,\"name\":\"checkout\",\"enabled\":true},{\"id\":2,\"name\":\"wishlist\",\"enabled\":false}],\"limits\":{\"items\":50,\"seconds\":30}}\n".to_owned());
    add("clinic/patients.csv", patients()?);
    add("hr/contacts.txt", contacts()?);
    add(
        "readme.txt",
        "This folder holds what was copied out of the shop's bucket. Nothing here is secret.\n"
            .to_owned(),
    );
    files.insert("objects/docs/summary.pdf".to_owned(), pdf::write("Shop summary", &["Balance sheet for the fiscal year", "Net income and cash flow by quarter. Accounts receivable are listed on the next page."])?);
    Ok(())
}

/// Health data: with the names of six people, and so of moderate impact only; it is counted apart.
fn patients() -> Result<String> {
    let mut out = "patient_name,medical_record,diagnosis,medicine,birth_date\n".to_owned();
    let told = [
        ("E11.9", "metformin"),
        ("I10", "lisinopril"),
        ("J45.909", "albuterol"),
        ("F32.1", "sertraline"),
    ];
    for n in 0..6 {
        let (given, family) = (GIVEN[n], FAMILY[n]);
        let (code, medicine) = told[n % told.len()];
        writeln!(
            out,
            "{given} {family},{:08},{code},{medicine},19{:02}-04-1{n}",
            482_913 + n * 7_717,
            50 + n * 7
        )?;
    }
    Ok(out)
}

/// People with addresses, a few.
fn contacts() -> Result<String> {
    let mut out = String::new();
    for n in 0..7 {
        let (given, family) = (GIVEN[(n + 3) % GIVEN.len()], FAMILY[n % FAMILY.len()]);
        writeln!(
            out,
            "{given} {family} lives at {} Old Mill Road and is reached at 415-555-01{n:02}.",
            12 + n
        )?;
    }
    Ok(out)
}

fn customers() -> Result<String> {
    let mut out = "first_name,last_name,email,birth_date,card,address\n".to_owned();
    for n in 0..60 {
        let (given, family) = (GIVEN[n % GIVEN.len()], FAMILY[n % FAMILY.len()]);
        writeln!(
            out,
            "{given},{family},{}.{n}@example.org,19{:02}-{:02}-{:02},{},{} Old Mill Road",
            given.to_lowercase(),
            50 + n % 45,
            1 + n % 12,
            1 + n % 28,
            card(n),
            1 + n
        )?;
    }
    Ok(out)
}

/// A number of sixteen digits whose check digit is right and whose issuer gave it to nobody.
fn card(n: usize) -> String {
    let mut digits = format!("400000{:09}", n * 7_919_317 % 1_000_000_000);
    let doubled = |(at, byte): (usize, u8)| {
        let double = usize::from(byte - b'0') * if at % 2 == 0 { 2 } else { 1 };
        double / 10 + double % 10
    };
    let sum: usize = digits.bytes().rev().enumerate().map(doubled).sum();
    digits.push(char::from(b'0' + ((10 - sum % 10) % 10) as u8));
    digits
}

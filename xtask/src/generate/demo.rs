//! `generate demo`: the case that the page carries. Two regions, a day and a half, and planted faults.

use anyhow::Result;
use pico_args::Arguments;

use super::files::{Files, gzip, solid};
use super::key::{Signer, list};
use super::objects;
use super::secrets;
use super::trail::{HOUR, START, Trail, head_object};
use super::{artifacts, audit, config};
use crate::shell;

const ABOUT: &str =
    "This evidence is made up. Exhibit's own generator wrote it, and signed it with a
key of its own. Planted: a modified log file, a deleted one, one with a gzip member appended, one
that no digest lists, three digests gone from the middle, and the last eight digests of eu-west-1.
Its AWS Config tells of a security group that was opened to the world, a bucket that lost its encryption, a
volume that was deleted, and a recorder that was stopped for two hours; one of its messages was edited after it
was signed. A bucket could be read by everyone for half a day, calls and a task definition hold keys, and its objects
hold keys and people: they look real and are not.
";

/// Writes `demo/case.tar.gz`.
pub(super) fn run(args: Arguments) -> Result<()> {
    shell::finish(args)?;
    let path = shell::root().join("demo/case.tar.gz");
    let bytes = archive()?;
    println!("{} bytes in {}", bytes.len(), path.display());
    Ok(std::fs::write(path, bytes)?)
}

/// The demo case, as an archive.
fn archive() -> Result<Vec<u8>> {
    let (east, west) = (Signer::of(1)?, Signer::of(2)?.listed_as_spki());
    let mut files = Files::new();
    plant_in_us(&east, &mut files)?;
    plant_in_eu(&west, &mut files)?;
    files.insert(
        "public-keys-us-east-1.json".to_owned(),
        list(&[east.entry()]),
    );
    files.insert(
        "public-keys-eu-west-1.json".to_owned(),
        list(&[west.entry()]),
    );
    config::add(&mut files)?;
    objects::add(&mut files)?;
    artifacts::add(&mut files)?;
    audit::add(&mut files, config::GROUP, config::PAYROLL)?;
    files.insert("DEMO.txt".to_owned(), ABOUT.into());
    solid(&files)
}

fn plant_in_us(signer: &Signer, files: &mut Files) -> Result<()> {
    let trail = Trail {
        hours: hours(36),
        calls: [config::calls(), secrets::calls()].concat(),
        ..Trail::plain(signer)
    };
    let made = trail.make(files)?;
    for digest in &made[20..23] {
        files.remove(&digest.key);
    }
    let log = |hour: usize| made[hour].logs[0].clone();
    files.insert(log(6), gzip(&trail.records(START, 9, 2))?);
    files.remove(&log(12));
    let appended = gzip(b"{\"Records\":[]}")?;
    files.entry(log(31)).or_default().extend(appended);
    let extra = START + 33 * HOUR + 1_800;
    files.insert(trail.log_key(extra, 7), gzip(&trail.records(extra, 7, 2))?);
    if let Some(newest) = made.last() {
        files.insert(
            "head-object-us-east-1.json".to_owned(),
            head_object(&newest.signature),
        );
    }
    Ok(())
}

fn plant_in_eu(signer: &Signer, files: &mut Files) -> Result<()> {
    let trail = Trail {
        region: "eu-west-1",
        hours: hours(36),
        ..Trail::plain(signer)
    };
    let made = trail.make(files)?;
    for digest in &made[28..] {
        files.remove(&digest.key);
    }
    files.insert(
        "head-object-eu-west-1.json".to_owned(),
        head_object(&made[27].signature),
    );
    Ok(())
}

/// A log file in most hours, as in a quiet account.
fn hours(count: usize) -> Vec<Vec<usize>> {
    (0..count)
        .map(|hour| {
            if hour % 5 == 4 {
                vec![]
            } else {
                vec![2 + hour % 3]
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_carries_what_the_generator_makes() {
        let carried =
            std::fs::read(shell::root().join("demo/case.tar.gz")).expect("demo/case.tar.gz");
        assert!(
            carried == archive().expect("an archive"),
            "run `cargo xtask generate demo`"
        );
    }
}

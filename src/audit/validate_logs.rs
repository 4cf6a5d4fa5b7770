//! The verdicts in the form of `aws cloudtrail validate-logs --verbose`, so that a report can quote them.
//!
//! The lines, their words and their order are the AWS CLI's: each trail from its newest digest back, each digest with
//! its log files, then the chain of backfill digests. The verdicts are Exhibit's, which proves digests that the
//! CLI cannot and finds what it misses. What the CLI has no line for stands in a line that begins with `#`, and is
//! not counted; so do log files of digests that are not proven, which the CLI does not look at.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::case::Case;
use crate::cloudtrail::Description;
use crate::integrity::chain::{Gap, TrailKey};
use crate::integrity::holdings::base_name;
use crate::integrity::judge::{digest_key, log_key, log_place};
use crate::integrity::prove::DigestIx;
use crate::integrity::{DigestAt, DigestRow, DigestStatus, GapKind, LogAt, LogRow, LogStatus};
use crate::moment::Moment;
use crate::order::{Gather as _, sorted};

/// Text is handed on by this many bytes.
const PART: usize = 256 << 10;

/// A line, and whether it counts for what is valid or for what is not.
struct Line {
    text: String,
    valid: Option<bool>,
}

impl Line {
    fn valid(text: String) -> Self {
        Line {
            text: text + "\tvalid\n",
            valid: Some(true),
        }
    }

    fn invalid(text: String, why: &str) -> Self {
        Line {
            text: format!("{text}\tINVALID: {why}\n"),
            valid: Some(false),
        }
    }

    /// What the CLI does not say.
    fn remark(text: &str, message: &str) -> Self {
        Line {
            text: format!("# {text}\t{message}\n"),
            valid: None,
        }
    }

    /// The line with a remark behind it.
    fn and(mut self, text: &str, message: &str) -> Self {
        self.text += &Line::remark(text, message).text;
        self
    }
}

/// How many are valid, and how many there are.
#[derive(Clone, Copy, Default)]
struct Count(usize, usize);

impl Count {
    fn add(&mut self, line: &Line) {
        self.0 += usize::from(line.valid == Some(true));
        self.1 += usize::from(line.valid.is_some());
    }
}

/// Hands text on by parts.
struct Out<'a> {
    part: String,
    write: &'a mut dyn FnMut(&[u8]),
}

impl Out<'_> {
    fn say(&mut self, text: &str) {
        self.part += text;
        if self.part.len() > PART {
            self.end();
        }
    }

    fn end(&mut self) {
        (self.write)(self.part.as_bytes());
        self.part.clear();
    }
}

/// Writes the text, a part for each trail, account and region.
pub fn write(case: &Case, write: &mut dyn FnMut(&[u8])) {
    let mut out = Out {
        part: String::new(),
        write,
    };
    let judgement = case.judgement();
    if judgement.digests.is_empty() {
        let scope = &case.settings().scope;
        if let (Some(from), Some(to)) = (scope.from, scope.to) {
            out.say(&format!("Results requested for {from} to {to}\n"));
        }
        out.say("No digests found\n");
        return out.end();
    }
    let mut digests: BTreeMap<Option<u32>, Vec<&DigestRow>> = BTreeMap::new();
    for row in &judgement.digests {
        digests.entry(row.trail).or_default().push(row);
    }
    let mut gaps: HashMap<u32, Vec<&Gap>> = HashMap::new();
    for gap in &judgement.gaps {
        gaps.entry(gap.trail).or_default().push(gap);
    }
    let nameless = digests.remove(&None).unwrap_or_default();
    let mut logs = Logs::new(case);
    let moved = moved(case);
    for (at, rows) in (0..).zip(&judgement.trails) {
        let of_trail = digests.remove(&Some(at)).unwrap_or_default();
        if !of_trail.is_empty() {
            let gaps = gaps.remove(&at).unwrap_or_default();
            trail(
                case,
                &rows.key,
                (of_trail, &moved),
                &gaps,
                &mut logs,
                &mut out,
            );
        }
    }
    for row in nameless {
        let (place, message) = (digest_place(case, row), row.status.message());
        out.say(&Line::remark(&place, message).text);
    }
    let left: Vec<usize> = logs.of_digest.into_values().flatten().collect();
    for row in left {
        let line = log_line(case, &judgement.logs[row], false);
        out.say(&line.text);
    }
    // Gaps of trails that have no digest.
    for (trail, gaps) in gaps.into_iter().gathered::<BTreeMap<_, _>>() {
        let key = &judgement.trails[trail as usize].key;
        out.say(&format!(
            "# {} {}\n",
            plain(&key.account),
            plain(&key.region)
        ));
        gaps.iter().for_each(|gap| out.say(&gap_line(gap)));
    }
    out.end();
}

/// Log files by the digest that lists them, by their places among the judgement's; others by account and region.
struct Logs {
    of_digest: BTreeMap<DigestIx, Vec<usize>>,
    unlisted: HashMap<(String, String), Vec<usize>>,
}

impl Logs {
    fn new(case: &Case) -> Self {
        let mut logs = Logs {
            of_digest: BTreeMap::new(),
            unlisted: HashMap::new(),
        };
        for (at, row) in case.judgement().logs.iter().enumerate() {
            match row.listed {
                Some((digest, _)) => logs.of_digest.entry(digest).or_default().push(at),
                None => {
                    let (account, region, _) = log_place(case.holdings(), row);
                    let place = (account.to_owned(), region.to_owned());
                    logs.unlisted.entry(place).or_default().push(at);
                }
            }
        }
        logs
    }
}

fn trail(
    case: &Case,
    key: &TrailKey,
    (digests, moved): (Vec<&DigestRow>, &HashSet<&str>),
    gaps: &[&Gap],
    logs: &mut Logs,
    out: &mut Out<'_>,
) {
    let judgement = case.judgement();
    let proven =
        |row: &DigestRow| matches!(row.status, DigestStatus::Valid | DigestStatus::TrailingData);
    let span = |windows: &mut dyn Iterator<Item = (Moment, Moment)>| {
        windows.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    };
    let all = span(&mut digests.iter().filter_map(|row| row.window));
    let found = span(
        &mut digests
            .iter()
            .filter(|row| proven(row))
            .filter_map(|row| row.window),
    );
    let scope = &case.settings().scope;
    let limit = |asked: Option<Moment>, of: fn((Moment, Moment)) -> Moment| {
        let moment = asked.or(all.map(of));
        moment.map_or_else(|| "?".to_owned(), |moment| moment.to_string())
    };
    let (from, to) = (limit(scope.from, |all| all.0), limit(scope.to, |all| all.1));
    out.say(&format!(
        "Validating log files for trail {} between {from} and {to}\n\n",
        arn(case, key)
    ));
    if key.organization.is_some() && described(case, key).is_none() {
        out.say("# The trail is an organization's: its own ARN has the management account, which is not known here.\n");
    }
    // Newest first, as the CLI walks, and backfill digests after the others.
    let walked = |row: &DigestRow| (row.backfill, Reverse(row.window.map(|(_, to)| to)));
    let digests = sorted(digests, |a, b| walked(a).cmp(&walked(b)));
    let mut counts = [Count::default(); 3];
    for row in digests {
        let line = digest_line(case, row, key, moved);
        counts[usize::from(row.backfill)].add(&line);
        out.say(&line.text);
        let DigestAt::Item(ix) = row.at else { continue };
        let of_digest = logs.of_digest.remove(&ix).unwrap_or_default();
        let listed = |at: &usize| judgement.logs[*at].listed;
        for log in sorted(of_digest, |a, b| listed(a).cmp(&listed(b))) {
            let line = log_line(case, &judgement.logs[log], proven(row));
            counts[2].add(&line);
            out.say(&line.text);
        }
    }
    let place = (key.account.clone(), key.region.clone());
    for log in logs.unlisted.remove(&place).unwrap_or_default() {
        out.say(&log_line(case, &judgement.logs[log], false).text);
    }
    gaps.iter().for_each(|gap| out.say(&gap_line(gap)));
    out.say(&summary((&from, &to), found, counts));
}

/// What `describe-trails` says of a trail.
fn described<'a>(case: &'a Case, key: &TrailKey) -> Option<&'a str> {
    case.holdings()
        .descriptions
        .iter()
        .find_map(|(_, description)| match description {
            Description::Trail(trail)
                if trail.name == key.trail
                    && trail.home_region.as_deref() == Some(&key.home_region) =>
            {
                trail.arn.as_deref()
            }
            _ => None,
        })
}

fn arn(case: &Case, key: &TrailKey) -> String {
    match described(case, key) {
        Some(arn) => plain(arn),
        None => plain(&format!(
            "arn:{}:cloudtrail:{}:{}:trail/{}",
            partition(&key.region),
            key.home_region,
            key.account,
            key.trail
        )),
    }
}

fn partition(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

fn gap_line(gap: &Gap) -> String {
    let (from, to) = (gap.from, gap.to);
    // What the CLI says where a chain begins and older digests are there.
    let words = match gap.kind {
        GapKind::ValidationOff => {
            format!("No log files were delivered by CloudTrail between {from} and {to}\n")
        }
        _ => String::new(),
    };
    let (kind, message) = (gap.kind.name(), gap.kind.message());
    format!("{words}# {kind} between {from} and {to}\t{message}\n")
}

fn digest_place(case: &Case, row: &DigestRow) -> String {
    let (bucket, key) = digest_key(case.holdings(), case.register(), row);
    let backfill = if row.backfill { "(backfill) " } else { "" };
    // Of a digest that cannot be read the bucket is not known.
    let place = bucket.map_or_else(
        || plain(key),
        |bucket| format!("s3://{}/{}", plain(bucket), plain(key)),
    );
    format!("{backfill}Digest file\t{place}")
}

/// The names under which digests lie that say that they belong elsewhere.
fn moved(case: &Case) -> HashSet<&str> {
    let holdings = case.holdings();
    let names = holdings
        .digests
        .iter()
        .filter_map(|item| holdings.moved(item, &case.register().file(item.file)?.path));
    names.collect()
}

fn digest_line(case: &Case, row: &DigestRow, trail: &TrailKey, moved: &HashSet<&str>) -> Line {
    let place = digest_place(case, row);
    let message = row.status.message();
    let fingerprint = match row.at {
        DigestAt::Item(ix) => plain(
            case.holdings()
                .text(case.holdings().digests[ix as usize].fingerprint),
        ),
        _ => String::new(),
    };
    let is_moved = || {
        moved.contains(base_name(
            digest_key(case.holdings(), case.register(), row).1,
        ))
    };
    const SIGNATURE: &str = "signature verification failed";
    match row.status {
        DigestStatus::Valid => Line::valid(place),
        DigestStatus::InvalidSignature => Line::invalid(place, SIGNATURE),
        // The CLI says the same of a signature that is not there, and does not compare the hash that the next one states.
        DigestStatus::ChainMismatch | DigestStatus::Unsigned => {
            Line::invalid(place.clone(), SIGNATURE).and(&place, message)
        }
        DigestStatus::InvalidFormat => Line::invalid(place, "invalid format"),
        // The CLI inflates the first stream of a digest and does not look further.
        DigestStatus::TrailingData => Line::valid(place.clone()).and(&place, message),
        DigestStatus::Unread => Line::remark(&place, message),
        DigestStatus::Missing if is_moved() => {
            Line::invalid(place, "has been moved from its original location")
        }
        DigestStatus::Missing => Line::invalid(place, "not found"),
        // The CLI names the home region, though it asks for the keys of the region that delivered.
        DigestStatus::NoKey => {
            let region = plain(&trail.home_region);
            let why =
                format!("public key not found in region {region} for fingerprint {fingerprint}");
            Line::invalid(place, &why)
        }
        DigestStatus::BadKey => {
            let why = format!("Unable to load PKCS #1 key with fingerprint {fingerprint}");
            Line::invalid(place, &why)
        }
    }
}

/// The line of a log file; `is_proven` tells whether its digest is, without which the CLI looks at none of its log files.
fn log_line(case: &Case, row: &LogRow, is_proven: bool) -> Line {
    let holdings = case.holdings();
    let place = match (log_key(holdings, row), row.at) {
        (Some((bucket, key)), _) => format!("s3://{}/{}", plain(bucket), plain(key)),
        (None, LogAt::File(ix)) => {
            let file = case.register().file(holdings.logs[ix as usize].file);
            plain(file.map_or("", |file| &*file.path))
        }
        (None, LogAt::Absent(_)) => String::new(),
    };
    let place = format!("Log file\t{place}");
    let message = row.status.message();
    match row.status {
        _ if !is_proven => Line::remark(&place, message),
        LogStatus::Valid => Line::valid(place),
        LogStatus::Modified => Line::invalid(place, "hash value doesn't match"),
        LogStatus::TrailingData => {
            Line::invalid(place, "unexpected data after end of compressed stream")
        }
        LogStatus::InvalidFormat => Line::invalid(place, "invalid format"),
        LogStatus::Missing => Line::invalid(place, "not found"),
        LogStatus::NotCollected
        | LogStatus::Unproven
        | LogStatus::Unlisted
        | LogStatus::Uncovered
        | LogStatus::Unread => Line::remark(&place, message),
    }
}

/// Evidence chooses names; a line end in one would forge a line.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

fn summary(asked: (&str, &str), found: Option<(Moment, Moment)>, counts: [Count; 3]) -> String {
    let mut text = format!("\nResults requested for {} to {}\n", asked.0, asked.1);
    text += &match found {
        Some((from, to)) => format!("Results found for {from} to {to}:\n\n"),
        None => "No valid digests found in range\n\n".to_owned(),
    };
    let names = ["digest files", "backfill digest files", "log files"];
    for (Count(valid, all), what) in counts.into_iter().zip(names) {
        if all == 0 {
            continue;
        }
        text += &format!("{valid}/{all} {what} valid");
        if valid < all {
            text += &format!(", {}/{all} {what} INVALID", all - valid);
        }
        text.push('\n');
    }
    text + "\n"
}

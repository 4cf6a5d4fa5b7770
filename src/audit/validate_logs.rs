//! The verdicts in the form of `aws cloudtrail validate-logs --verbose`, so that a report can quote them.
//!
//! The lines and their words are the AWS CLI's; the verdicts are Exhibit's, which proves digests that the
//! CLI cannot and finds what it misses. What the CLI has no line for stands in a line that begins with `#`.

use crate::case::Case;
use crate::integrity::judge::{digest_key, log_key, log_place};
use crate::integrity::{DigestAt, DigestRow, DigestStatus, LogRow, LogStatus};
use crate::moment::Moment;

/// Writes the text, a part for each trail, account and region.
pub fn write(case: &Case, write: &mut dyn FnMut(&[u8])) {
    let judgement = case.judgement();
    if judgement.digests.is_empty() {
        write(b"No digests found\n");
        return;
    }
    let scope = &case.settings().scope;
    for (at, trail) in judgement.trails.iter().enumerate() {
        let digests: Vec<&DigestRow> = judgement
            .digests
            .iter()
            .filter(|row| row.trail == Some(at as u32))
            .collect();
        let Some((from, to)) = trail.span.filter(|_| !digests.is_empty()) else {
            continue;
        };
        let (asked_from, asked_to) = (scope.from.unwrap_or(from), scope.to.unwrap_or(to));
        let key = &trail.key;
        let mut part = format!(
            "Validating log files for trail arn:{}:cloudtrail:{}:{}:trail/{} between {asked_from} and {asked_to}\n\n",
            partition(&key.region),
            key.home_region,
            key.account,
            key.trail
        );
        let mut counts = [(0, 0), (0, 0), (0, 0)];
        for row in &digests {
            let line = digest_line(case, row);
            let count = &mut counts[usize::from(row.backfill)];
            count.1 += 1;
            count.0 += usize::from(matches!(
                row.status,
                DigestStatus::Valid | DigestStatus::TrailingData
            ));
            part += &line;
            if part.len() > 256 << 10 {
                write(part.as_bytes());
                part.clear();
            }
        }
        for row in &judgement.logs {
            let Some(line) = log_line(case, row, at as u32, (&key.account, &key.region)) else {
                continue;
            };
            if row.listed.is_some() {
                counts[2].1 += 1;
                counts[2].0 += usize::from(row.status == LogStatus::Valid);
            }
            part += &line;
            if part.len() > 256 << 10 {
                write(part.as_bytes());
                part.clear();
            }
        }
        for gap in judgement.gaps.iter().filter(|gap| gap.trail == at as u32) {
            part += &format!(
                "# {} between {} and {}\t{}\n",
                gap.kind.name(),
                gap.from,
                gap.to,
                gap.kind.message()
            );
        }
        part += &summary((asked_from, asked_to), (from, to), counts);
        write(part.as_bytes());
    }
}

fn partition(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

fn digest_line(case: &Case, row: &DigestRow) -> String {
    let (bucket, key) = digest_key(case.holdings(), case.register(), row);
    let place = format!(
        "{}Digest file\ts3://{}/{}",
        if row.backfill { "(backfill) " } else { "" },
        plain(bucket.unwrap_or("?")),
        plain(key)
    );
    let fingerprint = match row.at {
        DigestAt::Item(ix) => case
            .holdings()
            .text(case.holdings().digests[ix as usize].fingerprint),
        _ => "",
    };
    let region = row.trail.map_or("", |trail| {
        case.judgement().trails[trail as usize].key.region.as_str()
    });
    match row.status {
        DigestStatus::Valid => format!("{place}\tvalid\n"),
        DigestStatus::InvalidSignature | DigestStatus::ChainMismatch | DigestStatus::Unsigned => {
            format!("{place}\tINVALID: signature verification failed\n")
        }
        DigestStatus::InvalidFormat => format!("{place}\tINVALID: invalid format\n"),
        // The AWS CLI inflates the first stream of a digest and does not look further.
        DigestStatus::TrailingData => {
            format!("{place}\tvalid\n# {place}\t{}\n", row.status.message())
        }
        DigestStatus::Unread => format!("# {place}\t{}\n", row.status.message()),
        DigestStatus::Missing => format!("{place}\tINVALID: not found\n"),
        DigestStatus::NoKey => {
            format!(
                "{place}\tINVALID: public key not found in region {region} for fingerprint {}\n",
                plain(fingerprint)
            )
        }
        DigestStatus::BadKey => format!(
            "{place}\tINVALID: Unable to load PKCS #1 key with fingerprint {}\n",
            plain(fingerprint)
        ),
    }
}

fn log_line(case: &Case, row: &LogRow, trail: u32, place: (&str, &str)) -> Option<String> {
    let holdings = case.holdings();
    if let Some((digest, _)) = row.listed {
        let id = holdings.digests[digest as usize].trail;
        let key = &case.judgement().trails[trail as usize].key;
        let same = holdings.text(id.account) == key.account
            && holdings.text(id.region) == key.region
            && holdings.text(id.trail) == key.trail
            && holdings.text(id.home_region) == key.home_region;
        if !same {
            return None;
        }
    }
    let (bucket, key) = match log_key(holdings, row) {
        Some((bucket, key)) => (bucket, key),
        None => {
            let (account, region, _) = log_place(holdings, row);
            let crate::integrity::LogAt::File(ix) = row.at else {
                return None;
            };
            let path = case
                .register()
                .file(holdings.logs[ix as usize].file)
                .map_or("", |file| &*file.path);
            return ((account, region) == place)
                .then(|| format!("# Log file\t{}\t{}\n", plain(path), row.status.message()));
        }
    };
    let line = format!("Log file\ts3://{}/{}", plain(bucket), plain(key));
    Some(match row.status {
        LogStatus::Valid => format!("{line}\tvalid\n"),
        LogStatus::Modified => format!("{line}\tINVALID: hash value doesn't match\n"),
        LogStatus::TrailingData => {
            format!("{line}\tINVALID: unexpected data after end of compressed stream\n")
        }
        LogStatus::InvalidFormat => format!("{line}\tINVALID: invalid format\n"),
        LogStatus::Missing | LogStatus::NotCollected => format!("{line}\tINVALID: not found\n"),
        LogStatus::Unproven | LogStatus::Unlisted | LogStatus::Uncovered | LogStatus::Unread => {
            format!("# {line}\t{}\n", row.status.message())
        }
    })
}

/// Evidence chooses names; a line end in one would forge a line.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

fn summary(
    asked: (Moment, Moment),
    found: (Moment, Moment),
    counts: [(usize, usize); 3],
) -> String {
    let mut text = format!(
        "\nResults requested for {} to {}\nResults found for {} to {}:\n\n",
        asked.0, asked.1, found.0, found.1
    );
    for ((valid, all), what) in
        counts
            .into_iter()
            .zip(["digest files", "backfill digest files", "log files"])
    {
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

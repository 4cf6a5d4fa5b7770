//! What a party under audit could make to be shown as proven, or to have others accused.

use anyhow::Result;
use serde_json::json;

use super::{Bench, Defect, HEAD, KEYLESS, KEYS, SOUND, content, edit};
use crate::generate::files::{Files, gzip};
use crate::generate::key::list;
use crate::generate::trail::{HOUR, Made, START, Trail, head_object};

/// A digest in the middle cannot be read: the one before it loses its signature, its own log file its cover.
const UNREADABLE: Defect = Defect {
    verdict: "failed",
    digests: &[("valid", 6), ("unsigned", 1), ("invalid-format", 1)],
    logs: &[("valid", 6), ("unproven", 1), ("uncovered", 1)],
    problems: &[("json-shape", 1)],
    name: "",
    about: "",
    gaps: &[],
    lake: &[],
    signatures: &[],
    files: Files::new(),
};

/// The newest digest is not what its own metadata signs.
const CONDEMNED: Defect = Defect {
    verdict: "failed",
    digests: &[("valid", 7), ("invalid-signature", 1)],
    logs: &[("valid", 7), ("unproven", 1)],
    name: "",
    about: "",
    gaps: &[],
    lake: &[],
    signatures: &[],
    problems: &[],
    files: Files::new(),
};

impl Bench<'_> {
    pub(super) fn hostile(&self) -> Result<Vec<Defect>> {
        let mut all = self.read_in_two_ways()?;
        all.extend(self.in_place_of_others()?);
        all.extend(self.signatures()?);
        all.extend(self.out_of_range()?);
        all.extend(self.packed()?);
        Ok(all)
    }

    /// What one parser takes for this and another for that.
    fn read_in_two_ways(&self) -> Result<Vec<Defect>> {
        let twice = |name, about, field: &str| {
            self.changed(
                Defect {
                    name,
                    about,
                    ..UNREADABLE
                },
                |files, made| {
                    edit(files, &made[3].key, |text| {
                        text.replacen(field, &format!("{field}\"x\",{field}"), 1)
                    })
                },
            )
        };
        Ok(vec![
            twice(
                "duplicate-key-in-digest",
                "A digest names its place twice: the AWS CLI takes the last, others the first. It is neither.",
                "\"digestS3Object\":",
            )?,
            twice(
                "duplicate-key-in-log-entry",
                "An entry of a digest states two hashes for one log file.",
                "\"hashValue\":",
            )?,
            twice(
                "duplicate-key-in-disguise",
                "The second of two keys is written with an escape, so that a search for it finds one.",
                "\"digestEndTime\":",
            )
            .and_then(|mut defect| {
                let key = "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_management-events_us-east-1_20260301T040000Z.json.gz";
                edit(&mut defect.files, key, |text| {
                    text.replacen("\"digestEndTime\":", "\"digestEnd\\u0054ime\":", 1)
                })?;
                Ok(defect)
            })?,
            self.changed(
                Defect {
                    name: "duplicate-key-in-record",
                    about: "A record of a young log file names two calls; it is reported, and the others are read.",
                    logs: &[("valid", 8), ("uncovered", 1)],
                    problems: &[("record-invalid", 1)],
                    ..SOUND
                },
                |files, _| {
                    let trail = Trail::plain(self.signer);
                    let at = START + 8 * HOUR + 1_800;
                    let text = String::from_utf8(trail.records(at, 7, 2))?;
                    let text = text.replacen("\"eventName\":", "\"eventName\":\"GetUser\",\"eventName\":", 1);
                    files.insert(trail.log_key(at, 7), gzip(text.as_bytes())?);
                    Ok(())
                },
            )?,
        ])
    }

    /// Files that lie where others belong.
    fn in_place_of_others(&self) -> Result<Vec<Defect>> {
        Ok(vec![
            self.changed(
                Defect {
                    name: "two-digests-for-one-hour",
                    about: "Beside a digest stands a second of the same hour and key with another content.",
                    verdict: "failed",
                    digests: &[("valid", 8), ("chain-mismatch", 1)],
                    ..SOUND
                },
                |files, made| {
                    let text = String::from_utf8(content(files, &made[3].key)?)?;
                    let text = text.replace("\"logFiles\":[", "\"logFiles\": [");
                    files.insert(format!("copy/{}", made[3].key), gzip(text.as_bytes())?);
                    Ok(())
                },
            )?,
            self.changed(
                Defect {
                    name: "digest-in-place-of-another",
                    about: "A digest was deleted, and a genuine one of another hour lies under its name.",
                    verdict: "failed",
                    digests: &[("valid", 6), ("unsigned", 1), ("missing", 1)],
                    logs: &[("valid", 6), ("unproven", 1), ("uncovered", 1)],
                    gaps: &[("missing-digests", 1)],
                    ..SOUND
                },
                |files, made| {
                    let other = files.get(&made[3].key).cloned().unwrap_or_default();
                    files.insert(made[4].key.clone(), other);
                    Ok(())
                },
            )?,
            self.changed(
                Defect {
                    name: "digest-overwritten-with-its-successor",
                    about: "An hour was deleted with its log file, and the next digest copied into its place: it names the place that it lies in itself.",
                    verdict: "failed",
                    digests: &[("valid", 7), ("missing", 1)],
                    logs: &[("valid", 7)],
                    gaps: &[("missing-digests", 1)],
                    ..SOUND
                },
                |files, made| hide(files, made, 4..5, 5),
            )?,
            self.changed(
                Defect {
                    name: "digest-overwritten-with-a-later-one",
                    about: "Two hours were deleted with their log files, and a digest of a later hour copied into the place of the second.",
                    verdict: "failed",
                    digests: &[("valid", 6), ("missing", 1)],
                    logs: &[("valid", 6)],
                    gaps: &[("missing-digests", 1)],
                    ..SOUND
                },
                |files, made| hide(files, made, 3..5, 6),
            )?,
            self.changed(
                Defect {
                    name: "log-in-place-of-another",
                    about: "A log file was replaced by a genuine one of another hour.",
                    verdict: "failed",
                    logs: &[("valid", 7), ("modified", 1)],
                    ..SOUND
                },
                |files, made| {
                    let other = files.get(&made[3].logs[0]).cloned().unwrap_or_default();
                    files.insert(made[4].logs[0].clone(), other);
                    Ok(())
                },
            )?,
            self.changed(
                Defect {
                    name: "extra-log-in-disguise",
                    about: "A log file that no digest lists begins with an Insights event, of which no digest needs to know.",
                    verdict: "incomplete",
                    logs: &[("valid", 8), ("unlisted", 1)],
                    ..SOUND
                },
                |files, _| {
                    let trail = Trail::plain(self.signer);
                    let at = START + 3 * HOUR + 1_800;
                    let text = String::from_utf8(trail.records(at, 7, 2))?;
                    let text = text.replacen("{\"awsRegion\":", "{\"insightDetails\":{\"state\":\"Start\"},\"awsRegion\":", 1);
                    anyhow::ensure!(text.contains("insightDetails"), "no record begins so");
                    files.insert(trail.log_key(at, 7), gzip(text.as_bytes())?);
                    Ok(())
                },
            )?,
            self.changed(
                Defect {
                    name: "marker-file-with-content",
                    about: "A file with the name of AWS Config's empty marker holds events: it is read.",
                    verdict: "incomplete",
                    logs: &[("valid", 8), ("uncovered", 1)],
                    problems: &[("record-invalid", 1)],
                    ..SOUND
                },
                |files, _| {
                    let name = "AWSLogs/111122223333/Config/ConfigWritabilityCheckFile";
                    files.insert(name.to_owned(), b"{\"Records\":[{\"eventName\":\"GetUser\",\"eventTime\":5,\"eventTime\":6}]}".to_vec());
                    Ok(())
                },
            )?,
            self.changed(
                Defect {
                    name: "digest-with-bytes-appended",
                    about: "A second gzip member follows a digest: what is signed is proven, the file is more than that.",
                    verdict: "failed",
                    digests: &[("valid", 7), ("trailing-data", 1)],
                    problems: &[("gzip-trailing", 1)],
                    ..SOUND
                },
                |files, made| {
                    let more = gzip(b"{\"logFiles\":[]}")?;
                    files.entry(made[3].key.clone()).or_default().extend(more);
                    Ok(())
                },
            )?,
            Defect {
                name: "signed-previous-hash-differs",
                about: "A proven digest states another hash for its predecessor and carries a signature of it that verifies: the signature decides.",
                files: self
                    .sound(&Trail {
                        misstated: Some(4),
                        ..Trail::plain(self.signer)
                    })?
                    .0,
                ..SOUND
            },
        ])
    }

    /// Signatures of the wrong digest, of the wrong length, of the wrong key.
    fn signatures(&self) -> Result<Vec<Defect>> {
        let named = |defect: Defect, folder: &str, signature: fn(&[Made]) -> String| {
            self.changed(defect, |files, made| {
                files.remove(HEAD);
                let path = format!("{folder}{}", made[7].key);
                let entry = json!([{ "Path": path, "Metadata": { "signature": signature(made) } }]);
                files.insert("rclone.json".to_owned(), entry.to_string().into_bytes());
                Ok(())
            })
        };
        let unsigned = || Defect {
            verdict: "incomplete",
            digests: &[("valid", 7), ("unsigned", 1)],
            ..CONDEMNED
        };
        Ok(vec![
            named(
                Defect {
                    name: "signature-of-another-digest",
                    about: "Metadata names the newest digest and has the signature of another.",
                    ..CONDEMNED
                },
                "",
                |made| made[5].signature.clone(),
            )?,
            named(
                Defect {
                    name: "signature-cut",
                    about: "The first byte of the signature is cut.",
                    ..CONDEMNED
                },
                "",
                |made| made[7].signature[2..].to_owned(),
            )?,
            named(
                Defect {
                    name: "signature-too-long",
                    about: "A zero byte stands before the signature.",
                    ..CONDEMNED
                },
                "",
                |made| format!("00{}", made[7].signature),
            )?,
            named(
                Defect {
                    name: "signature-of-a-copy",
                    about: "Metadata is of an object of this name in another folder: it may be a copy, and condemns nothing.",
                    ..unsigned()
                },
                "backup/",
                |made| made[5].signature.clone(),
            )?,
            self.changed(
                Defect {
                    name: "signature-of-a-newer-digest",
                    about: "Metadata is of the bucket's newest digest, which is not here, as log files tell: it condemns nothing.",
                    verdict: "incomplete",
                    digests: &[("valid", 1), ("unsigned", 1)],
                    logs: &[("valid", 1), ("unproven", 1), ("uncovered", 6)],
                    gaps: &[("ends-early", 1)],
                    ..SOUND
                },
                |files, made| {
                    made[2..].iter().for_each(|digest| {
                        files.remove(&digest.key);
                    });
                    Ok(())
                },
            )?,
            self.changed(
                Defect {
                    name: "signature-of-another-key",
                    about: "Metadata is a sound signature of another key of the evidence: it is of something else.",
                    ..unsigned()
                },
                |files, made| {
                    let signature = self.other.sign(&made[7].key)?;
                    files.insert(HEAD.to_owned(), head_object(&signature));
                    Ok(())
                },
            )?,
        ])
    }

    /// Keys, times and depths beyond what there is.
    fn out_of_range(&self) -> Result<Vec<Defect>> {
        let modulus = self.signer.modulus();
        let odd = |size: usize| [vec![0xc1], vec![0x5a; size - 2], vec![0x01]].concat();
        let f4: &[u8] = &[1, 0, 1];
        let keys: Vec<(Vec<u8>, Vec<u8>)> = vec![
            (odd(64), f4.to_vec()),
            (odd(2_048), f4.to_vec()),
            (modulus.clone(), vec![1]),
            (modulus.clone(), vec![3]),
            (modulus.clone(), vec![0xff; 256]),
            ([&modulus[..255], &[0]].concat(), f4.to_vec()),
            (vec![0], f4.to_vec()),
            (modulus, vec![0]),
        ];
        let entries: Vec<_> = keys
            .iter()
            .map(|(modulus, exponent)| self.signer.entry_with(&pkcs1(modulus, exponent)))
            .collect();
        let newest = |end: &str, from: &str, stamp: &str, files: &mut Files, made: &[Made]| {
            let key = made[7].key.replace("20260301T080000Z", stamp);
            let text = String::from_utf8(content(files, &made[7].key)?)?
                .replace(
                    "\"digestEndTime\":\"2026-03-01T08:00:00Z\"",
                    &format!("\"digestEndTime\":\"{end}\""),
                )
                .replace(
                    "\"digestStartTime\":\"2026-03-01T07:00:00Z\"",
                    &format!("\"digestStartTime\":\"{from}\""),
                )
                .replace(&made[6].key, &made[7].key)
                .replace(
                    &format!("\"digestS3Object\":\"{}\"", made[7].key),
                    &format!("\"digestS3Object\":\"{key}\""),
                );
            files.insert(key, gzip(text.as_bytes())?);
            anyhow::Ok(())
        };
        let deep =
            |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
        Ok(vec![
            self.changed(
                Defect {
                    name: "keys-out-of-range",
                    about: "Keys of 512 and 16,384 bits, even, zero, with the exponents 0, 1, 3 and one of 2,048 bits.",
                    digests: &[("bad-key", 8)],
                    problems: &[("key-invalid", 1)],
                    ..KEYLESS
                },
                |files, _| {
                    files.insert(KEYS.to_owned(), list(&entries));
                    Ok(())
                },
            )?,
            self.changed(
                Defect {
                    name: "digest-of-the-year-9999",
                    about: "A digest that nothing signs says that it ends in the year 9999.",
                    verdict: "incomplete",
                    digests: &[("valid", 8), ("unsigned", 1)],
                    ..SOUND
                },
                |files, made| newest("9999-12-31T23:59:59Z", "2026-03-01T08:00:00Z", "99991231T235959Z", files, made),
            )?,
            self.changed(
                Defect {
                    name: "digest-of-no-time",
                    about: "A digest says that it ends on the 45th of a 13th month.",
                    verdict: "failed",
                    digests: &[("valid", 8), ("invalid-format", 1)],
                    problems: &[("json-shape", 1)],
                    ..SOUND
                },
                |files, made| newest("2026-13-45T99:00:00Z", "2026-03-01T08:00:00Z", "20260301T090000Z", files, made),
            )?,
            self.changed(
                Defect {
                    name: "deep-json",
                    about: "10,000 brackets in a record, which is read, and in an output, which is not.",
                    logs: &[("valid", 8), ("uncovered", 1)],
                    problems: &[("json-syntax", 1)],
                    ..SOUND
                },
                |files, _| {
                    let trail = Trail::plain(self.signer);
                    let text = format!(
                        "{{\"Records\":[{{\"eventName\":\"GetUser\",\"requestParameters\":{},\"userAgent\":{}}}]}}",
                        deep("{\"a\":", "}").replacen("{\"a\":}", "{}", 1),
                        deep("[", "]")
                    );
                    files.insert(trail.log_key(START + 8 * HOUR + 1_800, 7), gzip(text.as_bytes())?);
                    let output = format!("{{\"Metadata\":{{\"a\":{}}}}}", deep("[", "]"));
                    files.insert("head-object-deep.json".to_owned(), output.into_bytes());
                    Ok(())
                },
            )?,
            self.changed(
                Defect {
                    name: "numbers-and-dates-out-of-range",
                    about: "Numbers that no machine holds, and days that no calendar has, in records and outputs.",
                    logs: &[("valid", 8), ("uncovered", 1)],
                    problems: &[("json-syntax", 1)],
                    ..SOUND
                },
                |files, _| {
                    let trail = Trail::plain(self.signer);
                    let record = |time: &str| format!("{{\"eventName\":\"GetUser\",\"eventTime\":{time},\"requestParameters\":{{\"n\":1e-999}}}}");
                    let times = ["\"9999-99-99T99:99:99Z\"", "\"-0001-01-01T00:00:00Z\"", "18446744073709551616", "-1e300", "\"\""];
                    let records: Vec<String> = times.iter().map(|time| record(time)).collect();
                    let text = format!("{{\"Records\":[{}]}}", records.join(","));
                    files.insert(trail.log_key(START + 8 * HOUR + 1_800, 7), gzip(text.as_bytes())?);
                    let status = "{\"IsLogging\":true,\"LatestDigestDeliveryTime\":-1e300,\"StartLoggingTime\":\"99999999999999999999\"}";
                    files.insert("get-trail-status.json".to_owned(), status.as_bytes().to_vec());
                    files.insert("get-trail-status-2.json".to_owned(), b"{\"IsLogging\":true,\"LatestDigestDeliveryTime\":1e999}".to_vec());
                    Ok(())
                },
            )?,
        ])
    }
}

/// Deletes hours with their log files, lays a genuine digest into the place of the last, and adds the metadata that
/// proves the digest before them.
fn hide(files: &mut Files, made: &[Made], hours: std::ops::Range<usize>, by: usize) -> Result<()> {
    let other = files.get(&made[by].key).cloned().unwrap_or_default();
    let before = &made[hours.start - 1].signature;
    files.insert("head-object-before.json".to_owned(), head_object(before));
    let last = hours.end - 1;
    for hour in &made[hours] {
        for key in hour.logs.iter().chain([&hour.key]) {
            files.remove(key);
        }
    }
    files.insert(made[last].key.clone(), other);
    Ok(())
}

/// DER of an RSA public key in PKCS#1, whatever the numbers.
fn pkcs1(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let tagged = |tag: u8, content: &[u8]| {
        let length = content.len();
        let head = match length {
            0..=127 => vec![tag, length as u8],
            128..=255 => vec![tag, 0x81, length as u8],
            _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
        };
        [head.as_slice(), content].concat()
    };
    let number = |bytes: &[u8]| {
        let is_negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
        let lead: &[u8] = if is_negative { &[0] } else { &[] };
        tagged(2, &[lead, bytes].concat())
    };
    tagged(0x30, &[number(modulus), number(exponent)].concat())
}

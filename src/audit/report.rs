//! `report.json`: schema `exhibit.report/1`, written in parts and never held as one text.

use serde::Serialize;
use serde_json::{Value, json};

use crate::activity::explain::Cause;
use crate::case::Case;
use crate::case::compliance::{known, report as findings};
use crate::case::inspect::causes;
use crate::case::protection::{Protection, protection};
use crate::case::question::Scope;
use crate::case::{accessed, artifacts, controls, objects, reach, risk, secrets};
use crate::config::policy::Grant;
use crate::integrity::chain::Gap;
use crate::integrity::judge::{digest_key, digest_place, log_key};
use crate::integrity::{DigestAt, DigestRow, DigestStatus, LogAt, LogRow, LogStatus, State};
use crate::moment::Moment;
use crate::order::Gather as _;

/// Bytes after which a part is handed over.
const PART: usize = 256 << 10;

/// The version of the program, and what it was built from where the build says so.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
const BUILD: Option<&str> = option_env!("EXHIBIT_BUILD");

/// Writes the report. Only `generatedAt` depends on anything but the evidence and the settings.
pub fn write(case: &Case, generated: Moment, write: &mut dyn FnMut(&[u8])) {
    let mut out = Out {
        part: Vec::with_capacity(PART + 4_096),
        write,
    };
    out.raw("{\"schema\":\"exhibit.report/1\",\"generatedAt\":");
    out.value(&generated.to_string());
    out.raw(",\"app\":");
    out.value(&json!({"version": VERSION, "build": BUILD.unwrap_or("unknown")}));
    out.raw(",\n\"evidence\":{");
    out.list("files", case.register().files().map(|(place, file)| {
        let problem = file.problems.first().map(|problem| {
            json!({"code": problem.code.name(), "message": problem.message(), "recommendation": problem.recommendation()})
        });
        json!({
            "path": file.path, "size": file.size, "sha256": text(file.sum), "kind": file.kind.name(),
            "contentSha256": text(file.content), "account": file.account, "region": file.region, "problem": problem, "bucketChecksum": case.bucket_checksum(place),
        })
    }));
    out.raw("},\n\"cloudtrail\":{");
    cloudtrail(case, &mut out);
    out.raw("},\n\"config\":{");
    config(case, &mut out);
    out.raw("},\n\"compliance\":{");
    compliance(case, &mut out);
    out.raw("},\n\"risk\":{");
    for (name, rows) in risk::report(case) {
        out.field(name, &rows);
    }
    out.list("objects", objects::report(case));
    out.raw(",\n");
    out.list("bucketObjects", accessed::report(case));
    out.raw(",\n");
    out.list("bucketReach", reach::report(case));
    out.raw(",\n");
    out.list("secrets", secrets::report(case));
    out.raw("},\n");
    out.list("artifacts", artifacts::report(case));
    out.raw(",\n\"audit\":");
    out.value(&controls::report(case));
    out.raw("}\n");
    out.end();
}

struct Out<'w> {
    part: Vec<u8>,
    write: &'w mut dyn FnMut(&[u8]),
}

impl Out<'_> {
    fn raw(&mut self, text: &str) {
        self.part.extend_from_slice(text.as_bytes());
        if self.part.len() > PART {
            (self.write)(&self.part);
            self.part.clear();
        }
    }

    fn value(&mut self, value: &impl Serialize) {
        // Writing to memory fails for no value of ours: all keys are texts.
        if serde_json::to_writer(&mut self.part, value).is_err() {
            self.raw("null");
        }
    }

    fn field(&mut self, name: &str, value: &impl Serialize) {
        self.value(&name);
        self.raw(":");
        self.value(value);
        self.raw(",\n");
    }

    fn list<T: Serialize>(&mut self, name: &str, items: impl Iterator<Item = T>) {
        self.value(&name);
        self.raw(":[");
        for (at, item) in items.enumerate() {
            self.raw(if at == 0 { "\n" } else { ",\n" });
            self.value(&item);
        }
        self.raw("]");
    }

    fn end(self) {
        (self.write)(&self.part);
    }
}

fn text<T: ToString>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn cloudtrail(case: &Case, out: &mut Out<'_>) {
    let judgement = case.judgement();
    out.field(
        "scope",
        &json!({
            "requested": requested(&case.settings().scope),
            "found": scope(&judgement.verdict.found),
        }),
    );
    out.field("verdict", &judgement.verdict.verdict.name());
    out.field("statement", &judgement.verdict.statement);
    let keys: Vec<Value> = crate::case::overview::keys(case).into_iter().map(|key| json!({
        "fingerprint": key.fingerprint, "sha256": key.sha256, "region": key.region, "path": key.path,
        "usedBy": key.used_by, "fingerprintMatches": key.fingerprint_matches, "usedWhileValid": key.used_while_valid,
    })).collect();
    out.field("keys", &keys);
    out.field("keysConfirmed", &case.keys_confirmed());
    out.field(
        "unmatchedSignatures",
        &crate::case::overview::unmatched(case),
    );
    out.field("summary", &json!({
        "digests": counts(each(DigestStatus::ALL, &judgement.digest_counts()).map(|(status, n)| (status.name(), n))),
        "logs": counts(each(LogStatus::ALL, &judgement.log_counts()).map(|(status, n)| (status.name(), n))),
        "events": case.activity().order.len(),
    }));
    out.list("trails", judgement.trails.iter().enumerate().map(|(at, trail)| {
        let gaps: Vec<Value> = judgement.gaps.iter().filter(|gap| gap.trail == at as u32).map(|gap| json!({
            "kind": gap.kind.name(), "from": gap.from.to_string(), "to": gap.to.to_string(), "digests": gap.digests,
            "explainedBy": explained(case, gap),
        })).collect();
        let chains: Vec<Value> = trail.chains.iter().map(|chain| json!({
            "from": chain.from.to_string(), "to": chain.to.to_string(), "digests": chain.digests, "backfill": chain.backfill,
        })).collect();
        json!({
            "organization": trail.key.organization, "account": trail.key.account, "region": trail.key.region,
            "trail": trail.key.trail, "homeRegion": trail.key.home_region,
            "from": text(trail.span.map(|(from, _)| from)), "to": text(trail.span.map(|(_, to)| to)),
            "digests": trail.digests, "missingDigests": trail.missing, "missingDigestsNamed": trail.missing_named,
            "chains": chains, "gaps": gaps,
        })
    }));
    out.raw(",\n");
    out.list("digests", digests(case));
    out.raw(",\n");
    out.list("logs", logs(case));
    out.raw(",\n");
    out.list("lake", judgement.lake.iter().map(|row| json!({
        "path": path(case, row.file), "status": row.status.name(),
        "message": if row.status.state() == State::Proven { None } else { Some(format!("{} {}", row.status.message(), row.evidence)) },
    })));
    out.raw(",\n");
    out.list("protection", protected(case).into_iter());
}

fn config(case: &Case, out: &mut Out<'_>) {
    let inventory = case.inventory();
    out.field("items", &inventory.items());
    out.list("resources", inventory.resources.iter().map(|resource| {
        let captures = || resource.captures.iter().filter_map(|&at| inventory.capture(at));
        let newest = captures().next_back();
        let relations: Vec<Value> = newest.iter().flat_map(|newest| &newest.relations).map(|one| json!({
            "name": inventory.text(one.name), "type": inventory.text(one.kind), "id": inventory.text(one.id),
        })).collect();
        let name = newest.map(|newest| inventory.text(newest.name)).filter(|name| !name.is_empty());
        json!({
            "account": inventory.text(resource.account), "region": inventory.text(resource.region),
            "type": inventory.text(resource.kind), "id": inventory.text(resource.id), "name": name,
            "arn": Some(inventory.arn(resource)).filter(|arn| !arn.is_empty()),
            "status": newest.map(|newest| newest.status.name()), "items": resource.captures.len(),
            "firstCapture": text(captures().find_map(|capture| capture.at)), "lastCapture": text(newest.and_then(|newest| newest.at)),
            "deleted": newest.is_some_and(|newest| newest.status.is_deleted()),
            "conflicts": captures().filter(|capture| capture.conflict).count(), "relationships": relations,
        })
    }));
    out.raw(",\n");
    out.field("changes", &inventory.changes());
    out.list("recorders", case.recorders().iter().map(|one| {
        let gaps: Vec<Value> = one.gaps.iter().map(|gap| json!({
            "kind": gap.kind.name(), "from": text(gap.from), "to": text(gap.to), "what": gap.what,
            "message": gap.kind.message(), "recommendation": gap.kind.recommendation(),
        })).collect();
        json!({
            "account": one.account, "region": one.region, "recording": one.recording, "serviceLinked": one.linked,
            "from": text(one.span.map(|(from, _)| from)), "to": text(one.span.map(|(_, to)| to)), "gaps": gaps,
            "scope": one.scope().map(|scope| scope.words()), "seen": one.seen, "counted": one.population.total, "countedByType": one.population.counted, "listedWithoutItem": one.population.absent.iter().map(|(kind, id)| json!({ "type": kind, "id": id })).collect::<Vec<_>>(), "snapshots": one.snapshots.len(),
            "scopes": one.scopes.iter().map(|(from, scope)| json!({ "from": text(*from), "scope": scope.words() })).collect::<Vec<_>>(),
            "lastDelivery": text(one.delivered.values().max().copied()),
        })
    }));
    out.raw(",\n");
    out.field("stream", &inventory.stream());
    out.raw("\"signatures\":");
    out.value(&counts(
        case.signatures()
            .into_iter()
            .map(|(word, count)| (word.name(), count)),
    ));
    out.raw(",\n");
    out.list("certificates", case.certificates().into_iter().map(|one| json!({
        "path": one.path, "subject": one.subject, "issuer": one.issuer, "from": text(one.from), "to": text(one.to),
        "sha256": one.sha256, "usedBy": one.signed,
    })));
}

/// The part of every digest file.
pub(crate) fn digests(case: &Case) -> impl Iterator<Item = Value> {
    let all = case.judgement().digests.iter();
    all.map(|row| digest(case, row))
}

/// The part of every log file.
pub(crate) fn logs(case: &Case) -> impl Iterator<Item = Value> {
    case.judgement().logs.iter().map(|row| log(case, row))
}

/// The part of every rule that has results.
pub(crate) fn rules(case: &Case) -> impl Iterator<Item = Value> {
    known(case).into_iter().flat_map(move |results| {
        (0..results.rules.len()).filter_map(move |at| findings(case, results, at))
    })
}

/// As of when rules are evaluated, if any has a result.
pub(crate) fn as_of(case: &Case) -> Option<Moment> {
    let results = known(case).filter(|results| !results.findings.is_empty());
    results.and_then(|results| results.as_of)
}

fn compliance(case: &Case, out: &mut Out<'_>) {
    let results = known(case);
    out.field("asOf", &text(as_of(case)));
    out.list("rules", rules(case));
    out.raw(",\n");
    let scores = results.into_iter().flat_map(|results| &results.scores);
    out.list("scores", scores.map(|one| {
        let [failing, passing, untold, accepted] = one.counts;
        json!({
            "by": one.by, "group": one.group, "percent": one.percent(), "failing": failing, "passing": passing, "insufficientData": untold, "accepted": accepted,
            "result": one.result.map(|result| result.name()), "recorded": Some(&one.recorded).filter(|text| !text.is_empty()),
        })
    }));
    out.raw(",\n");
    let frameworks = results.into_iter().flat_map(|results| &results.frameworks);
    out.list("frameworks", frameworks.map(|one| {
        let controls: Vec<Value> = one.controls.iter().map(|(id, status, rules)| json!({ "id": id, "status": status.name(), "rules": rules })).collect();
        json!({ "id": one.id, "name": one.name, "controls": controls })
    }));
}

fn explained(case: &Case, gap: &Gap) -> Vec<Value> {
    let cause = |cause: Cause| {
        json!({
            "eventId": cause.id, "eventName": cause.name, "actor": cause.actor, "time": cause.time.to_string(), "proof": cause.proof,
        })
    };
    causes(case, gap).into_iter().map(cause).collect()
}

fn path(case: &Case, file: u32) -> Option<&str> {
    case.register().file(file).map(|file| &*file.path)
}

fn counts<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> Value {
    Value::Object(
        counts
            .map(|(name, n)| (name.to_owned(), n.into()))
            .gathered(),
    )
}

/// A count for each status, also for those that do not occur.
fn each<S: Copy + PartialEq>(all: &[S], found: &[(S, u64)]) -> impl Iterator<Item = (S, u64)> {
    all.iter().map(|&status| {
        let mut counted = found.iter().filter(|(one, _)| *one == status);
        (status, counted.next().map_or(0, |(_, n)| *n))
    })
}

fn requested(scope: &Scope) -> Value {
    let list = |list: &[String]| {
        if list.is_empty() {
            Value::Null
        } else {
            json!(list)
        }
    };
    json!({
        "from": text(scope.from), "to": text(scope.to), "accounts": list(&scope.accounts), "regions": list(&scope.regions),
        "trails": list(&scope.trails), "bucket": scope.bucket, "prefix": scope.prefix,
    })
}

fn scope(scope: &Scope) -> Value {
    json!({
        "from": text(scope.from), "to": text(scope.to), "accounts": scope.accounts, "regions": scope.regions,
        "trails": scope.trails,
    })
}

fn digest(case: &Case, row: &DigestRow) -> Value {
    let holdings = case.holdings();
    let (bucket, key) = digest_key(holdings, case.register(), row);
    let place = digest_place(holdings, &case.judgement().trails, row);
    let (file, fingerprint) = match row.at {
        DigestAt::Item(ix) => {
            let item = &holdings.digests[ix as usize];
            (path(case, item.file), Some(holdings.text(item.fingerprint)))
        }
        DigestAt::Broken(ix) => (path(case, holdings.broken[ix as usize].file), None),
        DigestAt::Missing { .. } => (None, None),
    };
    let proven = row.status.state() == State::Proven;
    json!({
        "bucket": bucket, "key": key, "path": file,
        "account": place.map(|place| place.0), "region": place.map(|place| place.1), "trail": place.map(|place| place.2),
        "from": text(row.window.map(|(from, _)| from)), "to": text(row.window.map(|(_, to)| to)),
        "backfill": row.backfill, "status": row.status.name(), "signatureSource": row.source.map(|source| source.name()),
        "fingerprint": fingerprint,
        "message": (!proven).then(|| row.status.message()), "recommendation": (!proven).then(|| row.status.recommendation()),
    })
}

fn log(case: &Case, row: &LogRow) -> Value {
    let holdings = case.holdings();
    let place = log_key(holdings, row);
    let (file, actual) = match row.at {
        LogAt::File(ix) => {
            let item = &holdings.logs[ix as usize];
            (path(case, item.file), item.content)
        }
        LogAt::Absent(_) => (None, None),
    };
    let expected = row
        .listed
        .and_then(|(_, listed)| holdings.listed[listed as usize].content);
    let digest = row
        .listed
        .map(|(digest, _)| holdings.text(holdings.digests[digest as usize].key));
    let proven = row.status.state() == State::Proven;
    let message = || match row.repeats {
        Some((again, all)) => format!(
            "{} Of its {all} events, {again} occur in proven log files.",
            row.status.message()
        ),
        None => row.status.message().to_owned(),
    };
    json!({
        "bucket": place.map(|(bucket, _)| bucket), "key": place.map(|(_, key)| key), "path": file, "digest": digest,
        "status": row.status.name(), "expectedSha256": text(expected), "actualSha256": text(actual),
        "message": (!proven).then(message), "recommendation": (!proven).then(|| row.status.recommendation()),
    })
}

fn protected(case: &Case) -> Vec<Value> {
    let who = |grants: &Option<Vec<Grant>>| -> Option<Vec<String>> {
        grants
            .as_ref()
            .map(|all| all.iter().map(Grant::words).collect())
    };
    let one = |one: Protection| {
        let both = one
            .read_and_decrypt()
            .map(|all| all.iter().map(Grant::words).collect::<Vec<_>>());
        json!({
            "trail": one.trail, "arn": one.arn, "validation": one.validation, "multiRegion": one.multi_region,
            "sseKms": one.kms_key.as_ref().map(|key| !key.is_empty()), "kmsKey": one.kms_key.as_ref().filter(|key| !key.is_empty()),
            "bucket": one.bucket, "encryption": one.encryption, "publicAccessBlocked": one.blocked, "versioning": one.versioning, "objectLock": one.lock,
            "public": one.is_open(),
            "read": who(&one.read), "write": who(&one.write), "delete": who(&one.delete), "decrypt": who(&one.decrypt),
            "readAndDecrypt": both, "sources": one.sources, "assumedSources": one.assumed, "openSources": one.open,
        })
    };
    protection(case).into_iter().map(one).collect()
}

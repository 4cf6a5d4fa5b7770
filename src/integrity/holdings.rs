//! The evidence as integrity sees it: compact, each name held once, decoded JSON never.

use std::collections::HashSet;
use std::rc::Rc;

use crate::cloudtrail::digest::string_to_sign;
use crate::cloudtrail::metadata::Stated;
use crate::cloudtrail::{
    Description, Digest, DigestName, KeyFault, KeyRecord, LakeSign, LogName, ObjectMetadata,
    ObjectName, PublicKey, Signature,
};
use crate::evidence::{Kind, ProblemCode};
use crate::intake::{Entry, Facts};
use crate::moment::Moment;
use crate::room::List;
use crate::sum::Sum;

use super::names::{Name, Names};

/// Place of a file in the case's register.
pub type FileIx = u32;

/// Everything that integrity is judged by.
#[derive(Default)]
pub struct Holdings {
    names: Names,
    /// Signatures, each once: the next digest carries what a digest's own metadata does.
    signatures: HashSet<Signature, foldhash::fast::RandomState>,
    /// Digest files that could be read.
    pub digests: List<DigestItem>,
    /// Log files that digests list, of all digests.
    pub listed: List<Listed>,
    /// Files whose name or content says digest and that cannot be read as one.
    pub broken: Vec<Broken>,
    /// Log files.
    pub logs: List<LogItem>,
    /// What was dropped and not read since reading was cancelled, and may hold anything: archives.
    pub cut: Vec<(FileIx, Box<str>)>,
    /// Public keys, one a distinct value.
    pub keys: Vec<KeyItem>,
    /// Checksums that S3 states of objects.
    pub checksums: Vec<(FileIx, Stated)>,
    /// Object metadata that carries a signature.
    pub metadata: List<MetadataItem>,
    /// Lake sign files.
    pub lake: Vec<(FileIx, LakeSign)>,
    /// Files that may be results of Lake queries: file, SHA-256 as dropped.
    pub lake_results: Vec<(FileIx, Sum)>,
    /// What should be there.
    pub descriptions: Vec<(FileIx, Description)>,
}

/// What tells one sequence of digests from another: organization, account, region, trail and home region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TrailId {
    /// The organization, for its trail.
    pub organization: Option<Name>,
    /// The account whose events they are.
    pub account: Name,
    /// The region that delivered.
    pub region: Name,
    /// The trail's name.
    pub trail: Name,
    /// Where the trail was made.
    pub home_region: Name,
}

/// A digest file.
#[derive(Clone, Debug)]
pub struct DigestItem {
    /// The file it is in.
    pub file: FileIx,
    /// Whose it is.
    pub trail: TrailId,
    /// Whether it belongs to the chain of backfill digests.
    pub backfill: bool,
    /// `digestS3Bucket`.
    pub bucket: Name,
    /// `digestS3Object`.
    pub key: Name,
    /// The beginning of its window.
    pub start: Moment,
    /// The end of its window.
    pub end: Moment,
    /// `digestEndTime` verbatim.
    pub end_text: Name,
    /// Fingerprint of the key that signs it.
    pub fingerprint: Name,
    /// Its predecessor: bucket, key, hash.
    pub previous: Option<(Name, Name, Option<Sum>)>,
    /// The predecessor's signature as signed.
    pub previous_signature: Carried,
    /// Where its log files stand in [`Holdings::listed`].
    pub logs: std::ops::Range<u32>,
    /// SHA-256 of the uncompressed bytes.
    pub content: Sum,
    /// Whether bytes follow the compressed stream.
    pub trailing: bool,
    /// SHA-256 of the string to sign.
    pub to_sign: Sum,
}

/// `previousDigestSignature` as it stands in a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// Null.
    Null,
    /// Lower-case hexadecimal, which is how CloudTrail writes it; held as bytes.
    Hex(Signature),
    /// Any other text: it is signed as it stands and verifies nothing.
    Text(Box<str>),
}

impl Carried {
    fn new(text: Option<String>, signature: Option<Signature>) -> Self {
        match (text, signature) {
            (None, _) => Carried::Null,
            (Some(text), Some(signature)) if hex::encode(&signature.0) == text => {
                Carried::Hex(signature)
            }
            (Some(text), _) => Carried::Text(text.into()),
        }
    }

    /// The text that is signed.
    pub fn text(&self) -> String {
        match self {
            Carried::Null => "null".to_owned(),
            Carried::Hex(signature) => hex::encode(&signature.0),
            Carried::Text(text) => text.to_string(),
        }
    }

    /// The signature, where there is one.
    pub fn signature(&self) -> Option<Signature> {
        match self {
            Carried::Null => None,
            Carried::Hex(signature) => Some(signature.clone()),
            Carried::Text(text) => Signature::from_hex(text),
        }
    }
}

/// A log file that a digest lists.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its bucket.
    pub bucket: Name,
    /// Its key.
    pub key: Name,
    /// Its hash; `None` where the digest states none that can be read.
    pub content: Option<Sum>,
}

/// A digest that cannot be read.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The file.
    pub file: FileIx,
    /// The last part of its path, without `.gz`.
    pub base: Box<str>,
    /// What its name says.
    pub name: Option<DigestName>,
    /// Whether it may be sound: nobody read it to its end.
    pub unread: bool,
}

/// A log file.
#[derive(Clone, Debug)]
pub struct LogItem {
    /// The file it is in.
    pub file: FileIx,
    /// The last part of its path, without `.gz`.
    pub base: Box<str>,
    /// Its account, where its name or content tells.
    pub account: Option<Name>,
    /// Its region, where its name or content tells.
    pub region: Option<Name>,
    /// When it was delivered, by its name.
    pub delivered: Option<Moment>,
    /// SHA-256 of the uncompressed bytes; `None` where it cannot be decompressed.
    pub content: Option<Sum>,
    /// Whether bytes follow the compressed stream.
    pub trailing: bool,
    /// Whether it may be sound: nobody read it to its end.
    pub unread: bool,
    /// Whether only a digest that lists it makes it one to judge: Insights files and events outside log files.
    pub optional: bool,
    /// Number of records.
    pub events: u64,
}

/// A public key.
#[derive(Clone, Debug)]
pub struct KeyItem {
    /// The file it is in, the first by path.
    pub file: FileIx,
    /// As it was dropped.
    pub record: KeyRecord,
    /// MD5 of its bytes in lower-case hexadecimal: what CloudTrail calls the fingerprint.
    pub md5: String,
    /// The same as it is listed and in both encodings, of a key that can be read: AWS lists keys in either.
    pub encoded: Vec<String>,
    /// SHA-256 of its bytes.
    pub sum: Sum,
    /// Ready to verify, or why not.
    pub key: Result<Rc<PublicKey>, KeyFault>,
}

/// Object metadata with a signature.
#[derive(Clone, Debug)]
pub struct MetadataItem {
    /// The file it is in.
    pub file: FileIx,
    /// The object's bucket, where known.
    pub bucket: Option<Name>,
    /// The object's key, where known.
    pub key: Option<Name>,
    /// The signature; `None` where its text is no hexadecimal.
    pub signature: Option<Signature>,
    /// When the object was written, where known.
    pub modified: Option<Moment>,
}

/// The last part of a path, without `.gz`: by it, files are matched wherever they lie.
pub fn base_name(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".gz").unwrap_or(name)
}

impl Holdings {
    /// The name of a digest's file, by its path, where it is not the digest's own: it lies in the place of another.
    pub fn moved<'p>(&self, item: &DigestItem, path: &'p str) -> Option<&'p str> {
        let name = base_name(path);
        (name != base_name(self.text(item.key))).then_some(name)
    }

    /// The texts of names.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The text of a name.
    pub fn text(&self, name: Name) -> &str {
        self.names.text(name)
    }

    /// Takes what integrity needs out of `entry`, which is file `file` of the register.
    pub fn add(&mut self, file: FileIx, entry: &mut Entry) {
        match std::mem::take(&mut entry.facts) {
            Facts::Digest(digest) => self.add_digest(file, entry, *digest),
            Facts::Log(_) if entry.kind == Kind::CloudtrailLakeResult => {
                self.lake_results.extend(entry.sum.map(|sum| (file, sum)));
            }
            Facts::Log(log) => self.add_log(file, entry, log.rows.len() as u64),
            Facts::Keys(records) => records
                .into_iter()
                .for_each(|record| self.add_key(file, record)),
            Facts::Metadata(records) => records
                .into_iter()
                .for_each(|record| self.add_metadata(file, record)),
            Facts::LakeSign(sign) => self.lake.push((file, *sign)),
            Facts::Descriptions(all) => self
                .descriptions
                .extend(all.into_iter().map(|one| (file, one))),
            Facts::Config(_)
            | Facts::Compliance(_)
            | Facts::Sheet(_)
            | Facts::Collection(_)
            | Facts::Sigma(_) => {}
            Facts::Object(_) | Facts::Artifacts(_) | Facts::None => self.add_unparsed(file, entry),
        }
    }

    /// Forgets what came from the files for which `gone` holds; those will be read again.
    pub fn forget(&mut self, gone: impl Fn(FileIx) -> bool) {
        self.digests.retain(|item| !gone(item.file));
        self.broken.retain(|item| !gone(item.file));
        self.logs.retain(|item| !gone(item.file));
        self.cut.retain(|(file, _)| !gone(*file));
        self.keys.retain(|item| !gone(item.file));
        self.metadata.retain(|item| !gone(item.file));
        self.checksums.retain(|(file, _)| !gone(*file));
        self.lake.retain(|(file, _)| !gone(*file));
        self.lake_results.retain(|(file, _)| !gone(*file));
        self.descriptions.retain(|(file, _)| !gone(*file));
        self.signatures.retain(|one| Rc::strong_count(&one.0) > 1);
    }

    /// The signature that a text is, held once; `None` where it is none.
    fn signature(&mut self, text: &str) -> Option<Signature> {
        let signature = Signature::from_hex(text)?;
        if let Some(known) = self.signatures.get(&signature) {
            return Some(known.clone());
        }
        self.signatures.insert(signature.clone());
        Some(signature)
    }

    fn add_unparsed(&mut self, file: FileIx, entry: &Entry) {
        match entry.kind {
            Kind::CloudtrailDigest => {
                let name = match ObjectName::parse(&entry.path) {
                    Some(ObjectName::Digest(name)) => Some(name),
                    _ => None,
                };
                let unread = is_past_limits(entry) || has(entry, ProblemCode::TooLargeToParse);
                self.add_broken(file, entry, name, unread);
            }
            Kind::CloudtrailLog => self.add_log(file, entry, 0),
            // What nobody read is not missing, and nothing speaks against it.
            Kind::Unreadable => match ObjectName::parse(&entry.path) {
                Some(ObjectName::Digest(name)) => self.add_broken(file, entry, Some(name), true),
                Some(ObjectName::Log(name)) if !name.insight => self.add_log(file, entry, 0),
                _ if has(entry, ProblemCode::Cancelled) => {
                    self.cut.push((file, entry.path.as_str().into()))
                }
                _ => {}
            },
            Kind::Archive => self.cut.retain(|(_, path)| **path != *entry.path),
            Kind::CloudtrailLakeResult => {
                self.lake_results.extend(entry.sum.map(|sum| (file, sum)))
            }
            _ => {}
        }
    }

    fn add_broken(&mut self, file: FileIx, entry: &Entry, name: Option<DigestName>, unread: bool) {
        self.broken.push(Broken {
            file,
            base: base_name(&entry.path).into(),
            name,
            unread,
        });
    }

    fn add_digest(&mut self, file: FileIx, entry: &Entry, digest: Digest) {
        let place = place(&digest.key).or_else(|| place(&entry.path));
        let backfill = place.as_ref().is_some_and(|place| place.backfill);
        let trail = self.trail_id(place, entry, &digest);
        let to_sign = Sum::of(digest.string_to_sign().as_bytes());
        let previous = digest.previous_signature;
        let signature = previous.as_deref().and_then(|text| self.signature(text));
        let first = self.listed.len() as u32;
        for log in &digest.logs {
            let listed = Listed {
                bucket: self.names.hold(&log.bucket),
                key: self.names.hold(&log.key),
                content: log.content,
            };
            self.listed.push(listed);
        }
        let item = DigestItem {
            file,
            trail,
            backfill,
            bucket: self.names.hold(&digest.bucket),
            key: self.names.hold(&digest.key),
            start: digest.start,
            end: digest.end,
            end_text: self.names.hold(&digest.end_text),
            fingerprint: self.names.hold(&digest.fingerprint.to_ascii_lowercase()),
            previous: digest.previous.map(|p| {
                (
                    self.names.hold(&p.bucket),
                    self.names.hold(&p.key),
                    p.content,
                )
            }),
            previous_signature: Carried::new(previous, signature),
            logs: first..self.listed.len() as u32,
            content: digest.content,
            trailing: has(entry, ProblemCode::GzipTrailing),
            to_sign,
        };
        self.digests.push(item);
    }

    fn trail_id(&mut self, place: Option<DigestName>, entry: &Entry, digest: &Digest) -> TrailId {
        match place {
            Some(place) => TrailId {
                organization: place.organization.map(|text| self.names.hold(&text)),
                account: self.names.hold(&place.account),
                region: self.names.hold(&place.region),
                trail: self.names.hold(&place.trail),
                home_region: self.names.hold(&place.home_region),
            },
            None => TrailId {
                organization: None,
                account: self.names.hold(&digest.account),
                region: self
                    .names
                    .hold(entry.region.as_deref().unwrap_or("unknown")),
                trail: self.names.hold("unknown"),
                home_region: self.names.hold("unknown"),
            },
        }
    }

    fn add_log(&mut self, file: FileIx, entry: &Entry, events: u64) {
        let name = match ObjectName::parse(&entry.path) {
            Some(ObjectName::Log(name)) => Some(name),
            _ => None,
        };
        let account = name
            .as_ref()
            .map(|name: &LogName| name.account.as_str())
            .or(entry.account.as_deref());
        let region = name
            .as_ref()
            .map(|name| name.region.as_str())
            .or(entry.region.as_deref());
        let whole = !entry
            .problems
            .iter()
            .any(|problem| undermines(problem.code));
        let item = LogItem {
            file,
            base: base_name(&entry.path).into(),
            account: account.map(|text| self.names.hold(text)),
            region: region.map(|text| self.names.hold(text)),
            delivered: name.as_ref().map(|name| name.delivered),
            content: if whole {
                entry.content.or(entry.sum)
            } else {
                None
            },
            trailing: has(entry, ProblemCode::GzipTrailing),
            unread: entry.kind == Kind::Unreadable || is_past_limits(entry),
            // What stands where a log file belongs is judged as one, whatever it holds.
            optional: entry.kind != Kind::CloudtrailLog
                && name.as_ref().is_none_or(|name| name.insight),
            events,
        };
        self.logs.push(item);
    }

    fn add_key(&mut self, file: FileIx, record: KeyRecord) {
        use md5::Digest as _;
        let print = |der: &[u8]| hex::encode(md5::Md5::digest(der));
        let key = PublicKey::parse(&record.value).map(Rc::new);
        let md5 = print(&record.value);
        let all = |key: &Rc<PublicKey>| [record.value.clone(), key.pkcs1(), key.spki()];
        let encoded = key.iter().flat_map(all).map(|der| print(&der)).collect();
        let sum = Sum::of(&record.value);
        self.keys.push(KeyItem {
            file,
            md5,
            encoded,
            sum,
            key,
            record,
        });
    }

    fn add_metadata(&mut self, file: FileIx, record: ObjectMetadata) {
        if record.stated.tells() {
            self.checksums.push((file, record.stated));
        }
        let Some(text) = record.signature else { return };
        let item = MetadataItem {
            file,
            bucket: record.bucket.map(|text| self.names.hold(&text)),
            key: record.key.map(|text| self.names.hold(&text)),
            signature: self.signature(&text),
            modified: record.modified,
        };
        self.metadata.push(item);
    }

    /// The text that was signed for `digest` (AWS CloudTrail user guide, custom validation).
    pub fn string_to_sign(&self, digest: &DigestItem) -> String {
        let previous = digest.previous_signature.text();
        let (bucket, key) = (self.text(digest.bucket), self.text(digest.key));
        string_to_sign(
            self.text(digest.end_text),
            bucket,
            key,
            digest.content,
            Some(&previous),
        )
    }
}

fn place(path: &str) -> Option<DigestName> {
    match ObjectName::parse(path) {
        Some(ObjectName::Digest(name)) => Some(name),
        _ => None,
    }
}

fn has(entry: &Entry, code: ProblemCode) -> bool {
    entry.problems.iter().any(|problem| problem.code == code)
}

/// Whether it was not read to its end since it holds more than is read: that may be sound.
fn is_past_limits(entry: &Entry) -> bool {
    has(entry, ProblemCode::InflatedRatio) || has(entry, ProblemCode::InflatedTooLarge)
}

/// Whether a file with this problem has no content that a hash could be compared with.
fn undermines(code: ProblemCode) -> bool {
    use ProblemCode::{
        Crashed, Empty, GzipCorrupt, GzipTruncated, InflatedRatio, InflatedTooLarge, Unreadable,
    };
    matches!(
        code,
        Crashed
            | Empty
            | GzipCorrupt
            | GzipTruncated
            | InflatedRatio
            | InflatedTooLarge
            | Unreadable
    )
}

//! The words of a judgement. Each status has a state (how it looks) and the best verdict it allows.

use serde::{Deserialize, Serialize};

/// How a thing is shown, the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum State {
    /// Its integrity is proven.
    Proven,
    /// Nothing proves it, nothing speaks against it.
    Unproven,
    /// It is not what was delivered.
    Altered,
    /// It was delivered and is not here.
    Missing,
    /// The evidence makes no statement about it.
    NotCovered,
}

impl State {
    /// All states, in the order of the legend.
    pub const ALL: &[State] = &[
        State::Proven,
        State::Unproven,
        State::Altered,
        State::Missing,
        State::NotCovered,
    ];

    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            State::Proven => "Proven",
            State::Unproven => "Unproven",
            State::Altered => "Altered",
            State::Missing => "Missing",
            State::NotCovered => "Not covered",
        }
    }

    /// The name in style sheets and attributes.
    pub fn name(self) -> &'static str {
        match self {
            State::Proven => "proven",
            State::Unproven => "unproven",
            State::Altered => "altered",
            State::Missing => "missing",
            State::NotCovered => "not-covered",
        }
    }
}

/// The verdict on the evidence; the worst of all that is found. Ordered from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    /// There is no digest to judge by.
    None,
    /// Everything in the period is proven.
    Verified,
    /// Something is not proven, nothing is altered or missing.
    Incomplete,
    /// Something was altered or is missing.
    Failed,
}

impl Verdict {
    /// The name in `report.json`.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::None => "none",
            Verdict::Verified => "verified",
            Verdict::Incomplete => "incomplete",
            Verdict::Failed => "failed",
        }
    }
}

macro_rules! statuses {
    ($(#[$doc:meta])* $type:ident { $($variant:ident $name:literal $state:ident $best:ident $what:literal $todo:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $type { $(#[doc = $what] $variant),+ }

        impl $type {
            /// All of them, in the order of the report's contract.
            pub const ALL: &[$type] = &[$($type::$variant),+];

            /// The name in `report.json`.
            pub fn name(self) -> &'static str {
                match self { $($type::$variant => $name),+ }
            }

            /// How it is shown.
            pub fn state(self) -> State {
                match self { $($type::$variant => State::$state),+ }
            }

            /// The best verdict that it allows.
            pub fn best(self) -> Verdict {
                match self { $($type::$variant => Verdict::$best),+ }
            }

            /// What it means, in one sentence.
            pub fn message(self) -> &'static str {
                match self { $($type::$variant => $what),+ }
            }

            /// What to do about it, in one sentence; empty where nothing needs doing.
            pub fn recommendation(self) -> &'static str {
                match self { $($type::$variant => $todo),+ }
            }
        }
    };
}

statuses! {
    /// What is known of a digest file.
    DigestStatus {
        Valid "valid" Proven Verified
            "The digest file is what CloudTrail signed."
            "",
        InvalidSignature "invalid-signature" Altered Failed
            "The signature of this digest's own object metadata does not verify: the digest or its metadata was altered after CloudTrail delivered it."
            "Fetch the object and its metadata again; if it still fails, treat the activity of its window as unproven and ask who could write to the bucket.",
        ChainMismatch "chain-mismatch" Altered Failed
            "The next digest of the chain, itself proven, states another hash: this file is not the one that CloudTrail delivered."
            "Fetch the object again, with its versions if the bucket keeps them; if it still differs, it was replaced or edited.",
        InvalidFormat "invalid-format" Altered Failed
            "The file stands where a digest file belongs and cannot be read as one."
            "Fetch the object again; if it is the same in the bucket, it was damaged there and the logs of its window cannot be proven by it.",
        TrailingData "trailing-data" Altered Failed
            "The digest's content is what CloudTrail signed, and bytes follow the compressed stream that it delivered: something was appended to the file."
            "Trust only what stands before the end of the stream, and look for PutObject calls on the bucket.",
        Missing "missing" Missing Failed
            "Another digest names this one, other files of its day are here, and it is not."
            "Fetch it from the bucket; if it is not there either, it was deleted: look for DeleteObject calls on the bucket.",
        Unsigned "unsigned" Unproven Incomplete
            "No signature for this digest is in the evidence, and no proven digest states its hash."
            "Drop the output of `aws s3api head-object` for the newest digest of its chain.",
        NoKey "no-key" Unproven Incomplete
            "The public key that this digest names is not in the evidence."
            "Fetch the keys of its region and period with `aws cloudtrail list-public-keys` and drop the output.",
        BadKey "bad-key" Unproven Incomplete
            "The public key that this digest names cannot be read, or is not the one that has its fingerprint."
            "Fetch the keys again with `aws cloudtrail list-public-keys`; the dropped output is damaged or edited.",
        Unread "unread" Unproven Incomplete
            "The file was dropped, and could not be read or was not read to its end."
            "Drop it again; the evidence view says what went wrong.",
    }
}

statuses! {
    /// What is known of a log file.
    LogStatus {
        Valid "valid" Proven Verified
            "The log file's hash is the one that its proven digest states."
            "",
        Modified "modified" Altered Failed
            "The log file's hash is not the one that its proven digest states: it was changed after delivery."
            "Fetch the object again, with its versions if the bucket keeps them; look for PutObject calls on the bucket.",
        TrailingData "trailing-data" Altered Failed
            "Bytes follow the compressed stream that CloudTrail delivered: something was appended to the file."
            "Trust only what stands before the end of the stream, and look for PutObject calls on the bucket.",
        InvalidFormat "invalid-format" Altered Failed
            "The log file cannot be decompressed."
            "Fetch the object again; if it is the same in the bucket, it was damaged there.",
        Missing "missing" Missing Failed
            "A digest lists this log file, other files of its day are here, and it is not."
            "Fetch it from the bucket; if it is not there either, it was deleted: look for DeleteObject calls on the bucket.",
        NotCollected "not-collected" NotCovered Incomplete
            "A digest lists this log file, and nothing of its account, region and day was collected."
            "Fetch the logs of this day with `aws s3 sync` and drop them too.",
        Unproven "unproven" Unproven Incomplete
            "A digest lists this log file, but that digest is not proven itself."
            "Prove its digest first; its status says what is missing.",
        Unlisted "unlisted" Unproven Incomplete
            "It was delivered in the middle of what the digests of its account and region cover, and none lists it: added by someone, written by another trail of this bucket, or awaiting a backfill digest."
            "Drop the digests of every trail that writes to this bucket; if none lists the file, treat it as added.",
        Uncovered "uncovered" NotCovered Incomplete
            "No digest in the evidence covers the time of its delivery."
            "Collect the digest files of this time; the newest log files get theirs within four hours.",
        Unread "unread" Unproven Incomplete
            "The file was dropped, and could not be read or was not read to its end."
            "Drop it again; the evidence view says what went wrong.",
    }
}

statuses! {
    /// Why a period is not covered as it should be.
    GapKind {
        MissingDigests "missing-digests" Missing Failed
            "Digests that the chain names or implies are not there."
            "Fetch them from the bucket; if they are not there either, they were deleted.",
        ValidationOff "validation-off" NotCovered Incomplete
            "A new chain starts later than the one before it ended: logging or log file validation was off."
            "Look for StopLogging, UpdateTrail and DeleteTrail calls at its beginning; log files of this period can never be proven.",
        StartsLate "starts-late" NotCovered Verified
            "The oldest digest names a predecessor that is not in the evidence."
            "Collect earlier digests if the audit's period begins earlier.",
        EndsEarly "ends-early" Missing Incomplete
            "Log files, other regions, the trail's status or the bucket's listing run past the newest digest by more than digests are ever late."
            "Fetch the newest digests from the bucket; if they are not there, they were deleted or validation was switched off.",
        NoChain "no-chain" NotCovered Incomplete
            "This account and region, or this trail of theirs, should have digests, and none is in the evidence."
            "Collect its `CloudTrail-Digest` folder; if there is none, log file validation is off there.",
    }
}

statuses! {
    /// What is known of a Lake query result.
    LakeStatus {
        Valid "valid" Proven Verified
            "The signature verifies and every result file has the hash that is signed."
            "",
        InvalidSignature "invalid-signature" Altered Failed
            "The signature does not verify with the key that the sign file names."
            "Export the query results again.",
        NoKey "no-key" Unproven Incomplete
            "The public key that the sign file names is not in the evidence."
            "Fetch the keys of its region and time with `aws cloudtrail list-public-keys` and drop the output.",
        Modified "modified" Altered Failed
            "A result file has another hash than the one that is signed."
            "Export the query results again.",
        Missing "missing" Missing Failed
            "A result file that the sign file names is not there."
            "Fetch the whole folder of the query from the bucket.",
    }
}

/// What proves a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SignatureSource {
    /// The signature of its own object metadata.
    ObjectMetadata,
    /// The signature that the next digest carries.
    NextDigest,
    /// The hash that the proven next digest states.
    HashChain,
}

impl SignatureSource {
    /// The name in `report.json`.
    pub fn name(self) -> &'static str {
        match self {
            SignatureSource::ObjectMetadata => "object-metadata",
            SignatureSource::NextDigest => "next-digest",
            SignatureSource::HashChain => "hash-chain",
        }
    }
}

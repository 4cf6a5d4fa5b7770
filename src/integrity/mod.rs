//! What is proven: statuses, chains, coverage, verdicts, and what is missing to prove the rest.
//!
//! May use: `sum`, `moment`, `evidence`, `cloudtrail`, `intake`. It reads no bytes and asks no clock.
//!
//! # The definition of proven
//!
//! CloudTrail writes, for each trail, account and region, a *digest file* every hour. It names every log file
//! delivered in that hour with its SHA-256, names the digest before it with its SHA-256 and signature, and is
//! signed with a private key that only AWS holds. The signed text is the end of the hour, the digest's place in
//! its bucket, the SHA-256 of its content and the signature of the digest before it.
//!
//! A **digest file** is proven, in this order of search, when
//! 1. the signature in its own object metadata verifies with the public key that it names; or
//! 2. a proven next digest states its SHA-256: what is signed there vouches for this one; or
//! 3. the signature that the next digest carries for it verifies with the public key that it names. The next
//!    digest need not be proven for that: a signature speaks for itself wherever it is found.
//!
//! Each way is tried only where the one before it does not prove. So a digest of which a proven next digest states
//! another hash is still proven where the signature that it carries verifies, or its own metadata does: AWS signed
//! exactly this content, which no other statement undoes. Otherwise the other hash condemns it.
//!
//! What is signed is the content. A digest file with bytes after its compressed stream is *altered*, though what
//! stands before them is proven, with the log files that it lists.
//!
//! A **log file** is proven when a proven digest lists it with the SHA-256 of its content, and nothing follows
//! the compressed stream. Nothing else is proven by Exhibit, whatever it is called.
//!
//! Something is called *altered* only where signed content or its own metadata contradicts it. It is called
//! *missing* only where the evidence names it and holds other files of its account, region and day; otherwise it
//! may simply not have been collected. What was dropped and could not be read, or was not read since reading was
//! cancelled, is *unread*: nothing proves it, and nothing speaks against it. A signature that an unproven digest
//! carries can prove, and never condemn. A key that states a fingerprint which is not its own can prove as well, and
//! never condemn. Metadata that names no digest condemns only where it can be of no other: it is the only one left, for
//! the newest digest of the only chain, and nothing tells of a newer one, such as the time when its object was written.
//!
//! Of one digest, 64 pieces of metadata that name it, 64 next digests and 8 keys are tried; who drops more of them is
//! hostile, and nothing follows from the rest.
//!
//! All of this rests on the public keys. They arrive unsigned, perhaps from the party under audit: until the
//! auditor confirms having fetched them, every statement says "if these keys are AWS's".

pub mod chain;
pub mod checks;
pub mod expect;
pub mod holdings;
pub mod judge;
mod keys;
pub mod lake;
mod links;
pub mod logs;
pub mod names;
pub mod prove;
pub mod scope;
pub mod status;
pub mod verdict;

pub use checks::{Check, CheckId, Checks};
pub use holdings::Holdings;
pub use judge::{DigestAt, DigestRow, Files, Judgement, judge, proofs};
pub use logs::{LogAt, LogRow};
pub use scope::Scope;
pub use status::{DigestStatus, GapKind, LakeStatus, LogStatus, SignatureSource, State, Verdict};

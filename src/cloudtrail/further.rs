//! What few records hold beside the facts of a row: secrets, who may reach a bucket, bytes of objects.

use crate::secret::{self, Masked};

use super::event::{Access, Category, Event};
use super::log::Log;

/// Secrets that are told of one file; more say nothing more.
const MOST_SECRETS: usize = 5_000;
/// Bytes of request parameters that are kept: a bucket policy has at most 20 kB.
const LONGEST: usize = 64 << 10;

/// Calls that change who may reach a bucket.
pub(super) const REACH: &[&str] = &[
    "CreateBucket",
    "DeleteBucket",
    "PutBucketPolicy",
    "DeleteBucketPolicy",
    "PutBucketAcl",
    "PutBucketPublicAccessBlock",
    "DeleteBucketPublicAccessBlock",
    "PutAccountPublicAccessBlock",
    "DeleteAccountPublicAccessBlock",
];

/// Takes what the record of an event holds, before the event becomes the next row of `log`.
pub(super) fn take(log: &mut Log, event: &Event<'_>) {
    let row = log.rows.len() as u32;
    if let Some(bytes) = event.bytes {
        log.sizes.push((row, bytes));
    }
    // Only a call that changes something can hand a secret in.
    if event.access == Access::Read || event.category != Category::Management {
        return;
    }
    let request = event.request;
    if log.secrets.len() < MOST_SECRETS && secret::may_hold(request) {
        let found = secret::json::search_value(request, secret::json::OF_EVENTS);
        log.secrets
            .extend(found.iter().map(|one| (row, Masked::from(one))));
    }
    if REACH.contains(&&*event.name) && (1..=LONGEST).contains(&request.len()) {
        log.requests.push((row, request.to_owned()));
    }
}

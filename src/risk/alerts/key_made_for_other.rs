//! Whoever makes a key for somebody else can act in their name.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use super::Scene;
use crate::activity::{Bits, EventIx, Field, field};

pub(super) const ALERT: Alert = Alert {
    id: "key-made-for-other",
    title: "An access key or a password was made for another user",
    category: Category::CredentialsLoss,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Found {
        query: "name:(CreateAccessKey OR CreateLoginProfile OR UpdateLoginProfile OR CreateServiceSpecificCredential) -error:*",
        words: "the request names a user who is not the caller",
        find,
    },
    recommendation: "Check that it was asked for; else turn the key off, and look at what it did.",
};

fn find(scene: &Scene<'_>, events: &Bits) -> Vec<EventIx> {
    let store = scene.store;
    let is_for_other = |&event: &EventIx| {
        // Of a role this is the role's name, which a user may have too.
        let is_user = field::value(store, Field::Type, event) == "IAMUser";
        let caller = if is_user { field::value(store, Field::User, event) } else { "" };
        let mut targets = store.targets.of(event).into_iter().flatten();
        // Beside the user's name stand the key that was made, and ARNs.
        targets.any(|&target| {
            let name = store.texts.get(target);
            let is_name = !["AKIA", "ASIA", "ACCA", "arn:"].iter().any(|begin| name.starts_with(begin))
                && !name.ends_with(".amazonaws.com");
            is_name && !name.eq_ignore_ascii_case(caller)
        })
    };
    events.iter().filter(is_for_other).collect()
}

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("CreateAccessKey", r#""userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","userName":"a"},"requestParameters":{"userName":"b"},"responseElements":{"accessKey":{"accessKeyId":"AKIA1"}}"#, 1, 10),
        ("CreateAccessKey", r#""userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/backup/s","sessionContext":{"sessionIssuer":{"type":"Role","userName":"backup"}}},"requestParameters":{"userName":"backup"}"#, 1, 10),
    ],
    quiet: &[
        ("CreateAccessKey", r#""userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","userName":"a"},"requestParameters":{"userName":"a"},"responseElements":{"accessKey":{"accessKeyId":"AKIA1"}}"#, 1, 10),
        ("CreateAccessKey", r#""userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","userName":"a"},"responseElements":{"accessKey":{"accessKeyId":"AKIA1"}}"#, 1, 10),
    ],
};

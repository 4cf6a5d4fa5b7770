//! For which accounts a Business Associate Addendum holds, and which accounts lack one.

use std::collections::BTreeSet;

use crate::activity::Field;
use crate::activity::facet::all_values;
use crate::artifact::State;
use crate::cloudtrail::Description;
use crate::object::Personal;
use crate::order::Gather as _;

use super::Case;
use super::artifacts::as_of;

/// The id of an organization, `o-…`, out of what names it: its ARN, one of its accounts' ARN, or the id.
fn organization_id(named: &str) -> &str {
    let mut parts = named.split([':', '/']);
    parts.find(|part| part.starts_with("o-")).unwrap_or(named)
}

/// For which accounts a Business Associate Addendum holds, and whether one holds for an organization whose accounts are not
/// listed (AWS Artifact: an organization's agreement holds for all of its accounts).
fn addenda(case: &Case) -> (BTreeSet<&str>, bool) {
    let active = case
        .artifacts
        .iter()
        .map(|one| &one.artifact)
        .filter(|one| {
            one.is_agreement && one.program == "BAA" && one.state_at(as_of(case)) == State::Active
        });
    let (mut accounts, mut organizations) = (BTreeSet::new(), BTreeSet::new());
    for one in active {
        accounts.extend(one.account.as_deref());
        if let Some(organization) = one.organization.as_deref() {
            organizations.insert(organization_id(organization));
            // Its ARN names the management account.
            accounts.extend(organization.split(':').nth(4));
        }
    }
    let of_one = |named: Option<&str>| {
        named.is_some_and(|named| organizations.contains(organization_id(named)))
    };
    let mut listed = BTreeSet::new();
    for (_, description) in &case.holdings.descriptions {
        if let Description::Accounts(list, is_whole) = description {
            for (account, arn) in list.iter().filter(|(_, arn)| of_one(arn.as_deref())) {
                accounts.insert(account.as_str());
                let organization = arn.as_deref().filter(|_| *is_whole);
                listed.extend(organization.map(organization_id));
            }
        }
    }
    // An organization's trail writes for its members.
    let trails = case.judgement.trails.iter().map(|row| &row.key);
    let members = trails.filter(|key| of_one(key.organization.as_deref()));
    accounts.extend(members.map(|key| key.account.as_str()));
    (accounts, listed.len() < organizations.len())
}

/// What is said before the accounts without a Business Associate Addendum, and before those of which it cannot be told.
pub const NO_ADDENDUM: &str = "no Business Associate Addendum is known to hold for";
/// See [`NO_ADDENDUM`].
pub const ADDENDUM_UNTOLD: &str =
    "an organization has a Business Associate Addendum, but nothing tells that it is that of";

/// What is said of such accounts; `None` where there are none.
pub fn addendum_words(accounts: &[String], words: &str) -> Option<String> {
    (!accounts.is_empty()).then(|| {
        format!(
            "Health data is in question, and {words} {}.",
            accounts.join(", ")
        )
    })
}

/// Accounts of the evidence that work with health data and are not known to have a Business Associate Addendum; and those of
/// which it cannot be told, as one holds for an organization whose accounts are not known.
pub(crate) fn without_addendum(case: &Case) -> (Vec<String>, Vec<String>) {
    let (baa, is_open) = addenda(case);
    let health = case
        .objects
        .held
        .iter()
        .any(|(_, object)| object.personal[Personal::Health as usize] > 0);
    let asked = case
        .settings
        .audit
        .controls
        .iter()
        .any(|one| one.source.to_lowercase().contains("hipaa"));
    let mut accounts: BTreeSet<&str> = case
        .register
        .files()
        .filter_map(|(_, file)| file.account.as_deref())
        .gathered();
    // Outputs and single records name theirs within.
    let called = all_values(&case.activity, Field::Account);
    let called = called.iter().map(|(account, _)| account.as_str());
    accounts.extend(called.filter(|account| account.len() == 12));
    accounts.retain(|account| (health || asked) && !baa.contains(account));
    let without = accounts.into_iter().map(str::to_owned).collect();
    match is_open {
        true => (Vec::new(), without),
        false => (without, Vec::new()),
    }
}

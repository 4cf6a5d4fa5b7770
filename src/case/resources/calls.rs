//! The CloudTrail events that name a resource, and which of them may be behind a change.

use crate::activity::{EventIx, Field, field};
use crate::cloudtrail::event::Access;
use crate::config::Resource;
use crate::moment::{HOUR, Moment};
use crate::order::sorted;

use super::super::Case;
use super::super::rows::standing_cell;
use super::view::CallView;

/// Calls of one resource that are listed: the newest.
const MOST: usize = 1_000;

/// Calls that name a resource by its ARN, its id or its name, and how many more there are. A name or id
/// alone counts only in calls of the resource's own service: `default` names many things.
pub(super) fn of(case: &Case, resource: &Resource) -> (Vec<CallView>, u64) {
    let (store, inventory) = (&case.activity, &case.inventory);
    let arn = store
        .texts
        .known(inventory.arn(resource))
        .filter(|&text| text != 0);
    let names = [inventory.text(resource.id), inventory.title(resource)];
    let names = names.map(|name| store.texts.known(name).filter(|&text| text != 0));
    let by_arn = store
        .targets
        .fitting(|targets| arn.is_some_and(|arn| targets.contains(&arn)));
    let by_name = store
        .targets
        .fitting(|targets| names.iter().flatten().any(|name| targets.contains(name)));
    let service = service(inventory.text(resource.kind));
    let own = store
        .calls
        .fitting(|&(_, source)| store.texts.get(source) == service);
    let found = (by_arn | (by_name & own)) & &store.shown;
    let account = inventory.text(resource.account);
    let in_account = |event: &EventIx| {
        let here = field::value(store, Field::Account, *event);
        here.is_empty() || account.is_empty() || here == account
    };
    let all: Vec<(Moment, EventIx)> = found
        .iter()
        .filter(in_account)
        .filter_map(|event| Some((store.time(event)?, event)))
        .collect();
    let all = sorted(all, |a, b| a.cmp(b));
    let more = all.len().saturating_sub(MOST);
    let call = |&(at, event): &(Moment, EventIx)| CallView {
        event,
        at,
        name: field::value(store, Field::Name, event).to_owned(),
        actor: field::value(store, Field::Actor, event).to_owned(),
        error: field::value(store, Field::Error, event).to_owned(),
        reads: store
            .flags
            .of(event)
            .is_some_and(|flags| flags.access == Access::Read)
            || is_reading(field::value(store, Field::Name, event)),
        proof: standing_cell(store.standing(event)),
    };
    (all[more..].iter().map(call).collect(), more as u64)
}

/// The service whose calls change resources of a type: `AWS::EC2::Volume` is of `ec2.amazonaws.com`.
fn service(kind: &str) -> String {
    let name = kind.split("::").nth(1).unwrap_or_default().to_lowercase();
    let name = match name.as_str() {
        "elasticloadbalancingv2" => "elasticloadbalancing",
        "cloudwatch" => "monitoring",
        "opensearch" | "opensearchservice" | "elasticsearch" => "es",
        "stepfunctions" => "states",
        "ssm" => "ssm",
        "certificatemanager" => "acm",
        "efs" => "elasticfilesystem",
        "msk" => "kafka",
        "apigatewayv2" => "apigateway",
        "networkfirewall" => "network-firewall",
        "kinesisfirehose" => "firehose",
        "kinesisanalyticsv2" => "kinesisanalytics",
        "cognito" => "cognito-idp",
        "emr" => "elasticmapreduce",
        "applicationautoscaling" => "application-autoscaling",
        "wafregional" => "waf-regional",
        name => name,
    };
    format!("{name}.amazonaws.com")
}

/// Whether a call reads, by how AWS names such calls, where its record does not tell.
pub(in crate::case) fn is_reading(name: &str) -> bool {
    ["Get", "List", "Describe", "Head", "Lookup"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// Calls that may have made the change that a capture at `to` shows: they succeeded, do not only read, and
/// came after the capture before, within the last hour. Captures follow changes within minutes, but where they are made
/// once a day within that.
pub(super) fn causes(
    calls: &[CallView],
    before: Option<Moment>,
    to: Option<Moment>,
    is_daily: bool,
) -> Vec<u32> {
    let Some(to) = to else { return Vec::new() };
    let from = to.plus(if is_daily { -24 * HOUR } else { -HOUR });
    let from = before.map_or(from, |before| before.max(from));
    let may =
        |call: &CallView| !call.reads && call.error.is_empty() && call.at >= from && call.at <= to;
    let places = calls.iter().enumerate().filter(|(_, call)| may(call));
    places.map(|(at, _)| at as u32).collect()
}

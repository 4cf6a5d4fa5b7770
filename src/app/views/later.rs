//! Views without evidence: what they are for, and what to collect.

use yew::prelude::*;

use exhibit::evidence::Kind;

use super::View;
use crate::app::format;
use crate::app::session::Session;

const ARTIFACTS: &str = "Drop reports and agreements as AWS Artifact gives them out, as PDF, or its lists. They are recognised by their text, and every field can be corrected.";
const ITEMS: &str = "Drop history files, snapshots, messages of the stream, or outputs of the AWS CLI with configuration items. AWS Config signs nothing: what is shown is what the files say.";
const EVENTS: &str = "Drop CloudTrail log files, or events as JSON Lines, as an array, or as lookup-events prints them. Only log files can be proven.";

/// What a view is for, the kinds it will read, and how to collect them.
struct About {
    purpose: &'static str,
    kinds: &'static [Kind],
    commands: &'static str,
}

pub(crate) fn later(view: View, session: &Session) -> Html {
    let about = about(view);
    let kinds = session
        .overview
        .as_ref()
        .map(|overview| overview.kinds.clone())
        .unwrap_or_default();
    let here = kinds
        .into_iter()
        .filter(|(kind, _)| about.kinds.contains(kind));
    let here: Vec<Html> = here
        .map(|(kind, count)| html! { <li key={kind.name()}>{ format!("{}: {}", kind.label(), format::number(count)) }</li> })
        .collect();
    html! {
        <div class="page" data-testid={format!("view-{}", view.name())}>
            <h1>{ view.title() }</h1>
            <p class="lead">{ about.purpose }</p>
            <p>{ match view { View::Activity | View::Risk => EVENTS, View::Resources | View::Compliance => ITEMS, _ => ARTIFACTS } }</p>
            <div>
                { if here.is_empty() {
                    html! { <p class="fine">{"Nothing of this kind is in the evidence."}</p> }
                } else {
                    html! { <ul>{ for here }</ul> }
                } }
            </div>
            <h2>{"How to collect it"}</h2>
            <pre>{ about.commands }</pre>
        </div>
    }
}

fn about(view: View) -> About {
    match view {
        View::Resources => About {
            purpose: "What every resource looked like, what it was related to, and when it changed, from AWS Config.",
            kinds: &[
                Kind::ConfigHistory,
                Kind::ConfigSnapshot,
                Kind::ConfigItems,
                Kind::ConfigStream,
                Kind::ConfigRecorder,
            ],
            commands: "aws s3 sync s3://CONFIG-BUCKET/AWSLogs/ACCOUNT/Config/ evidence/config/\n\n# what is recorded, and whether it still is: in each region\naws configservice describe-configuration-recorders --region REGION > evidence/recorders-REGION.json\naws configservice describe-configuration-recorder-status --region REGION > evidence/recorder-status-REGION.json\naws configservice describe-delivery-channel-status --region REGION > evidence/delivery-REGION.json\n\n# how many resources there are, so that nothing is missing unseen\naws configservice get-discovered-resource-counts --region REGION > evidence/counts-REGION.json\n\n# without the bucket: one resource\naws configservice get-resource-config-history --resource-type TYPE --resource-id ID > evidence/history-ID.json",
        },
        View::Compliance => About {
            purpose: "Which rules were met, which resources failed them, and when.",
            kinds: &[
                Kind::ConfigCompliance,
                Kind::ConfigRules,
                Kind::ConformancePack,
            ],
            commands: "aws configservice describe-config-rules > evidence/config-rules.json\n\n# AWS's own results, rule by rule\naws configservice get-compliance-details-by-config-rule --config-rule-name RULE > evidence/results-RULE.json\n\n# what rules are evaluated on here\naws s3 sync s3://CONFIG-BUCKET/AWSLogs/ACCOUNT/Config/ evidence/config/",
        },
        View::Risk => About {
            purpose: "Which calls, errors and objects are dangerous, and why.",
            kinds: &[Kind::CloudtrailLog, Kind::Object, Kind::SigmaRule],
            commands: "aws s3 sync s3://TRAIL-BUCKET/AWSLogs/ evidence/AWSLogs/",
        },
        View::Artifacts => About {
            purpose: "AWS's own audit reports and agreements, with what they cover and until when.",
            kinds: &[Kind::ArtifactReport, Kind::ArtifactAgreement],
            commands: "aws artifact list-reports > evidence/artifact-reports.json\naws artifact list-customer-agreements > evidence/artifact-agreements.json",
        },
        _ => About {
            purpose: "Who did what, from where, when, whether it succeeded, and whether that record is proven.",
            kinds: &[
                Kind::CloudtrailLog,
                Kind::CloudtrailInsight,
                Kind::CloudtrailEvents,
                Kind::CloudtrailLakeResult,
            ],
            commands: "aws s3 sync s3://TRAIL-BUCKET/AWSLogs/ evidence/AWSLogs/\n\n# without the bucket: the last 90 days of management events of a region, which nothing can prove\naws cloudtrail lookup-events --region REGION > evidence/lookup-events-REGION.json\n\n# what the trail records, so that an empty answer means something\naws cloudtrail get-event-selectors --trail-name TRAIL > evidence/get-event-selectors.json\naws cloudtrail get-insight-selectors --trail-name TRAIL > evidence/get-insight-selectors.json",
        },
    }
}

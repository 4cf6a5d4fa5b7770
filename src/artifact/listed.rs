//! What `aws artifact list-reports`, `get-report-metadata` and `list-customer-agreements` print.

use serde_json::Value;

use super::{Artifact, Known, State, program};
use crate::evidence::{Problem, json};

/// Reads all reports and agreements of an output; several outputs may stand one after the other; with what could not
/// be read.
pub fn parse(bytes: &[u8]) -> (Vec<Artifact>, Vec<Problem>) {
    let mut all = Vec::new();
    let problems = json::values(bytes, |value: Value| {
        let list = |name: &str| value[name].as_array().into_iter().flatten();
        let detail = value
            .get("reportDetails")
            .filter(|detail| detail.is_object());
        all.extend(list("reports").chain(detail).map(report));
        all.extend(list("customerAgreements").map(agreement));
    });
    (all, problems)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn report(value: &Value) -> Artifact {
    let named = format!(
        "{} {} {}",
        text(value, "name"),
        text(value, "series"),
        text(value, "description")
    );
    let named = program::plain(&named, 4_000);
    let program = program::first(&named);
    // AWS Artifact has reports of vendors too.
    let company = program::plain(text(value, "companyName"), 4_000);
    Artifact {
        is_bridge: super::is_bridge(&named),
        issuer: if program::has_word(&company, "aws")
            || company.contains("amazon")
            || company.is_empty()
        {
            String::new()
        } else {
            text(value, "companyName").to_owned()
        },
        title: text(value, "name").to_owned(),
        program: program.map_or("", |program| program.name).to_owned(),
        certifications: program::all(&named),
        from: json::moment(&value["periodStart"]),
        to: json::moment(&value["periodEnd"]),
        state: match text(value, "state") {
            "PUBLISHED" => State::Active,
            "UNPUBLISHED" => State::Inactive,
            _ => State::Unknown,
        },
        // Its terms must be accepted before it is handed out.
        confidential: text(value, "acceptanceType") == "EXPLICIT"
            || program.is_some_and(|program| program.is_confidential),
        known: Known::List,
        ..Artifact::default()
    }
}

fn agreement(value: &Value) -> Artifact {
    let named = program::plain(
        &format!("{} {}", text(value, "name"), text(value, "description")),
        4_000,
    );
    let filled = |name: &str| Some(text(value, name).to_owned()).filter(|text| !text.is_empty());
    Artifact {
        is_agreement: true,
        title: text(value, "name").to_owned(),
        program: program::first(&named)
            .map_or("", |program| program.name)
            .to_owned(),
        certifications: program::all(&named),
        account: filled("awsAccountId"),
        organization: filled("organizationArn"),
        from: json::moment(&value["effectiveStart"]),
        to: json::moment(&value["effectiveEnd"]),
        expires: json::moment(&value["effectiveEnd"]),
        state: match text(value, "state") {
            "ACTIVE" => State::Active,
            "CUSTOMER_TERMINATED" | "AWS_TERMINATED" => State::Terminated,
            "" => State::Unknown,
            _ => State::Inactive,
        },
        confidential: true,
        known: Known::List,
        ..Artifact::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Moment;

    #[test]
    fn lists_and_details() {
        let text = r#"{"reports":[{"id":"report-0123456789abcdef","name":"System and Organization Controls (SOC) 3 Report","state":"PUBLISHED","companyName":"AWS","series":"SOC 3","periodStart":"2024-04-01T00:00:00Z","periodEnd":1727740799,"acceptanceType":"PASSTHROUGH"}]}
            {"reportDetails":{"name":"PCI DSS Attestation of Compliance","acceptanceType":"EXPLICIT","state":"UNPUBLISHED","companyName":"Acme"}}
            {"customerAgreements":[{"name":"AWS Business Associate Addendum","awsAccountId":"111122223333","state":"ACTIVE","effectiveStart":"2023-01-01T00:00:00Z"},{"name":"AWS Artifact Nondisclosure Agreement","organizationArn":"arn:aws:organizations::1:organization/o-x","state":"CUSTOMER_TERMINATED"}]}"#;
        let all = parse(text.as_bytes()).0;
        let seen: Vec<_> = all
            .iter()
            .map(|one| {
                (
                    one.program.as_str(),
                    one.state,
                    one.is_agreement,
                    one.confidential,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("SOC 3", State::Active, false, false),
                ("PCI DSS", State::Inactive, false, true),
                ("BAA", State::Active, true, true),
                ("NDA", State::Terminated, true, true)
            ]
        );
        assert_eq!(
            (all[0].issuer.as_str(), all[1].issuer.as_str()),
            ("", "Acme")
        );
        assert_eq!(all[0].to, Moment::parse("2024-09-30T23:59:59Z"));
        assert_eq!(
            (all[2].account.as_deref(), all[3].organization.is_some()),
            (Some("111122223333"), true)
        );
        assert_eq!(parse(b"{").1.len(), 1);
    }
}

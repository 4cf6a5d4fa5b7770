//! Reports and agreements as AWS Artifact gives them out, made up for the demo.

use anyhow::Result;
use serde_json::json;

use super::files::Files;
use super::pdf;

/// Adds them.
pub(super) fn add(files: &mut Files) -> Result<()> {
    let mut add = |name: &str, title: &str, lines: &[&str]| -> Result<()> {
        files.insert(format!("artifacts/{name}"), pdf::write(title, lines)?);
        Ok(())
    };
    add(
        "soc2.pdf",
        "System and Organization Controls 2 (SOC 2) Type 2 Report",
        &[
            "Made up for a demonstration. Amazon Web Services did not write this report.",
            "System and Organization Controls 2 (SOC 2) Type 2 Report",
            "For the period April 1, 2023 to September 30, 2023",
            "Confidential. It also refers to ISO/IEC 27001:2022.",
        ],
    )?;
    add(
        "iso27001.pdf",
        "ISO/IEC 27001:2022 certificate",
        &[
            "Made up for a demonstration. Amazon Web Services does not hold this certificate.",
            "Certificate of registration: the management system complies with ISO/IEC 27001:2022",
            "Issue date: November 10, 2022. Expiry date: November 9, 2025",
        ],
    )?;
    add(
        "baa.pdf",
        "AWS Business Associate Addendum",
        &[
            "Made up for a demonstration.",
            "This Business Associate Addendum is entered into with Amazon Web Services, Inc.",
            "for AWS account 111122223333. It concerns protected health information.",
        ],
    )?;
    let agreements = json!({ "customerAgreements": [
        { "id": "customer-agreement-0123456789abcdef", "name": "AWS Business Associate Addendum", "awsAccountId": "111122223333", "state": "ACTIVE", "effectiveStart": "2023-02-01T00:00:00Z", "type": "DEFAULT" },
        { "id": "customer-agreement-fedcba9876543210", "name": "AWS Artifact Nondisclosure Agreement", "awsAccountId": "111122223333", "state": "ACTIVE", "effectiveStart": "2023-02-01T00:00:00Z", "type": "DEFAULT" },
    ] });
    let reports = json!({ "reports": [
        { "id": "report-0123456789abcdef", "name": "Service Organization Controls 3 Report", "series": "SOC 3", "category": "Certifications and Attestations", "state": "PUBLISHED", "acceptanceType": "PASSTHROUGH", "periodStart": "2023-04-01T00:00:00Z", "periodEnd": "2024-03-31T23:59:59Z" },
        { "id": "report-fedcba9876543210", "name": "PCI DSS Attestation of Compliance", "series": "PCI DSS", "category": "Certifications and Attestations", "state": "PUBLISHED", "acceptanceType": "EXPLICIT", "periodStart": "2023-06-01T00:00:00Z", "periodEnd": "2024-05-31T23:59:59Z" },
    ] });
    files.insert(
        "artifacts/list-customer-agreements.json".to_owned(),
        serde_json::to_vec_pretty(&agreements)?,
    );
    files.insert(
        "artifacts/list-reports.json".to_owned(),
        serde_json::to_vec_pretty(&reports)?,
    );
    Ok(())
}

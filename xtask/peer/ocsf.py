"""Validates OCSF Compliance Findings by the models of py-ocsf-models."""
import json
import sys

from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        findings = json.load(file)
    assert findings, "no finding"
    for finding in findings:
        ComplianceFinding(**finding)
    print(f"{path}: {len(findings)} findings")

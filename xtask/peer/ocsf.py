"""Validates OCSF Compliance Findings by the models of py-ocsf-models, and that these know every attribute."""
import json
import sys

from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
from py_ocsf_models.objects.cloud import Cloud


class InTheCloud(ComplianceFinding):
    """The class with the profile that findings name, which its model lacks."""
    cloud: Cloud


def know(model, value, at):
    """Models leave out what they do not know: each attribute must be one of theirs."""
    if isinstance(model, list):
        for one, inner in zip(model, value):
            know(one, inner, at)
    elif hasattr(type(model), "model_fields"):
        for name, inner in value.items():
            assert name in type(model).model_fields, f"{at}{name} is no attribute"
            know(getattr(model, name), inner, f"{at}{name}.")


for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        findings = json.load(file)
    assert findings, "no finding"
    for finding in findings:
        know(InTheCloud(**finding), finding, "")
    print(f"{path}: {len(findings)} findings")

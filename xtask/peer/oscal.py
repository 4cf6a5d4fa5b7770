"""Validates an OSCAL document by the models of oscal-pydantic, which are made from NIST's JSON schema."""
import sys

from oscal_pydantic.assessment_results import Model

for path in sys.argv[1:]:
    document = Model.parse_file(path)
    results = document.assessment_results.results
    print(f"{path}: {sum(len(one.observations or []) for one in results)} observations, "
          f"{sum(len(one.findings or []) for one in results)} findings")

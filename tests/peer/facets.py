"""Counts the values of CloudTrail events with Python's own JSON library: what the facets of the page are
checked against. Prints one JSON object: a field, its values, their counts. Copies of an event count once."""

import collections
import json
import pathlib
import sys


def records(path):
    value = json.loads(path.read_text(encoding="utf-8"))
    return value["Records"] if isinstance(value, dict) else value


def main(folder):
    seen = set()
    counts = {field: collections.Counter() for field in ("source", "name", "account", "region", "ip", "agent", "error", "actor")}
    for path in sorted(pathlib.Path(folder).rglob("*.json")):
        for event in records(path):
            identity = event.get("userIdentity") or {}
            account = event.get("recipientAccountId") or identity.get("accountId") or ""
            mark = (account, event.get("eventID"), json.dumps(event, sort_keys=True))
            if event.get("eventID") and mark in seen:
                continue
            seen.add(mark)
            login = (event.get("responseElements") or {}).get("ConsoleLogin")
            error = event.get("errorCode") or event.get("errorMessage") or ("Failure" if login == "Failure" else "")
            values = {
                "source": event.get("eventSource"),
                "name": event.get("eventName"),
                "account": account,
                "region": event.get("awsRegion"),
                "ip": event.get("sourceIPAddress"),
                "agent": event.get("userAgent"),
                "error": error,
                "actor": identity.get("arn") or identity.get("invokedBy") or identity.get("principalId"),
            }
            for field, value in values.items():
                if value:
                    counts[field][value] += 1
    json.dump({field: dict(counter) for field, counter in counts.items()}, sys.stdout)


main(sys.argv[1])

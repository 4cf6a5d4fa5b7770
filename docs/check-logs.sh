#!/usr/bin/env bash
# Compares every log file that the digests below a folder list with the hash that they state.
# check-logs.sh FOLDER-THAT-HOLDS-AWSLogs
set -euo pipefail
cd "$1"

find . -path '*CloudTrail-Digest*' -name '*.json.gz' | sort | while read -r digest; do
  gzip -dc "$digest" | jq -r '.logFiles[] | "\(.hashValue) \(.s3Object)"' | tr -d '\r'
done | while read -r stated log; do
  if [ ! -f "$log" ]; then
    echo "MISSING $log"
  # A log with bytes after its stream makes gzip complain, or inflate to more than was signed.
  elif [ "$(gzip -dc "$log" 2> /dev/null | sha256sum | cut -d ' ' -f 1)" != "$stated" ]; then
    echo "DIFFERS $log"
  fi
done

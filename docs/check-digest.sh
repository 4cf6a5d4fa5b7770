#!/usr/bin/env bash
# Verifies the signature of one digest file of CloudTrail, with standard tools.
# check-digest.sh DIGEST.json.gz SIGNATURE-IN-HEX PUBLIC-KEYS.json
set -euo pipefail
digest=$1 signature=$2 keys=$3
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

gzip -dc "$digest" > "$work/digest.json"
field() { jq -r "$1" "$work/digest.json"; }

# The key that the digest names. AWS lists keys in two encodings: SubjectPublicKeyInfo and PKCS #1.
fingerprint=$(field .digestPublicKeyFingerprint)
jq -r --arg f "$fingerprint" 'first(.PublicKeyList[] | select(.Fingerprint == $f)) | .Value' "$keys" | base64 -d > "$work/key.der"
[ -s "$work/key.der" ] || { echo "$keys lists no key $fingerprint" >&2; exit 1; }
openssl rsa -pubin -inform DER -in "$work/key.der" -pubout -out "$work/key.pem" 2> /dev/null ||
  openssl rsa -RSAPublicKey_in -inform DER -in "$work/key.der" -pubout -out "$work/key.pem" 2> "$work/why" ||
  { cat "$work/why" >&2; exit 1; }

# What is signed: when it ends, where it lies, the hash of its content, the signature before. No newline at the end.
printf '%s\n%s/%s\n%s\n%s' \
  "$(field .digestEndTime)" \
  "$(field .digestS3Bucket)" "$(field .digestS3Object)" \
  "$(sha256sum < "$work/digest.json" | cut -d ' ' -f 1)" \
  "$(field '.previousDigestSignature // "null"')" > "$work/signed.txt"
printf '%s' "$signature" | xxd -r -p > "$work/signature.bin"

openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/signature.bin" "$work/signed.txt"

# What the fingerprint may be the MD5 of: AWS publishes keys in either encoding under the MD5 of what it lists.
md5() { md5sum | cut -d ' ' -f 1; }
encoded() { openssl rsa -pubin -in "$work/key.pem" "$1" -outform DER 2> /dev/null; }
echo "key                                $fingerprint"
echo "MD5 of it as it is listed          $(md5 < "$work/key.der")"
echo "MD5 of it as PKCS #1               $(encoded -RSAPublicKey_out | md5)"
echo "MD5 of it as SubjectPublicKeyInfo  $(encoded -pubout | md5)"

#!/usr/bin/env python3
"""A plain loop over CloudTrail evidence: what one would write to check it without Exhibit.

Every file is read, inflated, hashed and parsed; then the signature of every digest that its
successor repeats is verified. Takes a folder, a .zip or a .tar and prints one line of JSON.
"""

import base64
import gzip
import hashlib
import json
import os
import sys
import tarfile
import time
import zipfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers


def files(path):
    """Every file as name and bytes."""
    if os.path.isdir(path):
        for folder, _, names in os.walk(path):
            for name in names:
                full = os.path.join(folder, name)
                with open(full, "rb") as file:
                    yield full, file.read()
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield info.filename, archive.read(info)
    else:
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile():
                    yield member.name, archive.extractfile(member).read()


def number(der, at):
    """One DER integer and where it ends."""
    length = der[at + 1]
    at += 2
    if length & 0x80:
        size = length & 0x7F
        length = int.from_bytes(der[at : at + size], "big")
        at += size
    return int.from_bytes(der[at : at + length], "big"), at + length


def load_key(der):
    """A public key in SubjectPublicKeyInfo or PKCS#1."""
    try:
        return serialization.load_der_public_key(der)
    except ValueError:
        start = 2 + (der[1] & 0x7F if der[1] & 0x80 else 0)
        modulus, at = number(der, start)
        exponent, _ = number(der, at)
        return RSAPublicNumbers(exponent, modulus).public_key()


def main(path):
    start = time.perf_counter()
    count = inflated = checked = 0
    keys, digests, logs = {}, {}, {}
    for name, raw in files(path):
        count += 1
        data = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        inflated += len(data)
        sha = hashlib.sha256(data).hexdigest()
        try:
            value = json.loads(data)
        except ValueError:
            continue
        if not isinstance(value, dict):
            continue
        if "PublicKeyList" in value:
            for key in value["PublicKeyList"]:
                keys[key["Fingerprint"]] = load_key(base64.b64decode(key["Value"]))
        elif "digestS3Object" in value:
            digests[value["digestS3Object"]] = (value, sha)
        elif "Records" in value:
            logs[os.path.basename(name)] = sha

    verified = 0
    for value, _ in digests.values():
        for entry in value["logFiles"] or ():
            checked += logs.get(os.path.basename(entry["s3Object"])) == entry["hashValue"]
        previous = digests.get(value["previousDigestS3Object"])
        if previous is None or value["previousDigestSignature"] is None:
            continue
        before, sha = previous
        key = keys.get(before["digestPublicKeyFingerprint"])
        if key is None:
            continue
        text = "\n".join(
            (
                before["digestEndTime"],
                before["digestS3Bucket"] + "/" + before["digestS3Object"],
                sha,
                before["previousDigestSignature"] or "null",
            )
        )
        try:
            key.verify(
                bytes.fromhex(value["previousDigestSignature"]),
                text.encode(),
                padding.PKCS1v15(),
                hashes.SHA256(),
            )
            verified += 1
        except InvalidSignature:
            pass

    print(
        json.dumps(
            {
                "ms": (time.perf_counter() - start) * 1000,
                "files": count,
                "inflated": inflated,
                "signatures": verified,
                "logs": checked,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])

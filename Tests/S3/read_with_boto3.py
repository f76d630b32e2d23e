"""Reads what hartrain published as any user of boto3 would, and prints the SHA-256 of the weights that latest.json leads to.

    python3 read_with_boto3.py BUCKET KEY-OF-LATEST.JSON     # endpoint and credentials from the environment

Fails unless the object's own metadata and the pointer say the same hash.
"""

import hashlib
import json
import posixpath
import sys

import boto3


def main():
    bucket, key = sys.argv[1:]
    s3 = boto3.client("s3", region_name="us-east-1")
    pointer = json.load(s3.get_object(Bucket=bucket, Key=key)["Body"])
    weights = s3.get_object(Bucket=bucket, Key=posixpath.join(posixpath.dirname(key), pointer["path"]))
    content = weights["Body"].read()
    actual = hashlib.sha256(content).hexdigest()
    # rclone writes the names of metadata with capitals.
    metadata = {name.lower(): value for name, value in weights["Metadata"].items()}
    assert actual == pointer["sha256"] == metadata["sha256"], (actual, pointer, metadata)
    assert len(content) == pointer["bytes"] == weights["ContentLength"]
    print(actual)


if __name__ == "__main__":
    main()

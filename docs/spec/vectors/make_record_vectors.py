#!/usr/bin/env python3
"""Makes record-aad.json from docs/spec/peer-protocol.md alone, with other software than the product's.

Needs Python 3.11. Not part of any build:

    python3 docs/spec/vectors/make_record_vectors.py
"""
import json, pathlib, struct

HERE = pathlib.Path(__file__).parent
ALL = 2**128 - 1
LAST = 2**64 - 1

CASES = [
    ("a first write", 1, "k", (1767225600000, 0x0123456789ABCDEF0123456789ABCDEF, 1), None, False, None, 1),
    ("a write that replaces another and expires", 49, "users/alice", (1767225600001, ALL, LAST), (1767225600000, 1, 1), False, 1767229200000, 2),
    ("a deletion", 49, "users/alice", (1767225600002, 1, 2), (1767225600001, ALL, LAST), True, None, 2),
    ("the tombstone that expiry makes keeps id, parent and expiry", 49, "users/alice", (1767225600001, ALL, LAST), (1767225600000, 1, 1), True, 1767229200000, 2),
    ("a key of several bytes a character", LAST, "cl\u00e9/\U0001f511", (2**53, 5, 0), None, False, 2**53, LAST),
]


def write_id(value):
    timestamp, incarnation, counter = value
    return struct.pack(">Q", timestamp) + incarnation.to_bytes(16, "big") + struct.pack(">Q", counter)


def associated_data(app, key, id, parent, tombstone, expiry, epoch):
    text = key.encode("utf-8")
    return b"".join([
        b"NovaKMS:Record:1",
        struct.pack(">QQ", app, epoch),
        write_id(id),
        b"\x01" + write_id(parent) if parent else bytes(33),
        bytes([tombstone]),
        b"\x01" + struct.pack(">Q", expiry) if expiry is not None else bytes(9),
        struct.pack(">I", len(text)),
        text,
    ])


def show(value):
    return value and {"timestamp_ms": str(value[0]), "incarnation": f"{value[1]:032x}", "counter": str(value[2])}


def main():
    cases = [
        {
            "name": name,
            "app": str(app),
            "key": key,
            "id": show(id),
            "parent": show(parent),
            "tombstone": tombstone,
            "expiry_ms": None if expiry is None else str(expiry),
            "epoch": str(epoch),
            "version": write_id(id).hex(),
            "associated_data": associated_data(app, key, id, parent, tombstone, expiry, epoch).hex(),
        }
        for name, app, key, id, parent, tombstone, expiry, epoch in CASES
    ]
    about = "What the seal of a record covers besides its value, and the version string that clients see (docs/spec/peer-protocol.md). Numbers are decimal strings."
    document = {"about": about, "made_with": "make_record_vectors.py: Python struct", "cases": cases}
    (HERE / "record-aad.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


main()

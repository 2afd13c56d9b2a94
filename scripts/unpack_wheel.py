"""Unpacks chosen members of a wheel: unpack_wheel.py WHEEL FOLDER RULES.

RULES is JSON, a list of [member, target]: a member that ends in / is a folder, and so is its target.
Every rule must match. Runs on any Python 3.
"""
import json
import os
import shutil
import sys
import zipfile


def target_of(member, rules):
    for source, target in rules:
        if member == source:
            return source, target
        if source.endswith("/") and member.startswith(source):
            return source, target + member[len(source):]
    return None, None


def main(wheel, folder, rules):
    matched = set()
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.namelist():
            source, target = target_of(member, rules)
            if target is None or member.endswith("/"):
                continue
            matched.add(source)
            path = os.path.join(folder, target)
            parent = os.path.dirname(path)
            if not os.path.isdir(parent):
                os.makedirs(parent)
            # Reading to the end also checks the member's CRC.
            with archive.open(member) as packed, open(path, "wb") as plain:
                shutil.copyfileobj(packed, plain, 1 << 20)
    missing = [source for source, _ in rules if source not in matched]
    if missing:
        sys.exit("%s lacks %s" % (wheel, ", ".join(missing)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of muster.yaml says what muster says of the file.

    configured_schema.py MUSTER SOURCE

It has the options that `muster run --help` has, and both take and refuse the same files.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(missing)
    sys.exit(1 if os.environ.get("CI") == "true" else 77)

muster, source = sys.argv[1:]
problems = []
with open(f"{source}/docs/reference/muster.schema.json", encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)

GOOD = """
plugins: [a.so, b]
---
plugins: a.so
---
run:
profiles:
---
run: {jobs: 2, timeout: 2m, grace: 3, strict: true, verbose: 2, set: {a: 1, b: x}, threshold: [a<1], coverage: true}
---
run: {set: [a=b], data: {x: rows.yaml}, pass-env: HOME, coverage: build, markers: not slow}
---
profiles: {ci: {run: {retries: 1}, plugins: [c]}, empty: }
""".split("---\n")
BAD = """
runs: {}
---
run: [a]
---
run: {jobbs: 1}
---
run: {profile: ci}
---
run: {jobs: [1, 2]}
---
run: {strict: 3}
---
run: {set: {a: {b: c}}}
---
plugins: {a: b}
---
profiles: [ci]
---
profiles: {ci: {markers: x}}
---
profiles: {ci: {run: {no-such: 1}}}
""".split("---\n")


def taken(text):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        asked = subprocess.run([muster, "config", "--config", file.name], capture_output=True, check=False)
    return asked.returncode == 0


for expected, texts in ((True, GOOD), (False, BAD)):
    for text in texts:
        by_schema, by_muster = validator.is_valid(yaml.safe_load(text)), taken(text)
        if (by_schema, by_muster) != (expected, expected):
            problems.append(f"taken by the schema: {by_schema}, by muster: {by_muster}, expected {expected}:\n{text}")

told = subprocess.run([muster, "run", "--help"], capture_output=True, text=True, check=True).stdout
options = set(re.findall(r"^  (?:-\w, |    )--([\w-]+)", told, re.M)) - {"help", "config", "profile"}
properties = set(schema["definitions"]["run"]["properties"])
if options != properties:
    problems.append(f"options: only one of schema and muster has {sorted(options ^ properties)}")

print("\n".join(problems) or f"{len(GOOD)} valid and {len(BAD)} invalid files: both agree")
sys.exit(bool(problems))

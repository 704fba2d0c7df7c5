#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema for target files says what the checker says.

    schema.py MUSTER SOURCE

Every target file of the tests and plugins that the checker takes is valid, those that are refused for their shape are
refused by both, and the keys that each kind of map may have are the same in both.
"""
import glob
import json
import os
import re
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(missing)
    sys.exit(1 if os.environ.get("CI") == "true" else 77)

muster, source = sys.argv[1:]
problems = []
with open(f"{source}/docs/reference/target.schema.json", encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)


def by_schema(path):
    with open(path, encoding="utf-8") as text:
        return [error.message[:200] for error in validator.iter_errors(yaml.safe_load(text))]


def by_checker(path):
    return subprocess.run([muster, "target", "show", path], capture_output=True, check=False).returncode


good = glob.glob(f"{source}/tests/unit/target/good/*.yaml") + glob.glob(f"{source}/plugins/*/*.target.yaml")
good += glob.glob(f"{source}/tests/e2e/target/*.yaml") + glob.glob(f"{source}/plugins/target/targets/*.yaml")
for path in good:
    for message in by_schema(path):
        problems.append(f"{path}: the checker takes it, the schema does not: {message}")
    if by_checker(path) != 0:
        problems.append(f"{path}: the checker refuses it")

# What no schema can see, and what is no YAML.
no_shape = {"no-base.yaml", "no-roles.yaml", "syntax.yaml", "extends-itself.yaml", "extends-nothing.yaml", "extends-wrong.yaml", "ring.yaml"}
bad = [p for p in glob.glob(f"{source}/tests/unit/target/bad/*.yaml") if os.path.basename(p) not in no_shape]
for path in bad:
    if not by_schema(path):
        problems.append(f"{path}: the schema takes it")
    if by_checker(path) == 0:
        problems.append(f"{path}: the checker takes it")


def known(name, function):
    """The keys in a list of the checker's source."""
    with open(f"{source}/core/target/{name}", encoding="utf-8") as text:
        code = text.read()
    begin = re.search(rf"^[a-z].*\b{function}\([^;]*?\n{{", code, re.M).start()
    return set(re.findall(r'"([^"]+)"', re.search(r"\*const known\[\] = {(.*?)NULL}", code[begin:], re.S).group(1)))


of = schema["definitions"]
for what, in_checker, in_schema in (
    ("the file", known("check_head.c", "target_file"), schema["properties"]),
    ("a value", known("check_head.c", "take_value"), of["value"]["properties"]),
    ("http", known("check_request.c", "target_http"), schema["properties"]["http"]["properties"]),
    ("tls", known("check_request.c", "take_tls"), of["tls"]["properties"]),
    ("a request", known("check_request.c", "take_request"), of["request"]["properties"]),
    ("websocket", known("check_request.c", "target_websocket"), of["websocket"]["properties"]),
    ("a page", known("check_page.c", "target_page"), of["page"]["properties"]),
    ("a mark", known("check_page.c", "take_mark"), of["page"]["properties"]["marks"]["additionalProperties"]["anyOf"][1]["properties"]),
    ("an argument", known("check_takes.c", "take_in_full"), of["takes"]["additionalProperties"]["anyOf"][1]["properties"]),
    ("a result", known("check_result.c", "take_in_full"), of["result"]["properties"]),
    ("an error", known("check_result.c", "take_error"), of["errors"]["additionalProperties"]["properties"]),
    ("a login", known("check_login.c", "take_login"), of["login"]["properties"]),
    ("send", known("check_login.c", "take_send"), of["send"]["properties"]),
    ("hmac", known("check_login.c", "take_hmac"), of["send"]["properties"]["hmac"]["properties"]),
    ("basic", known("check_login.c", "take_basic"), of["send"]["properties"]["basic"]["properties"]),
    ("an operation", known("check_operation.c", "take_operation"), of["operation"]["properties"]),
    ("a role", known("check_role.c", "target_roles"), of["role"]["properties"]),
    ("wait", known("check_operation.c", "take_wait"), of["wait"]["properties"]),
):
    if in_checker != set(in_schema):
        problems.append(f"keys of {what}: only one of checker and schema has {sorted(in_checker ^ set(in_schema))}")

print("\n".join(problems) or f"{len(good)} valid and {len(bad)} invalid files: both agree")
sys.exit(bool(problems))

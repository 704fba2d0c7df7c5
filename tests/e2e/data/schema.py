#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema for files of scenarios says what the parser says.

    schema.py MUSTER SOURCE PLUGINS

Every file of the tests and packs that the parser takes is valid, every one in invalid/ is refused by both, and the
keys that each kind of map may have are the same in both.
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

muster, source, plugins = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
problems = []

with open(f"{source}/docs/reference/data-scenarios.schema.json", encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)


class Loader(yaml.SafeLoader):
    """YAML 1.2's core schema, as the parser has it: `yes` and `on` are texts, a date is one, ints have no colons."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^(?:[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+)$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+0123456789."),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


def by_schema(path):
    with open(path, encoding="utf-8") as text:
        return [error.message[:200] for error in validator.iter_errors(yaml.load(text, Loader))]


def by_parser(path):
    env = dict(os.environ, MUSTER_PLUGIN_PATH=plugins)
    run = subprocess.run([muster, "list", path], capture_output=True, text=True, env=env, check=False)
    return run.returncode, run.stderr


valid = sorted(glob.glob(f"{here}/samples/*.yaml") + glob.glob(f"{source}/scenarios/*/*.yaml"))
valid.append(f"{source}/tests/golden/plugins/workloads.yaml")
for path in valid:
    with open(path, encoding="utf-8") as text:
        has_scenarios = re.search("^scenarios:", text.read(), re.M)
    if os.path.basename(path) == "shared.yaml" or has_scenarios:
        for message in by_schema(path):
            problems.append(f"{path}: the parser takes it, the schema does not: {message}")
    if has_scenarios:
        status, said = by_parser(path)
        if status != 0 and "golden" not in path:  # whose plugin is elsewhere
            problems.append(f"{path}: the parser refuses it: {said}")

invalid = sorted(glob.glob(f"{here}/invalid/*.yaml"))
for path in invalid:
    if not by_schema(path):
        problems.append(f"{path}: the schema takes it")
    if by_parser(path)[0] == 0:
        problems.append(f"{path}: the parser takes it")


def known(name, function, array="known"):
    """The keys in a list of the parser's source."""
    with open(f"{source}/core/data/{name}", encoding="utf-8") as text:
        code = text.read()
    begin = re.search(rf"^[a-z].*\b{function}\(.*(?:\n .*)?\n{{", code, re.M).start() if function else 0
    found = re.search(rf"\*const {array}\[\] = {{(.*?)NULL}}", code[begin:], re.S)
    return set(re.findall(r'"([^"]+)"', found.group(1)))


definitions = schema["definitions"]
step = definitions["step"]["anyOf"][1]
for what, in_parser, in_schema in (
    ("the file", known("check_file.c", "check_file"), schema["properties"]),
    ("defaults", known("check_file.c", "check_defaults"), definitions["defaults"]["properties"]),
    ("a group", known("check_file.c", "define"), definitions["group"]["properties"]),
    ("a scenario", known("check_scenario.c", "check_scenario"), definitions["scenario"]["properties"]),
    ("a parameter", known("check_params.c", "declare_in_full"), definitions["parameter"]["properties"]),
    ("a step", known("check_step.c", None, "modifiers"), step["properties"]),
):
    if in_parser != set(in_schema):
        problems.append(f"keys of {what}: only one of parser and schema has {sorted(in_parser ^ set(in_schema))}")

print("\n".join(problems) or f"{len(valid)} valid and {len(invalid)} invalid files: both agree")
sys.exit(bool(problems))

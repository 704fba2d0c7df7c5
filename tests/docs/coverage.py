#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/coverage.md, made of docs/coverage/*.yaml; and whether what these name is there.

    coverage.py SOURCE BUILD            says what is wrong; exit status 1 when something is
    coverage.py SOURCE BUILD --write    writes the page

A row `works` only where a scenario, a test or one of the command lines shows it; any other says what is missing. Each
scenario is in `muster list --packs`, each option in a verb's help, each page in the repository, each test in CTest.
"""
import json
import os
import re
import subprocess
import sys

try:
    import yaml
except ImportError as missing:
    print(missing)
    sys.exit(1 if os.environ.get("CI") == "true" else 77)

STATES = ("works", "partly", "missing")
ROW_KEYS = {"id", "item", "state", "scenarios", "options", "pages", "tests", "note", "missing"}
COMMAND_KEYS = {"id", "theirs", "ours", "only", "leaves", "missing"}


def suites_of(source):
    folder = f"{source}/docs/coverage"
    for name in sorted(os.listdir(folder)):
        with open(f"{folder}/{name}", encoding="utf-8") as file:
            yield name, yaml.safe_load(file)


# ---- the page ----

def link(page):
    return f"[{os.path.basename(page)}]({os.path.relpath(page, 'docs')})"


def shown_by(row, has_command):
    parts = [f"`{name}`" for name in row.get("scenarios", [])]
    parts += [f"`{option}`" for option in row.get("options", [])]
    parts += [link(page) for page in row.get("pages", [])]
    parts += [f"test `{name}`" for name in row.get("tests", [])]
    parts += ["a [command line](#command-lines)"] if has_command else []
    return ", ".join(parts)


def lines_of(row):
    return row["id"].partition(":")[2]


def has_command(row, commands):
    """A command line of one of the row's lines: 000:220 is one of 000:219-221."""
    first, _, last = lines_of(row).rstrip("ab").partition("-")
    for command in commands:
        if "ours" in command:
            begin, _, end = lines_of(command).partition("-")
            if int(begin) <= int(last or first) and int(end or begin) >= int(first):
                return True
    return False


def counted(rows):
    return ", ".join(f"{sum(row['state'] == state for row in rows)} {state}" for state in STATES)


def suite_text(suite):
    commands = suite.get("commands", [])
    out = [f"## {suite['suite']}: {suite['title']}", "", f"{len(suite['rows'])} items: {counted(suite['rows'])}. {suite.get('note', '')}".rstrip(), "",
           "| item | | state | shown by | missing |", "|---|---|---|---|---|"]
    for row in suite["rows"]:
        out.append(f"| {row['id']} | {row['item']} | {row['state']} | {shown_by(row, has_command(row, commands))} | "
                   f"{row.get('missing', '')} |")
    return out + [""]


def commands_text(suites):
    out = ["## Command lines", "", "What these suites are called with, and what does it here. The test `e2e.docs.coverage-commands` runs each.",
           "", "| item | theirs | ours |", "|---|---|---|"]
    for _, suite in suites:
        for command in suite.get("commands", []):
            ours = f"`{command['ours']}`" if "ours" in command else f"missing: {command.get('missing', '')}"
            out.append(f"| {command['id']} | `{command['theirs']}` | {ours} |")
    return out


def page_of(suites):
    out = ["# What the suites ask for, and what there is", "",
           "muster was built for suites of end-to-end tests that people had written down before there was a runner for them. Each thing that these ask for, a case, a",
           "class, an option, a threshold, has its row here: `000:22` is line 22 of suite 000. *works*: a scenario, a test or a command line of muster's own suite shows it;",
           "*partly* and *missing* say what is not there. The page is made of `docs/coverage/` by `tests/docs/coverage.py`, and the test `e2e.docs.coverage` holds both",
           "against each other and against what they name.", ""]
    for _, suite in suites:
        out += suite_text(suite)
    return "\n".join(out + commands_text(suites)) + "\n"


# ---- what is there ----

def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def scenarios_of(muster):
    return {scenario["id"].partition("[")[0] for scenario in json.loads(output(muster, "list", "--packs", "--json"))["scenarios"]}


def options_of(muster):
    """"--markers" for run's, "cleanup --all" for another verb's."""
    verbs = re.findall(r"^  (\w+) ", output(muster, "--help"), re.M)
    found = set()
    for verb in verbs:
        for option in re.findall(r"(?<![\w-])--[\w-]+", output(muster, verb, "--help")):
            found |= {f"{verb} {option}"} | ({option} if verb == "run" else set())
    return found


def tests_of(build):
    listed = json.loads(output("ctest", "--test-dir", build, "--show-only=json-v1"))
    return {test["name"] for test in listed["tests"]}


def is_there(kind, name, known, source):
    return os.path.exists(f"{source}/{name}") if kind == "pages" else name in known[kind]


# ---- what is wrong ----

def row_problems(row, commands, known, source):
    if set(row) - ROW_KEYS:
        yield f"unknown keys {sorted(set(row) - ROW_KEYS)}"
    if row.get("state") not in STATES or not row.get("item"):
        yield "has no item, or no state"
    proven = row.get("scenarios") or row.get("tests") or has_command(row, commands)
    if row.get("state") == "works" and not proven:
        yield "works, but no scenario, test or command line shows it"
    if (row.get("state") == "works") == bool(row.get("missing")):
        yield "says what is missing if, and only if, it does not work"
    for kind in ("scenarios", "options", "pages", "tests"):
        for name in row.get(kind, []):
            if not is_there(kind, name, known, source):
                yield f"{kind}: there is no {name}"


def order(row):
    number, letter = re.match(r"(\d+)[-\d]*([ab]?)$", lines_of(row)).groups()
    return int(number), letter


def suite_problems(suite, known, source):
    rows, commands = suite["rows"], suite.get("commands", [])
    if len(rows) != suite["rows_expected"]:
        yield f"{len(rows)} rows, and {suite['rows_expected']} are expected"
    for before, row in zip(rows, rows[1:]):
        if order(row) <= order(before):
            yield f"{row['id']} does not come after {before['id']}"
    for row in rows:
        yield from (f"{row['id']}: {what}" for what in row_problems(row, commands, known, source))
    for command in commands:
        if set(command) - COMMAND_KEYS or ("ours" in command) == ("missing" in command):
            yield f"command {command['id']}: unknown keys, or neither or both of `ours` and `missing`"


def problems_of(suites, source, build):
    muster = f"{build}/bin/muster"
    known = {"scenarios": scenarios_of(muster), "options": options_of(muster), "tests": tests_of(build)}
    for name, suite in suites:
        yield from (f"docs/coverage/{name}: {what}" for what in suite_problems(suite, known, source))
    with open(f"{source}/docs/coverage.md", encoding="utf-8") as file:
        if file.read() != page_of(suites):
            yield "docs/coverage.md is not what docs/coverage/ makes: run tests/docs/coverage.py SOURCE BUILD --write"


def main(source, build, *options):
    suites = list(suites_of(source))
    if "--write" in options:
        with open(f"{source}/docs/coverage.md", "w", encoding="utf-8") as file:
            file.write(page_of(suites))
        return 0
    problems = list(problems_of(suites, source, build))
    print("\n".join(problems))
    rows = [row for _, suite in suites for row in suite["rows"]]
    print(f"{len(problems)} problems in {len(rows)} rows: {counted(rows)}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs our command lines of docs/coverage/, in the order of the page, in a folder of their own.

    coverage_commands.py SOURCE BUILD

Each has to end with status 0, and one of `muster run` has to pass scenarios. `only` is added to it as -k, so that it takes a
second and not a minute; without it, the same command has to select more than that. What it `leaves` has to be there.
The folder has a product of two files that was built with --coverage, shop.so and its server.
"""
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

try:
    import yaml
    if not shutil.which("gcovr"):
        raise ImportError("gcovr is not installed")
except ImportError as missing:
    print(missing)
    sys.exit(1 if os.environ.get("CI") == "true" else 77)

source, build = sys.argv[1:3]
muster = f"{os.path.abspath(build)}/bin/muster"
problems = []


def commands():
    for name in sorted(os.listdir(f"{source}/docs/coverage")):
        with open(f"{source}/docs/coverage/{name}", encoding="utf-8") as file:
            yield from (command for command in yaml.safe_load(file).get("commands", []) if "ours" in command)


def problem(command, what, said=""):
    problems.append(command["id"])
    print(f"not ok: {command['id']}: {command['ours']}: {what}\n{said}")


class Platform:
    """One that is there already, for the command lines that say where it is."""

    def __init__(self, folder):
        self.process = subprocess.Popen([f"{build}/bin/muster-testbed", "--stop-on-stdin-eof", "--quiet"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        greeting = json.loads(self.process.stdout.readline())
        self.words = {"URL": greeting["url"], "WS": greeting["ws"], "ADMIN": greeting["admin_user"],
                      "PASSWORD_FILE": f"{folder}/password", "SERVER": f"{folder}/server"}
        with open(self.words["PASSWORD_FILE"], "w", encoding="utf-8") as file:
            file.write(greeting["admin_password"])

    def put(self, word):
        key, equals, value = word.partition("=")
        mark = "@" if value.startswith("@") else ""
        return key + equals + mark + self.words.get(value.lstrip("@"), value.lstrip("@")) if equals else word

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def build_product(folder):
    for name in os.listdir(f"{source}/tests/e2e/run/covered"):
        shutil.copy(f"{source}/tests/e2e/run/covered/{name}", folder)
    include = f"-I{os.path.abspath(source)}/sdk/include"
    for line in (f"gcc {include} --coverage -shared -fPIC price.c scenarios.c -o shop.so", "gcc --coverage server.c -o server"):
        subprocess.run(line.split(), cwd=folder, check=True)


def split(command, platform):
    """The variables in front of it, and its words."""
    words, variables = [platform.put(word) for word in shlex.split(command["ours"])], dict(os.environ)
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        variables[name] = value
    return variables, words[1:]


def call(arguments, variables, folder):
    return subprocess.run([muster, *arguments], cwd=folder, env=variables, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False)


def ends_of(folder):
    with open(f"{folder}/muster-out/latest/results.json", encoding="utf-8") as file:
        return [scenario["status"] for scenario in json.load(file)["testRun"]["scenarios"]]


def selects(arguments, folder):
    said = call([*arguments, "--dry-run"], dict(os.environ), folder).stdout
    return sum("." in line for line in said.split("\n"))


def try_one(command, platform, folder):
    variables, arguments = split(command, platform)
    short = ["-k", command["only"]] if "only" in command else []
    ended = call([*arguments, *short], variables, folder)
    if ended.returncode != 0:
        return problem(command, f"status {ended.returncode}", ended.stdout + ended.stderr)
    ends = ends_of(folder) if short else ["PASSED"]
    if not ends or set(ends) != {"PASSED"}:
        return problem(command, f"its scenarios: {ends}", ended.stdout)
    if short and selects(arguments, folder) <= len(ends):
        return problem(command, "selects no more than what was run of it")
    for name in command.get("leaves", []):
        if not os.path.exists(f"{folder}/{name}"):
            return problem(command, f"leaves no {name}")
    return print(f"ok: {command['id']}: {command['ours']}")


def main():
    with tempfile.TemporaryDirectory(prefix="muster-coverage.") as folder:
        build_product(folder)
        platform = Platform(folder)
        try:
            for command in commands():
                try_one(command, platform, folder)
        finally:
            call(["cleanup", "--all"], dict(os.environ), folder)
            platform.stop()
    print(f"{len(problems)} problems")
    return 1 if problems else 0


sys.exit(main())

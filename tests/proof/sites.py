# SPDX-License-Identifier: Apache-2.0
"""Where the packs check something: every place that could fail, from what the compiler makes of the sources."""
import dataclasses
import json
import os
import re
import shlex
import subprocess

# What M_SITE is made into, and a call of the kit that checks at its caller's line.
SITE = re.compile(r'(\w*\(|)\(\(struct m_site\)\{\s*"([^"]*)",\s*((?:"(?:[^"\\]|\\.)*"\s*)*),\s*(\d+),\s*([^}]*)\}')
LOGIN = re.compile(r'm_login_at_\("([^"]*)",\s*(\d+)')
FAIL = re.compile(r'm_stop_\(t, 1, "([^"]*)",\s*(\d+),')
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclasses.dataclass(frozen=True)
class Site:
    file: str
    line: int
    expression: str  # "": an operation, which says itself what it is

    @property
    def place(self):
        return f"{self.file}:{self.line}"

    @property
    def is_operation(self):
        return self.expression == ""


def unescaped(text):
    return "".join(TEXT.findall(text)).encode().decode("unicode_escape")


def preprocessed(command):
    words = shlex.split(command["command"])
    drop = words.index("-o")
    words = [word for word in words[:drop] + words[drop + 2:] if word != "-c"]
    return subprocess.run([*words, "-E", "-P"], cwd=command["directory"], capture_output=True, text=True, check=True).stdout


def compile_commands(source, build, below):
    """{file: its entry in the compilation database}, of the files below a folder of the sources."""
    with open(f"{build}/compile_commands.json", encoding="utf-8") as file:
        named = {os.path.relpath(command["file"], source): command for command in json.load(file)}
    return {name: command for name, command in named.items() if name.startswith(below)}


def sites_in(text):
    for function, file, expression, line, required in SITE.findall(text):
        if function != "m_try_(" and (function, required) != ("m_page_go_(", "0"):  # these judge nothing: TRY, PAGE_VISIT
            yield Site(file, int(line), unescaped(expression).partition("\1")[0])
    for file, line in LOGIN.findall(text):
        yield Site(file, int(line), "")
    for file, line in FAIL.findall(text):
        yield Site(file, int(line), "FAIL")


def sites_of_data(path, shown):
    """Each `expect` and `until` of a file of scenarios."""
    import yaml  # pylint: disable=import-outside-toplevel
    with open(path, encoding="utf-8") as file:
        for node in nodes(yaml.compose(file)):
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value in ("expect", "until"):
                        yield Site(shown, value.start_mark.line + 1, key.value)


def nodes(node):
    yield node
    for item in node.value if isinstance(node.value, list) else []:
        for child in item if isinstance(item, tuple) else (item,):
            yield from nodes(child)


def sites_of_packs(source, build):
    """All of scenarios/, in the order of files and lines."""
    commands = compile_commands(source, build, "scenarios/")
    found = set()
    for command in commands.values():
        found.update(site for site in sites_in(preprocessed(command)) if site.file.startswith("scenarios/"))
    for folder, _, names in os.walk(f"{source}/scenarios"):
        for name in names:
            if name.endswith(".yaml"):
                path = os.path.join(folder, name)
                found.update(sites_of_data(path, os.path.relpath(path, source)))
    return sorted(found, key=lambda site: (site.file, site.line, site.expression))


class Functions:
    """Which lines belong to one function of a source: from its opening to the brace in the first column."""

    def __init__(self, source):
        self.source, self.known = source, {}

    def of(self, file, line):
        if file not in self.known:
            self.known[file] = list(self.read(f"{self.source}/{file}"))
        for begin, end in self.known[file]:
            if begin <= line <= end:
                return file, begin, end
        return file, line, line

    @staticmethod
    def read(path):
        with open(path, encoding="utf-8") as file:
            begin = 1
            for number, text in enumerate(file, 1):
                if text.startswith("}"):
                    yield begin, number
                    begin = number + 1


def is_at(site, failure):
    """Whether a check that failed is this one: several may stand on one line."""
    if (site.file, site.line) != (failure.file, failure.line):
        return False
    if site.is_operation or site.file.endswith(".yaml") or "FAIL" in (site.expression, failure.expression):
        return True
    here, said = (text.replace(" ", "")[:40] for text in (site.expression, failure.expression))
    return here.startswith(said) or said.startswith(here)

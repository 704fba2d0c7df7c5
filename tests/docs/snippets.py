#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What README.md and docs/ show is tried: every fenced block that names its language.

    snippets.py SOURCE BUILD [CFLAGS]

c       with MUSTER_PLUGIN() it is a whole file: built with the packages of pkg-config for the kits that it includes, listed, and
        run when it needs nothing from outside. Otherwise it is a piece: compiled behind prelude.h, inside of a function where it is
        made of statements. A line "..." stands for anything.
cmake   configured and built as a project, with the page's last whole file, or a plugin of one scenario, as its sources
yaml    a file of scenarios, or a part of one: `muster list` takes it; a target file: `muster target show` does; of a double: `muster-double --check` does. Rows (`plans`) and files of CI servers are parsed
json    parsed
sh      every line that calls muster is run (`muster run` with --dry-run) where acme.pay and acme.payments are plugins, and is no
        error of usage (4); the rest is read by the shell without being run

A block that can't be tried says so behind its language, with the reason: ```c not tried: it is the runner's own code
"""
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

try:
    import yaml
except ImportError as missing:
    print(missing)
    sys.exit(1 if os.environ.get("CI") == "true" else 77)

source, build, *cflags = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
muster = f"{build}/bin/muster"
USAGE, NOTHING, REFUSED = 4, 5, 6
STRICT = ["-g", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror", *" ".join(cflags).split()]
problems = []


class Block:
    def __init__(self, page, line, info, text, before):
        self.page, self.line, self.text, self.before = page, line, text, before
        self.language, _, self.note = info.partition(" ")
        self.at = f"{page}:{line}"


def blocks_of(page):
    found, open_at, info = [], 0, ""
    with open(f"{source}/{page}", encoding="utf-8") as file:
        lines = file.read().split("\n")
    for number, line in enumerate(lines, 1):
        if not line.startswith("```"):
            continue
        if open_at:
            if info:
                found.append(Block(page, open_at, info, "\n".join(lines[open_at:number - 1]) + "\n", list(found)))
            open_at = 0
        else:
            open_at, info = number, line[3:].strip()
    return found


def pages():
    found = ["README.md"]
    for folder, _, files in os.walk(f"{source}/docs"):
        found += [os.path.relpath(f"{folder}/{name}", source) for name in files if name.endswith(".md")]
    return sorted(found)


def run(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120,
                          stdin=subprocess.DEVNULL, check=False, **more)
    return done.returncode, done.stdout


def complain(block, text):
    problems.append(f"{block.at}: {text}")


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


# ---- C --------------------------------------------------------------------------------------------------------------


def is_whole(block):
    return block.language == "c" and "MUSTER_PLUGIN(" in block.text


def packages(text):
    return ["muster", *(f"muster-{kit}" for kit in sorted(set(re.findall(r"<muster/kit/(\w+?)(?:_of)?\.h>", text))))]


def flags(kind, names):
    return subprocess.run(["pkg-config", f"--{kind}", *names], check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def link(path, so):
    with open(path, encoding="utf-8") as file:
        names = packages(file.read())
    return run(["cc", *STRICT, "-shared", "-fPIC", *flags("cflags", names), "-o", so, path, *flags("libs", names)])


def try_whole(block):
    """The file's name is one that the page speaks of nowhere: what it prints is told from README.md alone."""
    so = f"{work}/whole/{block.page.replace('/', '-')}-{block.line}/plugin.so"
    status, said = link(write(so.replace("plugin.so", "payments.c"), block.text), so)
    if status:
        return complain(block, f"it does not build:\n{said}")
    status, said = run([muster, "list", so])
    if status not in (0, NOTHING if "SCENARIO(" not in block.text else 0):
        return complain(block, f"muster list: status {status}\n{said}")
    if "SCENARIO(" not in block.text:
        return None
    if "m_target(" not in block.text:
        write(f"{os.path.dirname(so)}/site/index.html", "hello\n")
        status, said = run([muster, "run", so, "--out", f"{work}/out"])
        return complain(block, f"muster run: status {status}\n{said}") if status else None
    return try_with_server(block, so)


class Agreeable(http.server.BaseHTTPRequestHandler):
    """Refunds whatever it is asked to, as often as it is asked: the defect that README.md's scenario finds."""

    def do_POST(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def try_with_server(block, so):
    shown = re.search(r"^\s+(payments\.c:\d+: .*)$", open(f"{source}/{block.page}", encoding="utf-8").read(), re.M)
    if not shown:
        return
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Agreeable)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _, said = run([muster, "run", so, "--out", f"{work}/out", "--set", f"url=http://127.0.0.1:{server.server_port}"])
    server.shutdown()
    if shown[1] not in said:
        complain(block, f"the page shows \"{shown[1]}\", and it says:\n{said}")


def try_piece(block):
    text = re.sub(r"^\s*\.\.\.\n", "", block.text, flags=re.M)
    at_file_scope = re.match(r"(/\*.*?\*/|#.*|\s)*(M_)?(SCENARIO|FIXTURE|FACTORY|CLEANUP|DATA_STEP|static)\b", text)
    if not at_file_scope:
        text = f"SCENARIO(statements)\n{{\n{text}}}\n"
    head = f'#include "{here}/prelude.h"\n'
    if "MUSTER_NO_SHORT_NAMES" in text:  # the prelude has the short ones: what it says of others' names is not tried
        text = re.sub(r"^#define MUSTER_NO_SHORT_NAMES.*\n|^#include <catch2.*\n", "", text, flags=re.M)
    path = write(f"{work}/pieces/{block.page.replace('/', '-')}-{block.line}.c",
                 f'{head}#line {block.line + 1} "{block.page}"\n{text}MUSTER_PLUGIN("acme.pay", "1")\n')
    so = path.removesuffix(".c") + ".so"  # the folder above has a name by chance, which may have a .c too
    names = packages(open(f"{here}/prelude.h", encoding="utf-8").read())
    status, said = run(["cc", *STRICT, "-shared", "-fPIC", *flags("cflags", names), f"-I{source}/scenarios", "-o", so, path,
                        *flags("libs", names)])
    if status:
        complain(block, f"it does not compile:\n{said}")


def try_c(block):
    if is_whole(block):
        try_whole(block)
    else:
        try_piece(block)


# ---- CMake ----------------------------------------------------------------------------------------------------------


def try_cmake(block):
    folder = f"{work}/cmake/{block.page.replace('/', '-')}-{block.line}"
    whole = [other for other in block.before if is_whole(other)]
    plugin = whole[-1].text if whole else '#include <muster/muster.h>\nSCENARIO(a) { CHECK(1); }\nMUSTER_PLUGIN("a", "1")\n'
    words = re.findall(r"\b(SOURCES|DATA|[A-Z]+|[\w./-]+)\b", block.text)
    kind, first = "", True
    for word in words:
        if word.isupper():
            kind = word
        elif kind == "SOURCES":
            write(f"{folder}/{word}", plugin if first else "typedef int nothing;\n")
            first = False
        elif kind == "DATA" and not os.path.exists(f"{folder}/{word}"):
            write(f"{folder}/{word}", "data\n")
    text = block.text
    if "find_package(" not in text:
        text = f"find_package(muster REQUIRED)\n{text}"
    if "project(" not in text:
        text = f"cmake_minimum_required(VERSION 3.25)\nproject(snippet LANGUAGES C)\n{text}"
    write(f"{folder}/CMakeLists.txt", text)
    status, said = run(["cmake", "-S", folder, "-B", f"{folder}/build", f"-DCMAKE_PREFIX_PATH={work}/prefix",
                        f"-DCMAKE_C_FLAGS={' '.join(cflags)}"])
    if status == 0:
        status, said = run(["cmake", "--build", f"{folder}/build"])
    if status:
        complain(block, f"it does not build:\n{said}")


# ---- YAML and JSON --------------------------------------------------------------------------------------------------


def indented(text, by):
    return "".join(" " * by + line if line.strip() else line for line in text.splitlines(True))


def as_file(text, data):
    """A whole file of scenarios of what may be a part of one, or None."""
    if isinstance(data, list):
        saved = "      - create_workload: web\n        save: workload\n"
        return f"scenarios:\n  snippet:\n    steps:\n{saved}{indented(text, 6)}"
    if "scenarios" in data:
        return text
    if "define" in data:
        return f"{text}scenarios:\n  snippet:\n    steps:\n      - running_workload: {{image: web}}\n"
    if {"steps", "parameters"} & set(data):
        steps = "" if "steps" in data else "    steps: [verify_scheduling]\n"
        return f"scenarios:\n  snippet:\n{indented(text, 4)}{steps}"
    return None


def try_yaml(block):
    try:
        data = yaml.safe_load(block.text)
    except yaml.YAMLError as error:
        return complain(block, f"it is no YAML: {error}")
    if isinstance(data, dict) and "target" in data:
        name = re.match(r"# (\S+\.yaml)\n", block.text)
        path = write(f"{work}/place/{name[1]}" if name else f"{work}/yaml/{block.page.replace('/', '-')}-{block.line}.target", block.text)
        status, said = run([muster, "target", "show", path], env=surroundings)
        return complain(block, f"muster target show: status {status}\n{said}") if status else None
    if isinstance(data, dict) and "double" in data:
        path = write(f"{work}/yaml/{block.page.replace('/', '-')}-{block.line}.double.yaml", block.text)
        status, said = run([f"{work}/prefix/bin/muster-double", "--check", path])
        return complain(block, f"muster-double --check: {said}") if status else None
    text = as_file(block.text, data) if data else None
    if text is None:
        return None
    path = write(f"{work}/yaml/{block.page.replace('/', '-')}-{block.line}.yaml", text)
    name = re.match(r"# (\S+\.yaml)\n", text)
    if name:
        write(f"{work}/place/{name[1]}", text)
    status, said = run([muster, "list", path], env=surroundings)
    return complain(block, f"muster list: status {status}\n{said}") if status else None


def try_json(block):
    try:
        json.loads(block.text)
    except ValueError as error:
        complain(block, f"it is no JSON: {error}")


# ---- shell ----------------------------------------------------------------------------------------------------------


def try_sh(block):
    status, said = run(["bash", "-n", "-c", block.text])
    if status:
        return complain(block, f"it is no shell: {said}")
    for line in block.text.replace("\\\n", " ").splitlines():
        if not line.startswith("muster "):
            continue
        line = line.partition(" #")[0] + (" --dry-run" if re.match(r"muster run( |$)", line) else "")
        status, said = run(["bash", "-c", line], cwd=f"{work}/place", env=surroundings)
        if status in (USAGE, REFUSED, 127):
            complain(block, f"{line}: status {status}\n{said}")
    return None


def furnish():
    """Where the commands run: plugins of the names that the pages use, in whose folder they are found."""
    for name in ("pay", "payments"):
        text = ('#include <muster/muster.h>\n'
                'SCENARIO(seats_are_counted, PARAMS((str, plan), (i32, seats, "1")),'
                ' .tables = TABLES(TABLE(COLUMNS("plan", "seats"), ROW("pro", "10")))) { CHECK(*plan && seats); }\n'
                'SCENARIO(refund_twice, .markers = MARKERS("e2e", "priority_p0", "priority_p1", "slow", "issue(id=4711)"))'
                ' { CHECK(1); }\n'
                f'MUSTER_PLUGIN("acme.{name}", "1")\n')
        status, said = link(write(f"{work}/place/{name}.c", text), f"{work}/place/{name}.so")
        if status:
            sys.exit(said)
    os.makedirs(f"{work}/place/scenarios")
    os.makedirs(f"{work}/place/build/plugins")
    shutil.copy(f"{work}/place/payments.so", f"{work}/place/scenarios/")
    shutil.copy(f"{work}/place/payments.so", f"{work}/place/build/plugins/first.so")
    write(f"{work}/place/plans.csv", "plan,seats\npro,10\n")
    write(f"{work}/place/FILE", "password\n")
    write(f"{work}/place/key.txt", "k1\n")
    write(f"{work}/place/nightly.yaml", "plans:\n  - {plan: pro, seats: 10}\n")
    write(f"{work}/place/more.json", '[{"plan": "free"}]')
    write(f"{work}/yaml/test-workloads.yaml", open(f"{source}/scenarios/persys/test-workloads.yaml", encoding="utf-8").read())
    status, said = link(f"{here}/steps.c", f"{work}/plugins/steps.so")
    if status:
        sys.exit(said)
    for _ in range(2):  # a latest run, and a previous one
        run([muster, "run", "pay.so", "-q"], cwd=f"{work}/place")
    for part in ("1", "2"):
        command = [muster, "run", "scenarios/payments.so", "--shard", f"{part}/2", "--seed", "1", "--out", f"shard-{part}"]
        run(command, cwd=f"{work}/place")
        shutil.copy(f"{work}/place/shard-{part}/latest/bundle.tar.zst", f"{work}/place/shard-{part}/")


TRIED = {"c": try_c, "cmake": try_cmake, "yaml": try_yaml, "json": try_json, "sh": try_sh}

with tempfile.TemporaryDirectory(prefix="muster-docs.") as work:
    status, said = run(["cmake", "--install", build, "--prefix", f"{work}/prefix"])
    if status:
        sys.exit(said)
    pc = next(folder for folder, _, files in os.walk(f"{work}/prefix") if "muster.pc" in files)
    os.environ.update(PKG_CONFIG_PATH=pc, HOME=work, TMPDIR=work)
    muster = f"{work}/prefix/bin/muster"
    packs = next(folder for folder, _, files in os.walk(f"{work}/prefix") if "persys.so" in files)
    for name in ("persys.so", "test-scenarios.yaml", "test-workloads.yaml"):  # its steps have the names of steps.c's
        os.remove(f"{packs}/{name}")
    os.makedirs(f"{work}/plugins")
    furnish()
    surroundings = {**os.environ, "PATH": f"{work}/prefix/bin:{os.environ['PATH']}",
                    "MUSTER_PLUGIN_PATH": f"{work}/plugins:{work}/place",
                    "MUSTER_SHARD_INDEX": "1", "MUSTER_SHARD_TOTAL": "5"}
    tried = 0
    for block in [block for page in pages() for block in blocks_of(page)]:
        if block.note.startswith("not tried: "):
            continue
        if block.language not in TRIED or block.note:
            complain(block, f"neither is tried nor says why not: ```{block.language} {block.note}")
            continue
        TRIED[block.language](block)
        tried += 1

print("\n".join(problems))
print(f"{tried} blocks tried, {len(problems)} problems")
sys.exit(bool(problems) or tried < 20)

# SPDX-License-Identifier: Apache-2.0
"""The target file: which operation a request is, and where its named results are in the answer."""
import json
import re
import subprocess

VARIABLE = re.compile(r"\$\{[^}]*\}")


def pattern_of(path):
    """A path of a target file, as an expression, and how much of it is fixed."""
    parts = VARIABLE.split(path)
    return re.compile("[^/]+".join(map(re.escape, parts)) + "$"), len("".join(parts))


class Target:
    def __init__(self, muster, file):
        shown = subprocess.run([muster, "target", "show", file], capture_output=True, text=True, check=True).stdout
        self.root = json.loads(shown)
        self.operations = self.root["operations"]
        self.routes = sorted(self.routes_of(), key=lambda route: -route[3])

    def routes_of(self):
        parts = [*self.operations.items(), *((f"login {name}", spec) for name, spec in self.root["logins"].items())]
        for name, spec in parts:
            for request in spec.get("requests", []):
                yield (name, request["method"], *pattern_of(request["path"]))
            if "websocket" in spec:
                yield name, "GET", re.compile("/ws$"), 0
            if "page" in spec:
                yield (name, "GET", *pattern_of(spec["page"]["path"]))
                yield (f"{name} sent", "POST", *pattern_of(spec["page"]["path"]))

    def operation_of(self, method, path):
        """The one with the most in common; "METHOD path" when there is none."""
        for name, its_method, expression, _ in self.routes:
            if its_method == method and expression.match(path):
                return name
        return f"{method} {re.sub(r'(?<=^/t/)[^/]+|[^/]*[0-9][^/]*', '{}', path)}"

    def marks(self):
        """Of all pages, the ids of elements by which something is found on them."""
        marks = [mark for spec in self.operations.values() for mark in spec.get("page", {}).get("marks", {}).values()]
        return {mark["at"][1:] for mark in marks if re.fullmatch(r"#[\w-]+", mark["at"])}

    def spec(self, operation):
        kind, _, login = operation.partition(" ")
        return self.root["logins"][login] if kind == "login" else self.operations.get(operation, {})

    def results_of(self, operation):
        return self.spec(operation).get("result") or {}

    def expected_status(self, operation):
        requests = self.spec(operation).get("requests") or [{}]
        return (requests[-1].get("expect") or [200])[0]

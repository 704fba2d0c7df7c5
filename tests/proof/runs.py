# SPDX-License-Identifier: Apache-2.0
"""Runs of muster, each with a platform of its own behind a wire: what was asked, and which checks failed."""
import asyncio
import dataclasses
import json
import os
import re
import shutil

from proxy import Wire

HEAVY_AT_A_TIME = 3
REQUEST = re.compile(r"([A-Z]+) (/[^ ?]*)\S*: ")


@dataclasses.dataclass
class Failure:
    file: str
    line: int
    expression: str


@dataclasses.dataclass
class Passed:
    file: str
    line: int
    made: int    # how many requests of the log were made by then
    when: float  # by the log's clock


@dataclasses.dataclass
class Outcome:
    verdicts: dict     # case: verdict
    failures: list     # of Failure
    exchanges: list    # in the order in which they were new
    altered: int       # how many answers were
    duration: float
    requests: list     # of the log: (method, path, file, line, when)
    passed: list       # of Passed
    sequence: list     # the exchange of each request, as it passed the wire
    moments: list      # when, by the wire's clock
    position: list     # of each request of the log, in the sequence; None: it did not pass
    by_clock: bool = False  # not all that passes the wire is in the log

    def before(self, passed):
        """How much of the sequence had passed: up to the next request of the log, or up to that moment."""
        if self.by_clock:
            offset = min((self.requests[n][4] - self.moments[at] for n, at in enumerate(self.position) if at is not None), default=0)
            return sum(moment + offset <= passed.when for moment in self.moments) or len(self.sequence)
        later = [position for position in self.position[passed.made:] if position is not None]
        return later[0] if later else len(self.sequence)


class Bench:
    """Where runs find their platforms: what bed.c talks to."""

    def __init__(self, paths, target, seen):
        self.paths, self.target, self.seen = paths, target, seen
        self.wires, self.defects, self.tasks, self.count, self.server = {}, {}, set(), 0, None
        self.room = asyncio.Semaphore(HEAVY_AT_A_TIME)
        self.socket = f"{paths.work}/bed"

    async def __aenter__(self):
        self.server = await asyncio.start_unix_server(self.answer, self.socket)
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def answer(self, reader, writer):
        """Starts a platform for whoever calls, and ends it when he lets go."""
        self.tasks.add(asyncio.current_task())
        lines = []
        while line := (await reader.readline()).decode().rstrip("\n"):
            lines.append(line)
        made = self.wires[lines[0]]
        wire = made[0] if made[0].server is None else Wire(self.target, self.seen)
        if wire is not made[0]:
            made.append(wire)  # of a scenario with a platform more: nothing of it is altered
        process = await asyncio.create_subprocess_exec(
            self.paths.testbed, *lines[2:], *self.defects[lines[0]], env={**os.environ, "TESTBED_STORE": lines[1].partition("=")[2]}, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL)
        try:
            greeting = (await process.stdout.readline()).decode()
            writer.write(await self.moved(wire, greeting))
            await reader.read()
        finally:
            process.stdin.close()
            await process.wait()
            await wire.close()
            writer.close()
            self.tasks.discard(asyncio.current_task())

    @staticmethod
    async def moved(wire, greeting):
        """The greeting, with the wire's address in place of the platform's."""
        host, port = re.match(r"\w+://([^:/]+):(\d+)", json.loads(greeting)["url"]).groups()
        return greeting.replace(f"{host}:{port}", f"127.0.0.1:{await wire.open(host, port)}").encode()

    async def run_one(self, scenario, alteration=None, defect=None):
        if not scenario.is_heavy:
            return await self.run(scenario.arguments, alteration, defect)
        async with self.room:
            outcome = await self.run(scenario.arguments, alteration, defect)
        outcome.by_clock = True
        return outcome

    async def run(self, arguments, alteration=None, defect=None, limit_s=120):
        name = f"{self.count:05}"
        self.count += 1
        self.wires[name] = [Wire(self.target, self.seen, alteration)]
        self.defects[name] = ["--defect", defect] if defect else []
        out = f"{self.paths.work}/{name}"
        command = [self.paths.muster, "run", *arguments, "--set", f"testbed={self.paths.bed}", "--pass-env", "PROOF_SOCKET",
                   "--pass-env", "PROOF_RUN", "--out", out, "--bundle", "none", "--history", "none", "--artifacts", "never",
                   "--global-timeout", f"{limit_s}s", "-q", "--log-checks"]
        environment = {**os.environ, "PROOF_SOCKET": self.socket, "PROOF_RUN": name}
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdin=asyncio.subprocess.DEVNULL,
                                                       stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
        await process.wait()
        wire = self.wires.pop(name)[0]
        outcome = read_outcome(f"{out}/latest/events.jsonl", wire, self.paths)
        if not os.environ.get("PROOF_KEEP"): shutil.rmtree(out, ignore_errors=True)
        return outcome


def read_outcome(log, wire, paths):
    found = Outcome({}, [], wire.exchanges, wire.altered, 0.0, [], [], wire.sequence, wire.moments, [])
    try:
        with open(log, encoding="utf-8") as file:
            for line in file:
                take(found, json.loads(line), paths)
    except OSError:
        pass  # the run did not come so far
    found.position = list(attach_calls(found.requests, wire.sequence))
    return found


def take(found, event, paths):
    kind, file = event["type"], paths.in_source(event.get("file", ""))
    if kind == "attempt.check":
        found.failures.append(Failure(file, event["line"], event["expression"]))
    elif kind == "case.ended":
        found.verdicts[event["case"]] = event["verdict"]
    elif kind == "attempt.ended":
        found.duration += event["duration_ns"] / 1e9
        if event["verdict"] == "failed" and file:
            found.failures.append(Failure(file, event["line"], "FAIL"))
    elif kind == "attempt.log" and event["level"] == "debug":
        take_log(found, event["text"], file, event["line"], event["t"] / 1e9)


def take_log(found, text, file, line, when):
    request = REQUEST.match(text)
    if text.startswith("passed: "):
        found.passed.append(Passed(file, line, len(found.requests), when))
    elif request:
        found.requests.append((*request.groups(), file, line, when))
    elif text == "WebSocket opened":
        found.requests.append(("GET", "", file, line, when))


def attach_calls(requests, sequence):
    """Says of each exchange which line of a scenario made it, and of each request of the log where it stands in the sequence: both are
    in the order in which they happened."""
    waiting = list(enumerate(sequence))
    for method, path, file, line, _ in requests:
        for index, (position, exchange) in enumerate(waiting):
            if exchange.method == method and (path == exchange.path or path == "" and exchange.answer.status == 101):
                del waiting[index]
                exchange.call = exchange.call or (file, line)
                yield position
                break
        else:
            yield None

# SPDX-License-Identifier: Apache-2.0
"""The wire to a database: what passes between scenarios and PostgreSQL is noted, and altered at one place, as answers of the platform are.

An answer is all that the server says to one statement, until it is ready for the next one, or to a login. Of one of success
    scramble    every value is another, and so is how many rows were affected
    lower       values are less, the last row is missing
    more        numbers are far larger, the last row comes twice
    zero        no rows
    gather      with the rows that other answers had, as far as they have as many columns
    refuse      an error
and of an error
    accept      done, with nothing to show; a login is let in
    renamed     another error
"""
import asyncio
import os
import re
import shutil
import struct
import tempfile

ADDRESS = re.compile(rb'(postgresql://[^"]*host=)([^&"]+)(?:&port=(\d+))?')
SUCCESS = ("scramble", "zero", "refuse", "gather", "lower", "more")
OF_NO_ROWS = ("gather", "scramble", "refuse")
REFUSAL = ("accept", "renamed")
CANCEL = 80877102
GATHERED = 60
LET_IN = [(b"R", b"\0\0\0\0"), (b"S", b"server_version\x0015.0\0"), (b"S", b"client_encoding\0UTF8\0"), (b"Z", b"I")]  # a login that is taken
NUMBER = re.compile(rb"-?\d+$")


class Spoken:
    """An answer: messages of one letter and bytes each. It is told apart as an HTTP answer is."""

    def __init__(self, messages, asked=b""):
        self.messages, self.asked, self.fields = messages, asked, []

    @property
    def status(self):
        return 400 if any(letter == b"E" for letter, _ in self.messages) else 200

    @property
    def body(self):
        return self.bytes()

    @staticmethod
    def json():
        return None

    @property
    def rows(self):
        return [payload for letter, payload in self.messages if letter == b"D"]

    def with_rows(self, rows):
        """The rows in place of those that are there, and a number of them that fits."""
        before = [m for m in self.messages if m[0] not in b"DCZsI"]
        ended = [(letter, re.sub(rb"\d+\0$", b"%d\0" % len(rows), text) if letter == b"C" and text.startswith(b"SELECT") else text)
                 for letter, text in self.messages if letter in b"CZsI"]
        return Spoken([*before, *((b"D", row) for row in rows), *ended], self.asked)

    def bytes(self):
        return b"".join(letter + struct.pack("!i", len(payload) + 4) + payload for letter, payload in self.messages)


def columns(row):
    """The values of a row; None for NULL."""
    count, at, values = struct.unpack_from("!h", row)[0], 2, []
    for _ in range(count):
        size, = struct.unpack_from("!i", row, at)
        values.append(None if size < 0 else row[at + 4:at + 4 + size])
        at += 4 + max(size, 0)
    return values


def row_of(values):
    return struct.pack("!h", len(values)) + b"".join(
        struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value for value in values)


def error(code):
    return b"E", b"SERROR\0VERROR\0C" + code + b"\0Maltered\0\0"


# ---- alterations ----

def other(value):
    if value in (b"t", b"f"):
        return b"f" if value == b"t" else b"t"
    return b"%d" % (int(value) + 1) if NUMBER.match(value) else value + b"~"


def less(value):
    return b"%d" % (int(value) - 1) if NUMBER.match(value) else b"!" + value


def far_more(value):
    return b"%d" % (int(value) * 1000 + 7) if NUMBER.match(value) else value


def mapped(answer, change, rows):
    """With other values, and another number of rows affected where it tells that alone."""
    changed = answer.with_rows(rows([row_of([None if v is None else change(v) for v in columns(row)]) for row in answer.rows]))
    if answer.rows:
        return changed
    affected = [(letter, re.sub(rb"\d+\0$", lambda found: change(found.group()[:-1]) + b"\0", text) if letter == b"C" else text)
                for letter, text in changed.messages]
    return Spoken(affected, answer.asked)


def accepted(answer):
    """What the parts of the question have for answers."""
    done = {b"Q": (b"C", b"SELECT 0\0"), b"P": (b"1", b""), b"B": (b"2", b""), b"D": (b"n", b""), b"E": (b"C", b"SELECT 0\0"), b"C": (b"3", b"")}
    parts = [done[bytes([letter])] for letter in answer.asked if bytes([letter]) in done]
    return Spoken([*parts, *(m for m in answer.messages if m[0] == b"Z")] if parts else LET_IN, answer.asked)


def gathered(answer, earlier):
    width = [len(columns(row)) for row in answer.rows][:1]
    known = [row for other_answer in earlier for row in other_answer.rows if not width or len(columns(row)) == width[0]]
    return answer.with_rows(answer.rows + [row for row in known if row not in answer.rows][:GATHERED])


def altered(kind, answer, earlier):
    ready = [m for m in answer.messages if m[0] == b"Z"]
    if kind == "scramble":
        return mapped(answer, other, list)
    if kind == "lower":
        return mapped(answer, less, lambda rows: rows[:-1])
    if kind == "more":
        return mapped(answer, far_more, lambda rows: rows + rows[-1:])
    if kind == "zero":
        return answer.with_rows([])
    if kind == "gather":
        return gathered(answer, earlier)
    if kind == "accept":
        return accepted(answer)
    return Spoken([error(b"XX000" if kind == "refuse" else b"XX001"), *ready], answer.asked)


# ---- the wire ----

async def read_message(reader):
    letter = await reader.readexactly(1)
    size, = struct.unpack("!i", await reader.readexactly(4))
    return letter, await reader.readexactly(size - 4)


async def read_question(reader):
    """Up to what the server answers: all of a statement."""
    messages = [await read_message(reader)]
    while messages[-1][0] not in b"QSpX":
        messages.append(await read_message(reader))
    return messages


async def read_spoken(reader, asked):
    """Until the server waits for somebody, or has ended."""
    messages = []
    try:
        while True:
            messages.append(await read_message(reader))
            letter, payload = messages[-1]
            if letter == b"Z" or letter == b"R" and payload[:4] != b"\0\0\0\0" and payload[:4] != struct.pack("!i", 12):
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    return Spoken(messages, asked)


class SqlWire:
    """Between scenarios and the databases that a platform's answers name: sockets of the same names in a folder of its own."""

    def __init__(self, wire):
        self.wire, self.folder, self.servers = wire, None, {}

    async def moved(self, body):
        """An answer's body, whose addresses of databases are ours."""
        if not ADDRESS.search(body):
            return body
        self.folder = self.folder or tempfile.mkdtemp(prefix="proof-sql.")
        for _, host, port in ADDRESS.findall(body):
            await self.serve(os.fsdecode(host).replace("%2F", "/"), os.fsdecode(port or b"5432"))
        folder = os.fsencode(self.folder)
        return ADDRESS.sub(lambda found: found.group(0).replace(found.group(2), folder, 1), body)

    async def serve(self, host, port):
        port = re.sub("[^0-9]", "", port)
        name = f".s.PGSQL.{port}"
        if name not in self.servers:
            async def pass_on(reader, writer):
                connect = asyncio.open_unix_connection(f"{host}/{name}") if host.startswith("/") else asyncio.open_connection(host, port)
                await self.connection(connect, reader, writer)
            self.servers[name] = await asyncio.start_unix_server(pass_on, f"{self.folder}/{name}")

    def close(self):
        for server in self.servers.values():
            server.close()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    async def connection(self, connect, reader, writer):
        self.wire.tasks.add(asyncio.current_task())
        up = None
        try:
            up = await connect
            await self.talk(reader, writer, *up)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, OSError, struct.error):
            pass  # whoever ended it knows why
        finally:
            self.wire.tasks.discard(asyncio.current_task())
            for end in [writer] + ([up[1]] if up else []):
                end.close()

    async def talk(self, reader, writer, up_reader, up_writer):
        head = await reader.readexactly(4)
        rest = await reader.readexactly(struct.unpack("!i", head)[0] - 4)
        up_writer.write(head + rest)
        if rest[:4] == struct.pack("!i", CANCEL):
            await up_writer.drain()
            return
        answer = await self.answered("sql login", b"login", up_reader, writer, b"")
        while answer.messages and not writer.is_closing():
            question = await read_question(reader)
            for letter, payload in question:
                up_writer.write(letter + struct.pack("!i", len(payload) + 4) + payload)
            letters = b"".join(letter for letter, _ in question)
            if letters == b"X":
                return
            answer = await self.answered("sql login" if letters == b"p" else "sql", repr(question).encode(), up_reader, writer, letters)

    async def answered(self, operation, text, up_reader, writer, asked):
        answer = await read_spoken(up_reader, asked)
        place = self.wire.places.of(operation, "SQL", "", text, id(writer))
        sent = answer
        if self.wire.is_meant(place, answer):
            self.wire.altered += 1
            sent = altered(self.wire.alteration.kind, answer, self.earlier())
        self.wire.note(place, "SQL", "", answer)
        writer.write(sent.bytes())
        await writer.drain()
        return answer

    def earlier(self):
        return [e.answer for e in self.wire.exchanges if isinstance(e.answer, Spoken)]

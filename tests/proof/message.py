# SPDX-License-Identifier: Apache-2.0
"""HTTP messages and WebSocket frames, read from and written to asyncio streams: as much as a proxy has to know."""
import json

NO_BODY = (204, 304)


class Head:
    """A start line and its fields, in their order."""

    def __init__(self, line, fields):
        self.line, self.fields = line, fields

    def get(self, name):
        for key, value in self.fields:
            if key.lower() == name:
                return value
        return None

    def without(self, *names):
        return Head(self.line, [(key, value) for key, value in self.fields if key.lower() not in names])

    def bytes(self):
        text = "".join([self.line + "\r\n", *(f"{key}: {value}\r\n" for key, value in self.fields), "\r\n"])
        return text.encode("latin-1")


async def read_head(reader):
    """None at the end of the stream."""
    raw = await reader.readuntil(b"\r\n\r\n")
    first, *rest = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
    return Head(first, [(key, value.strip()) for key, _, value in (line.partition(":") for line in rest)])


async def read_chunks(reader):
    body = b""
    while True:
        size = int((await reader.readline()).split(b";")[0], 16)
        body += await reader.readexactly(size)
        await reader.readline()
        if size == 0:
            return body


async def read_body(reader, head, ends_with_stream=False):
    if "chunked" in (head.get("transfer-encoding") or "").lower():
        return await read_chunks(reader)
    length = head.get("content-length")
    if length is not None:
        return await reader.readexactly(int(length))
    return await reader.read() if ends_with_stream else b""


class Answer:
    """What a server says: parts that can be altered, and its bytes."""

    def __init__(self, status, fields, body, is_cut=False):
        self.status, self.fields, self.body, self.is_cut = status, fields, body, is_cut

    @property
    def lost(self):
        """How many bytes of its end never come: then the connection does."""
        return len(self.body) // 2 + 1 if self.is_cut else 0

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def with_json(self, value):
        return Answer(self.status, self.fields, json.dumps(value).encode())

    def bytes(self):
        skipped = ("content-length", "transfer-encoding")
        fields = [(key, value) for key, value in self.fields if key.lower() not in skipped]
        if self.status not in NO_BODY:
            fields.append(("Content-Length", str(len(self.body))))
        return Head(f"HTTP/1.1 {self.status} -", fields).bytes() + (b"" if self.status in NO_BODY else self.body)


async def read_answer(reader, method):
    head = await read_head(reader)
    status = int(head.line.split()[1])
    if status == 101 or status in NO_BODY or method == "HEAD":
        return Answer(status, head.fields, b"")
    return Answer(status, head.fields, await read_body(reader, head, ends_with_stream=True))


# ---- frames, as a server sends them ----

TEXT, CLOSE = 1, 8


async def read_frame(reader):
    """(first byte, payload)"""
    first, second = await reader.readexactly(2)
    length = second & 127
    if length >= 126:
        length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
    return first, await reader.readexactly(length)


def frame(first, payload):
    n = len(payload)
    if n < 126:
        size = bytes([n])
    elif n < 65536:
        size = bytes([126]) + n.to_bytes(2, "big")
    else:
        size = bytes([127]) + n.to_bytes(8, "big")
    return bytes([first]) + size + payload

# SPDX-License-Identifier: Apache-2.0
"""A platform and the wire in front of it, for one run: what passes is noted, and altered at one place."""
import asyncio
import base64
import hashlib
import json
import time

import alter
import message
import pages
import sql
from exchange import ALL_PAGES, FROM_HERE, Exchange, MessagePlaces, Place, Places

POLL_S = 0.05  # what is asked again and again, and altered, need not be asked so often
DELAY_S = 5    # longer than what scenarios have others do meanwhile


class Wire:
    """Between the scenarios and one platform."""

    def __init__(self, target, seen, alteration=None):
        self.target, self.seen, self.alteration = target, seen, alteration
        self.kinds, self.health = alter.Kinds(seen), target.operation_of("GET", "/health")
        self.places, self.exchanges, self.by_place = Places(), [], {}
        self.sequence = []  # of the exchanges that are requests, each time that they were made
        self.moments = []   # when, by time.monotonic()
        self.streams, self.altered, self.tasks = 0, 0, set()
        self.said = {}      # texts of requests, in their order
        self.sql = sql.SqlWire(self)
        self.server = self.upstream = None

    async def open(self, host, port):
        self.upstream = (host, port)
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    async def close(self):
        self.server.close()
        self.sql.close()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def serve(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        up = None
        try:
            up = await asyncio.open_connection(*self.upstream)
            while await self.pass_on(reader, writer, *up):
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, OSError, ValueError):
            pass  # whoever ended it knows why
        finally:
            self.tasks.discard(task)
            for end in [writer] + ([up[1]] if up else []):
                end.close()

    # ---- an exchange ----

    async def pass_on(self, reader, writer, up_reader, up_writer):
        head = await self.next_request(reader, up_reader)
        body = await message.read_body(reader, head)
        method, target = head.line.split()[:2]
        place = self.place_of(method, target, body, who_asks(head))
        self.said.update(dict.fromkeys(alter.texts_of(decoded(body))))
        if self.is_kept(place):
            answer = sent = self.as_if_done(place)
        else:
            up_writer.write(self.onward(head, body))
            answer = await message.read_answer(up_reader, method)
            sent = await self.changed(place, answer, head if head.get("upgrade") else None)
        self.note(place, method, target, answer)
        whole = message.Answer(sent.status, sent.fields, await self.sql.moved(sent.body)).bytes()
        writer.write(whole[:len(whole) - sent.lost])
        await writer.drain()
        if sent.lost:
            return False
        if sent.status == 101:
            await self.stream(reader, writer, up_reader, up_writer, answer.status == 101)
            return False
        return answer.status != 101 and (head.get("connection") or "").lower() != "close"

    @staticmethod
    async def next_request(reader, up_reader):
        """Its head. A platform that begins again ends its connections meanwhile, which the scenario has to see before it asks."""
        head, end = asyncio.ensure_future(message.read_head(reader)), asyncio.ensure_future(up_reader.read(1))
        try:
            await asyncio.wait((head, end), return_when=asyncio.FIRST_COMPLETED)
            if end.done() and not head.done():
                raise ConnectionError("the platform has ended the connection")
            return await head
        finally:
            head.cancel()
            end.cancel()
            await asyncio.gather(head, end, return_exceptions=True)

    @staticmethod
    def onward(head, body):
        sent = head.without("accept-encoding", "sec-websocket-extensions", "transfer-encoding")
        if head.get("transfer-encoding"):
            sent.fields.append(("Content-Length", str(len(body))))
        return sent.bytes() + body

    def place_of(self, method, target, body, who):
        path = target.partition("?")[0]
        return self.places.of(self.target.operation_of(method, path), method, target, body, who)

    def note(self, place, method, target, answer):
        known = self.by_place.get(place)
        if known:
            known.answer, known.times = answer, known.times + 1
        else:
            known = self.by_place[place] = Exchange(place, method, target.partition("?")[0], answer)
            self.exchanges.append(known)
        self.sequence.append(known)
        self.moments.append(time.monotonic())

    def is_meant(self, place, answer=None):
        alteration, known = self.alteration, self.by_place.get(place)
        if alteration is None:
            return False
        if alteration.is_wide:
            return isinstance(place, Place) and self.is_among(place, answer, alteration)
        if alteration.place != place or (known.times if known else 0) < alteration.skip:
            return False
        return not alteration.again or None not in (known, answer) and known.answer.body == answer.body

    def is_among(self, place, answer, alteration):
        if alteration.place == ALL_PAGES:
            return isinstance(answer, message.Answer) and pages.is_page(answer)
        if alteration.place.operation == FROM_HERE:  # how the service asks whether the platform is well is not a part of it
            return place.epoch >= alteration.place.epoch and place.operation != self.health and alter.suits(alteration.kind, answer)
        fits = alter.suits(alteration.kind, answer) or isinstance(answer, message.Answer) and pages.is_page(answer) and alteration.kind in pages.OWN
        return alteration.place.operation == place.operation and fits

    def is_kept(self, place):
        """A request that does not reach the platform."""
        return self.alteration is not None and self.alteration.kind == "undone" and self.is_meant(place)

    def as_if_done(self, place):
        self.altered += 1
        self.kinds.around = alter.Around(place.operation, self.target.expected_status(place.operation), None, [])
        return self.kinds.accept(None)

    async def changed(self, place, answer, handshake):
        self.seen.note(place.operation, answer)
        if not self.is_meant(place, answer):
            return answer
        if self.alteration.kind == "delay":
            await asyncio.sleep(DELAY_S)
        if self.altered > 5:
            await asyncio.sleep(POLL_S)
        self.altered += 1
        kind = self.alteration.kind
        if kind == "accept" and handshake:
            return self.handshake(handshake)
        if answer.status == 101 and kind not in ("refuse", "missing"):
            return answer
        expected = self.target.expected_status(place.operation)
        around = alter.Around(place.operation, expected, self.before(place), self.earlier(), self.target.marks(), tuple(self.said))
        return self.kinds.apply(kind, around, answer)

    def before(self, place):
        """What the same request had for an answer in another epoch, or else the operation; the first one, if it had several."""
        same = [e for e in self.requests() if e.place.operation == place.operation and e.place != place]
        like = [e for e in same if e.place.key == place.key] or same
        return like[0].answer if like else None

    def requests(self):
        return [e for e in self.exchanges if isinstance(e.place, Place)]

    def earlier(self):
        return [e.answer for e in self.requests()]

    @staticmethod
    def handshake(head):
        key = head.get("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        return message.Answer(101, [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)], b"")

    # ---- a stream ----

    async def stream(self, reader, writer, up_reader, up_writer, is_real):
        number, self.streams = self.streams, self.streams + 1
        if not is_real:
            await reader.read()
            return
        there = asyncio.ensure_future(pump(reader, up_writer))
        try:
            await self.back(number, up_reader, writer)
        finally:
            there.cancel()

    async def back(self, number, up_reader, writer):
        places, held = MessagePlaces(number), []
        while True:
            first, payload = await message.read_frame(up_reader)
            for one in self.message(places, first, payload, held):
                writer.write(message.frame(*one))
            await writer.drain()
            if self.altered and self.alteration.kind == "cut":
                writer.transport.abort()
                return

    def message(self, places, first, payload, held):
        """The frames that are sent in place of this one."""
        if first & 15 == message.CLOSE:
            if self.noted(places.of("close"), payload):
                return [] if self.alteration.kind == "drop" else [(first, (4000).to_bytes(2, "big"))]
            return [*self.release(held), (first, payload)]
        body = decoded(payload) if first & 15 == message.TEXT else None
        if not isinstance(body, dict):
            return [(first, payload)]
        place = places.of(str(body.get("type")))
        if not self.noted(place, payload):
            return [(first, payload), *self.release(held)]
        kind = self.alteration.kind
        if kind == "drop":
            return []
        if kind == "cut":
            return [(first, payload)]
        if kind == "late":
            held.append((first, payload))
            return []
        if kind == "close":
            return [(0x80 | message.CLOSE, (4001).to_bytes(2, "big"))]
        if kind == "double":
            return [(first, payload), (first, payload)]
        return [(first, json.dumps(alter.message(kind, self.seen, body)).encode())]

    def noted(self, place, payload):
        if place not in self.by_place:
            self.by_place[place] = Exchange(place, "", "", message.Answer(200, [], payload), after=len(self.sequence))
            self.exchanges.append(self.by_place[place])
        meant = self.is_meant(place)
        self.altered += meant
        return meant

    @staticmethod
    def release(held):
        released, held[:] = list(held), []
        return released


def who_asks(head):
    """The token or the cookie; of what is another one in each request, as a signature, only the kind."""
    scheme, _, token = (head.get("authorization") or "").partition(" ")
    return (scheme, token if scheme.lower() == "bearer" else "", head.get("cookie") or "")


def decoded(payload):
    try:
        return json.loads(payload)
    except ValueError:
        return None


async def pump(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A mail server that keeps what it gets.

    mail_sink.py --folder FOLDER [--listen ADDRESS] [--port PORT] [--refuse GLOB] [--defer GLOB]

Each mail is two files: 000001.eml, as it came, and 000001.json, which is there once both are whole: envelope, headers, texts and
links, decoded. Its first line of output says where it listens.
"""
import argparse
import asyncio
import datetime
import email
import email.policy
import fnmatch
import html.parser
import json
import os
import re
import signal
import sys

try:
    from aiosmtpd.smtp import SMTP
except ImportError as missing:
    sys.exit(f"{missing}: install the Debian package python3-aiosmtpd")

LINK = re.compile(r"https?://[^\s<>\"'\\]+")
BEHIND = ".,;:!?)]}"  # of the sentence, not of the link


class Anchors(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.links = []

    def handle_starttag(self, tag, attrs):
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]


def links_of(text, markup):
    anchors = Anchors()
    anchors.feed(markup)
    found = [link.rstrip(BEHIND) for link in LINK.findall(text)] + anchors.links
    return list(dict.fromkeys(found))


def content(part):
    """What a part's text is; of one whose encoding is broken, what can be read of it."""
    try:
        return part.get_content()
    except (LookupError, UnicodeError):
        return part.get_payload(decode=True).decode("utf-8", "replace")


def describe(raw):
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    text, markup = mail.get_body(("plain",)), mail.get_body(("html",))
    headers = {}
    for name, value in mail.items():
        headers.setdefault(name.lower(), []).append(str(value))
    plain = content(text).replace("\r\n", "\n") if text else ""
    rich = content(markup).replace("\r\n", "\n") if markup else ""
    attachments = [{"name": part.get_filename() or "", "type": part.get_content_type(),
                    "bytes": len(part.get_payload(decode=True) or b"")} for part in mail.iter_attachments()]
    return {"subject": str(mail.get("subject", "")), "headers": headers, "text": plain, "html": rich,
            "links": links_of(plain, rich), "attachments": attachments}


def writable(text):
    """JSON and UTF-8 have no lone surrogates, of which bytes that are no text are made."""
    return text.encode("utf-8", "replace").decode("utf-8")


class Sink:
    def __init__(self, folder, refuse, defer):
        self.folder, self.refuse, self.defer, self.number = folder, refuse, defer, 0
        self.deferred = set()  # the recipients that have been put off

    def puts_off(self, address):
        """Once each: who asks again is let in."""
        known = address in self.deferred
        self.deferred.add(address)
        return not known

    def write(self, name, data):
        path = f"{self.folder}/{name}"
        descriptor = os.open(f"{path}.part", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.rename(f"{path}.part", path)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refuse and fnmatch.fnmatch(address.lower(), self.refuse.lower()):
            return "550 5.1.1 no such mailbox here"
        if self.defer and fnmatch.fnmatch(address.lower(), self.defer.lower()) and self.puts_off(address.lower()):
            return "451 4.7.1 not now, try again later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.number += 1  # nothing is awaited from here on: mails are kept in the order of their numbers
        raw = envelope.original_content
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
        record = {"n": self.number, "at": now, "from": envelope.mail_from or "", "to": envelope.rcpt_tos}
        try:
            record.update(describe(raw))
        except Exception as problem:  # whatever a stranger's mail does to the parser, it is there
            record.update({"subject": "", "headers": {}, "text": "", "html": "", "links": [], "attachments": [],
                           "problem": f"{type(problem).__name__}: {problem}"})
        self.write(f"{self.number:06}.eml", raw)
        self.write(f"{self.number:06}.json", writable(json.dumps(record, ensure_ascii=False)).encode())
        print(f"mail {self.number}: {len(raw)} bytes for {len(envelope.rcpt_tos)} recipients", flush=True)
        return f"250 OK: kept as {self.number}"


async def serve(options):
    loop = asyncio.get_running_loop()
    os.makedirs(options.folder, mode=0o700, exist_ok=True)
    sink = Sink(options.folder, options.refuse, options.defer)
    ended = asyncio.Event()
    for signo in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signo, ended.set)
    server = await loop.create_server(lambda: SMTP(sink, hostname="mail.invalid", enable_SMTPUTF8=True),
                                      options.listen, options.port)
    host, port = server.sockets[0].getsockname()[:2]
    print(json.dumps({"host": host, "port": port}), flush=True)
    await ended.wait()
    server.close()


def main():
    parser = argparse.ArgumentParser(description="A mail server that keeps what it gets.")
    parser.add_argument("--folder", required=True)
    parser.add_argument("--listen", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--refuse", default="", metavar="GLOB")
    parser.add_argument("--defer", default="", metavar="GLOB")
    asyncio.run(serve(parser.parse_args()))


main()

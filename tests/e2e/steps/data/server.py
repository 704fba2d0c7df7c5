#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server for the tests of steps: server.py [PORT]; its first line is its port."""
import base64
import hashlib
import http.server
import json
import struct
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, media_type="application/json", headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in [("Content-Type", media_type), ("Content-Length", str(len(data))), *headers]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def echo(self, data):
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.answer(200, {"method": self.command, "path": self.path, "headers": headers, "body": data.decode("latin-1")},
                    headers=[("X-Two", "a"), ("X-Two", "b")])

    def read_frame(self):
        first, second = self.rfile.read(2)
        length = second & 127
        if length == 126:
            length = struct.unpack(">H", self.rfile.read(2))[0]
        mask, data = self.rfile.read(4), self.rfile.read(length)
        return first & 15, bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))

    def write_frame(self, opcode, data):
        head = bytes([128 | opcode, len(data)]) if len(data) < 126 else struct.pack(">BBH", 128 | opcode, 126, len(data))
        self.wfile.write(head + data)

    def echo_frames(self):
        """Each message comes back; `headers` asks for those of the handshake, `bye` for the end."""
        key = self.headers["Sec-WebSocket-Key"].encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key).digest()).decode())
        self.end_headers()
        self.close_connection = True
        while True:
            opcode, data = self.read_frame()
            if opcode == 8:
                return self.write_frame(8, data)
            if data == b"bye":
                return self.write_frame(8, struct.pack(">H", 1000) + b"bye")
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.write_frame(1, json.dumps(headers).encode() if data == b"headers" else data)

    def handle_any(self):
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("?")[0]
        if path == "/ws":
            self.echo_frames()
        elif path == "/health":
            self.answer(200, {"status": "RUNNING", "items": [{"id": 7}, {"id": 8}], "price": 19.990})
        elif path == "/":
            self.answer(200, b"<html><head><title>Shop</title></head><body>all of it</body></html>", "text/html; charset=utf-8")
        elif path == "/jobs/17":
            self.answer(200, {"id": "0017", "state": "RUNNING", "parts": [{"n": n} for n in range(25)]})
        elif path == "/form":
            self.answer(200, {"csrf": "f-81"}, headers=[("Set-Cookie", "session=s-1; Path=/")])
        elif path == "/submit":
            known = self.headers.get("Cookie") == "session=s-1" and b"csrf=f-81" in data
            self.answer(302 if known else 403, b"", headers=[("Location", "/")])
        elif path == "/notes/1":
            self.answer(200, {"id": 1, "owner": 3, "title": "first", "text": "of many"})
        elif path == "/redirect":
            self.answer(302, b"", headers=[("Location", "/health")])
        elif path == "/text":
            self.answer(200, b"plain text\n", "text/plain")
        elif path == "/bytes":
            self.answer(200, b"\xff\x00a", "application/octet-stream")
        elif path == "/login":
            self.answer(200, {"token": "t-4711", "user": {"name": "ann"}}, headers=[("Set-Cookie", "sid=c-1; Path=/")])
        elif path == "/denied":
            self.answer(401, {"error": "no entry", "password": "geheim"})
        elif path == "/never":
            self.server.stopped.wait()
        else:
            self.echo(data)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any


def main():
    import threading
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.stopped = threading.Event()
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()

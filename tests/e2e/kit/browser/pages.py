#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pages.py PORT: pages for a browser. What hangs hangs until the server ends; /slow takes half a second.

/driver/N is a WebDriver whose first N visits meet a change of the machine's network, as Chromium tells it.
"""
import http.server
import json
import sys
import time

PAGES = {
    "/": """<h1>Welcome</h1><p id=hidden style="display:none">not shown</p><p id=later></p>
      <a href="/form">To the form</a><ul><li>one<li>two<li>three</ul><p id=odd>it's "so"</p>
      <script>setTimeout(() => document.getElementById('later').textContent = 'here now', 300)</script>""",
    "/form": """<form onsubmit="event.preventDefault(); document.getElementById('said').textContent =
        [user.value, plan.value, terms.checked, file.files.length ? file.files[0].name : 'none'].join(' ')">
      <label for=user>User</label><input id=user name=user value=nobody>
      <label>Plan <select id=plan><option value=f>Free</option><option value=p>Pro</option></select></label>
      <input type=checkbox id=terms aria-label="I agree"><input type=file id=file>
      <input id=fixed value=fixed disabled><button>Send</button></form><output id=said></output>""",
    "/frame": "<h1>Outside</h1><iframe src=/inside></iframe>",
    "/inside": "<h1>Inside</h1>",
    "/alert": """<button id=ask onclick="document.title = prompt('Your name?', '')">Ask</button>
      <button id=warn onclick="setTimeout(() => alert('beware'), 0)">Warn</button>""",
    "/console": "<script>console.log('all is well'); console.error('not any more'); nothing.there();</script>",
    "/covered": """<button id=under onclick="document.title = 'clicked'">Under</button>
      <div id=cover style="position:fixed;inset:0"></div>""",
    "/busy": "<button onclick='for (;;);'>Work</button>",
    "/to-hang": "<a href=/hang>Onwards</a>",
    "/secret": "<input name=code value=very-secret-code>",
}


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/hang":
            time.sleep(3600)
        if path == "/slow":
            time.sleep(0.5)
            path = "/"
        body = PAGES.get(path)
        text = f"<!doctype html><title>{path[1:] or 'start'}</title>{body}" if body else "no such page"
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(text.encode())))
        if path == "/form":
            self.send_header("Set-Cookie", "visitor=from-the-server; HttpOnly; Path=/")
        self.end_headers()
        self.wfile.write(text.encode())

    visits = {}

    def answer(self, status, value):
        text = json.dumps({"value": value}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        changes, command = self.path.split("/")[2], self.path.split("/")[-1]
        if command == "session":
            self.answer(200, {"sessionId": "one", "capabilities": {}})
        elif command == "url" and self.visits.setdefault(changes, 0) < int(changes):
            self.visits[changes] += 1
            self.answer(500, {"error": "unknown error", "message": "unknown error: net::ERR_NETWORK_CHANGED", "stacktrace": ""})
        else:
            self.answer(200, "")

    def do_DELETE(self):
        self.answer(200, None)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Pages)
server.daemon_threads = True
print("ready", flush=True)
server.serve_forever()

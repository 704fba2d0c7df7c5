# SPDX-License-Identifier: Apache-2.0
"""on_terminal.py DO... -- COMMAND...: runs a command on a terminal of its own, and prints what it writes there.

What is done, in this order: columns=N sets the terminal's width (0: it does not know; 80 unless the first says
otherwise); wait=TEXT reads until the text has come, which nothing before may have been part of; type=TEXT types, ^C as
\\x03. Then it reads to the command's end. Status: the command's, or 99 when a text did not come in 20 s."""
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

split = sys.argv.index("--")
steps, command = sys.argv[1:split], sys.argv[split + 1:]
ours, theirs = pty.openpty()
text, seen = b"", 0


def resize(columns):
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))


def lead():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def read(timeout):
    global text
    if not select.select([ours], [], [], timeout)[0]:
        return False
    text += os.read(ours, 4096)
    return True


resize(80)
while steps and steps[0].startswith("columns="):
    resize(int(steps.pop(0).partition("=")[2]))
child = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, preexec_fn=lead)
status = 0
for step in steps:
    name, _, value = step.partition("=")
    if name == "columns":
        resize(int(value))
    elif name == "type":
        os.write(ours, value.encode().decode("unicode_escape").encode())
    else:
        until = time.monotonic() + 20
        while text.find(value.encode(), seen) < 0 and status == 0:
            read(0.1)
            status = 99 if time.monotonic() > until else 0
        seen = max(seen, text.find(value.encode(), seen) + len(value))
    if status:
        print(f"it never said {value}", file=sys.stderr)
        child.terminate()
        break
while child.poll() is None or read(0):
    read(0.1)
sys.stdout.buffer.write(text.replace(b"\r\n", b"\n"))
sys.exit(status or child.returncode)

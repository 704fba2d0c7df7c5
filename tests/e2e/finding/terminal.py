# SPDX-License-Identifier: Apache-2.0
"""terminal.py KEY WANTED FIFO -- COMMAND...: runs a command on a terminal of its own, reads a line from the FIFO, presses
the key, waits for the wanted text, then ^C. Status 0 when the text came and the terminal was left as it was found."""
import os
import pty
import select
import subprocess
import sys
import termios

key, wanted, fifo = sys.argv[1:4]
command = sys.argv[5:]
ours, theirs = pty.openpty()
before = termios.tcgetattr(theirs)


def lead():
    import fcntl
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


child = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, preexec_fn=lead)
with open(fifo) as f:
    f.readline()
    os.write(ours, key.encode())
    text = b""
    while wanted.encode() not in text:
        ready, _, _ = select.select([ours], [], [], 20)
        if not ready:
            break
        text += os.read(ours, 4096)
    after_key = termios.tcgetattr(theirs)
    os.write(ours, b"\x03")
    while child.poll() is None:
        if select.select([ours], [], [], 0.1)[0]:
            text += os.read(ours, 4096)
sys.stdout.write(text.decode("utf-8", "replace"))
found = wanted.encode() in text
kept = termios.tcgetattr(theirs) == before
if not kept:
    print("the terminal's settings are not what they were")
if after_key == before:
    print("the terminal had not been asked for single keys")
sys.exit(0 if found and kept and after_key != before and child.returncode == 2 else 1)

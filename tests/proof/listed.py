# SPDX-License-Identifier: Apache-2.0
"""Lists of exceptions: a line each, `NAME  # why`. One without a reason is a mistake."""
import sys


def read_list(path):
    """{name: reason}"""
    found = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip() or line.startswith("#"):
                continue
            name, _, reason = line.partition("  # ")
            if not reason.strip():
                sys.exit(f"{path}:{number}: why? NAME, two spaces, #, and the reason")
            found[name.strip()] = reason.strip()
    return found

# SPDX-License-Identifier: Apache-2.0
"""Where everything is."""
import glob
import os
import re

WAIT_S = 4
REAL_WAIT_S = 15  # where a browser, a database and a DNS server have to keep up


class Paths:
    def __init__(self, source, build, bed, work):
        self.source, self.build, self.bed, self.work = map(os.path.abspath, (source, build, bed, work))
        self.muster = f"{self.build}/bin/muster"
        self.testbed = f"{self.build}/bin/muster-testbed"
        self.packs = f"{self.build}/packs"
        self.target = self.impatient("testbed.target.yaml", WAIT_S)
        self.real_target = self.impatient("testbed-real.target.yaml", REAL_WAIT_S)
        self.outside_target = self.impatient("testbed-outside.target.yaml", WAIT_S)
        self.data = {os.path.basename(path): os.path.relpath(path, self.source)
                     for path in glob.glob(f"{self.source}/scenarios/*/*.yaml")}

    def impatient(self, name, wait_s):
        """A copy of the target file whose waits are short: most of the alterations of what is waited for are seen by their end."""
        path = f"{self.work}/{name}"
        with open(f"{self.source}/plugins/testbed/{name}", encoding="utf-8") as file, open(path, "w", encoding="utf-8") as copy:
            copy.write(re.sub(r"within: \d+s", f"within: {wait_s}s", file.read()))
        return path

    def in_source(self, file):
        """As the repository has it: files of scenarios are run where they were built to."""
        return self.data.get(os.path.basename(file), file) if file.endswith(".yaml") else file

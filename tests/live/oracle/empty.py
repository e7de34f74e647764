"""What derrick does without a DROP argument if no drop can be read: an empty result is never
success.

A case fills logs/ and profile/ with names; the contract defines which of them look like a delivery.
"""

import os
import random
import shutil

import deliveries
import names
import rules
from program import BAD_DATA, DONE, Workspace, compare_database, expect_code

ARCHIVES = ["delivery.zip.part", "delivery.7z", "delivery.rar", "2026-Q3.tar.gz.filepart", "export.xlsx",
            "quarter.xls", "delivery.zip.crdownload", "upload.tmp", "quarter.part"]
NEVER_ALONE = [name for name in names.NEVER if "{" not in name]


class Empty:
    """Files in logs/ that are not a drop."""

    def __init__(self, seed, number, folder):
        self.choose = random.Random(f"empty {seed} {number}")
        self.log = []
        self.kinds = ["nothing to read"]
        self.workspace = Workspace(os.path.join(folder, "ws"), self.log)
        shutil.copytree(os.path.join(os.path.dirname(folder), "workspace"), self.workspace.folder)

    def sensor(self):
        return self.choose.choice(rules.NAMES)

    def delivered(self):
        """Names that look like a delivery."""
        choose = self.choose
        way = choose.choice(["near", "near", "archive", "profile", "deep", "folder"])
        if way == "archive":
            return [choose.choice(ARCHIVES)]
        if way == "profile":
            return [choose.choice(["profile.txt", "profile.txt.part", "Copy of profile.txt"])]
        if way == "deep":
            return [f"2026/q3/{self.sensor()}.txt"]
        patterns = names.TEMPORARY + names.COPIES + names.OTHERS
        found = [names.filled(choose.choice(patterns), self.sensor(), choose)
                 for _ in range(choose.randint(1, 3))]
        return [("2026-q3/" if way == "folder" else "") + name for name in found]

    def others(self):
        """Names that do not look like a delivery."""
        found = [names.filled(pattern, self.sensor(), self.choose)
                 for pattern in self.choose.sample(names.NEVER + names.NOISE, self.choose.randint(0, 3))]
        return [("stray/" if self.choose.random() < 0.2 else "") + name for name in found]

    def run_all(self):
        is_delivery = self.choose.random() < 0.6
        found = self.others() + (self.delivered() if is_delivery else [])
        rows = b"".join(b"1.5\t2.5\n" for _ in range(3))
        deliveries.write({name: rows for name in found}, self.workspace.path("logs"))
        self.log.append((None, f"in logs/: {found}", ""))
        self.kinds = ["looks like a delivery" if is_delivery else "looks like no delivery"]
        for command in self.choose.sample(["run", "check", "load"], 2):
            more = self.choose.choice([[], [], ["--allow-missing"]])
            seen, _ = self.workspace.run(command, *more)
            expect_code(command, BAD_DATA if is_delivery else DONE, seen)
        compare_database(self.workspace, [])
        left = sorted(os.path.relpath(os.path.join(where, name), self.workspace.path("logs"))
                      for where, _, files in os.walk(self.workspace.path("logs")) for name in files
                      if name != "DERRICK-REPORT.txt")
        assert left == sorted(set(found)), f"{left} left in logs/"

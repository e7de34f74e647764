"""Random sequences of deliveries into one database, from one or two workspaces, for up to three rigs.

Each step makes a delivery cell by cell, so that its readings are known without reading it. It
derives from the contract what derrick must do, runs derrick, and compares the exit code, the tables
and the exported bytes. steps.py has the kinds of steps.
"""

import copy
import os
import random
import shutil

import built
import database
import deliveries
import hands
import layouts
import quality
import rules
import steps
from program import (BAD_DATA, DONE, IN_QUARANTINE, USAGE, Workspace, all_arguments, compare_database,
                     edit_ini, expect_code, expect_same)

REFUSED = {USAGE, BAD_DATA}
HISTORY = "oil-well-data-all-historical.csv"


def without_database(step):
    """Why convert refuses what a load may accept: it does not use the database."""
    if step.delivery.own_profile is None:
        return "no profile"
    if step.settings.columns == "auto" and step.delivery.one_cohort and step.delivery.seconds > 1:
        return "columns = auto, and bursts of more than a second"
    return ""


class Story:
    """The workspaces, the expected contents of their database, and the deliveries."""

    def __init__(self, seed, number, folder):
        self.choose = choose = random.Random(f"story {seed} {number}")
        self.folder = folder
        self.kinds = []  # of the steps so far
        self.workspaces = []
        self.log = []
        for number in range(choose.choice([1, 1, 2]) if built.has("rigs") else 1):
            workspace = Workspace(os.path.join(folder, f"ws{number}"), self.log)
            shutil.copytree(os.path.join(os.path.dirname(folder), "workspace"), workspace.folder)
            self.configure(workspace)
            self.workspaces.append(workspace)
        self.workspace = self.workspaces[0]
        self.database = database.Database()
        self.history = []  # (delivery, settings) that were loaded
        self.count = 0
        self.settings = rules.Settings(
            cohorts=choose.choice([1, 2, 2, 3, 4]),
            sample=choose.choice(["first", "first", "first", "mean", "last"]), start=rules.Settings().start)
        self.readings = choose.randint(3, 12) if choose.random() < 0.9 else choose.randint(13, 24)
        self.rigs = [("texas", 1), ("texas", 2), ("oslo", 1)]

    def configure(self, workspace):
        """All workspaces use the database of the first one, and the oracle's ranges."""
        path = workspace.path("derrick.ini")
        if self.workspaces:
            url = "sqlite:" + self.workspaces[0].path("energymobile.db")
            edit_ini(path, "database", "url", url)
        if built.has("limits"):
            for name, (low, high) in deliveries.LIMITS.items():
                edit_ini(path, "limits", name, f"{low}..{high}")

    def run_all(self):
        """The whole story."""
        for _ in range(self.choose.randint(3, 8)):
            name, step = steps.next_step(self)
            self.kinds.append(f"story, {name}")
            self.take(step)
            if built.has("hands") and self.database.cohorts and self.choose.random() < 0.1:
                self.kinds.append("story, changed by hand")
                hands.change_and_compare(self)

    # Rigs and settings

    def rig_settings(self, columns):
        """The settings for a drop of one of the rigs, usually the first."""
        settings = copy.copy(self.settings)
        settings.columns = columns
        if built.has("rigs") and self.choose.random() < 0.4:
            settings.site, settings.well = self.choose.choice(self.rigs)
        return settings

    # Running

    def arguments(self, step):
        return (all_arguments(step.settings, but_defaults=True) + step.given.flags() + step.extra
                + (["--allow-out-of-range"] if step.insist else []))

    def command(self, command, step, drop, more=()):
        arguments = self.arguments(step) + list(more)
        if command in ("check", "convert"):
            left_out = {"--replace", "--future", "--gap"}
            arguments = [argument for argument in arguments if argument not in left_out]
        return self.workspace.run(command, *arguments, drop)

    def refusal_of(self, step):
        """Why a step's drop is refused for its own contents, or ""."""
        delivery, settings = step.delivery, step.settings
        missing = set(rules.NAMES) - set(delivery.cells)
        if step.refused:
            return step.refused
        if missing and not settings.allow_missing:
            return "a sensor is missing"
        if delivery.profile is None:
            return "no profile"
        if len(delivery.profile) != delivery.readings_count:
            return "a profile of another length"
        return quality.refusal(delivery, settings, step.insist)

    def take(self, step):
        """Delivers: perhaps check and convert, then load or run, then all comparisons."""
        self.workspace = self.choose.choice(self.workspaces)
        self.count += 1
        delivery = step.delivery
        if delivery.own_profile is None:
            delivery.profile = self.database.profile_for(step.settings)
        drop = deliveries.deliver(delivery, step.form or deliveries.Form(self.choose),
                                  os.path.join(self.folder, f"d{self.count}"))
        refusal = self.refusal_of(step)
        outcome = None
        if not refusal:
            try:
                outcome = self.database.decide(delivery, step.settings, step.given)
            except rules.Refused as reason:
                self.log.append((None, f"refused: {reason}", ""))
        else:
            self.log.append((None, f"refused: {refusal}", ""))
        if self.choose.random() < 0.3:
            self.check(step, drop, refusal, outcome)
        if self.choose.random() < 0.3:
            self.convert(step, drop, refusal, outcome)
        self.load(step, drop, outcome)

    def check(self, step, drop, refusal, outcome):
        """A check refuses what load refuses for the drop's own contents, with the same profile."""
        if not refusal and outcome is None:
            return
        seen, data = self.command("check", step, drop, ["--json"])
        replaced = any(loaded.seconds != step.delivery.seconds  # check has no --replace
                       for loaded in self.database.of_rigs(step.settings).values())
        judged = None if refusal or (step.given.replace and replaced) else outcome
        expect_code("check", self.expected(step, judged, quiet=False), seen)
        if not refusal and built.has("limits"):
            quality.compare_events(step.delivery, step.settings, data)

    def convert(self, step, drop, refusal, outcome):
        """The same bytes without a database; for a drop of one cohort, with its number."""
        if not refusal and outcome is None or (step.delivery.one_cohort and step.given.cohort is None):
            return
        refusal = refusal or without_database(step)
        seen, data = self.command("convert", step, drop, ["-o", "-"])
        expect_code("convert", self.expected(step, None if refusal else outcome, quiet=False), seen)
        if refusal:
            expect_same("convert of a refused drop", b"", data)
            return
        settings = database.numbered(step.settings, step.given.cohort)
        readings = step.delivery.sampled(settings)
        expect_same("convert", layouts.files(layouts.LAYOUTS[0], readings)[""], data)
        self.workspace.forget_quarantine()

    def expected(self, step, outcome, quiet):
        if outcome is None:
            return REFUSED
        if step.delivery.problems and (outcome.new or not quiet):
            return {IN_QUARANTINE}
        return {DONE}

    def load(self, step, drop, outcome):
        command = self.choose.choice(["load", "run"])
        seen, _ = self.command(command, step, drop)
        if step.unsettled or (outcome and outcome.unsettled):
            expect_code(command, {DONE, BAD_DATA, USAGE}, seen)
        else:
            expect_code(command, self.expected(step, outcome, quiet=True), seen)
        if outcome:
            self.database.apply(outcome, step.delivery, step.settings)
            if outcome.new:
                self.history.append((step.delivery, step.settings))
        self.workspace.forget_quarantine()
        self.compare(command == "run" and seen in (DONE, IN_QUARANTINE))

    def compare(self, exported):
        """The tables, and the CSV that `run` left or `export` writes."""
        readings = self.database.readings()
        compare_database(self.workspaces[0], readings, views=self.choose.random() < 0.05)
        if built.has("quality"):
            quality.compare(self.workspaces[0].path("energymobile.db"), self.database)
        if not readings:
            return
        expected = layouts.files(layouts.LAYOUTS[0], readings)[""]
        if exported:
            with open(self.workspace.path("aws_s3", HISTORY), "rb") as file:
                expect_same("aws_s3", expected, file.read())
        elif self.choose.random() < 0.4:
            seen, data = self.choose.choice(self.workspaces).run("export", "-o", "-")
            expect_code("export", {DONE}, seen)
            expect_same("export", expected, data)

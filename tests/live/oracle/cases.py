"""Random drops with random settings: what derrick does with every cell."""

import contextlib
import os
import random
import shutil

import built
import bursts
import database
import drops
import features
import layouts
import rules
from program import (BAD_DATA, DONE, IN_QUARANTINE, USAGE, Different, Workspace, all_arguments, compare_database,
                     compare_layout, compare_quarantine, expect_code, expect_same, hand_over)

# Values here are of every kind, not plausible for the sensor, and many cells are bad.
INSISTING = ["--allow-out-of-range", "--set", "input.quarantine_max=100%"]
LONG_EVERY = 60  # one in this many cases has files longer than derrick's windows


class Case:
    """One random drop and its expected results."""

    def __init__(self, seed, number, folder):
        self.choose = random.Random(f"{seed} {number}")
        self.plan = drops.Plan(self.choose, long=number % LONG_EVERY == LONG_EVERY - 1)
        self.settings = self.plan.settings
        self.folder = folder
        shutil.copytree(os.path.join(os.path.dirname(folder), "workspace"), os.path.join(folder, "ws"))
        self.log = []
        self.workspace = Workspace(os.path.join(folder, "ws"), self.log)
        self.arguments = hand_over(self.choose, self.settings, self.workspace)
        self.arguments += INSISTING + ["--threads", str(self.choose.choice([1, 2, 3]))]
        self.command = self.choose.choice(["load", "load", "run"])
        self.database = database.Database()
        self.drop_count = 0
        self.kinds = [self.settings.columns]
        # Apart from the others, so that a case is the same without pyarrow.
        self.choose_bursts = random.Random(f"bursts {seed} {number}") if bursts.can_read() else None
        self.exports = self.some_exports()

    def some_exports(self):
        """The keys of [export] that all runs of this case switch on."""
        if self.command != "run" or not self.choose_bursts or self.plan.long:
            return []
        keys = ["export.parquet=yes", "export.samples=parquet", "export.features=parquet"]
        if self.settings.alignment == "column":  # it reads no whole bursts
            keys = keys[:1]
        return self.choose_bursts.sample(keys, self.choose_bursts.randint(0, len(keys)))

    def write(self, plan):
        """A new drop: its folder."""
        self.drop_count += 1
        folder = os.path.join(self.folder, f"drop{self.drop_count}")
        drops.write_drop(self.choose, plan, folder)
        return folder

    def read(self, folder):
        """The oracle's reading of a drop, or None if it must be refused."""
        try:
            return rules.Drop(folder, self.settings, self.database.profile_for(self.settings))
        except rules.Refused as reason:
            self.log.append((None, f"refused: {reason}", ""))
            return None

    def given(self, drop, replace=False):
        """The option for the cohort: its number for a drop of one cohort, otherwise nothing."""
        given = database.Given(replace=replace, future=True, gap=True)
        if self.settings.columns == "cohorts" and self.settings.cohorts > 1:
            return given
        numbers = [1, 2, 7, 60, 61]
        copies = [key[2] for key, loaded in self.database.of_rigs(self.settings).items()
                  if drop and loaded.contents == drop.contents]
        if self.settings.columns == "auto" or replace or self.choose.random() < 0.5:
            # A copy of another cohort is tested elsewhere.
            given.cohort = self.choose.choice(copies or numbers)
        if drop:
            with contextlib.suppress(rules.Refused):  # load() refuses it, too
                self.settings.cohort = self.database.number(drop, self.settings, given)
        return given

    def run_all(self):
        folder = self.write(self.plan)
        drop = self.read(folder)
        given = self.given(drop)
        named = [] if given.cohort is None else ["--cohort", str(given.cohort)]
        if drop is None:
            self.kinds[0] += ", refused"
        elif drop.problems:
            self.kinds[0] += ", quarantine"
        packed = drops.pack(self.choose, folder)
        self.check(drop, packed, named)
        for layout in self.choose.sample(layouts.LAYOUTS, 3):
            self.convert(drop, packed, layout, named)
        if drop and not self.plan.long:
            self.features(drop, packed, named)
            if self.choose_bursts:
                self.bursts(drop, packed, named)
        self.load(drop, packed, given)
        for _ in range(0 if drop is None or self.plan.long else self.choose.randrange(3)):
            self.choose.choice([self.same, self.resettled, self.other, self.other, self.remarked])(folder)

    def check(self, drop, packed, named):
        code = BAD_DATA if drop is None else IN_QUARANTINE if drop.problems else DONE
        seen, _ = self.workspace.run("check", *self.arguments, *named, packed)
        expect_code("check", code, seen)
        if os.listdir(self.workspace.path("quarantine")):
            raise Different("check: it wrote into quarantine")

    def convert(self, drop, packed, layout, named):
        if drop is None:
            seen, data = self.workspace.run("convert", *layout, *self.arguments, *named, "-o",
                                            self.workspace.path("refused"), packed)
            expect_code("convert", BAD_DATA, seen)
            if data or os.path.exists(self.workspace.path("refused")):
                raise Different("convert: a refused drop left output")
            return
        readings = drop.readings
        chosen = list(named)
        if not drop.one_cohort and self.choose.random() < 0.2:
            first = self.choose.randint(1, self.settings.cohorts)
            last = self.choose.randint(first, self.settings.cohorts + 1)
            chosen = ["--cohort", f"{first}-{last}"]
            readings = [reading for reading in readings if first <= reading.cohort <= last]
        elif self.settings.columns == "wells" and self.choose.random() < 0.2:
            rig = self.choose.choice(readings).rig
            chosen += ["--rig", rig]
            readings = [reading for reading in readings if reading.rig == rig]
        compare_layout(self.workspace, "convert", [*self.arguments, *chosen, packed], layout, readings,
                       IN_QUARANTINE if drop.problems else DONE)
        if drop.problems:
            compare_quarantine("convert", self.workspace, drop)

    def features(self, drop, packed, named):
        """Numbers of whole bursts, which alignment = column does not read."""
        if self.settings.alignment == "column":
            seen, _ = self.workspace.run("convert", "--format", "features", *self.arguments, *named, "-o", "-", packed)
            expect_code("convert --format features", USAGE, seen)
            return
        features.compare(self.workspace, [*self.arguments, *named, packed], drop,
                         IN_QUARANTINE if drop.problems else DONE, self.choose)
        if drop.problems:
            self.workspace.forget_quarantine()

    def bursts(self, drop, packed, named):
        """Samples of all or some cohorts, the historical columns as Parquet, and a split."""
        choose = self.choose_bursts
        arguments = [*self.arguments, *named, packed]
        code = IN_QUARANTINE if drop.problems else DONE
        readings = drop.readings
        chosen = []
        if not drop.one_cohort and choose.random() < 0.3:
            first = choose.randint(1, self.settings.cohorts)
            last = choose.randint(first, self.settings.cohorts)
            chosen = ["--cohort", f"{first}-{last}"]
            readings = [reading for reading in readings if first <= reading.cohort <= last]
        bursts.convert_samples(self.workspace, arguments + chosen, drop, readings,
                               USAGE if self.settings.alignment == "column" else code)
        if choose.random() < 0.5:
            bursts.compare_parquet(self.workspace, "convert", arguments + chosen, readings, code)
        bursts.compare_split(self.workspace, arguments + chosen, drop, readings, code, choose)
        self.workspace.forget_quarantine()

    def load(self, drop, packed, given):
        """Loads with `load` or `run`, and compares all results."""
        outcome = self.database.load(drop, self.settings, given) if drop else None
        code = BAD_DATA if outcome is None else IN_QUARANTINE if outcome.new and drop.problems else DONE
        exports = [word for key in self.exports for word in ("--set", key)]
        seen, _ = self.workspace.run(self.command, *self.arguments, *exports, *given.flags(), packed)
        if outcome and outcome.unsettled:
            self.exports = []  # whose samples these are is open, too
            self.workspace.forget_quarantine()
        else:
            expect_code(self.command, code, seen)
        if code == IN_QUARANTINE:
            compare_quarantine(self.command, self.workspace, drop)
        elif os.listdir(self.workspace.path("quarantine")):
            raise Different(f"{self.command}: a list in quarantine, but exit code {code}")
        self.compare_exports()

    def compare_exports(self):
        readings = self.database.readings()
        compare_database(self.workspace, readings)
        if not readings:
            return
        if self.command == "run":
            with open(self.workspace.path("aws_s3", "oil-well-data-all-historical.csv"), "rb") as file:
                expect_same("aws_s3", layouts.files(layouts.LAYOUTS[0], readings)[""], file.read())
            self.compare_bursts(readings)
        for layout in self.choose.sample(layouts.LAYOUTS, 2):
            compare_layout(self.workspace, "export", [], layout, readings, DONE)
        one = self.choose.choice(readings)
        some = [reading for reading in readings if reading.key[:3] == one.key[:3]]
        compare_layout(self.workspace, "export", ["--rig", one.rig, "--cohort", str(one.cohort)],
                       self.choose.choice(layouts.LAYOUTS), some, DONE)

    def compare_bursts(self, readings):
        """What [export] of the runs leaves in aws_s3/: one file for each cohort of a rig, and no other."""
        folder = self.workspace.path("aws_s3")
        parts = [bursts.Part(loaded.drop, loaded.part, loaded.readings)
                 for _, loaded in sorted(self.database.cohorts.items())]
        if "export.samples=parquet" in self.exports:
            bursts.compare_samples("run", folder, parts)
        if "export.features=parquet" in self.exports:
            bursts.compare_features(folder, parts, self.choose_bursts)
        if "export.parquet=yes" in self.exports:
            bursts.compare_historical("run to Parquet", os.path.join(folder, "oil-well-data-all-historical.parquet"),
                                      readings)

    # What may come after the first drop

    def again(self, folder):
        """Loads a drop with the current settings."""
        self.arguments = all_arguments(self.settings) + INSISTING
        drop = self.read(folder)
        given = self.given(drop, self.choose.random() < 0.5)
        self.load(drop, drops.pack(self.choose, folder), given)

    def same(self, folder):
        """The same drop in another form: if the cohort is the same too, nothing changes."""
        self.again(folder)

    def resettled(self, folder):
        """The same drop with other settings."""
        alignments = ["second", "second"] if any("parquet=" not in key for key in self.exports) else ["second", "column"]
        setting, values = self.choose.choice([
            ("sample", ["first", "mean", "min", "max", "last"]), ("alignment", alignments),
            ("start", [self.settings.start.replace(year=2001)])])
        setattr(self.settings, setting, self.choose.choice(values))
        self.again(self.reformed(folder) if self.choose.random() < 0.4 else folder)

    def reformed(self, folder):
        """A copy with the same cells and other line ends."""
        reformed = f"{folder}.reformed"
        while os.path.exists(reformed):
            reformed += ".again"
        shutil.copytree(folder, reformed)
        for path in rules.find_files(reformed).values():
            drops.edit(path, drops.swap_line_ends)
        return reformed

    def remarked(self, folder):
        """The same drop with the other decimal mark, and the setting for it: the cells are the same."""
        remarked = f"{folder}.remarked"
        while os.path.exists(remarked):  # it may have been delivered before, and that one again
            remarked += ".again"
        shutil.copytree(folder, remarked)
        for path in rules.find_files(remarked).values():
            drops.edit(path, drops.swap_marks)
        mark = self.settings.decimal
        self.settings.decimal = "point" if mark == "comma" else "comma"
        self.again(remarked)
        self.settings.decimal = mark  # the first drop may be delivered again

    def other(self, _folder):
        """Another drop, of the same rig or of another."""
        plan = drops.Plan(self.choose)
        plan.settings, plan.seconds = self.settings, self.plan.seconds
        plan.absent, plan.flaws, plan.wrong = self.plan.absent, None, None
        cohorts, site, well = self.settings.cohorts, self.settings.site, self.settings.well
        limit = -(-self.settings.cohort_days * 24 * 60 // self.settings.interval_minutes)
        plan.readings = min(plan.readings, limit)
        if self.choose.random() < 0.2:
            self.settings.site = self.choose.choice(["texas", "a"])
        if self.choose.random() < 0.2 and self.settings.columns != "samples":
            self.settings.cohorts = self.choose.choice([1, 2, 4])
        if self.choose.random() < 0.2 and self.settings.columns != "wells":
            self.settings.well = self.choose.choice([1, 2, 10])
        profile = self.database.profile_for(self.settings)
        if not built.has("rigs") and profile and profile is not self.database.profiles[-1][2]:
            profile = None
        if profile and self.choose.random() < 0.2:
            plan.without_profile = True
            plan.readings = len(profile)
        self.again(self.write(plan))
        self.settings.cohorts = cohorts  # the first drop may be delivered again
        self.settings.site, self.settings.well = site, well

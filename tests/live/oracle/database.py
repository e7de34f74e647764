"""The contents of a database, and what each drop may do to it: exactly once, and separately for
each rig.

Like rules.py, written from the contract alone. A drop that must not be loaded raises rules.Refused.
"""

import copy
import datetime

import built
import rules
from rules import Refused

FUTURE_HOURS = 24
# In a corrected cohort, at least this share of the values equals the loaded ones.
ALIKE_PERCENT = 90


class Given:
    """The command line of a load, except for the settings."""

    def __init__(self, cohort=None, replace=False, future=False, gap=False):
        self.cohort = cohort
        self.replace = replace
        self.future = future
        self.gap = gap

    def flags(self):
        return ((["--cohort", str(self.cohort)] if self.cohort is not None else [])
                + (["--replace"] if self.replace else [])
                + (["--future"] if self.future and built.has("numbers") else [])
                + (["--gap"] if self.gap and built.has("numbers") else []))


class Loaded:
    """A cohort of a rig in the database: its readings, and the drop that contained them."""

    def __init__(self, readings, cells, contents, settings, drop, part):
        self.drop = drop
        self.part = part  # of the drop: its place in a row
        self.readings = readings
        self.cells = cells
        self.contents = contents
        self.text = drop.text
        self.settings = settings.shape()
        self.wells = settings.wells()
        self.seconds = drop.seconds
        self.sensors = set(drop.matrices)  # that had a file
        self.rows = rows_of(readings)
        self.times = times_of(readings)


class Outcome:
    """The effect of a load: how many cohorts it adds, and which ones it removes."""

    def __init__(self, new=None, removed=(), unsettled=False):
        self.new = new or {}
        self.removed = set(removed)
        # Nothing changes, but the contract does not specify whether it is "already loaded" or
        # refused.
        self.unsettled = unsettled


def rows_of(readings):
    """Everything in a cohort's readings, except the number of the cohort."""
    return [(reading.minutes, reading.codes, tuple(reading.values.values())) for reading in readings]


def times_of(readings):
    return [reading.date_time for reading in readings]


def alike_percent(readings, loaded):
    """The percentage of a drop's values that equal those of a loaded cohort. derrick: of the
    sensors for which both have values."""
    both = {name for name in rules.NAMES
            if all(any(reading.values[name] is not None for reading in cohort)
                   for cohort in (readings, loaded))}
    equal = total = 0
    for index, reading in enumerate(readings):
        for name in both:
            if index < len(loaded):
                total += 1
                equal += loaded[index].values[name] == reading.values[name]
    return 100 * equal / total if total else 0


def numbered(settings, cohort):
    changed = copy.copy(settings)
    changed.cohort = cohort
    return changed


def by_cohort(readings):
    cohorts = {}
    for reading in readings:
        cohorts.setdefault(reading.key[:3], []).append(reading)
    return cohorts


class Database:
    """Whole cohorts of a rig, and their profiles."""

    def __init__(self):
        self.cohorts = {}  # (site, well, cohort) -> Loaded
        self.profiles = []  # (site, wells, profile), the newest last
        self.replaced = []  # (site, wells, text, cohort) of drops of one cohort, the newest last

    def profile_for(self, settings):
        """The profile for a drop without one: the newest of the rig, or else of its site."""
        for wells in (set(settings.wells()), None):
            for site, others, profile in reversed(self.profiles):
                if site == settings.site and (wells is None or wells & set(others)):
                    return profile
        return None

    def of_rigs(self, settings):
        """The loaded cohorts of a drop's rigs."""
        return {key: loaded for key, loaded in self.cohorts.items()
                if key[0] == settings.site and key[1] in settings.wells()}

    def newest(self, settings):
        return max((key[2] for key in self.of_rigs(settings)), default=0)

    def number(self, drop, settings, given):
        """The number of a drop of one cohort."""
        if given.cohort is not None:
            return given.cohort
        mine = self.of_rigs(settings)
        contents = drop.contents
        known = [(loaded.settings == numbered(settings, key[2]).shape(), key[2])
                 for key, loaded in mine.items() if loaded.contents == contents]
        if known and (max(known)[0] or not given.replace):
            return max(known)[1]
        if given.replace:
            raise Refused("--replace without --cohort")
        if settings.columns == "auto" and not mine:
            raise Refused("nothing is loaded that determines the number")
        readings = by_cohort(drop.sampled(numbered(settings, 1)))
        for key, loaded in mine.items():  # brought by a history
            if (drop.parts == 1 and loaded.cells == drop.digests[0]
                    and loaded.rows == rows_of(readings[(key[0], key[1], 1)])):
                return key[2]
        for key, loaded in mine.items():
            alike = readings.get((key[0], key[1], 1), [])
            if alike_percent(alike, loaded.readings) >= ALIKE_PERCENT:
                raise Refused(f"a corrected cohort {key[2]}")
        if self.resampled(drop, settings, mine, ALIKE_PERCENT):
            raise Refused("a loaded cohort with another rule for the value of a burst")
        following = self.newest(settings) + 1
        for site, wells, others, cohort in reversed(self.replaced):  # derrick: by its text alone
            if site == settings.site and wells & set(settings.wells()) and others == drop.text:
                if cohort != following:
                    raise Refused(f"a former cohort {cohort}")
                return following
        return following

    def resampled(self, drop, settings, mine, percent):
        """The loaded cohorts whose values the drop has when it is read with their sample and alignment."""
        alike = set()
        for key, loaded in mine.items():
            other = numbered(settings, 1)
            other.sample, other.alignment = loaded.settings[:2]
            if (other.sample, other.alignment) != (settings.sample, settings.alignment):
                readings = by_cohort(drop.sampled(other)).get((key[0], key[1], 1), [])
                if alike_percent(readings, loaded.readings) >= percent:
                    alike.add(key[2])
        return alike

    def decide(self, drop, settings, given):
        """What a load of this drop does."""
        if (settings.columns == "auto" and drop.one_cohort and drop.seconds > 1
                and not any(loaded.seconds == drop.seconds for loaded in self.of_rigs(settings).values())):
            raise Refused("columns = auto, and bursts that are neither a second nor this rig's")
        if drop.one_cohort:
            settings = numbered(settings, self.number(drop, settings, given))
        new = by_cohort(drop.sampled(settings))
        contents = drop.contents
        mine = self.of_rigs(settings)
        same = {key for key in new if key in mine and mine[key].rows == rows_of(new[key])
                and mine[key].times == times_of(new[key])}
        unnamed = given.replace and given.cohort is None and drop.one_cohort
        cells = {key: drop.digests[part] for part, key in enumerate(new)}
        if same == set(new):
            if any(mine[key].cells != cells[key] for key in new):
                if not given.replace:
                    raise Refused("the values are loaded, but another cell differs")
                return Outcome(unsettled=True)
            return Outcome(unsettled=unnamed or any(
                mine[key].contents != contents or mine[key].settings != settings.shape() for key in new))
        if unnamed:
            raise Refused("--replace without --cohort")
        staying = [loaded for key, loaded in mine.items() if not (given.replace and key in new)]
        if any(loaded.seconds != drop.seconds for loaded in staying):
            raise Refused("bursts of another length")
        if drop.one_cohort:
            self.judge_number(new, mine, settings, given)
            alike = self.resampled(drop, settings, mine, 100)
            if alike and settings.cohort not in alike and drop.contents not in {
                    mine[key].contents for key in mine if key[2] in alike}:
                raise Refused(f"this is cohort {alike}, with another rule for the value of a burst")
        in_the_way = {key for key in new if key in mine} - same
        if in_the_way and not given.replace:
            raise Refused(f"cohorts {sorted(in_the_way)} are loaded with other contents")
        brought = {key: Loaded(readings, cells[key], contents, settings, drop, part)
                   for part, (key, readings) in enumerate(new.items()) if key not in same}
        return Outcome(brought, in_the_way)

    def judge_number(self, new, mine, settings, given):
        """Refuses another cohort's data, a gap, and a cohort that has not ended."""
        for key, readings in new.items():
            # derrick: a free number overrides this, with a warning, unless all values are equal
            percent = ALIKE_PERCENT if key in mine else 100
            alike = {other[2] for other, loaded in mine.items() if other[:2] == key[:2]
                     and alike_percent(readings, loaded.readings) >= percent}
            if alike and settings.cohort not in alike:
                raise Refused(f"this is cohort {alike} rather")
        newest = self.newest(settings)
        if newest and settings.cohort > newest + 1 and not given.gap:
            raise Refused(f"a gap after cohort {newest}")
        last = max(readings[-1].date_time for readings in new.values())
        limit = datetime.datetime.now() + datetime.timedelta(hours=FUTURE_HOURS)
        if last > limit.isoformat(sep=" ") and not given.future:
            raise Refused(f"a reading of {last}")

    def apply(self, outcome, drop, settings):
        """Loads what decide() said."""
        for key in outcome.removed:
            gone = self.cohorts.pop(key)
            if gone.drop.one_cohort and not any(loaded.drop is gone.drop for loaded in self.cohorts.values()):
                self.replaced.append((key[0], set(gone.wells), gone.text, key[2]))
        self.cohorts.update(outcome.new)
        if outcome.new:
            self.profiles.append((settings.site, list(settings.wells()), drop.profile))

    def load(self, drop, settings, given):
        """Loads a drop; returns the outcome, or None if it is refused."""
        try:
            outcome = self.decide(drop, settings, given)
        except Refused:
            return None
        self.apply(outcome, drop, settings)
        return outcome

    def readings(self):
        """By site, well's number, cohort, reading."""
        return [reading for key in sorted(self.cohorts) for reading in self.cohorts[key].readings]

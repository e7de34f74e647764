"""The kinds of steps of a story: what may be delivered next, and what derrick must do with it.

Each function makes a Step, or None if the story has nothing for it yet. KINDS lists the parts of
the contract that each one needs.
"""

import datetime

import built
import database
import deliveries
import names
import rules
from deliveries import Step


def some_absent(choose):
    return choose.sample(rules.NAMES, choose.randint(1, 15)) if choose.random() < 0.1 else []


def one_cohort_columns(choose):
    return choose.choice(["auto", "auto", "auto", "samples"] if built.has("auto") else ["samples"])


def history_columns(story):
    if story.settings.cohorts > 1 and built.has("auto"):
        return story.choose.choice(["auto", "auto", "cohorts"])
    return "cohorts"


def new_cohort(story, seconds=None):
    """A new delivery of one cohort, with bursts as long as the rig's."""
    absent = some_absent(story.choose)
    settings = story.rig_settings(one_cohort_columns(story.choose))
    settings.allow_missing = bool(absent) or story.choose.random() < 0.2
    if seconds is None:
        loaded = story.database.of_rigs(settings).values()
        seconds = next((cohort.seconds for cohort in loaded), 1)
    if seconds > 1 and seconds == settings.cohorts:
        settings.columns = "samples"  # with auto, this is the shape of a history
    delivery = deliveries.made(story.choose, story.readings, True, 1, seconds, absent)
    return delivery, settings


def loaded_cohort(story, settings):
    """The number of one of the rig's cohorts, or None."""
    numbers = sorted({key[2] for key in story.database.of_rigs(settings)})
    return story.choose.choice(numbers) if numbers else None


def earlier(story, one_cohort=None):
    """An earlier load, and its settings."""
    found = [(delivery, settings) for delivery, settings in story.history
             if one_cohort in (None, delivery.one_cohort)]
    return story.choose.choice(found) if found else (None, None)


def copied(settings, **instead):
    return rules.Settings(**{**vars(settings), **instead})


# New data

def history(story):
    """Cohorts side by side: new ones, or with numbers that are in use."""
    choose = story.choose
    absent = some_absent(choose)
    settings = story.rig_settings(history_columns(story))
    settings.allow_missing = bool(absent)
    delivery = deliveries.made(choose, story.readings, settings.cohorts == 1, settings.cohorts, 1, absent)
    given = database.Given(replace=choose.random() < 0.4)
    if settings.cohorts == 1 and choose.random() < 0.8:
        given.cohort = 1
    return Step(delivery, settings, given)


def next_quarter(story):
    """The ordinary next quarter, which needs no options."""
    delivery, settings = new_cohort(story)
    return Step(delivery, settings)


def named_quarter(story):
    """A quarter with --cohort: the next one, a loaded one, or the very first."""
    delivery, settings = new_cohort(story)
    newest = story.database.newest(settings)
    number = story.choose.choice([newest + 1, max(newest, 1), 1])
    return Step(delivery, settings, database.Given(cohort=number, replace=story.choose.random() < 0.4))


def longer_history(story):
    """The history again, with one more cohort."""
    delivery, settings = earlier(story, one_cohort=False)
    if delivery is None or delivery.parts > 5 or delivery.own_profile is None or delivery.problems:
        return None
    more = deliveries.made(story.choose, delivery.readings_count, True, 1, 1,
                           set(rules.NAMES) - set(delivery.cells))
    columns = "cohorts" if delivery.parts == 1 else settings.columns
    return Step(deliveries.beside(delivery, more),
                copied(settings, cohorts=delivery.parts + 1, columns=columns))


# The same cells

def again(story):
    """An earlier load, in another form."""
    delivery, settings = earlier(story)
    if delivery is None or delivery.own_profile is None:
        return None
    step = Step(delivery, copied(settings), database.Given())
    if delivery.one_cohort and delivery.seconds == 1 and built.has("identity", "auto"):
        step.settings.columns = one_cohort_columns(story.choose)
    if not built.has("identity"):
        step.form = deliveries.Form(story.choose, plain=True)
    step.insist = built.has("limits")
    return step


def one_of_history(story):
    """A cohort of the history as a separate drop: it is already loaded."""
    delivery, settings = earlier(story, one_cohort=False)
    if delivery is None or delivery.own_profile is None:
        return None
    part = story.choose.randrange(delivery.parts)
    alone = delivery.cohort_alone(part)
    given = database.Given(cohort=story.choose.choice([None, part + 1]))
    step = Step(alone, copied(settings, columns=one_cohort_columns(story.choose)), given)
    return step


def changed_cells(random, delivery, settings, share):
    """The delivery with a share of its loaded values changed, but at least one."""
    cells = {name: [list(row) for row in rows] for name, rows in delivery.cells.items()}
    places = [(name, index, part) for name in cells for index in range(delivery.readings_count)
              for part in range(delivery.parts)]
    for name, index, part in random.sample(places, max(1, int(len(places) * share))):
        columns = rules.burst_columns(settings, rules.RATES[name], delivery.seconds, part)
        for column in columns:
            cells[name][index][column] = deliveries.other_value(random, name, cells[name][index][column])
    return delivery.changed(cells=cells)


def corrected(story):
    """A loaded drop with some values changed: a correction, or with many changes another
    quarter."""
    choose = story.choose
    delivery, settings = earlier(story)
    if delivery is None or delivery.own_profile is None or delivery.problems:
        return None
    share = choose.choice([0, 0.02, 0.05, 0.3, 0.6])
    if not built.has("corrected"):
        share = 0.6
    given = database.Given()
    if delivery.one_cohort:
        given.cohort = choose.choice([None, loaded_cohort(story, settings)])
        given.replace = choose.random() < 0.5 and (given.cohort is not None or built.has("replace"))
    else:
        given.replace = choose.random() < 0.5
    step = Step(changed_cells(choose, delivery, settings, share), copied(settings), given)
    step.settings.allow_missing = True
    return step


def unsampled(story):
    """One cell that no reading uses differs: another drop with the same values."""
    delivery, settings = earlier(story)
    if delivery is None or delivery.own_profile is None or delivery.problems \
            or settings.sample not in ("first", "last"):
        return None
    name = story.choose.choice([name for name in delivery.cells if rules.RATES[name] > 1] or [None])
    if name is None:
        return None
    cells = {**delivery.cells, name: [list(row) for row in delivery.cells[name]]}
    index = story.choose.randrange(delivery.readings_count)
    cells[name][index][1] = deliveries.other_value(story.choose, name, cells[name][index][1])
    return Step(delivery.changed(cells=cells), copied(settings))


def one_file_fewer(story):
    """A different set of files is a different drop, but its values are those of that cohort."""
    delivery, settings = earlier(story)
    if delivery is None or len(delivery.cells) < (2 if built.has("fewer") else 12):
        return None
    most = len(delivery.cells) - 1 if built.has("fewer") else 1
    gone = story.choose.sample(sorted(delivery.cells), story.choose.randint(1, min(3, most)))
    cells = {name: rows for name, rows in delivery.cells.items() if name not in gone}
    return Step(delivery.changed(cells=cells), copied(settings, allow_missing=True))


def more_files(story):
    """A loaded quarter again, with the sensors that were missing."""
    delivery, settings = earlier(story, one_cohort=True)
    if delivery is None or delivery.parts > 1 or len(delivery.cells) == len(rules.NAMES):
        return None
    new = deliveries.made(story.choose, delivery.readings_count, True, 1, delivery.seconds)
    given = database.Given(cohort=story.choose.choice([None, loaded_cohort(story, settings)]))
    given.replace = given.cohort is not None and story.choose.random() < 0.5
    return Step(delivery.changed(cells={**new.cells, **delivery.cells}), copied(settings), given)


def copy_of_another(story):
    """A loaded quarter again, under another number."""
    delivery, settings = earlier(story, one_cohort=True)
    if delivery is None:
        return None
    newest = story.database.newest(settings)
    number = story.choose.randint(1, newest + 1)
    taken = any(key[2] == number for key in story.database.of_rigs(settings))
    given = database.Given(cohort=number, replace=taken and story.choose.random() < 0.5)
    return Step(delivery, copied(settings), given)


# Rigs

def for_another_rig(story):
    """The same files for a second rig: that rig's data."""
    delivery, settings = earlier(story)
    if delivery is None or delivery.own_profile is None:
        return None
    site, well = story.choose.choice(story.rigs)
    given = database.Given(replace=not delivery.one_cohort and story.choose.random() < 0.3)
    if delivery.one_cohort and story.choose.random() < 0.6:
        given.cohort = story.choose.choice([1, story.database.newest(copied(settings, site=site, well=well)) + 1])
    return Step(delivery, copied(settings, site=site, well=well), given)


def without_profile(story):
    """A next quarter, or a history, without a profile."""
    delivery, settings = new_cohort(story)
    given = database.Given()
    if settings.columns == "auto" and not story.database.of_rigs(settings):
        given.cohort = 1
    return Step(delivery.changed(profile=None), settings, given)


# Numbers

def gap(story):
    """A number beyond the next."""
    delivery, settings = new_cohort(story)
    number = story.database.newest(settings) + story.choose.randint(1, 4)
    return Step(delivery, settings, database.Given(cohort=number, gap=story.choose.random() < 0.5))


def future(story):
    """A calendar in which the cohort has ended, or has not."""
    choose = story.choose
    delivery, settings = new_cohort(story, 1)
    if any(key[0] == settings.site for key in story.database.cohorts):
        settings.site = f"oslo{story.count}"  # another calendar for a separate rig
    settings.start = datetime.date.today() + datetime.timedelta(days=choose.choice([-95, -40, 4, 30, 1000]))
    given = database.Given(cohort=choose.choice([1, 2]), future=choose.random() < 0.5)
    return Step(delivery, settings, given)


def other_bursts(story):
    """Bursts of another length than this rig's."""
    seconds = story.choose.choice([1, 2, 3])
    delivery, settings = new_cohort(story, seconds)
    settings.columns = "samples"
    return Step(delivery, settings)


# Shapes

def disagreeing(story):
    """columns = auto, with one file whose shape differs from all others."""
    choose = story.choose
    delivery, settings = new_cohort(story)
    settings.columns = "auto"
    name = choose.choice(sorted(delivery.cells))
    if len(delivery.cells) < 3:
        return None
    times = choose.choice([2, 3, max(2, settings.cohorts)])
    cells = {**delivery.cells, name: [row * times for row in delivery.cells[name]]}
    step = Step(delivery.changed(cells=cells), settings, database.Given(cohort=1))
    step.refused = f"{name} is of another shape"
    return step


# Values

def out_of_range(story):
    """Some or most values of a sensor are outside its range."""
    choose = story.choose
    delivery, settings = new_cohort(story)
    name = choose.choice(sorted(delivery.cells))
    share = choose.choice([0.1, 0.3, 0.5, 0.7, 1])
    rows = [[deliveries.implausible(choose, name)] * len(row) if choose.random() < share else row
            for row in delivery.cells[name]]
    step = Step(delivery.changed(cells={**delivery.cells, name: rows}), settings)
    if settings.columns == "auto" and not story.database.of_rigs(settings):
        step.given.cohort = 1
    step.insist = choose.random() < 0.3
    return step


def bad_cells(story):
    """Cells without a value: refused, in quarantine, or too many."""
    choose = story.choose
    delivery, settings = new_cohort(story)
    settings.quarantine = choose.random() < 0.8
    name = choose.choice(sorted(delivery.cells))
    rows = [list(row) for row in delivery.cells[name]]
    places = [(index, column) for index, row in enumerate(rows) for column in range(len(row))]
    most = min(len(places) // 2, 20) if built.has("quarantine_max") else min(len(places) // 2, 5)
    for index, column in choose.sample(places, choose.randint(0, most)):
        # In a single column, a blank cell is a blank line, a word in the first row is a header, and
        # a comma may be a separator.
        rows[index][column] = choose.choice([b"NaN", b"--1"]
                                            + ([b"error", b" ", b"1,5"] if len(rows[0]) > 1 else []))
    step = Step(delivery.changed(cells={**delivery.cells, name: rows}), settings)
    if settings.columns == "auto" and not story.database.of_rigs(settings):
        step.given.cohort = 1
    return step


# Names

def near_name(story):
    """A file under a similar or temporary name, instead of the exact one or beside it."""
    choose = story.choose
    delivery, settings = new_cohort(story)
    settings.allow_missing = choose.random() < 0.7
    sensor = choose.choice([*sorted(delivery.cells), "PROFILE", "PROFILE", "PROFILE"])
    is_beside = choose.random() < 0.4
    patterns = names.TEMPORARY + names.COPIES + ([] if is_beside else names.OTHERS)
    name = names.filled(choose.choice(patterns), sensor, choose)
    plain = deliveries.Form(choose, plain=True)
    delivery = delivery.changed()
    files = deliveries.files_of(delivery, plain)
    delivery.extra[name] = files["profile.txt" if sensor == "PROFILE" else sensor + ".txt"]
    if not is_beside:
        delivery.missing_files.add(sensor)
    step = Step(delivery, settings, database.Given(cohort=max(1, story.database.newest(settings))))
    step.refused = f"{name} is {'beside' if is_beside else 'instead of'} {sensor}'s file"
    step.given.cohort = story.database.newest(settings) + 1
    step.form = deliveries.Form(choose, plain=True)
    step.form.packed = choose.choice(["folder", "folder", "zip", "tar"])
    return step


def harmless_names(story):
    """Names that belong to no delivery, beside a drop, even one without some sensors."""
    choose = story.choose
    delivery, settings = new_cohort(story)
    gone = choose.sample(sorted(delivery.cells), min(len(delivery.cells) - 1, choose.choice([0, 1, 2])))
    delivery = delivery.changed(cells={name: rows for name, rows in delivery.cells.items()
                                       if name not in gone})
    settings.allow_missing = settings.allow_missing or bool(gone)
    for pattern in choose.sample(names.NEVER + names.NOISE, 3):
        name = names.filled(pattern, choose.choice(gone or rules.NAMES), choose)
        delivery.extra[name] = b"not a sensor's\n"
    step = Step(delivery, settings)
    if settings.columns == "auto" and not story.database.of_rigs(settings):
        step.given.cohort = 1
    return step


# What each kind of step needs, and how frequent it is.
KINDS = [
    (history, [], 2), (next_quarter, [], 3), (named_quarter, ["replace"], 2), (longer_history, [], 1),
    (again, [], 3), (one_of_history, ["identity", "auto"], 1), (corrected, [], 2),
    (unsampled, ["identity", "corrected"], 1), (one_file_fewer, ["identity", "corrected"], 1),
    (more_files, ["fewer"], 1), (copy_of_another, ["replace"], 1), (for_another_rig, ["rigs"], 2), (without_profile, ["rigs"], 2),
    (gap, ["numbers"], 1), (future, ["numbers"], 1), (other_bursts, ["bursts"], 1),
    (disagreeing, ["auto"], 1), (out_of_range, ["limits"], 2), (bad_cells, [], 1),
    (near_name, ["names"], 3), (harmless_names, ["names"], 1),
]


def next_step(story):
    """A random step, of a kind whose parts derrick has."""
    kinds = [(make, often) for make, parts, often in KINDS if built.has(*parts)]
    while True:
        make = story.choose.choices([make for make, _ in kinds], [often for _, often in kinds])[0]
        step = make(story)
        if step:
            return make.__name__.replace("_", " "), step

"""Rows and values changed by hand in the database file: derrick detects and locates the change."""

import contextlib
import os
import shutil
import sqlite3

import built
import rules
from program import DATABASE, DONE, Different, expect_code


# An up-to-date export in aws_s3/.
EXPORT = [["export"]] if built.has("hands in export") else []


def changes(choose, connection):
    """One statement that changes a reading, and whether counts and sums reveal it."""
    well, cohort, reading = choose.choice(connection.execute(
        "select well_id, cohort, reading from well_reading").fetchall())
    where = f"well_id = {well} and cohort = {cohort} and reading = {reading}"
    name = choose.choice(rules.NAMES)
    value, = connection.execute(f"select {name} from well_reading where {where}").fetchone()
    ways = [(f"delete from well_reading where {where}", True),
            (f"delete from well_reading where well_id = {well} and cohort = {cohort}", True)]
    if value is None:
        ways += [(f"update well_reading set {name} = 1.5 where {where}", True)] * 4
    else:
        ways += [(f"update well_reading set {name} = {name} + 0.25 where {where}", True),
                 (f"update well_reading set {name} = null where {where}", True)] * 2
    second = connection.execute(
        f"select reading, {name} from well_reading where well_id = {well} and cohort = {cohort} "
        f"and {name} <> {value}").fetchone() if value is not None else None
    if second:  # two values swapped: the sum stays
        ways.append((f"update well_reading set {name} = case reading when {reading} then {second[1]!r} "
                     f"else {value!r} end where well_id = {well} and cohort = {cohort} "
                     f"and reading in ({reading}, {second[0]})", False))
    return choose.choice(ways), cohort


def change_and_compare(story):
    """Changes the database of a story, checks that derrick notices, and restores it."""
    path = story.workspaces[0].path("energymobile.db")
    shutil.copyfile(path, path + ".before")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        (statement, in_sums), cohort = changes(story.choose, connection)
        connection.execute(statement)
        connection.commit()
    story.log.append((None, f"by hand: {statement}", ""))
    workspace = story.choose.choice(story.workspaces)
    # Cheap: counts and sums. Complete: every value.
    commands = [["check", "--database"]]
    if in_sums:
        commands += [story.choose.choice([["run"], ["export", "-o", "-"]] + EXPORT)]
    for command in commands:
        seen, _ = workspace.run(*command)
        expect_code(" ".join(command), DATABASE, seen)
        if str(cohort) not in story.log[-1][2]:
            raise Different(f"{command}: it does not name cohort {cohort}")
    os.replace(path + ".before", path)
    for command in [["check", "--database"], ["export", "-o", "-"]]:
        seen, _ = workspace.run(*command)
        expect_code(" ".join(command), DONE, seen)

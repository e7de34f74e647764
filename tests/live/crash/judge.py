"""What must be true of a workspace after an interrupted run, and after the next run."""

import contextlib
import hashlib
import json
import os
import re
import sqlite3

from scenarios import call, DERRICK

FOLDERS = ("logs/", "profile/", "csv/", "aws_s3/", "archive/", "quarantine/")
EXPORT = "aws_s3/oil-well-data-all-historical.csv"

# The contents of a database, except for what may differ between runs: run numbers, times, inodes.
FACTS = (
    "SELECT * FROM wells ORDER BY 1",
    "SELECT * FROM profile_sets ORDER BY 1",
    "SELECT * FROM well_profile ORDER BY 1",
    "SELECT * FROM well_reading ORDER BY 1, 2, 3",
    "SELECT well_id, cohort, profile_set, start_time, interval_minutes, readings, hash FROM cohorts "
    "ORDER BY 1, 2",
    "SELECT count(*) FROM drops",
    "SELECT file, line, file_column, value FROM quarantine ORDER BY 1, 2, 3",
    "SELECT file, line, file_column, value, old_value, new_value FROM corrections ORDER BY 1, 2, 3, 4",
)
LEDGER = (
    "SELECT generation FROM schema_info",
    "SELECT well_id, cohort, drop_id FROM cohorts ORDER BY 1, 2",
    "SELECT drop_id, content_hash, settings, source, quarantined, duplicate_of, replaced_by, "
    "archive_folder IS NULL, archived_at IS NULL FROM drops ORDER BY 1",
    "SELECT drop_id, file, name, path, size_bytes, hash, stored_name, stored_hash FROM files "
    "ORDER BY 1, 2",
    "SELECT kind, target, layout, generation, row_total, CASE layout WHEN 'report' THEN 0 ELSE size_bytes END, "
    "CASE layout WHEN 'report' THEN '' ELSE hash END FROM publications ORDER BY 1, 2",
    "SELECT count(*) FROM runs WHERE state = 'running'",
    "SELECT count(*) FROM corrections WHERE kept_at IS NULL",
    "PRAGMA integrity_check",
    "PRAGMA foreign_key_check",
)
PROGRESS = "SELECT drop_id, archived_at IS NOT NULL FROM drops WHERE archive_folder IS NOT NULL"
STORED = "SELECT path FROM files JOIN drops USING (drop_id) " \
         "WHERE stored_name <> '' AND archived_at IS NULL AND name NOT LIKE '%profile%'"


class Broken(Exception):
    """A promise was not kept."""


def expect(truth, text):
    if not truth:
        raise Broken(text)


def steady(tree, path, digest):
    """The hash of a file, but for what may differ from run to run: a drop's record and the report hold numbers
    of runs and times, and the manifest holds its hash."""
    if path.endswith("/manifest.sha256"):
        data = re.sub(rb"(?m)^[0-9a-f]{64}  drop\.json\n", b"", tree.data(path))
    elif path.endswith("/drop.json"):
        try:
            record = json.loads(tree.data(path))
        except ValueError:  # it is not whole
            return digest
        for key in ("run", "loaded_at", "duplicate_of", "replaced"):
            record.pop(key)
        data = json.dumps(record).encode()
    elif path.endswith("/report.html"):
        data = re.sub(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\brun \d+|(?<=<td>)\d+(?=</td><td class=tx>\d)", b"", tree.data(path))
    else:
        return digest
    return hashlib.sha256(data).hexdigest()


def files_of(tree):
    """sha256 by path in the workspace. The report for whoever delivered is left out: it says how far this very
    run had to go, and a run that was killed right before it has nothing left to report."""
    return {path[3:]: steady(tree, path, digest) for path, digest in tree.hashes.items()
            if digest and path.startswith("ws/") and not path.endswith("/DERRICK-REPORT.txt")}


def differences(expected, got):
    lines = []
    for key in expected:
        if expected[key] != got[key]:
            lines.append(key)
            lines += [f"    - {row}" for row in expected[key] if row not in got[key]][:12]
            lines += [f"    + {row}" for row in got[key] if row not in expected[key]][:12]
    return "\n".join(lines)


class Judge:
    """Knows the state before a scenario, and the required state at its end."""

    def __init__(self, scenario, place, env):
        """`place`, which changes, is in the state before the delivery."""
        self.scenario = scenario
        self.place = place
        self.env = env
        self.known_databases = {}
        self.bare = place.read()
        if scenario.new:
            self.call([DERRICK, "init", place.ws], 0)
        before = place.read()
        scenario.deliver(place.ws)
        delivered = place.read()
        self.call(scenario.run(place.ws), scenario.code)
        after = place.read()

        self.before, files = files_of(before), files_of(after)
        self.inputs = {name: digest for name, digest in files_of(delivered).items()
                       if self.before.get(name) != digest and name.startswith(("logs/", "profile/"))}
        self.drop = {name: delivered.data(f"ws/{name}") for name in self.inputs}
        self.old = self.look_up(before)[0]
        self.new, self.archived, _ = self.look_up(after)
        self.end = self.final_state(after)
        self.exports = self.before.get(EXPORT), files[EXPORT]
        # Each file that is not being written must be one of these, whole.
        self.whole = {*self.before.values(), *files.values(), *self.inputs.values()}
        # What is there once the drop is archived.
        self.settled = {name: digest for name, digest in files.items()
                        if name.startswith(("archive/", "profile/")) and
                        not name.endswith("/corrections.tsv")}  # the next run writes it
        # How an input may lie in the archive, if not as it is.
        with self.opened(after) as database:
            self.packed = dict(database.execute("SELECT hash, stored_hash FROM files"))

    def call(self, argv, *codes):
        code, said = call(argv, self.env)
        expect(code in codes, f"'{' '.join(argv)}' ends by exit code {code}\n{said}")
        return said

    def deliver(self):
        """Delivers the drop, over whatever is left of it."""
        for name, data in self.drop.items():
            with open(f"{self.place.ws}/{name}", "wb") as file:
                file.write(data)

    # --- the database

    @contextlib.contextmanager
    def opened(self, tree):
        """The database of a tree, as the next run will find it. A copy, since to open it may roll it back."""
        path = f"{self.place.folder}/look.db"
        for ending in ("", "-journal"):
            data = tree.data(f"ws/energymobile.db{ending}")
            if data is not None:
                with open(path + ending, "wb") as file:
                    file.write(data)
            elif os.path.exists(path + ending):
                os.remove(path + ending)
        with contextlib.closing(sqlite3.connect(path)) as database:
            yield database

    def look_up(self, tree):
        """Its facts (None: there are no tables yet), of each drop that has a folder in the archive whether it
        is archived, and which files of one that is not yet are stored there. The profile stays for a while."""
        key = tuple(tree.hashes.get(f"ws/energymobile.db{ending}") for ending in ("", "-journal"))
        if key not in self.known_databases:
            ledger = None, (), ()
            with self.opened(tree) as database:
                if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_info'").fetchall():
                    ledger = (repr([database.execute(query).fetchall() for query in FACTS]),
                              tuple(database.execute(PROGRESS)), tuple(database.execute(STORED)))
            self.known_databases[key] = ledger
        return self.known_databases[key]

    def final_state(self, tree):
        """Everything that must be the same in the end, after any number of interruptions."""
        with self.opened(tree) as database:
            state = {query: database.execute(query).fetchall() for query in FACTS + LEDGER}
            drops = database.execute("SELECT drop_id, run_id, ifnull(archive_folder, '-') FROM drops")
            drops = drops.fetchall()
            workspaces = database.execute("SELECT DISTINCT workspace_id FROM drops").fetchall()
        # A new workspace makes up its identity, and all that it loads is that one's.
        identities = {hashlib.sha256(f"{identity}\n".encode()).hexdigest() for identity, in workspaces}
        state["files"] = set()
        for name, digest in files_of(tree).items():
            if name == ".derrick-workspace" and {digest} == identities:
                digest = "the ledger's"
            # Folders of the archive are named by day and run, lists of bad cells by run.
            for drop, run, folder in drops:
                name = name.replace(f"{folder}/", f"archive/of drop {drop}/")
                name = name.replace(f"quarantine/run{run}.", f"quarantine/of drop {drop}.")
            # An interrupted run may have left the same list; that stays, and does no harm.
            if not re.match(r"quarantine/run|\.derrick\.lock|energymobile\.db(\.lock)?$", name):
                state["files"].add((name, digest))
        return state

    # --- promises

    def moves(self, tree):
        """Whether the drop has begun to move into the archive."""
        return len(self.look_up(tree)[1]) == len(self.archived)

    def look(self, tree, fresh=False):
        """What must be true after any interruption. A drop that is `fresh` may be lost."""
        files = files_of(tree)
        facts, progress, stored = self.look_up(tree)
        archived = progress == self.archived
        lying = {digest: name for name, digest in files.items()
                 if name.startswith(FOLDERS) and not re.search(r"/\.[^/]*\.\d+\.\d+\.tmp$", name)}
        expect(facts in (self.old, self.new) or self.scenario.new and not facts,
               "the database holds neither the old state nor the new")
        expect(files.get(EXPORT) in self.exports, "the export is neither the old nor the new")
        for digest, name in lying.items():
            expect(digest in self.whole or fresh and name in self.inputs, f"'{name}' is not whole")
        for name, digest in self.before.items():
            expect(not name.startswith("archive/") or files.get(name) == digest,
                   f"'{name}', archived before, is lost")
            expect(not name.startswith("profile/") or digest in lying, f"'{name}', which was there, is lost")
        for name, digest in self.settled.items() if archived else ():
            expect(digest == files.get(name) if name.startswith("profile/") else digest in lying,
                   f"'{name}' is lost, though the ledger says that the drop is archived")
        for name, digest in self.inputs.items():
            if files.get(name) == digest:
                expect((name,) not in stored and not (archived and name.startswith("logs/")),
                       f"'{name}' is there again, although the ledger says that it is archived")
            elif not fresh:
                expect(facts == self.new, f"'{name}' left its place before its rows were there")
                expect(self.moves(tree), f"'{name}' left its place before the ledger knew where to")
                expect(files.get(EXPORT) == self.exports[1],
                       f"'{name}' left its place before the export was there")
                expect(digest in lying or self.packed.get(digest) in lying, f"'{name}' is lost")

    def judge(self, fresh=False):
        """Checks the workspace, runs again, and checks the result. A fresh drop is delivered again."""
        self.look(self.place.read(), fresh)
        if self.scenario.new:
            self.call([DERRICK, "init", self.place.ws], 0)
        if fresh:
            self.deliver()
        self.call(self.scenario.run(self.place.ws), 0, self.scenario.code)
        self.compare("the next run")
        said = self.call(self.scenario.run(self.place.ws), 0)
        expect("nothing new" in said or "nothing was changed" in said, f"the run after the next one does something:\n{said}")
        self.compare("the run after the next one")

    def compare(self, who):
        end = self.final_state(self.place.read())
        expect(end == self.end, f"{who} comes to another end\n{differences(self.end, end)}")

"""The runs that are interrupted: the state before, the delivery, and derrick's arguments."""

import os
import shutil
import subprocess
import zipfile

DERRICK = os.environ["DERRICK"]
READINGS = 5
SENSORS = ("PS1.txt", "TS1.txt")  # more would only be more of the same calls


def call(argv, env=None):
    """Exit code, and all output."""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, **(env or {})}, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def succeed(argv):
    code, said = call(argv)
    if code != 0:
        raise RuntimeError(f"{' '.join(argv)}: exit code {code}\n{said}")


class Scenario:
    """`before` makes what is there when the drop is delivered by `deliver`; both get the path of the
    workspace. `arguments` are those of the run, and `code` is its exit code when nothing cuts it off. `poor`
    are the words of poor.c. `new`: the workspace is made, and the drop delivered, while the power may go."""

    def __init__(self, name, deliver, before=None, arguments=(), code=0, poor=(), new=False):
        self.name = name
        self.deliver = deliver
        self.before = before
        self.arguments = arguments
        self.code = code
        self.poor = poor
        self.new = new

    def run(self, ws):
        """The command."""
        return [DERRICK, "run", "-C", ws, "--allow-missing", *self.arguments]

    def commands(self, ws):
        """All of them that may be interrupted."""
        return [[DERRICK, "init", ws], sampling(f"{ws}/logs"), self.run(ws)] if self.new else [self.run(ws)]


class Correction(Scenario):
    """A list of corrected cells is applied."""

    def run(self, ws):
        return [DERRICK, "quarantine", "apply", "-C", ws, f"{ws}/fixed.tsv"]


# --- drops ---------------------------------------------------------------------------------------


def sampling(folder, cohorts=2, seed=1):
    return [DERRICK, "sample", folder, "--readings", str(READINGS), "--cohorts", str(cohorts),
            "--seed", str(seed)]


def sample(folder, cohorts=2, seed=1):
    succeed(sampling(folder, cohorts, seed))
    for name in os.listdir(folder):
        if name not in (*SENSORS, "profile.txt"):
            os.remove(f"{folder}/{name}")


def together(cohorts=2, seed=1):
    """All in logs/."""
    return lambda ws: sample(f"{ws}/logs", cohorts, seed)


def apart(cohorts=2, seed=1):
    """The profile in profile/."""
    def deliver(ws):
        sample(f"{ws}/logs", cohorts, seed)
        shutil.move(f"{ws}/logs/profile.txt", f"{ws}/profile/profile.txt")
    return deliver


def zipped(ws):
    """The sensors in a zip, the profile beside it."""
    sample(f"{ws}/logs")
    with zipfile.ZipFile(f"{ws}/logs/delivery.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in SENSORS:
            with open(f"{ws}/logs/{name}", "rb") as file:
                archive.writestr(zipfile.ZipInfo(name), file.read())
            os.remove(f"{ws}/logs/{name}")


def half_loaded(ws):
    """One cohort of the drop is loaded, and not archived."""
    apart()(ws)
    succeed([DERRICK, "load", "-C", ws, "--allow-missing", *TWO, "--cohort", "1"])


def bad(ws):
    sample(f"{ws}/logs")
    with open(f"{ws}/logs/TS1.txt", "r+b") as file:
        file.write(b"x")


def fixes(ws):
    """Values for all cells in quarantine."""
    said = subprocess.run([DERRICK, "quarantine", "list", "-C", ws], stdout=subprocess.PIPE, check=True)
    header, *rows = said.stdout.decode().splitlines()
    with open(f"{ws}/fixed.tsv", "w", encoding="ascii") as file:
        print(header, *(f"{row}{10 + i / 2}" for i, row in enumerate(rows)), sep="\n", file=file)


# --- what is there before ------------------------------------------------------------------------


def other_profile(ws):
    """It makes room for the next one."""
    with open(f"{ws}/profile/profile.txt", "w", encoding="ascii") as file:
        file.write("20\t73\t2\t90\t1\n" * READINGS)


def loaded(cohorts=2, arguments=()):
    """A drop that is archived."""
    def before(ws):
        apart(cohorts)(ws)
        succeed([DERRICK, "run", "-C", ws, "--allow-missing", "--set", f"input.cohorts={cohorts}",
                 *arguments])
    return before


def quarantined(ws):
    """a drop that is archived, with two bad cells."""
    bad(ws)
    with open(f"{ws}/logs/PS1.txt", "r+b") as file:
        file.write(b"y")
    code, said = call([DERRICK, "run", "-C", ws, "--allow-missing", "--quarantine", *TWO])
    if code != 6:
        raise RuntimeError(said)
    fixes(ws)


# --- all -----------------------------------------------------------------------------------------

TWO = ("--set", "input.cohorts=2")
SAMPLES = ("--set", "input.columns=samples")
PARQUET = ("--set", "export.parquet=yes", "--set", "export.samples=parquet",
           "--set", "export.features=parquet")
ZSTD = ("--set", "archive.compress=zstd")

SCENARIOS = (
    Scenario("a drop in logs/, its profile in profile/", apart(), arguments=TWO),
    Scenario("the profile comes in logs/, another makes room", together(), other_profile, TWO),
    Scenario("compressed archive", apart(), arguments=TWO + ZSTD),
    Scenario("logs/ on another file system", together(), other_profile, TWO, poor=("APART",)),
    Scenario("a file system that can't rename with care", together(), other_profile, TWO,
             poor=("NO_FLAGS",)),
    Scenario("a file system without links", together(), other_profile, TWO,
             poor=("NO_FLAGS", "NO_LINKS")),
    Scenario("a zip in logs/, the profile beside it", zipped, arguments=TWO),
    Scenario("the same drop again", together(), loaded(), TWO),
    Scenario("two cohorts of three replaced", together(2, 7), loaded(3), TWO + ("--replace",)),
    Scenario("a second run, over the lines of the first", apart(1, 2), loaded(1, SAMPLES), SAMPLES),
    Scenario("a drop of which one cohort is loaded already", lambda _: None, half_loaded,
             TWO + ("--cohort", "2")),
    Scenario("cells in quarantine", bad, arguments=TWO + ("--quarantine",), code=6),
    Correction("cells in quarantine get their values", lambda _: None, quarantined),
    Scenario("Parquet of all kinds", apart(), arguments=TWO + PARQUET),
    Scenario("Parquet of all kinds, replaced", together(2, 7), loaded(3, PARQUET),
             TWO + ("--replace",) + PARQUET),
    Scenario("a new workspace", lambda ws: succeed(sampling(f"{ws}/logs")), arguments=TWO, new=True),
)

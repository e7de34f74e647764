"""A MariaDB server: derrick's rows compared with the server's own LOAD DATA of ready-made ones."""

import shutil

import drops
import find
from measure import Job, ratio

LOAD_DATA = """
SET NAMES utf8mb4;
SET @start = NOW(6);
START TRANSACTION;
LOAD DATA LOCAL INFILE '{rows}' INTO TABLE well_reading CHARACTER SET utf8mb4;
SET @end = NOW(6);
COMMIT;
SELECT CONCAT('rows ', TIMESTAMPDIFF(MICROSECOND, @start, @end) / 1000000);
"""


class Server:
    """A private server on a free port, in a folder of the bench."""

    def __init__(self, bench):
        self.bench = bench
        self.script = bench.root / "tests" / "live" / "mysql" / "server.sh"
        self.folder = bench.folder / "mariadb"
        self.url = f"mysql://root@/energymobile?socket={self.folder}/sock"
        self.rows = self.folder / "rows.tsv"

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.bench.call(self.script, "start", self.folder, "--innodb-buffer-pool-size=512M",
                        "--innodb-log-file-size=256M", "--secure-file-priv=")
        return self

    def __exit__(self, *_):
        self.bench.call(self.script, "kill", self.folder)
        shutil.rmtree(self.folder)

    def client(self, *options):
        return [self.script, "sql", self.folder, *options]

    def run(self, text, *options):
        """Runs SQL without measuring it."""
        job = Job("sql", self.client(*options), stdin=text)
        self.bench.once(job)

    def drop_database(self):
        self.run("DROP DATABASE IF EXISTS energymobile")

    def empty(self):
        if not self.rows.exists():
            self.run(f"SELECT * FROM well_reading INTO OUTFILE '{self.rows}'", "energymobile")
        self.run("TRUNCATE TABLE well_reading", "energymobile")


def run(bench):
    drop = drops.full(bench)
    bench.report.title("132,300 parsed rows into MariaDB (ratio to LOAD DATA)")
    found = find.program("mariadbd")
    if found.reason:
        bench.report.without("MariaDB", found.reason)
        return
    with Server(bench) as server:
        derrick = Job("derrick, rows", [bench.programs / "load_step", server.url, drop],
                      before=server.drop_database, seconds_of=lambda reported: reported["rows"])
        own = Job("LOAD DATA LOCAL INFILE, ready-made rows", server.client("--local-infile=1", "energymobile"),
                  before=server.empty, stdin=LOAD_DATA.format(rows=server.rows),
                  seconds_of=lambda reported: reported["rows"])
        whole = Job("derrick load, from the drop to the commit",
                    [bench.derrick, "-q", "--db", server.url, "load", drop], drops.size(drop),
                    server.drop_database)
        bench.alternate([derrick, own, whole])
    bench.report.row("server", own)
    bench.report.row("server", derrick, own)
    for name, text in (("read_back", "  and to read every row back and compare it"),
                       ("rest", "  and for ledger, hashes and commit")):
        times = sorted(sample["reported"][name] for sample in derrick.samples)
        bench.report.line(text, times[len(times) // 2])
    bench.report.row("server", whole, own)
    bench.report.bound("MariaDB load/LOAD DATA", ratio(derrick, own), most=1.2)

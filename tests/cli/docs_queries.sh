# The queries in docs/ run on a database of derrick's. Statements for a server's administrator do not.
. "$TESTS/cli/lib.sh"
needs python3 sqlite3
new_workspace ws 60
sample ws/logs 24 60
derrick -C ws -q run >/dev/null
python3 - "$TESTS/../docs" <<'END'
import pathlib, re, subprocess, sys

for page in sorted(pathlib.Path(sys.argv[1]).glob("*.md")):
    for block in re.findall(r"^```sql\n(.*?)^```", page.read_text(), re.M | re.S):
        for statement in re.sub(r"--.*", "", block).split(";"):
            if statement.strip().startswith("SELECT"):
                query = subprocess.run(["sqlite3", "ws/energymobile.db", statement], capture_output=True,
                                       text=True)
                print(page.name, "rows" if query.stdout else query.stderr or "no row")
END

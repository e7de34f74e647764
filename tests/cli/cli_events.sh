# Every event that the commands print is as docs/events.md says, and everything there but what needs an S3
# server is printed by some command here.
. "$TESTS/cli/lib.sh"
needs python3
note() { "$DERRICK" --json --progress always "$@" >>../events.json 2>>../stderr.txt || true; }
sample drop 3 2
mkdir w
cd w
note init
sed -i 's/^cohorts = .*/cohorts = 2/' derrick.ini
note init
note status
note run
note status --runs
note archive
note load ../drop
note load ../drop --dry-run
note status
note load ../drop
note export
note export --format sensors -o sensors
note report -o report.html
note check ../drop
note check --allow-missing ../drop
note check --database
note check
note convert ../drop -o one.csv
note sample made --readings 3 --cohorts 1
note config
note doctor
note status --check
cp -r ../drop ../bad
sed -i '2s/^[^\t]*/x/' ../bad/TS1.txt
rm ../bad/TS2.txt
note check ../bad
note check --quarantine --allow-missing ../bad
note load --replace --cohort 1 --quarantine --allow-missing ../bad
note archive
note quarantine list
note status
printf 'rig\tcohort\tsensor\tline\tcolumn\tvalue\ntexas-1\t1\tTS1\t2\t1\t40\n' >fixed.tsv
note quarantine apply fixed.tsv
note trace texas-1 1 2
note load ../none
note load --frobnicate
note rnu
note export --cohort 7 -o none.csv
note status --set s3.url=s3://well-sensor-logs
note status --set export.samples=parquet
note status --db sqlite:none.db
DERRICK_NONSENSE=1 note config
printf '[rig]\nsite = a b\n' >wrong.ini
note config --config wrong.ini
cp -r ../drop $'../caf\xe9'
note load $'../caf\xe9'
cp ../drop/* logs
note status
note run
note run
note -v status
note unload --cohort 1 --yes
note unload --cohort 1 --yes
mv energymobile.db lost.db
note init --rebuild
mkdir logs/none
touch logs/PS1.txt.part
note status
note run
cat ../stderr.txt
python3 - "$TESTS/../docs/events.md" ../events.json <<'END'
import json, re, sys
types = {"text": str, "number": int, "flag": bool, "list": list}
every, known, seen = {}, {}, set()
for line in open(sys.argv[1], encoding="utf-8"):
    row = [cell.strip().strip("`") for cell in line.split("|")[1:-1]]
    if len(row) == 3 and row[1].rstrip("?") in types:
        every[row[0]] = row[1]
    elif len(row) == 4 and row[2].rstrip("?") in types:
        known.setdefault(row[0], {})[row[1]] = row[2]
assert len(every) == 5 and len(known) > 20, (every, known)

def check(event, name, kind, value):
    if value is None:
        assert kind.endswith("?"), f"{name} is null: {event}"
    else:
        assert type(value) is types[kind.rstrip("?")], f"{name} is no {kind}: {event}"

for line in open(sys.argv[2], encoding="utf-8"):
    event = json.loads(line)
    fields = known.get(event["event"])
    assert fields, f"docs/events.md has no event '{event['event']}'"
    for name, kind in every.items():
        check(event, name, kind, event[name])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["time"]), event
    assert event["level"] in ("debug", "info", "notice", "warning", "error"), event
    for name, kind in fields.items():
        bare = name.rstrip("?")
        assert bare in event or name.endswith("?"), f"no {bare}: {event}"
        if bare in event:
            check(event, bare, kind, event[bare])
            seen.add((event["event"], bare))
    extra = set(event) - {name.rstrip("?") for name in fields} - set(every)
    assert not extra, f"docs/events.md does not know {extra}: {event}"
for name, fields in known.items():
    for field in fields:
        if (name, field.rstrip("?")) not in seen:
            print("not printed here:", name, field)
END

# With --json each command prints events, one per line; all of them go to stdout, which contains
# everything.
. "$TESTS/cli/lib.sh"
needs python3
# speak COMMAND...: appends the lines of the command to all.txt, for the program at the end.
speak() {
    local code=0
    printf '$ derrick' >>all.txt
    printf ' %q' "$@" >>all.txt
    echo >>all.txt
    "$DERRICK" --json "$@" >out.txt 2>err.txt || code=$?
    sed 's/^/out /' out.txt >>all.txt
    sed 's/^/err /' err.txt >>all.txt
    [ "$code" -eq 0 ] || echo "exit code $code" >>all.txt
}
sample drop 3 2
mkdir w
cd w
speak init .
sed -i 's/^cohorts = .*/cohorts = 2/' derrick.ini
speak init .
speak status
speak run
speak sample made --readings 3 --cohorts 2
speak check ../drop
speak convert ../drop -o one.csv
speak load ../drop
speak load ../drop
speak status
speak export
speak export --format sagemaker --label cooler -o two.csv
speak archive
cp -r ../drop ../bad
sed -i '2s/^[^\t]*/x/' ../bad/TS1.txt
speak check ../bad
speak convert ../bad --quarantine -o three.csv
cp ../drop/* logs
speak run
speak run
cp ../drop/* logs
speak watch --once --settle 0 --interval 0
speak load ../drop --sample mean
speak export --cohort 7 -o none.csv
speak upload
speak status --db sqlite:none.db
speak frobnicate
speak load --frobnicate
speak check ../none
# A name that is not valid UTF-8 does not break a line.
cp -r ../drop $'../caf\xe9'
speak check $'../caf\xe9'
speak load $'../caf\xe9'
speak convert $'../caf\xe9' -o $'\xe9.csv'
speak check $'../none\xe9'
speak sample $'more\xe9' --readings 1 --cohorts 1
speak status
python3 - <<'END'
import json
last = None
for line in open("all.txt", "rb"):
    stream, space, text = line.partition(b" ")
    if stream not in (b"out", b"err"):
        print(line.decode().rstrip())
        continue
    event = json.loads(text)
    for key in ("time", "level", "run_id", "rig"):
        assert key in event, event
    for key in ("time", "run_id"):
        del event[key]
    prefix = "stderr: " if stream == b"err" else ""
    shown = " ".join([prefix + event.pop("event"), event.pop("level") + ":", *sorted(event)])
    if shown != last:  # one line per sensor, all alike
        print(shown)
    last = shown
END
# The fields that a machine needs.
"$DERRICK" --json check ../bad 2>&1 | python3 -c '
import json, sys
problem, error = map(json.loads, sys.stdin)
print(problem["file"], problem["line"], problem["column"], problem["byte_offset"], problem["text"])
print(error["status"], error["exit_code"], error["message"])'

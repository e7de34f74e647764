# The output of check, for people and for machines: each line of --json is one event, on stdout.
. "$TESTS/cli/lib.sh"
needs python3
new_traps
# The exit code and the two streams, each kept as text and shown at the end.
check() {
    local code=0
    echo "\$ derrick --json check drop $*"
    derrick --json check drop --cohorts 2 "$@" >out.json 2>err.json || code=$?
    sed 's/^/stdout /' out.json
    sed 's/^/stderr /' err.json
    echo "exit code $code"
}
said() {
    spoil "good" true
    check
    spoil "habits" "sed -i 's/\$/\r/' TS1.txt SE.txt; echo x >PS1.bak"
    check
    check -q
    spoil "bad" "put TS1.txt 2 2 'a\"b\\\\\\\\c\x01\xe9'; sed -i '2s/\t.*//' SE.txt; sed -i 3d VS1.txt; put profile.txt 1 1 4"
    check
    check -q
    spoil "quarantine" "put TS1.txt 2 2 NaN"
    check --quarantine
    spoil "missing" "rm TS1.txt"
    check
    check --allow-missing
    spoil "two files" "cp TS1.txt ts1.txt"
    check
    spoil "nothing" "rm *"
    check
}
said | python3 -c '
import json, sys
for line in sys.stdin:
    stream, space, text = line.rstrip("\n").partition(" ")
    if stream in ("stdout", "stderr"):
        event = json.loads(text)
        if event["event"] == "quality" and event["sensor"] not in ("TS1", "SE"):
            continue
        del event["time"], event["run_id"], event["rig"]
        text = ", ".join(f"{key}={value!r}" for key, value in event.items())
    print(stream + space + text)
'
spoil "quiet" true
show derrick -q check drop --cohorts 2

#!/usr/bin/env bash
# timeout: 300
# A server that answers without an end, or too slowly to be of use: derrick gives up with exit code 4,
# says which limit was reached, and stays below 128 MB.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/mysql/lib.sh"

derrick sample drop --readings 60 --cohorts 8 >/dev/null
start_server db
make_users db
derrick init ws >/dev/null
derrick -C ws --set input.cohorts=8 --db "$(url db)" init >/dev/null
derrick -C ws --set input.cohorts=8 --db "$(url db)" load "$PWD/drop" >/dev/null

# Runs a command, and fails if it took more than 128 MB.
lean() {
    python3 -c '
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], check=False).returncode
peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
if peak_kb > 128 * 1024:
    print("peak of", peak_kb, "KB", file=sys.stderr)
    code = 99
sys.exit(code)' "$@"
}
against() { # HOW ARM PATTERN COMMAND...
    local how=$1 arm=$2 pattern=$3 hostile code=0
    shift 3
    rm -f hostile.port
    "$TESTS/live/mysql/hostile.py" hostile.port "$(cat db/port)" "$how" "$arm" &
    hostile=$!
    until [ -f hostile.port ]; do sleep 0.05; done
    (fails_with 4 "$pattern" lean "$DERRICK" -C ws --set input.cohorts=8 \
        --set database.connect_timeout_s=2 \
        --db "mysql://maker@127.0.0.1:$(cat hostile.port)/energymobile" "$@") || code=$?
    kill "$hostile"
    wait "$hostile" 2>/dev/null || true
    return "$code"
}

check "rows of a list without an end" \
    against rows "FROM cohorts c JOIN wells w" "sent more than any answer" status
check "rows of a series without an end" \
    against rows "AND reading BETWEEN" "is missing" export -o got.csv
check "rows of a plain query without an end" \
    against rows "SELECT @@max_allowed_packet" "sent more than any answer" status
check "columns of a prepared statement without an end" \
    against columns "FROM cohorts c JOIN wells w" "sent more than any answer" status
check "columns of a plain query without an end" \
    against columns "SELECT @@max_allowed_packet" "sent more than any answer" status
check "results of a plain query without an end" \
    against results "SET SESSION sql_big_selects" "sent more than any answer" status
check "packets without an end" \
    against packets "SELECT @@max_allowed_packet" "max_allowed_packet|sent more than|lost" status
check "packets without an end, to a prepared statement" \
    against packets "FROM cohorts c JOIN wells w" "max_allowed_packet|sent more than|lost" status
check "a greeting that comes byte by byte" against greeting - "lost|gave up|no server" status
check "a row per second" \
    against slow "FROM cohorts c JOIN wells w" "less than 1 KiB/s" status
finish

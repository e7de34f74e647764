# Helpers for the tests of the real program in tests/cli, tests/real and tests/live. Include them with
#
#     . "$TESTS/cli/lib.sh"
#
# A golden test is a script tests/cli/<case>.sh. It runs under `bash -eu` in an empty folder of its
# own, which is also its HOME and is removed afterwards. Its output is compared with
#
#     <case>.stdout, <case>.stderr            byte by byte; a missing file means "nothing"
#     <case>.stdout.glob, <case>.stderr.glob  instead, for output that varies: * matches any
#                                             characters of a line, ? matches one
#     <case>.exit                             the exit code, if not 0
#
# Both streams show the path of the folder as SCRATCH. `tests/run --refresh -k <case> build/test=cli`
# writes the actual output to the expected files: read the difference before you commit it.
#
# The environment contains only PATH, LC_ALL=C, TZ=UTC and
#
#     DERRICK  the program                  TESTS  the folder tests/
#     DATA     the folder tests/cli/data    BUILD  the build tree
#
# so no AWS or derrick settings of the caller reach a test. In tests/real and tests/live it also
# contains DERRICK_TEST_REAL_DATA, if the real data is available. A test that can't run on this machine
# ends with `skip "why"`. A comment "# timeout: 600" near the top allows more than 300 seconds, and
# "# alone" runs the test with no other test in parallel.

# The program, under its usual name.
derrick() {
    "$DERRICK" "$@"
}

# Ends the test as skipped, with a reason.
skip() {
    echo "$*"
    exit 77
}

# Skips the test unless all the commands are installed.
needs() {
    local command
    for command in "$@"; do
        command -v "$command" >/dev/null || skip "no '$command' on this machine"
    done
}

# Skips the test unless everything was asked for, as .ci/run does: it takes long or needs the network.
needs_all_tests() {
    [ "${DERRICK_TEST_ALL:-}" = 1 ] || skip "only with DERRICK_TEST_ALL=1"
}

# Fails the test with a reason.
fail() {
    echo "$*" >&2
    exit 1
}

# Prints a command, its output, and its exit code if that is not 0. An expected stdout of such
# commands reads like a session.
show() {
    local code=0
    echo "\$ $*"
    "$@" 2>&1 || code=$?
    [ "$code" -eq 0 ] || echo "exit code $code"
}

# Filters out what varies with the day and the machine: days of runs, times, versions.
steady() {
    sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}-run/DAY-run/g; s/sqlite [0-9.]+([)"])/sqlite VERSION\1/
        s/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} UTC/NOW UTC/; s/ on [0-9]{4}-[0-9]{2}-[0-9]{2}$/ on DAY/
        s/(no profile: using .* of) [0-9-]{10}$/\1 DAY/
        s/(overdue by|ends in) [0-9,]+ days?/\1 N days/; s/"overdue_days":[0-9]+/"overdue_days":N/
        s/"(time|started|done_at|loaded_at)":"[^"]*"/"\1":"NOW"/g'
}

# Creates a workspace for drops of COHORTS cohorts: new_workspace DIR COHORTS. For one cohort it sets
# columns = samples: the first drop is cohort 1, the next one cohort 2.
new_workspace() {
    derrick init -q "$1" >/dev/null
    sed -i "s/^cohorts = .*/cohorts = $2/" "$1/derrick.ini"
    [ "$2" -ne 1 ] || sed -i "s/^columns = .*/columns = samples/" "$1/derrick.ini"
}

# Writes a synthetic drop: sample DIR READINGS COHORTS [SEED]
sample() {
    derrick sample "$1" --readings "$2" --cohorts "$3" --seed "${4:-1}" >/dev/null
}

# --- a drop to spoil: tests of input_* -------------------------------------------------------------
#
# new_traps makes `good`, a drop of three readings and two cohorts, its CSV, and a workspace `ws`.
# Each function below spoils a fresh copy of it, `drop`, with shell code that runs in that folder.

new_traps() {
    needs sqlite3
    new_workspace ws 2
    sample good 3 2
    derrick convert good --cohorts 2 -o good.csv >/dev/null
}

# Replaces a cell by TEXT: put FILE ROW COLUMN TEXT. Rows and columns count from 1. sed interprets
# the text: \x00 is a NUL byte.
put() {
    sed -i "$2s|[^\t]*|$4|$3" "$1"
}

spoil() {
    echo "- $1"
    rm -rf drop
    cp -r good drop
    (cd drop && eval "$2")
}

# Checks that the database of a workspace holds no row of any drop.
expect_nothing_loaded() {
    local held
    held=$(for table in wells profile_sets well_profile well_reading drops files cohorts; do
        echo "SELECT '$table' FROM $table LIMIT 1;"
    done | sqlite3 "$1/energymobile.db")
    [ -z "$held" ] || fail "there are rows in: $held"
}

# Checks that the drop is refused with exit code 3 and not loaded: refused WHAT CODE [OPTION...]
refused() {
    spoil "$1" "$2"
    expect_exit 3 derrick -C ws load "$PWD/drop" "${@:3}" 2>&1
    expect_nothing_loaded ws
}

# Checks that the drop is accepted, prints its notices, and compares its CSV with that of the good
# one: accepted WHAT CODE [OPTION...]
accepted() {
    spoil "$1" "$2"
    derrick convert drop --cohorts 2 -o got.csv "${@:3}" 2>&1 >/dev/null
    expect_same got.csv good.csv
}

# Fails the test unless both texts are the same: equals EXPECTED ACTUAL
equals() {
    [ "$1" = "$2" ] || fail "expected '$1', got '$2'"
}

# expect_exit CODE COMMAND...: runs a command that must end with this exit code.
expect_exit() {
    local expected=$1 code=0
    shift
    "$@" || code=$?
    [ "$code" -eq "$expected" ] || fail "exit code $code instead of $expected: $*"
}

# expect_same FILE FILE: both files must have the same bytes.
expect_same() {
    cmp -- "$1" "$2" || fail "'$1' and '$2' differ"
}

# in_comma_locale PROGRAM ARGUMENT...: runs it in a locale with a decimal comma. The function builds
# the locale (a small one: UTF-8 takes seconds); without the sources of locales the test is skipped.
in_comma_locale() {
    if [ ! -d "$HOME/.locale" ]; then
        needs localedef
        mkdir "$HOME/.locale"
        localedef -i de_DE -f ISO-8859-1 "$HOME/.locale/de_DE.ISO-8859-1" >/dev/null 2>&1 ||
            skip "no sources of locales on this machine"
    fi
    # With LOCPATH the C library itself leaks a few bytes.
    env LOCPATH="$HOME/.locale" LC_ALL=de_DE.ISO-8859-1 \
        ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" "$@"
}

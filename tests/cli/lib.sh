# Help for the tests of the real program: tests/cli, tests/real and tests/live read it by
#
#     . "$TESTS/cli/lib.sh"
#
# A golden test is a script tests/cli/<case>.sh. It runs under `bash -eu` in an empty folder of its
# own, which is its HOME too, and is removed afterwards. What it prints is compared with
#
#     <case>.stdout, <case>.stderr            to the byte; a file that is not there means "nothing"
#     <case>.stdout.glob, <case>.stderr.glob  instead, where output varies: * stands for any
#                                             characters of a line, ? for one
#     <case>.exit                             the exit code, if not 0
#
# The folder's own path reads SCRATCH in both streams. `tests/run --refresh -k <case> build/test=cli`
# writes what is expected from what happened: read the difference before you commit it.
#
# The environment is empty but for PATH, LC_ALL=C, TZ=UTC and
#
#     DERRICK  the program                  TESTS  the folder tests/
#     DATA     the folder tests/cli/data    BUILD  the build tree
#
# so nothing of the caller's AWS or derrick settings reaches a test. In tests/real and tests/live
# there is DERRICK_REAL_DATA besides, if the real data is there. A test that cannot run here ends by
# `skip "why"`. A comment "# timeout: 600" near the top allows for more than 300 seconds, and
# "# alone" has the test run with no other beside it.

# The program, under the name that people type.
derrick() {
    "$DERRICK" "$@"
}

# Ends the test as skipped, for a reason.
skip() {
    echo "$*"
    exit 77
}

# Skips the test unless all the commands are there.
needs() {
    local command
    for command in "$@"; do
        command -v "$command" >/dev/null || skip "no '$command' on this machine"
    done
}

# Fails the test, saying why.
fail() {
    echo "$*" >&2
    exit 1
}

# Shows a command, all that it says, and how it ended if not well. An expected stdout made of these reads
# like a session.
show() {
    local code=0
    echo "\$ $*"
    "$@" 2>&1 || code=$?
    [ "$code" -eq 0 ] || echo "exit code $code"
}

# A filter for what varies with the day and the machine: days of runs, times, versions.
steady() {
    sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}-run/DAY-run/g; s/sqlite [0-9.]+([)"])/sqlite VERSION\1/
        s/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} UTC/NOW UTC/; s/ on [0-9]{4}-[0-9]{2}-[0-9]{2}$/ on DAY/
        s/(no profile: using .* of) [0-9-]{10}$/\1 DAY/
        s/"(time|started|done_at|loaded_at)":"[^"]*"/"\1":"NOW"/g'
}

# A workspace in the folder, for drops of COHORTS cohorts: new_workspace DIR COHORTS
# With one it has columns = samples: the first drop is cohort 1, the next one cohort 2.
new_workspace() {
    derrick init -q "$1" >/dev/null
    sed -i "s/^cohorts = .*/cohorts = $2/" "$1/derrick.ini"
    [ "$2" -ne 1 ] || sed -i "s/^columns = .*/columns = samples/" "$1/derrick.ini"
}

# A drop, made up: sample DIR READINGS COHORTS [SEED]
sample() {
    derrick sample "$1" --readings "$2" --cohorts "$3" --seed "${4:-1}" >/dev/null
}

# --- a drop to spoil: tests of input_* -------------------------------------------------------------
#
# new_traps makes `good`, a drop of three readings and two cohorts, its CSV, and a workspace `ws`.
# Each trap below spoils a fresh copy of it, `drop`, by shell code that runs in there.

new_traps() {
    needs sqlite3
    new_workspace ws 2
    sample good 3 2
    derrick convert good --cohorts 2 -o good.csv >/dev/null
}

# Puts TEXT in the place of a cell, both counted from 1: put FILE ROW COLUMN TEXT. The text is for
# sed: \x00 is a NUL byte.
put() {
    sed -i "$2s|[^\t]*|$4|$3" "$1"
}

spoil() {
    echo "- $1"
    rm -rf drop
    cp -r good drop
    (cd drop && eval "$2")
}

# The database of a workspace holds no row of any drop.
expect_nothing_loaded() {
    local held
    held=$(for table in wells profile_sets well_profile well_reading drops files cohorts; do
        echo "SELECT '$table' FROM $table LIMIT 1;"
    done | sqlite3 "$1/energymobile.db")
    [ -z "$held" ] || fail "there are rows in: $held"
}

# The drop is refused with exit code 3, and nothing of it is loaded: refused WHAT CODE [OPTION...]
refused() {
    spoil "$1" "$2"
    expect_exit 3 derrick -C ws load "$PWD/drop" "${@:3}" 2>&1
    expect_nothing_loaded ws
}

# The drop is taken, told with what notice, and its CSV is that of the good one:
# accepted WHAT CODE [OPTION...]
accepted() {
    spoil "$1" "$2"
    derrick convert drop --cohorts 2 -o got.csv "${@:3}" 2>&1 >/dev/null
    expect_same got.csv good.csv
}

# expect_exit CODE COMMAND...: runs a command that must end with that exit code.
expect_exit() {
    local expected=$1 code=0
    shift
    "$@" || code=$?
    [ "$code" -eq "$expected" ] || fail "exit code $code instead of $expected: $*"
}

# expect_same FILE FILE: both hold the same bytes.
expect_same() {
    cmp -- "$1" "$2" || fail "'$1' and '$2' differ"
}

# in_comma_locale PROGRAM ARGUMENT...: runs it where the decimal point is a comma. The locale is made
# on the spot (a small one: UTF-8 takes seconds); a machine without the sources of locales skips the test.
in_comma_locale() {
    if [ ! -d "$HOME/.locale" ]; then
        needs localedef
        mkdir "$HOME/.locale"
        localedef -i de_DE -f ISO-8859-1 "$HOME/.locale/de_DE.ISO-8859-1" >/dev/null 2>&1 ||
            skip "no sources of locales on this machine"
    fi
    # The C library itself loses a few bytes where LOCPATH is set, which is no leak of ours.
    env LOCPATH="$HOME/.locale" LC_ALL=de_DE.ISO-8859-1 \
        ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" "$@"
}

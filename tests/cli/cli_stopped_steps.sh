# Ctrl-C at every step says what is true there, ends with exit code 130, and the next run finishes.
. "$TESTS/cli/lib.sh"
needs sqlite3
sample drop 24 12
stop() { # STEP COMMAND...
    echo "- $1"
    DERRICK_TEST_STOP="$1" show derrick "${@:2}"
}
workspace() {
    rm -rf ws
    new_workspace ws 12
    cp -r drop ws/logs/
}
workspace
derrick -C ws run >/dev/null 2>&1
cp ws/aws_s3/oil-well-data-all-historical.csv good.csv
for step in read load verify compare export archive; do
    workspace
    if [ "$step" = compare ]; then # of a database that something else has written to
        derrick -C ws load -q >/dev/null
        sqlite3 ws/energymobile.db VACUUM
    fi
    stop "$step" -C ws run
    case $step in
    read | load | verify) expect_nothing_loaded ws ;;
    esac
    derrick -C ws status | grep -o 'run  *interrupted'
    derrick -C ws run >/dev/null 2>&1
    expect_same ws/aws_s3/oil-well-data-all-historical.csv good.csv
    [ "$(cd ws && echo archive/*/TS1.txt)" != 'archive/*/TS1.txt' ] || fail "not archived"
done
rm ws/energymobile.db
stop rebuild -C ws init --rebuild
derrick -C ws init --rebuild 2>&1 | grep rebuilt

stop read -C ws check "$PWD/drop"
stop read -C ws load "$PWD/drop"
stop export -C ws export -o "$PWD/out.csv"
stop read convert drop --cohorts 12 -o out.csv
stop sample sample other
workspace
derrick -C ws load -q >/dev/null # the first of two deliveries, which is not archived yet
cp -r drop ws/logs/q2
sed -i 's/^./1/' ws/logs/q2/TS1.txt
stop read -C ws run | steady
workspace
stop load -C ws watch --settle 0 --interval 0
[ ! -e out.csv ] || fail "half a CSV"

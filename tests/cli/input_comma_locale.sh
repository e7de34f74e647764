# In a locale with a decimal comma, files and exports still have points.
. "$TESTS/cli/lib.sh"
new_traps
run_there() {
    in_comma_locale "$DERRICK" "$@"
}
in_comma_locale env printf '%.1f\n' 1,5
run_there convert good --cohorts 2 -o there.csv
expect_same there.csv good.csv
run_there convert good --cohorts 2 --sample mean -o there.csv
derrick convert good --cohorts 2 --sample mean -o here.csv
expect_same there.csv here.csv
run_there -C ws load "$PWD/good"
run_there -C ws export -o "$PWD/there.csv"
expect_same there.csv good.csv
spoil "a decimal comma is refused there, too" "put TS1.txt 2 2 1,5"
expect_exit 3 run_there check drop --cohorts 2 2>&1

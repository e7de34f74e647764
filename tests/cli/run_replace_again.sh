# While a drop waits to be archived, another one replaces some of its cohorts: run resumes from
# there, and with --replace restores all of them.
. "$TESTS/cli/lib.sh"
new_workspace . 2
sample first 3 2
sample second 3 1 2
derrick -q convert first --cohorts 2 -o first.csv >/dev/null
derrick -q convert second --cohort 1 -o second.csv >/dev/null
cp first/* logs
derrick -q load >/dev/null
derrick -q load --replace --cohort 1 "$PWD/second" >/dev/null
derrick -q export -o - | head -n 4 | cmp - second.csv
show derrick run --replace | steady
derrick -q export -o - | cmp - first.csv
(cd archive/*-run3 && sha256sum --quiet -c manifest.sha256)
ls logs | wc -l

# Without --replace, the replacement stays.
sample logs 3 2 3
derrick -q load --replace >/dev/null
derrick -q load --replace --cohort 1 "$PWD/second" >/dev/null
show derrick run | steady
derrick -q export -o - | head -n 4 | cmp - second.csv

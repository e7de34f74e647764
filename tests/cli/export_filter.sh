# --cohort and --rig select a part of the loaded data; if nothing is left, derrick writes nothing,
# not even a header.
. "$TESTS/cli/lib.sh"
new_workspace . 3
sample drop 2 3
derrick load drop >/dev/null
sample second 2 1 2
derrick load -q second --columns samples --cohort 2 --set rig.well=2 >/dev/null
rows() {
    derrick export -o - "$@" | tail -n +2 | cut -d, -f1-3
}
rows
echo "== cohort 2"
rows --cohort 2
echo "== cohorts 2 to 3 of texas-1"
rows --cohort 2-3 --rig texas-1
for options in "--cohort 99" "--cohort 4-99" "--rig texas-3" "--rig texas-2 --cohort 1" "--cohort 3-1" \
    "--rig texas"; do
    for layout in historical template "sagemaker --label cooler"; do
        # shellcheck disable=SC2086 # lists of options
        derrick export $options --format $layout -o - 2>err.txt | wc -c
    done
    cat err.txt
    # shellcheck disable=SC2086
    expect_exit 2 derrick export $options -o none.csv 2>/dev/null
    # shellcheck disable=SC2086
    expect_exit 2 derrick export $options --format sensors -o none 2>/dev/null
done
find . -name 'none*'
derrick init -q empty >/dev/null
show derrick -C empty export -o -
show derrick -C empty export --cohort 1 -o -

echo "- the rigs of a site"
show derrick export --site texas -o site.csv
cut -d, -f1,2 site.csv | sort | uniq -c
show derrick export --site nowhere -o none.csv
show derrick export --site 'no site' -o none.csv
show derrick export --site texas --rig texas-1 -o none.csv

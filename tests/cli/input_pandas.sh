# A table that pandas writes by default, with a header and an index, is recognised as such.
. "$TESTS/cli/lib.sh"
needs python3
new_traps
cat >pandas.py <<'PY'
"""Writes files as DataFrame.to_csv does: pandas.py SEPARATOR NAMES FILE... (NAMES "": 0, 1, 2, ...)"""
import sys
separator, names, *paths = sys.argv[1:]
for path in paths:
    rows = [line.rstrip("\n").split("\t") for line in open(path)]
    header = names.split() or [str(column) for column in range(len(rows[0]))]
    with open(path, "w") as file:
        for first, row in [("", header), *((str(index), row) for index, row in enumerate(rows))]:
            print(first, *row, sep=separator, file=file)
PY
pandas="python3 ../pandas.py"
tab=$(printf '\t')
refused "by default" "$pandas , '' PS1.txt"
refused "with tabs" "$pandas '$tab' '' PS1.txt"
refused "two columns" "$pandas , '' TS1.txt"
refused "two columns with tabs" "$pandas '$tab' '' TS1.txt"
refused "names" "$pandas , 'one two' TS1.txt"
refused "names with tabs" "$pandas '$tab' 'one two' TS1.txt"
refused "CR LF" "$pandas '$tab' '' TS1.txt; sed -i 's/$/\r/' TS1.txt"
refused "the profile" "$pandas , '' profile.txt"
refused "all files" "$pandas , '' *.txt"
echo "- of a drop of one cohort"
derrick sample one --readings 3 --cohorts 1 --seed 1 >/dev/null
for separator in , "$tab"; do
    rm -rf drop
    cp -r one drop
    python3 pandas.py "$separator" "" drop/*.txt
    expect_exit 3 derrick check drop 2>&1 | head -n 2
done
refused "a first cell that is missing is not an index" "printf '\t0\n0\t1\n0\t2\n' >TS1.txt"

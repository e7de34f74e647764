# Splits into training, validation and test: whole condition blocks over all cohorts, the same readings in
# every format, from a drop and from the database; a new cohort moves no reading.
. "$TESTS/cli/lib.sh"
needs python3
derrick sample whole --cohorts 1 >/dev/null
# The real number of readings, but two cohorts of three sensors.
mkdir drop
cp whole/profile.txt drop
for name in CE TS1 VS1; do paste whole/$name.txt whole/$name.txt >drop/$name.txt; done
one="--cohorts 2 --allow-missing -q"
# shellcheck disable=SC2086 # a list of options
{
    show derrick convert drop $one --format features --split 70/15/15 -o features
    show derrick convert drop $one --format parquet --split 70/15/15 -o parquet
    show derrick convert drop $one --format sagemaker --label valve --split 70/15/15 -o sagemaker
    show derrick convert drop $one --format sagemaker --label pump --split 60/20/20 --seed 5 --split-by pump -o by-pump
    show derrick convert drop $one --format sagemaker --label cooler --split 60/20/20 --split-by cooler -o by-cooler
}
find features parquet sagemaker -type f | sort
ls by-cooler 2>/dev/null || true
cat sagemaker/split.json
cmp features/split.json parquet/split.json
head -n 3 features/dictionary.csv sagemaker/dictionary.csv
wc -l sagemaker/*/part-0.csv | sed 's/^ *//'
echo '- the same again, with other threads, and from one cohort only'
# shellcheck disable=SC2086
for threads in 1 3; do
    derrick convert drop $one --format parquet --split 70/15/15 -o again --threads $threads >/dev/null
    diff -r again parquet
    derrick convert drop $one --format sagemaker --label valve --split 70/15/15 --seed 1 -o again-csv --threads $threads >/dev/null
    diff -r again-csv sagemaker
done
# shellcheck disable=SC2086
derrick convert drop $one --cohort 1 --format sagemaker --label valve --split 70/15/15 -o first >/dev/null
for part in train validation test; do
    # The rows of the first cohort are the first half of those of two.
    head -n "$(wc -l <first/$part/part-0.csv)" sagemaker/$part/part-0.csv | cmp - first/$part/part-0.csv
done
# Together they are all rows.
# shellcheck disable=SC2086
derrick convert drop $one --format sagemaker --label valve -o all.csv >/dev/null
cat sagemaker/*/part-0.csv | sort | cmp - <(sort all.csv)
# Whole blocks, as the oracle counts them; runs and those that are cut.
python3 - drop/profile.txt sagemaker/split.json <<'END'
import json, sys
profile = [line.split() for line in open(sys.argv[1])]
split = json.load(open(sys.argv[2]))
parts = {}
for name in ("train", "validation", "test"):
    rows = [line.split(",")[0] for line in open(f"sagemaker/{name}/part-0.csv")]
    counts = split["parts"][name]["classes"]["valve_condition"]
    codes = sorted(counts, key=int)
    assert [rows.count(str(place)) for place in range(4)] == [counts[code] for code in codes]
    assert split["parts"][name]["rows"] == len(rows)
for place, label in enumerate(split["labels"]):
    values = [row[place] for row in profile]
    runs = sum(row == 0 or value != values[row - 1] for row, value in enumerate(values))
    assert split["labels"][label]["runs"] == runs, label
END
echo '- from the database'
new_workspace ws 2
derrick -q -C ws load drop --allow-missing >/dev/null
show derrick -q -C ws export --format parquet --split 70/15/15 -o from-database
diff -r from-database parquet
show derrick -q -C ws export --format sagemaker --label valve --split 70/15/15 -o from-database.d
diff -r from-database.d sagemaker
echo '- refused'
for options in '--split 70/15/16 -o x' '--split 70/15/15' '--split 70/15/15 -o x.csv' '--split 70/15/15 -o x.parquet' \
    '--split 70/15/15 -o -' '--seed 3 -o x' '--split-by pump -o x' '--split 70/15/15 --split-by stable -o x'; do
    # shellcheck disable=SC2086
    show derrick convert drop $one --format features $options
done
# shellcheck disable=SC2086
show derrick convert drop $one --split 70/15/15 -o x
# shellcheck disable=SC2086
show derrick convert drop $one --format sensors --split 70/15/15 -o x
ls -d x* 2>/dev/null || echo 'nothing is there'

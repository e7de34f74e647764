# export.samples and export.features: a run writes the files of the cohorts that it loads into aws_s3/,
# from the parse of the load; the ledger has them, and stale ones are removed. They have the bytes that
# convert writes. Turned on later, status names the command that makes them.
. "$TESTS/cli/lib.sh"
needs sqlite3 python3
ledger() {
    sqlite3 energymobile.db "SELECT layout, count(*), sum(row_total) FROM publications GROUP BY 1 ORDER BY 1"
}
files() {
    find aws_s3 -name '*.parquet' | sort
}
# As the ledger says, and as convert writes it.
compare() {
    sqlite3 -separator '  ' energymobile.db "SELECT hash, target FROM publications WHERE target LIKE '%/part-0%'" |
        sha256sum -c --quiet
    rm -rf expected
    derrick convert -q "$1" --format samples -o expected "${@:2}" >/dev/null
    (cd expected && find . -type f -exec cmp {} ../aws_s3/{} \;)
}
on=(--set export.samples=parquet --set export.features=parquet)
new_workspace ws 3
cd ws
sample logs 40 3
cp -r logs first
show derrick run "${on[@]}" --threads 1 | steady
files
ledger
compare archive/*-run1
find aws_s3 -type f -exec sha256sum {} + | sort >before
# The record of the drop in the archive lists them.
python3 - archive/*-run1/drop.json <<'END' | sha256sum -c --quiet
import json, sys
for cohort in json.load(open(sys.argv[1]))["cohorts"]:
    assert len(cohort["files"]) == 4, cohort
    for file in cohort["files"]:
        print(f"{file['sha256']}  {file['path']}")
END
echo '- nothing new'
show derrick run "${on[@]}" | steady
echo '- a file that is gone: status --check names the command that makes it'
mv aws_s3/features/rig_name=texas-1/cohort=02/part-0.parquet gone
expect_exit 7 derrick status --check "${on[@]}" | sed 's/.*; //' | steady
derrick status --prometheus "${on[@]}" | grep -E '^derrick_(problems|export_current)'
mv gone aws_s3/features/rig_name=texas-1/cohort=02/part-0.parquet
derrick status --prometheus "${on[@]}" | grep -E '^derrick_export_current'
echo '- the same for other threads'
derrick init -q other >/dev/null
sed -i 's/^cohorts = .*/cohorts = 3/' other/derrick.ini
cp -r first/* other/logs
derrick -C other run -q "${on[@]}" --threads 7 >/dev/null
(cd other && sha256sum -c --quiet ../before)
echo '- a new cohort changes no other file'
sample logs 40 1 2
show derrick run "${on[@]}" --columns samples | steady
sed -i '/historical\.csv/d' before
sha256sum -c --quiet before
files | grep -c cohort=04
compare archive/*-run3 --columns samples --cohort 4
echo '- features alone, and a sensor less: no file where no sensor has the rate'
sample logs 40 1 3
rm logs/FS?.txt
show derrick run --columns samples --allow-missing "${on[@]}" | steady
files | grep cohort=05
echo '- switched off, those of derrick go'
echo >>aws_s3/features/rig_name=texas-1/cohort=03/part-0.parquet
show derrick run --set export.samples=parquet | steady
rm -r aws_s3/features
derrick run -q --set export.samples=parquet
ledger
echo '- switched on later'
show derrick status "${on[@]}" | grep 'no ' | steady
derrick --json status "${on[@]}" | grep '"lacking"' | tail -n 1 | grep -o '"what".*' | steady
show derrick run "${on[@]}" | steady
show derrick run archive/*-run1 --cohort 1-3 "${on[@]}" | steady
sha256sum -c --quiet before
show derrick status "${on[@]}" | grep 'no ' | steady
echo '- a cohort is replaced'
sample "$HOME/next" 40 1 4
show derrick run "$HOME/next" --columns samples --cohort 2 --replace "${on[@]}" | steady
compare "$HOME/next" --columns samples --cohort 2
sed -i '/cohort=02/d' before
sha256sum -c --quiet before
echo '- replaced by a load: its files are of something else, and go'
rm -r "$HOME/next"
sample "$HOME/next" 40 1 5
derrick load -q "$HOME/next" --columns samples --cohort 2 --replace >/dev/null
show derrick run --set input.columns=samples "${on[@]}" | steady
files | grep -c cohort=02 || true
show derrick run "$HOME/next" --columns samples --cohort 2 "${on[@]}" | steady
compare "$HOME/next" --columns samples --cohort 2
echo '- edited, and gone'
printf 'x' | dd of=aws_s3/samples_1hz/rig_name=texas-1/cohort=02/part-0.parquet bs=1 seek=100 conv=notrunc 2>/dev/null
rm aws_s3/samples_1hz/rig_name=texas-1/cohort=03/part-0.parquet
derrick status "${on[@]}" | grep 'no ' | steady
derrick run -q archive/*-run1 --cohort 3 "${on[@]}" >/dev/null
derrick run -q "$HOME/next" --columns samples --cohort 2 "${on[@]}" >/dev/null
compare "$HOME/next" --columns samples --cohort 2
sha256sum -c --quiet before
echo '- of a drop that is bad, nothing'
sample logs 40 1 6
echo x >>logs/SE.txt
show derrick run --columns samples "${on[@]}" | tail -n 2 | steady
files | grep -c cohort=06 || true
echo '- of one with cells in quarantine, later: the command has the option'
sed -i -e '$d' -e '2s/.*/x/' logs/SE.txt
expect_exit 6 derrick run -q --columns samples --quarantine >/dev/null 2>&1
derrick status "${on[@]}" | grep 'no samples.*quarantine' | steady
rm logs/*
echo '- of a drop with bad cells and without a sensor: the command that status names works'
cp first/* logs
rm logs/TS2.txt
sed -i '4s/^[^\t]*/x/' logs/TS1.txt
rm -rf "$HOME/bad"
new_workspace "$HOME/bad" 3
mv logs/* "$HOME/bad/logs"
expect_exit 6 derrick -C "$HOME/bad" -q run --quarantine --allow-missing >/dev/null 2>&1
derrick -C "$HOME/bad" status "${on[@]}" | grep 'no ' | steady
(cd "$HOME/bad" && eval "derrick -q $(derrick status "${on[@]}" | sed -n "s/.*'derrick \(run .*\)' makes.*/\1/p" | head -n 1) \
    --set export.samples=parquet --set export.features=parquet" >/dev/null 2>&1) || true
derrick -C "$HOME/bad" status "${on[@]}" | grep -c 'no ' || true
echo '- refused'
show derrick run --alignment column "$HOME/next" --set export.features=parquet | steady
show derrick run --set export.samples=yes | steady
show derrick export --format features -o f.parquet
echo '- of a rig that the command line named: the drop in archive/ says which'
cd "$HOME"
new_workspace rigs 3
sample rigs/logs 4 3 5
derrick -C rigs -q run --set rig.site=ohio --set rig.well=2 >/dev/null
show derrick -C rigs status "${on[@]}" | grep '^no ' | steady

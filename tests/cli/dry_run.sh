# --dry-run prints what `run`, `load`, `upload`, `archive` and `unload` would do, with dates and counts,
# and changes no byte of the workspace. What they then really do is what it said; where they would be
# refused, it is refused too.
. "$TESTS/cli/lib.sh"
needs sqlite3
exec 2>&1
new_workspace . 2
dry() { # ARGUMENT...: with --dry-run; nothing may change
    find . -type f ! -path './.tree*' -exec sha256sum {} + | sort -k2 >.tree.before
    show derrick "$@" --dry-run | steady
    find . -type f ! -path './.tree*' -exec sha256sum {} + | sort -k2 | diff .tree.before -
    find . -name '*-journal' -o -name '*.tmp'
}

echo "- a new workspace"
dry run
sample logs 3 2
dry run
dry load
dry archive
expect_exit 1 derrick upload --dry-run
derrick -q load
echo "- an upload without S3 is refused, as it would be"
dry upload
echo "- loaded, and not exported yet"
dry run
dry archive
derrick -q run --set export.parquet=yes | steady
rm aws_s3/*.parquet
dry run --set export.parquet=yes
echo "- everything is done"
dry run
dry archive
cp archive/*/*.txt logs
dry run
rm logs/*

echo "- the next cohort, and a corrected one"
sample logs 3 1 7
dry run --columns samples --set export.parquet=yes
dry load --columns samples --cohort 2
dry load --columns samples --cohort 2 --replace
dry load --columns samples --cohort 9
dry load --columns samples --cohort 3 --json
derrick -q run --columns samples --cohort 2 --replace | steady
sample logs 3 2 9
sed -i '2s/^[^\t]*/x/' logs/TS1.txt
echo "- bad cells"
dry load --replace
dry load --replace --quarantine
ls quarantine
rm logs/*
dry unload --cohort 2

echo "- several deliveries: the first one, as the run takes it; --replace is for one"
sample logs/q10 3 1 12
sample logs/q9 3 1 11
dry run --columns samples
dry run --columns samples --replace
dry run --columns samples --set report.write=no
derrick -q run --columns samples | steady

echo "- samples and features: of a new cohort, of one that lacks them, and switched off"
on=(--set export.samples=parquet --set export.features=parquet)
rm -rf logs/*
derrick -q init s >/dev/null
sed -i 's/^cohorts = .*/cohorts = 2/' s/derrick.ini
sample s/logs 3 2 20
rm s/logs/FS?.txt
cd s
dry run --allow-missing "${on[@]}"
dry load --allow-missing "${on[@]}"
derrick -q run --allow-missing >/dev/null
dry run archive/*-run1 --allow-missing "${on[@]}"
derrick -q run archive/*-run1 --allow-missing "${on[@]}" --set export.parquet=yes >/dev/null
dry run archive/*-run1 --allow-missing "${on[@]}" --set export.parquet=yes
dry run
derrick -q run >/dev/null
dry run

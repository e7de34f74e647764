# Samples and features in aws_s3/ after a rebuild: those that drop.json lists and that are there, byte for byte, are
# in the ledger again, so the next run makes none of them. Others are named by status, as for any cohort
# without them.
. "$TESTS/cli/lib.sh"
needs sqlite3
ledger() {
    sqlite3 energymobile.db "SELECT target, layout, row_total, size_bytes, hash FROM publications
        WHERE kind = 'export' AND target LIKE '%/part-0.parquet' ORDER BY 1"
}
# Another inode is another file, also where the bytes are the same.
inodes() {
    find aws_s3 -name '*.parquet' -printf '%p %i\n' | sort
}
lose() {
    rm energymobile.db
    show derrick init --rebuild 2>&1 | grep -e found -e kept -e code | sed -E 's/before-[0-9-]+/before-DAY/' || true
}
new_workspace . 2
sed -i 's/^samples = .*/samples = parquet/; s/^features = .*/features = parquet/' derrick.ini
sample logs 24 2
derrick run -q >/dev/null
sample logs 24 1 2
rm logs/FS?.txt
derrick run -q --columns samples --allow-missing >/dev/null
ledger >before
inodes >inodes
lose
ledger | diff before -
show derrick run
inodes | diff inodes -
echo '- one is gone, one was edited, one cohort was replaced and its files are of something else'
rm aws_s3/samples_1hz/rig_name=texas-1/cohort=01/part-0.parquet
printf x | dd of=aws_s3/features/rig_name=texas-1/cohort=03/part-0.parquet bs=1 seek=100 conv=notrunc 2>/dev/null
sample "$HOME/next" 24 1 3
derrick load -q "$HOME/next" --columns samples --cohort 2 --replace >/dev/null
derrick archive -q >/dev/null
grep -c aws_s3 archive/*/drop.json | sed 's/.*run/run/'
lose
show derrick status | grep 'no ' | steady
show derrick run archive/*-run1 --cohort 1 | steady
derrick run -q archive/*-run2 --cohort 3 --allow-missing >/dev/null
derrick run -q archive/*-run6 --cohort 2 >/dev/null
show derrick status | grep 'no ' | steady
ledger | grep -v cohort=02 | diff <(grep -v cohort=02 before) -
inodes >inodes
lose
inodes | diff inodes -
echo '- switched off, those of derrick go'
show derrick run --set export.samples=none --set export.features=none
find aws_s3 -name '*.parquet' ! -path '*before*' ! -path '*cohort=02*'
echo '- corrected, the files are of other values'
new_workspace "$HOME/other" 2
cd "$HOME/other"
sed -i 's/^samples = .*/samples = parquet/' derrick.ini
sample logs 24 2
sed -i '3s/^[^\t]*/x/' logs/TS1.txt
expect_exit 6 derrick run -q --quarantine >/dev/null 2>&1
derrick quarantine list | sed '2s/$/40/' >fixed.tsv
derrick quarantine apply -q fixed.tsv >/dev/null
lose

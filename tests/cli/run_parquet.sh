# export.parquet: a run brings the history as Parquet in aws_s3/ up to date, too; one that was edited or
# removed is written again, and one that is switched off goes, unless somebody changed it.
. "$TESTS/cli/lib.sh"
needs sqlite3
file=aws_s3/oil-well-data-all-historical.parquet
ledger() {
    sqlite3 energymobile.db "SELECT target, layout, row_total, length(hash) FROM publications ORDER BY 1"
}
# The bytes of the file are those of an export.
compare() {
    derrick -q export --format parquet -o - | cmp - "$file"
}
derrick init -q >/dev/null
derrick sample -q logs --readings 40 --cohorts 3 >/dev/null
derrick run -q --cohorts 3 >/dev/null
ls aws_s3
echo '- switched on'
show derrick run --set export.parquet=yes
sed -i 's/^parquet = .*/parquet = yes/' derrick.ini
ls aws_s3
compare
ledger
echo '- nothing new'
touch -d 2020-01-01 "$file"
show derrick run
date -r "$file" +%Y
echo '- a new cohort'
derrick sample -q next --readings 40 --cohorts 1 --seed 2 >/dev/null
mv next/* logs
derrick run -q --columns samples >/dev/null
compare
ledger
echo '- edited, and gone'
printf 'x' | dd of="$file" bs=1 seek=100 conv=notrunc 2>/dev/null
show derrick run
compare
rm "$file"
derrick export -q >/dev/null
compare
echo '- switched off'
printf 'x' | dd of="$file" bs=1 seek=100 conv=notrunc 2>/dev/null
show derrick run --set export.parquet=no
derrick run -q >/dev/null
show derrick run --set export.parquet=no
ls aws_s3
ledger
show derrick run --set export.parquet=maybe

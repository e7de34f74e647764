# A drop is identified by its contents: loaded again from another folder or under another name, it
# changes nothing.
. "$TESTS/cli/lib.sh"
needs sqlite3 zip
new_workspace . 2
sample logs 3 2
show derrick load
dump() {
    sqlite3 energymobile.db 'SELECT * FROM well_reading ORDER BY 1, 2, 3; SELECT * FROM well_profile;
        SELECT * FROM wells; SELECT * FROM cohorts; SELECT drop_id, run_id, content_hash FROM drops'
}
dump >before.txt
show derrick load
show derrick load logs
cp -r logs elsewhere
show derrick load elsewhere
mkdir dated
for file in logs/*; do
    name=$(basename "$file" .txt)
    cp "$file" "dated/${name,,}-2023-06-01.TSV"
done
show derrick load dated
zip -qr drop.zip elsewhere
show derrick load drop.zip
show derrick load --replace
show derrick load --threads 1
show derrick load --json | steady
dump | cmp - before.txt
# Other line ends are other bytes, but the same readings.
sed -i 's/$/\r/' elsewhere/TS1.txt
show derrick load elsewhere
dump | cut -c1-200 | head -n 7

# A drop that is in logs/ again is archived and reported as a duplicate of its run. Nothing is
# loaded twice, and no file of the first archive folder changes.
. "$TESTS/cli/lib.sh"
needs sqlite3 zip
new_workspace . 2
sample logs 3 2
cp -r logs copy
derrick run >/dev/null 2>&1
(cd archive/*-run1 && sha256sum -- *) >first.txt
for round in 2 3; do
    cp copy/* logs
    show derrick run | steady
    ls logs | wc -l
    (cd archive/*-run$round && sha256sum --quiet -c manifest.sha256 && ls | wc -l)
done
(cd copy && zip -q ../logs/again.zip -- *)
show derrick run | steady
ls archive/*-run4
ls logs | wc -l
(cd archive/*-run1 && sha256sum -- *) | cmp - first.txt
sqlite3 energymobile.db 'SELECT count(*) FROM well_reading;
    SELECT drop_id, run_id, duplicate_of, archived_at IS NOT NULL FROM drops'

# While it is loaded but not archived yet, it is the same drop; once it is archived, it is a
# duplicate.
sample logs 3 2 5
cp logs/* copy
derrick -q load --replace >/dev/null
show derrick run | steady
cp copy/* logs
show derrick run | steady
ls logs | wc -l

# A run is killed after it moved a file into the archive, before the ledger recorded it. Then a file
# of the next drop takes its name. The loaded file is archived and listed; the new one stays.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 1
sample drop 2 1
sample next 2 1 2
cp drop/* logs
sqlite3 energymobile.db "CREATE TRIGGER stop BEFORE UPDATE ON files WHEN NEW.name = 'PS1.txt'
    BEGIN SELECT RAISE(ABORT, 'made to stop'); END"
expect_exit 4 derrick run >/dev/null 2>&1
ls archive/*-run1
sqlite3 energymobile.db 'DROP TRIGGER stop'
cp next/PS1.txt logs
show derrick load | steady | head -n 2
cmp next/PS1.txt logs/PS1.txt
cmp drop/PS1.txt archive/*-run1/PS1.txt
cut -c67- archive/*-run1/manifest.sha256 | grep PS
(cd archive/*-run1 && sha256sum --quiet -c manifest.sha256)
sqlite3 energymobile.db 'SELECT count(*), count(stored_name), count(stored_hash) FROM files'

# A run that was interrupted while it archived is finished by the next one, in the same archive
# folder, before anything reads logs/; whatever arrived there in the meantime is the next drop.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 1
sample drop 2 1
cp drop/* logs
sqlite3 energymobile.db "CREATE TRIGGER stop BEFORE UPDATE ON files WHEN NEW.name = 'PS4.txt'
    BEGIN SELECT RAISE(ABORT, 'made to stop'); END"
show derrick run --columns samples | steady
ls logs | tr '\n' ' '
echo
ls archive/*
show derrick status | steady | sed -n '/^export/,$p'
sqlite3 energymobile.db 'DROP TRIGGER stop'

# PS1 to PS3 are in the archive: these files belong to another drop.
sample next 2 1 2
cp next/PS[123].txt logs
show derrick run --columns samples | steady
ls logs | tr '\n' ' '
echo
for file in drop/*; do
    cmp "$file" archive/*-run1/"$(basename "$file")"
done
(cd archive/*-run1 && sha256sum --quiet -c manifest.sha256)
ls -d archive/* | wc -l
cp next/* logs
show derrick run --columns samples | steady
ls logs | wc -l
sqlite3 energymobile.db 'SELECT drop_id, run_id, archived_at IS NOT NULL FROM drops;
    SELECT count(*) FROM well_reading'

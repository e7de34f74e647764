# Somebody edited the CSV in aws_s3/ before the drop was archived. derrick writes it again and
# archives what it exported. Earlier that run, and every later one, refused.
. "$TESTS/cli/lib.sh"
needs sqlite3
standing=aws_s3/oil-well-data-all-historical.csv
new_workspace . 2
sample logs 3 2
derrick -q load >/dev/null
derrick -q export >/dev/null
cp "$standing" good.csv
edit() {
    sed -i '2s/texas-1,1/texas-1,9/' "$standing"
}
edit
show derrick archive | steady
cmp "$standing" good.csv
cmp archive/*-run3/"$(basename "$standing")" good.csv
(cd archive/*-run3 && sha256sum --quiet -c manifest.sha256)

# The same, after the run was killed while it archived.
sample logs 3 2 2
sqlite3 energymobile.db "CREATE TRIGGER stop BEFORE UPDATE ON files WHEN NEW.name = 'PS1.txt'
    BEGIN SELECT RAISE(ABORT, 'made to stop'); END"
expect_exit 4 derrick run --replace >/dev/null 2>&1
sqlite3 energymobile.db 'DROP TRIGGER stop'
cp "$standing" good.csv
edit
show derrick run | steady
cmp "$standing" good.csv
cmp archive/*-run4/"$(basename "$standing")" good.csv
ls logs | wc -l

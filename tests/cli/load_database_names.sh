# Every database name means a file, even those that SQLite keeps in memory, where the rows would
# disappear with the run.
. "$TESTS/cli/lib.sh"
needs sqlite3
sample drop 2 1
for name in :memory: 'file:x?mode=memory' file::memory: 'a b.db' -x.db; do
    derrick init -q w >/dev/null
    cp drop/* w/logs
    derrick -q -C w --db "sqlite:$name" --set input.columns=samples run | steady
    sqlite3 "./w/$name" 'SELECT COUNT(*) FROM well_reading'
    ls w
    rm -r w
done

# A drop that waits in logs/ to be archived is the loaded one only if it has exactly the same files:
# with one fewer or one more, it is another drop.
. "$TESTS/cli/lib.sh"
needs sqlite3
loaded() {
    sqlite3 energymobile.db 'SELECT count(*), count(CP), count(SE) FROM well_reading'
}
new_workspace . 2
sample logs 3 2 1
show derrick load
mv logs/CP.txt .
show derrick run --allow-missing
mv CP.txt logs
show derrick run | steady
loaded

sample logs 3 2 2
mv logs/SE.txt .
derrick -q load --replace --allow-missing >/dev/null
cp SE.txt logs
show derrick run
rm logs/SE.txt
show derrick run --allow-missing | steady
loaded

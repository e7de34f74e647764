# A view that somebody dropped is made again, and nothing else is touched.
. "$TESTS/cli/lib.sh"
needs sqlite3
sample drop 2 1
derrick init w >/dev/null
derrick -C w load -q drop --cohort 1
sqlite3 w/energymobile.db 'DROP VIEW sensor_data'
show derrick -C w init | steady
sqlite3 w/energymobile.db 'SELECT COUNT(*) FROM sensor_data'
show derrick -C w init | steady

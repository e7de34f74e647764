# If somebody removed a view, init creates it again and changes nothing else.
. "$TESTS/cli/lib.sh"
needs sqlite3
sample drop 2 1
derrick init w >/dev/null
derrick -C w load -q drop --cohort 1
sqlite3 w/energymobile.db 'DROP VIEW sensor_data'
show derrick -C w init | steady
sqlite3 w/energymobile.db 'SELECT COUNT(*) FROM sensor_data'
show derrick -C w init | steady

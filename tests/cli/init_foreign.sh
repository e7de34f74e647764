# A foreign database: derrick changes nothing in it without --adopt.
. "$TESTS/cli/lib.sh"
needs sqlite3
mkdir w
sqlite3 w/energymobile.db 'CREATE TABLE runs (name TEXT); INSERT INTO runs VALUES (1), (2);
    CREATE TABLE other (name TEXT)'
show derrick -C w init
show derrick -C w init --adopt | steady
sqlite3 w/energymobile.db 'SELECT * FROM old_runs; SELECT count(*) FROM other; SELECT count(*) FROM runs'

# The names that --adopt would use may already exist.
mkdir v
sqlite3 v/energymobile.db 'CREATE TABLE runs (name TEXT); CREATE TABLE old_runs (name TEXT)'
show derrick -C v init --adopt | steady
sqlite3 v/energymobile.db "SELECT name FROM sqlite_schema WHERE name LIKE '%runs%'"

# Tables that do not concern derrick are not a reason to refuse.
mkdir u
sqlite3 u/energymobile.db 'CREATE TABLE other (name TEXT)'
show derrick -C u init | steady

mkdir t
head -c 5000 /dev/zero | tr '\0' x >t/energymobile.db
show derrick -C t init
mkdir s
sqlite3 s/energymobile.db 'PRAGMA application_id = 42; CREATE TABLE a (b)'
show derrick -C s init

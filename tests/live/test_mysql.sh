#!/usr/bin/env bash
# timeout: 900
# MariaDB servers in all their variety: databases of the old scripts, other defaults, few
# privileges, TLS, option files, and every failure to connect.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/mysql/lib.sh"
needs openssl

derrick sample drop --readings 60 --cohorts 8 >/dev/null
derrick convert drop --set input.cohorts=8 -o expected.csv >/dev/null 2>&1
start_server db --query-cache-type=1
make_users db
db() { # USER COMMAND...: derrick on the database, in the workspace ws
    local user=$1
    shift
    derrick -C ws --set input.cohorts=8 --db "$(url db "$user")" "$@"
}
fresh() { # the database gone, an empty workspace
    sql db "SET GLOBAL read_only = 0; DROP DATABASE IF EXISTS energymobile"
    rm -rf ws
    derrick init ws >/dev/null
}
loaded_right() {
    db loader export -o got.csv
    expect_same got.csv expected.csv
}

# --- the old scripts

adopt() {
    fresh
    sql db "$(cat "$TESTS/live/mysql/old_database.sql")"
    fails_with 4 "old_|--adopt" db maker init
    equals 4 "$(sql db 'SELECT COUNT(*) FROM sensor_data' energymobile)"
    says "old_sensor_data" db maker init --adopt
    db loader load "$PWD/drop"
    loaded_right
    # The old tables keep all their data, and their keys still hold.
    equals "151.47 35.492 close to total failure" "$(sql db "
        SELECT MAX(d.sensor_value), MIN(d.sensor_value), MIN(c.cooler_description)
        FROM old_sensor_data d JOIN old_target_condition t ON t.condition_id = d.target_condition
        JOIN old_cooler_condition c ON c.cooler_id = t.cooler_condition" energymobile | tr '\t' ' ')"
    equals "full efficiency" "$(sql db \
        'SELECT cooler_description FROM cooler_condition WHERE cooler_id = 100' energymobile)"
}

# A DBA ran the printed DDL on the scripts' database. It stops at the first of their tables that is
# a view here.
adopt_half_made() {
    fresh
    sql db "$(cat "$TESTS/live/mysql/old_database.sql")"
    db maker init --print-sql >schema.sql
    server sql db <schema.sql >half.out 2>&1 && return 1
    grep -q "sensor_data.*is not of type 'VIEW'" half.out
    [ "$(sql db 'SELECT COUNT(*) FROM schema_info' energymobile)" = 0 ]
    fails_with 4 "such as 'sensor_data'" db maker init
    fails_with 4 "--adopt" db loader run "$PWD/drop"
    says "old_sensor_data" db maker init --adopt
    db loader load "$PWD/drop"
    loaded_right
    equals 4 "$(sql db 'SELECT COUNT(*) FROM old_sensor_data' energymobile)"
    equals "3 close to total failure" "$(sql db "
        SELECT c.cooler_id, c.cooler_description FROM old_target_condition t
        JOIN old_cooler_condition c ON c.cooler_id = t.cooler_condition
        WHERE t.condition_id = 1" energymobile | tr '\t' ' ')"
    # None of derrick's tables refers to an old table, nor the other way round.
    equals "" "$(sql db "SELECT table_name, referenced_table_name
        FROM information_schema.referential_constraints WHERE constraint_schema = 'energymobile'
        AND (table_name LIKE 'old%') <> (referenced_table_name LIKE 'old%')" energymobile)"
    says "as it was" db maker init
}

# The scripts' export query on the new schema, number by number and text by text.
old_query() {
    sql db "$(cat "$TESTS/live/mysql/old_query.sql")" energymobile >old.tsv
    python3 - old.tsv expected.csv <<'PY'
import csv, sys
old = [line.rstrip("\n").split("\t") for line in open(sys.argv[1])]
new = list(csv.reader(open(sys.argv[2], newline="")))[1:]
assert len(old) == len(new) == 480, (len(old), len(new))
values = 0
for was, now in zip(old, new):
    now = now[1:]  # the old query had no rig_name
    assert len(was) == len(now) == 30, (was, now)
    for column, (a, b) in enumerate(zip(was, now)):
        text = column in (1, 4, 6, 8, 10, 12)
        assert a == b if text else float(a) == float(b), (column, a, b)
        values += not text
print(values, "numbers are the same")
PY
}

# --- servers of other defaults

defaults() { # "GLOBAL SETTINGS"
    local old
    fresh
    old=$(sql db "SELECT @@global.sql_mode")
    sql db "SET GLOBAL $1"
    db maker init
    db loader load "$PWD/drop" >load.out 2>&1 || fail "$(cat load.out)"
    loaded_right
    says 'already' db loader load "$PWD/drop"
    equals 480 "$(sql db 'SELECT COUNT(*) FROM well_reading' energymobile)"
    equals "done done" "$(sql db 'SELECT state FROM runs' energymobile | tr '\n' ' ' | sed 's/ $//')"
    sql db "SET GLOBAL sql_mode = '$old', GLOBAL completion_type = NO_CHAIN"
}

# Each variable through which the server could limit or change results, at its worst value.
# init_connect sets it for everybody but root.
worst_variable() { # "NAME = VALUE"
    # A session that asks for the default gets the server's own.
    [ "$1" != "sql_select_limit = 3" ] || defaults "$1"
    sql db "SET GLOBAL sql_select_limit = DEFAULT"
    defaults "init_connect = \"SET SESSION $1\""
    sql db "SET GLOBAL init_connect = ''"
}

# As the server's log has them.
listed() {
    local name
    fresh
    sql db "SET GLOBAL log_output = 'FILE', GLOBAL general_log_file = '$PWD/general.log', GLOBAL general_log = 1"
    db maker init
    sql db "SET GLOBAL general_log = 0"
    grep -o "SET SESSION .*" general.log | grep -oE "[a-z_]+ = " | sort -u | tr -d ' =' >variables
    [ "$(wc -l <variables)" -gt 20 ] || fail "only these: $(cat variables)"
    while read -r name; do
        grep -q "\`$name\`" "$TESTS/../docs/mysql.md" || fail "docs/mysql.md does not list $name"
    done <variables
}
splits_loads() {
    fresh
    db maker init
    sql db "SET GLOBAL wsrep_load_data_splitting = ON; SET GLOBAL log_output = 'FILE',
        GLOBAL general_log_file = '$PWD/splits.log', GLOBAL general_log = 1"
    fails_with 4 "commits LOAD DATA in parts" db loader load --set database.load=infile "$PWD/drop"
    db loader load "$PWD/drop"
    sql db "SET GLOBAL general_log = 0, GLOBAL wsrep_load_data_splitting = OFF"
    ! grep "Query.LOAD DATA" splits.log || fail "it used LOAD DATA"
    loaded_right
}

character_sets() {
    local tables
    tables=$(sql db "SELECT DISTINCT table_collation FROM information_schema.tables
        WHERE table_schema = 'energymobile' AND table_type = 'BASE TABLE'")
    equals utf8mb4_bin "$tables"
}
# Time limits for runaway queries do not end a long load or a slow reader.
short_statements() {
    local user
    fresh
    for user in maker loader; do
        sql db "ALTER USER $user@'127.0.0.1' WITH MAX_STATEMENT_TIME 0.001"
    done
    db maker init
    db loader load "$PWD/drop"
    loaded_right
}
any_time() {
    local user
    for user in maker loader; do
        sql db "ALTER USER $user@'127.0.0.1' WITH MAX_STATEMENT_TIME 0"
    done
}

latin1_database() {
    fresh
    sql db "CREATE DATABASE energymobile CHARACTER SET latin1"
    db maker init
    character_sets
    db loader load "$PWD/drop"
    loaded_right
}
utf8mb3_server() {
    sql db "SET GLOBAL character_set_server = utf8mb3, GLOBAL collation_server = utf8mb3_general_ci"
    fresh
    db maker init
    character_sets
    db loader load "$PWD/drop"
    loaded_right
}

infile_off() {
    fresh
    db maker init
    sql db "SET GLOBAL local_infile = 0, GLOBAL max_allowed_packet = 16384"
    says "local infile.*SET GLOBAL local_infile" db loader load "$PWD/drop"
    sql db "SET GLOBAL local_infile = 1, GLOBAL max_allowed_packet = 16777216"
    equals 1 "$(grep -c local_infile says.out)"
    loaded_right
}

# LOCAL implies IGNORE: derrick must notice a row that the server discards or changes.
changed_rows() { # "CREATE TRIGGER ..."
    fresh
    db maker init
    sql db "$1" energymobile
    fails_with 4 "$2" db loader load "$PWD/drop"
    equals 0 "$(sql db 'SELECT COUNT(*) FROM well_reading' energymobile)"
    equals 0 "$(sql db 'SELECT COUNT(*) FROM drops' energymobile)"
}

# --- schema

newer() {
    fresh
    db maker init
    sql db "UPDATE schema_info SET version = version + 1" energymobile
    fails_with 4 "newer|knows" db maker init
    fails_with 4 "newer|knows" db loader load "$PWD/drop"
}
older() {
    fresh
    db maker init
    sql db "DELETE FROM sensors WHERE sensor_name = 'VS1';
        ALTER TABLE well_reading DROP COLUMN VS1" energymobile
    fails_with 4 "init" db loader load "$PWD/drop"
    db maker init
    db loader load "$PWD/drop"
    loaded_right
}
# init creates again what somebody removed; a user who may only load finds nothing to do.
removed() {
    fresh
    db maker init
    db loader load "$PWD/drop"
    sql db "DROP VIEW sensor_data; DROP TABLE publications" energymobile
    says "'publications' was missing" db maker init
    equals 8160 "$(sql db 'SELECT COUNT(*) FROM sensor_data' energymobile)"
    says "as it was" db loader init
    loaded_right
}
# The printed statements, run by a DBA, create the same as init.
print_sql() {
    fresh
    db maker init
    describe >made
    sql db "DROP DATABASE energymobile"
    db maker init --print-sql >schema.sql
    server sql db <schema.sql
    server sql db <schema.sql # safe to repeat
    describe >printed
    expect_same made printed
    db loader load "$PWD/drop"
    loaded_right
}
describe() {
    sql db "SELECT table_name, column_name, column_type, is_nullable, column_key
            FROM information_schema.columns WHERE table_schema = 'energymobile' ORDER BY 1, 2;
        SELECT table_name, constraint_name, constraint_type
            FROM information_schema.table_constraints WHERE table_schema = 'energymobile' ORDER BY 1, 2;
        SELECT default_character_set_name, default_collation_name
            FROM information_schema.schemata WHERE schema_name = 'energymobile'"
}

# --- users

reader_reads() {
    derrick -C ws --db "$(url db reader)" export -o by_reader.csv
    expect_same by_reader.csv expected.csv
    derrick -C ws --db "$(url db reader)" status
    mariadb --no-defaults --protocol=tcp --host=127.0.0.1 --port="$(cat db/port)" --user=reader \
        --password="$DERRICK_DB_PASSWORD" energymobile -N -B \
        -e "SELECT COUNT(*) FROM oil_well_data; SELECT COUNT(*) FROM sensor_data" >counts
    equals "480 8160" "$(tr '\n' ' ' <counts | sed 's/ $//')"
    ! mariadb --no-defaults --protocol=tcp --host=127.0.0.1 --port="$(cat db/port)" --user=reader \
        --password="$DERRICK_DB_PASSWORD" energymobile -e "DELETE FROM well_reading" ||
        fail "the reader may delete"
}

few_privileges() {
    fresh
    fails_with 4 "denied.*|GRANT|grant" db loader init
    grep -q "hint.*print-sql" fails.err
    db maker init
    fails_with 4 "denied" db reader load "$PWD/drop"
    equals 0 "$(sql db 'SELECT COUNT(*) FROM runs' energymobile)"
}

# --- connecting

server_down() {
    local port
    port=$("$TESTS/live/free_ports.py")
    fails_with 4 "no server answers" derrick -C ws --db "mysql://maker@127.0.0.1:$port/energymobile" status
    fails_with 4 "no server answers" derrick -C ws --db "mysql:///energymobile?socket=$PWD/none" status
}
wrong_password() {
    DERRICK_DB_PASSWORD=wrong fails_with 4 "[Aa]ccess denied" db maker status
    grep -q "hint.*my.cnf" fails.err
}
unknown_database() {
    sql db "GRANT ALL ON elsewhere.* TO maker@'127.0.0.1'"
    fails_with 4 "[Uu]nknown database" derrick -C ws \
        --db "mysql://maker@127.0.0.1:$(cat db/port)/elsewhere" status
    grep -q "hint.*derrick init" fails.err
}
password_in_url() {
    fails_with 2 "password" derrick -C ws --db "mysql://maker:hunter2@127.0.0.1/energymobile" status
    ! grep -q hunter2 fails.err || fail "the password is printed"
}
too_old() {
    local dir
    for dir in mysql57 mariadb103; do
        fails_with 4 "which is too old" derrick -C ws --db "mysql://root@/energymobile?socket=$PWD/$dir/sock" init
        equals "" "$(sql $dir "SHOW DATABASES LIKE 'energymobile'")"
    done
}
called_mysql() { # the server's family is recognised by what it says about itself
    says "mysql 8.0.36" derrick -C ws --db "mysql://root@/energymobile?socket=$PWD/mysql80/sock" init
}
read_only() {
    fresh
    db maker init
    sql db "SET GLOBAL read_only = 1"
    fails_with 4 "read.only" db loader load "$PWD/drop"
    sql db "SET GLOBAL read_only = 0"
    db loader load "$PWD/drop"
}
two_runs() {
    local holder
    mariadb --no-defaults --protocol=tcp --host=127.0.0.1 --port="$(cat db/port)" --user=loader \
        --password="$DERRICK_DB_PASSWORD" -e "SELECT GET_LOCK('derrick:energymobile', 0), SLEEP(30)" \
        >/dev/null 2>&1 &
    holder=$!
    until [ "$(sql db "SELECT IS_USED_LOCK('derrick:energymobile') IS NOT NULL")" = 1 ]; do
        kill -0 $holder || fail "nobody holds the lock"
        sleep 0.05
    done
    fails_with 1 "another run holds the lock.*connection [0-9]+ of loader" db loader load "$PWD/drop"
    kill $holder
}
option_file() {
    local password=$DERRICK_DB_PASSWORD at
    at=127.0.0.1:$(cat db/port)
    unset DERRICK_DB_PASSWORD
    fails_with 4 "denied" derrick -C ws --db "mysql://loader@$at/energymobile" status
    printf '[client]\nuser=loader\npassword="wrong"\n[derrick]\npassword="Pass'"'"'word\\\\1"\n' >~/.my.cnf
    derrick -C ws --db "mysql://$at/energymobile" status
    mv ~/.my.cnf other.cnf
    derrick -C ws --db "mysql://$at/energymobile" --set "database.option_file=$PWD/other.cnf" status
    fails_with 2 "none.cnf" derrick -C ws --db "mysql://$at/energymobile" \
        --set "database.option_file=$PWD/none.cnf" status
    DERRICK_DB_PASSWORD=$password derrick -C ws --db "mysql://loader@$at/energymobile" status
}
by_socket() {
    unset DERRICK_DB_PASSWORD
    derrick -C ws --db "mysql://root@/energymobile?socket=$PWD/db/sock" status
}

check "a database of the old scripts is refused, then adopted, losing nothing" adopt
check "a schema that was half made over them is adopted, too" adopt_half_made
check "the old scripts' export query gives the same numbers" old_query
check "a server without strict mode" defaults "sql_mode = ''"
check "a server with every mode" defaults \
    "sql_mode = 'TRADITIONAL,ANSI,NO_BACKSLASH_ESCAPES,ONLY_FULL_GROUP_BY,PAD_CHAR_TO_FULL_LENGTH'"
check "a server whose commits begin the next transaction" defaults "completion_type = CHAIN"
for setting in "sql_select_limit = 3" "max_join_size = 10" "sql_big_selects = 0" \
    "sql_auto_is_null = 1" "sql_safe_updates = 1" "tx_read_only = 1" "autocommit = 0" \
    "foreign_key_checks = 0" "tx_isolation = 'READ-UNCOMMITTED'" "time_zone = '+05:00'" \
    "idle_transaction_timeout = 1" "max_statement_time = 0.001" "check_constraint_checks = 0" \
    "completion_type = CHAIN" "unique_checks = 0" "collation_connection = 'utf8mb4_general_ci'" \
    "character_set_results = 'ascii'" "max_sort_length = 64" "wait_timeout = 1" \
    "net_read_timeout = 1" "net_write_timeout = 1" "lock_wait_timeout = 1" \
    "innodb_lock_wait_timeout = 1" "idle_readonly_transaction_timeout = 1" \
    "idle_write_transaction_timeout = 1" "system_versioning_asof = '2000-01-01'" \
    "sql_mode = ''"; do
    check "a server whose $setting" worst_variable "$setting"
done
check "docs/mysql.md lists every session variable that derrick sets" listed
check "a cluster that commits LOAD DATA in parts" splits_loads
check "a server that ends statements after a moment" short_statements
any_time
check "a latin1 database" latin1_database
check "a utf8mb3 server" utf8mb3_server
check "a server without local_infile, and with small packets" infile_off
check "a row that the server changes" changed_rows "CREATE TRIGGER t BEFORE INSERT ON well_reading
    FOR EACH ROW SET NEW.SE = NEW.SE + IF(NEW.cohort = 8 AND NEW.reading = 60, 0.001, 0)" "SE"
check "a row that the server drops" changed_rows "ALTER TABLE well_reading
    ADD CONSTRAINT c CHECK (reading <> 17)" "[0-9]+ of 480 rows"
check "a column that is too narrow" changed_rows "ALTER TABLE well_reading MODIFY PS1 FLOAT" "PS1"
check "a newer schema is refused" newer
check "an older schema is migrated" older
check "a view and a table that somebody removed are made again" removed
check "--print-sql makes what init makes" print_sql
check "the reader reads, and no more" reader_reads
check "too few privileges" few_privileges
check "no server" server_down
check "a wrong password" wrong_password
check "an unknown database" unknown_database
check "a password in the url" password_in_url
start_server mysql57 --version=5.7.44-log
start_server mariadb103 --version=10.3.39-MariaDB
start_server mysql80 --version=8.0.36
unset_password() { # root needs no password
    (unset DERRICK_DB_PASSWORD && "$@")
}
check "servers that are too old" unset_password too_old
check "a server that says it is MySQL 8.0.36 is treated as one" unset_password called_mysql
check "a read-only server" read_only
check "two runs at a time" two_runs
check "option files" option_file
check "the socket" by_socket
finish

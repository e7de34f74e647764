#!/usr/bin/env bash
# timeout: 900
# Fifteen years through a MariaDB server: the same bytes as through SQLite, every row and value
# counted, every foreign key declared and valid, and nothing done twice.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/mysql/lib.sh"
needs sqlite3

start_server db
make_users db
derrick sample drop >/dev/null
derrick init lite >/dev/null
derrick -C lite run "$PWD/drop" >lite.out 2>&1 || fail "sqlite: $(cat lite.out)"
csv=aws_s3/oil-well-data-all-historical.csv

run() { # the run under test
    derrick -C big --db "$(url db loader)" run "$PWD/drop"
}

# The pages of both, without what the ledgers say of when.
report() {
    local here
    for here in lite big; do
        [ -s $here/report.html ] || fail "no report.html in $here"
    done
    derrick -C lite report --as-of 2023-08-21 -o - | without_times >lite.html
    derrick -C big --db "$(url db reader)" report --as-of 2023-08-21 -o - | without_times >big.html
    [ "$(wc -c <big.html)" -lt 1000000 ] || fail "the page has $(wc -c <big.html) bytes"
    expect_same lite.html big.html
}
without_times() {
    sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}/TIME/g'
}

values() {
    equals 132300 "$(sql db 'SELECT COUNT(*) FROM well_reading' energymobile)"
    equals 2249100 "$(sql db 'SELECT COUNT(*) FROM sensor_data' energymobile)"
    equals 132300 "$(sql db 'SELECT COUNT(*) FROM oil_well_data' energymobile)"
}

# Declared, checked by the engine, and valid.
foreign_keys() {
    local declared orphans
    declared=$(sql db "SELECT COUNT(*) FROM information_schema.referential_constraints
        WHERE constraint_schema = 'energymobile' AND table_name IN ('well_reading', 'well_profile')")
    equals 8 "$declared"
    orphans=$(sql db "SELECT CONCAT('SELECT COUNT(*) FROM ', k.table_name, ' c LEFT JOIN ',
            k.referenced_table_name, ' p ON p.', k.referenced_column_name, ' = c.', k.column_name,
            ' WHERE c.', k.column_name, ' IS NOT NULL AND p.', k.referenced_column_name, ' IS NULL;')
        FROM information_schema.key_column_usage k
        WHERE k.table_schema = 'energymobile' AND k.referenced_table_name IS NOT NULL" |
        server sql db energymobile | sort -u)
    equals 0 "$orphans"
    ! sql db "UPDATE well_reading SET well_profile = 99999 WHERE cohort = 1 AND reading = 1" \
        energymobile || fail "a foreign key does not hold"
}

# Exact sums computed by the server, against sqlite's integers.
sums() {
    equals "$(sqlite3 -separator '	' lite/energymobile.db \
        'SELECT COUNT(PS1), SUM(CAST(ROUND(PS1 * 1e6) AS INTEGER)), SUM(CAST(ROUND(SE * 1e6) AS INTEGER)) FROM well_reading')" \
        "$(sql db 'SELECT COUNT(PS1), SUM(CAST(ROUND(PS1 * 1e6) AS DECIMAL(30))), SUM(CAST(ROUND(SE * 1e6) AS DECIMAL(30))) FROM well_reading' energymobile)"
}

ledger() {
    sql db 'SELECT generation FROM schema_info; SELECT COUNT(*) FROM drops;
        SELECT * FROM cohorts ORDER BY well_id, cohort' energymobile
    sha256sum <"big/$csv"
}

again() {
    ledger >before
    says 'nothing|already' run
    ledger >after
    expect_same before after
}

reads_rows() { # whether a run reads all cohorts back
    derrick -C big --db "$(url db loader)" --json --progress always run 2>&1 | grep -q '"step":"compare"'
}
untouched() {
    reads_rows || true # the first run after a load takes the checksum
    ! reads_rows || fail "a run read rows that nobody has changed"
}
by_hand() { # COHORT STATEMENT STATEMENT: the second one undoes the first
    sql db "$2" energymobile
    fails_with 4 "(cohort|rig).* $1[ ,].*" derrick -C big --db "$(url db loader)" run
    fails_with 4 "(cohort|rig).* $1[ ,].*" derrick -C big --db "$(url db loader)" export
    fails_with 4 "(cohort|rig).* $1[ ,].*" derrick -C big --db "$(url db loader)" export -o "$PWD/no.csv"
    sql db "$3" energymobile
    says nothing derrick -C big --db "$(url db loader)" run
    untouched
}

# Every query in the documents returns rows for the scientists' user.
queries() { # FILE...
    python3 - "$@" <<'PY' >queries.sql
import re, sys
found = 0
for name in sys.argv[1:]:
    for block in re.findall(r"```sql\n(.*?)```", open(name).read(), re.S):
        for query in re.findall(r"^(?:SELECT|WITH)\b.*?;\s*$", block, re.S | re.M):
            print(f"SELECT '-- query {found}';\n{query}")
            found += 1
if not found:
    sys.exit("no query found")
PY
    mariadb --no-defaults --batch --skip-column-names --protocol=tcp --host=127.0.0.1 \
        --port="$(cat db/port)" --user=reader --password="$DERRICK_DB_PASSWORD" \
        --init-command="SET sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES'" \
        energymobile <queries.sql >answers # as strict as MySQL 8 is by default
    [ "$(grep -c '^-- query' answers)" -gt 0 ]
    ! grep -A1 '^-- query' answers | tr '\n' ' ' | grep -q -- '-- query [0-9]* -- query' ||
        fail "a query has no answer: $(cat answers)"
    ! tail -1 answers | grep -q '^-- query' || fail "the last query has no answer"
}

# doctor writes and rolls back: the loader may, the reader may not, and no row is left.
examined() {
    local before
    before=$(sql db "SELECT COUNT(*) FROM runs" energymobile)
    expect_exit 0 derrick -C big --db "$(url db loader)" doctor
    expect_exit 7 derrick -C big --db "$(url db reader)" doctor >reader.out
    grep -q '^problem  database: .*denied' reader.out || fail "the reader: $(cat reader.out)"
    equals "$before" "$(sql db "SELECT COUNT(*) FROM runs" energymobile)"
}

# Samples and features of another rig, recorded on the server: the files of sqlite's, once.
samples() {
    local on=(--set export.samples=parquet --set export.features=parquet --set rig.site=ohio --cohorts 3)
    derrick sample few --readings 20 --cohorts 3 >/dev/null
    derrick init few-lite >/dev/null
    derrick --db "$(url db)" init few-big >/dev/null
    derrick -C few-lite run "$PWD/few" "${on[@]}" >few.out 2>&1 || fail "sqlite: $(cat few.out)"
    derrick -C few-big --db "$(url db loader)" run "$PWD/few" "${on[@]}" >few.out 2>&1 || fail "$(cat few.out)"
    for table in samples_100hz samples_10hz samples_1hz features; do
        diff -r few-lite/aws_s3/$table few-big/aws_s3/$table
    done
    equals 12 "$(sql db "SELECT COUNT(*) FROM publications WHERE target LIKE '%/rig_name=ohio-1/%'" energymobile)"
    says 'nothing|already' derrick -C few-big --db "$(url db loader)" run "$PWD/few" "${on[@]}"
    rm few-big/aws_s3/samples_1hz/rig_name=ohio-1/cohort=02/part-0.parquet
    says "cohort 2: 'derrick run $PWD/few --cohort 2 --cohorts 3'" derrick -C few-big --db "$(url db loader)" status "${on[@]:0:6}"
    derrick -C few-big --db "$(url db loader)" run "$PWD/few" --cohort 2 "${on[@]}" >/dev/null 2>&1
    diff -r few-lite/aws_s3/samples_1hz few-big/aws_s3/samples_1hz
}

check "init makes it" derrick --db "$(url db)" init big
check "twice without harm" derrick --db "$(url db)" init big
check "the run goes through, with the loader's privileges" run
check "its export has the bytes of sqlite's" expect_same "big/$csv" "lite/$csv"
check "its report has the bytes of sqlite's, but for the times of loads" report
check "132,300 readings and 2,249,100 values" values
check "all foreign keys are declared, and hold" foreign_keys
check "exact sums are those of sqlite" sums
check "a second run does nothing" again
check "doctor shows whether a user may load" examined
check "a run reads no rows that nobody has changed" untouched
check "a value that was changed is found" by_hand 31 \
    "UPDATE well_reading SET TS1 = TS1 + 0.001 WHERE cohort = 31 AND reading = 7" \
    "UPDATE well_reading SET TS1 = ROUND(TS1 - 0.001, 3) WHERE cohort = 31 AND reading = 7"
check "two values that were exchanged are found" by_hand 2 \
    "UPDATE well_reading SET PS1 = PS2 + 0 * (@ps1 := PS1), PS2 = @ps1 WHERE cohort = 2 AND reading = 9" \
    "UPDATE well_reading SET PS1 = PS2 + 0 * (@ps1 := PS1), PS2 = @ps1 WHERE cohort = 2 AND reading = 9"
check "rows that were removed are found" by_hand 60 \
    "CREATE TABLE kept AS SELECT * FROM well_reading WHERE cohort = 60 AND reading > 2000;
        DELETE FROM well_reading WHERE cohort = 60 AND reading > 2000" \
    "INSERT INTO well_reading SELECT * FROM kept; DROP TABLE kept"
check "samples and features are those of sqlite" samples
check "every query of the documents is answered" queries "$TESTS/../README.md" \
    "$TESTS/../docs/mysql.md"
finish

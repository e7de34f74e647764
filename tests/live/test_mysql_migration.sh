#!/usr/bin/env bash
# timeout: 1800
# `init` is killed after each statement that changes a schema, on one server and on a head with nodes.
# Whatever a statement left, the next run completes it: the schema is that of a new database on every
# server, and the rows are all there.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/mysql/lib.sh"
needs cc
cc -O1 -shared -fPIC -o stop_after.so "$TESTS/live/mysql/stop_after.c"

derrick sample drop --readings 12 --cohorts 6 >/dev/null
rm drop/SE.txt # the sensor that an older derrick does not know
start_server db
make_users db
servers=db
shards=
tables_only="table_schema = 'energymobile' AND table_name NOT LIKE '%past'"

over() { # COMMAND...
    derrick -C ws --set input.cohorts=6 --db "$(url db)" ${shards:+--set "database.shards=$shards"} "$@"
}
describe() { # every server's tables, columns, keys and rows of the catalogue
    local dir
    for dir in $servers; do
        echo "$dir"
        sql "$dir" "SELECT table_name, column_name, column_type, is_nullable, column_key
                FROM information_schema.columns WHERE $tables_only ORDER BY 1, 2;
            SELECT table_name, constraint_name, constraint_type
                FROM information_schema.table_constraints
                WHERE constraint_schema = 'energymobile' ORDER BY 1, 2;
            SELECT table_name, view_definition FROM information_schema.views
                WHERE table_schema = 'energymobile' ORDER BY 1"
    done
    sql db "SELECT * FROM sensors ORDER BY 1; SELECT * FROM valve_condition ORDER BY 1;
        SELECT version FROM schema_info; SELECT COUNT(*), COUNT(PS1), COUNT(SE) FROM well_reading" \
        energymobile
}
empty() { # a new database, and a drop that waits in logs/
    local dir
    for dir in $servers; do
        sql "$dir" "DROP DATABASE IF EXISTS energymobile"
    done
    rm -rf ws
    derrick init ws >/dev/null
    over init >/dev/null
    cp drop/* ws/logs
}
fresh() {
    empty
    over -q run --allow-missing
    mv ws/aws_s3/oil-well-data-all-historical.csv expected.csv
    describe >expected.txt
}

# What an older derrick left: version 4 added who ran what, unloads and cells in quarantine; version 3 added
# schema_info.verified, version 2 everything else. With
# FORCE, because InnoDB keeps notes of each instant ALTER, and runs out of room for them.
to_version_3() {
    sql db "DROP TABLE unloaded; DROP TABLE run_problems; DROP TABLE corrections; DROP TABLE quarantine;
        ALTER TABLE cohorts DROP COLUMN loaded_hash, DROP COLUMN corrected_by, FORCE;
        ALTER TABLE runs DROP COLUMN user_name, DROP COLUMN host, DROP COLUMN derrick_version,
            DROP COLUMN reason, DROP COLUMN source, DROP COLUMN readings, DROP COLUMN steps,
            DROP COLUMN problem_total, FORCE;
        ALTER TABLE drops DROP COLUMN unloaded_by, FORCE; UPDATE schema_info SET version = 3" \
        energymobile
}
to_version_2() {
    to_version_3
    sql db "ALTER TABLE schema_info DROP COLUMN verified, FORCE; UPDATE schema_info SET version = 2" \
        energymobile
}
to_version_1() {
    to_version_2
    sql db "ALTER TABLE runs DROP COLUMN workspace_id, FORCE; ALTER TABLE drops DROP COLUMN workspace_id, FORCE;
        ALTER TABLE publications DROP COLUMN workspace_id, FORCE;
        ALTER TABLE cohorts DROP COLUMN burst_seconds, FORCE;
        DROP TABLE sensor_quality; DROP TABLE workspaces; UPDATE schema_info SET version = 1" \
        energymobile
}
to_fewer_sensors() {
    local dir
    sql db "DELETE FROM sensor_quality WHERE sensor_name = 'SE';
        DELETE FROM sensors WHERE sensor_name = 'SE'" energymobile
    for dir in $servers; do
        sql "$dir" "ALTER TABLE well_reading DROP COLUMN SE, FORCE" energymobile
    done
}
to_version_1_with_fewer_sensors() {
    to_fewer_sensors
    to_version_1
}

# Before database.shards was set, or had its last node.
on_one_server() {
    local shards=
    empty
}
on_two_nodes() {
    local shards=${shards%,*}
    empty
    over -q run --allow-missing
}

# Kills `init` after each statement in turn, until one comes to its end.
killed_after_each() { # DOWNGRADE LEAST
    local number=0 code
    fresh
    while :; do
        number=$((number + 1))
        [ "$number" -lt 200 ] || fail "init has more than $number statements"
        "$1"
        code=0
        LD_PRELOAD=$PWD/stop_after.so ASAN_OPTIONS=verify_asan_link_order=0 STOP_AFTER=$number \
            STOP_LOG=$PWD/statement over init >init.out 2>&1 || code=$?
        [ "$code" -ne 0 ] || break
        [ "$code" -eq 137 ] || fail "init ends with $code: $(cat init.out)"
        rm -f ws/aws_s3/*.csv
        over -q run --allow-missing >run.out 2>&1 || fail "after $number, '$(cat statement)': $(cat run.out)"
        describe >got.txt
        diff expected.txt got.txt || fail "after statement $number: $(cat statement)"
        expect_same ws/aws_s3/oil-well-data-all-historical.csv expected.csv
    done
    [ "$number" -gt "$2" ] || fail "only $number statements were interrupted"
    echo "$((number - 1)) statements"
    over -q run --allow-missing
    describe | diff expected.txt -
}

migrated() { # DOWNGRADE
    fresh
    "$1"
    rm -f ws/aws_s3/*.csv
    over -q run --allow-missing
    describe | diff expected.txt -
    expect_same ws/aws_s3/oil-well-data-all-historical.csv expected.csv
}

# The statements for version 1 contain those for the later ones.
check "version 1, killed after each statement" killed_after_each to_version_1 30
check "version 2" migrated to_version_2
check "version 3" migrated to_version_3
check "a new sensor, killed after each statement" killed_after_each to_fewer_sensors 30

if [ -e /usr/lib/mysql/plugin/ha_spider.so ]; then
    server stop db
    rm -rf db
    start_server db --plugin-load-add=ha_spider
    start_server node1
    start_server node2
    make_users db
    make_users node1
    make_users node2
    sql db "GRANT FEDERATED ADMIN ON *.* TO maker@'127.0.0.1'"
    servers="db node1 node2"
    shards="$(url node1), $(url node2)"
    check "Spider, version 1 and a new sensor, killed after each statement" \
        killed_after_each to_version_1_with_fewer_sensors 35
    check "Spider, a new sensor, killed after each statement" killed_after_each to_fewer_sensors 35
    check "an empty database that is spread, killed after each statement" \
        killed_after_each on_one_server 5
    start_server node3
    make_users node3
    servers="$servers node3"
    shards="$shards, $(url node3)"
    check "a third node, killed after each statement" killed_after_each on_two_nodes 5
fi
finish

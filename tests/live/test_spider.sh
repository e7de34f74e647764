#!/usr/bin/env bash
# timeout: 900
# Readings distributed over two nodes by a head with Spider: the same bytes in the export, every
# cohort whole on its node, nothing half-visible at any failure, and a third node that takes later
# cohorts.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/mysql/lib.sh"
[ -e /usr/lib/mysql/plugin/ha_spider.so ] || skip "no Spider engine (mariadb-plugin-spider) here"

derrick sample drop --readings 40 --cohorts 60 >/dev/null
derrick sample next --readings 40 --cohorts 1 --seed 9 >/dev/null
derrick convert drop -o drop.csv >/dev/null 2>&1
start_server node1
start_server node2
start_server node3
start_server head --plugin-load-add=ha_spider
for dir in head node1 node2 node3; do
    make_users $dir
done
sql head "GRANT FEDERATED ADMIN ON *.* TO maker@'127.0.0.1'"
nodes="$(url node1), $(url node2)"

over() { # SHARDS COMMAND...
    local shards=$1
    shift
    derrick -C ws --db "$(url head)" --set database.connect_timeout_s=2 \
        --set "database.shards=$shards" "$@"
}
fresh() {
    local dir
    rm -rf ws got.csv
    derrick init ws >/dev/null
    for dir in head node1 node2 node3; do
        sql $dir "DROP DATABASE IF EXISTS energymobile"
    done
    over "$nodes" init >/dev/null
}
through() { # NUMBER COMMAND...: node NUMBER behind the proxy
    local at="mysql://maker@127.0.0.1:$(cat proxy.port)/energymobile" number=$1
    shift
    if [ "$number" -eq 1 ]; then
        over "$at, $(url node2)" "$@"
    else
        over "$(url node1), $at" "$@"
    fi
}
rows() { # DIR
    sql "$1" "SELECT COUNT(*), COALESCE(MIN(cohort), 0), COALESCE(MAX(cohort), 0) FROM well_reading" \
        energymobile | tr '\t' ' '
}
prepared() { # branches that wait on the nodes
    { sql node1 "XA RECOVER"; sql node2 "XA RECOVER"; } | wc -l
}

# Nothing of a load is visible, on the head or on a node.
nothing() {
    equals "0 0 0" "$(rows head)"
    equals 0 "$(sql head 'SELECT COUNT(*) FROM cohorts' energymobile)"
    equals 0 "$(sql head 'SELECT COUNT(*) FROM drops' energymobile)"
}
whole() {
    over "$nodes" export -o got.csv
    expect_same got.csv drop.csv
    equals "2400 1 60" "$(rows head)"
    equals "1200 1 30" "$(rows node1)"
    equals "1200 31 60" "$(rows node2)"
    equals 60 "$(sql head 'SELECT COUNT(*) FROM cohorts' energymobile)"
    equals 1 "$(sql head 'SELECT COUNT(*) FROM drops' energymobile)"
    equals 0 "$(prepared)"
    equals 0 "$(sql head 'SELECT COUNT(*) FROM node_commits' energymobile)"
}

no_engine() {
    fails_with 4 "no Spider engine" derrick -C ws --db "$(url node3)" \
        --set "database.shards=$nodes" init
    grep -q "INSTALL SONAME" fails.err
}
loads() {
    fresh
    over "$nodes" init
    says "loaded: .*2,400 readings" over "$nodes" load "$PWD/drop"
    whole
    equals 40800 "$(sql head 'SELECT COUNT(*) FROM sensor_data' energymobile)"
    says "already" over "$nodes" load "$PWD/drop"
    whole
}
without_times() {
    sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}/TIME/g'
}
reads_without_nodes() {
    derrick -C ws --db "$(url head reader)" status
    derrick -C ws --db "$(url head reader)" report --as-of 2023-08-21 -o - >spread.html
    derrick init lite >/dev/null
    derrick -C lite load "$PWD/drop" >/dev/null 2>&1
    derrick -C lite report --as-of 2023-08-21 -o - | without_times >lite.html
    without_times <spread.html >got.html
    expect_same got.html lite.html
    derrick -C ws --db "$(url head)" export -o got.csv
    expect_same got.csv drop.csv
    fails_with 2 "are on 2 other servers" derrick -C ws --db "$(url head)" load --columns samples \
        --cohort 61 "$PWD/next"
}
# The statements for a DBA: the nodes' table, the head's servers, and the head's whole schema.
print_sql() {
    over "$nodes" init --print-sql >printed.sql
    grep -q "ENGINE=SPIDER" printed.sql
    equals 2 "$(grep -c '^-- CREATE SERVER' printed.sql)"
    ! grep -q "Pass'word" printed.sql || fail "a password is printed"
    sed -n '/^-- on node 1/,/^-- on node 2/s/^-- //p' printed.sql | sed '1d;$d' >node.sql
    fresh
    sql node1 "SHOW CREATE TABLE well_reading" energymobile >made
    sql node1 "DROP TABLE well_reading" energymobile
    server sql node1 energymobile <node.sql
    sql node1 "SHOW CREATE TABLE well_reading" energymobile >by_hand
    expect_same made by_hand
}
loader_loads() { # the least privileges of docs/scale.md
    fresh
    derrick -C ws --db "$(url head loader)" \
        --set "database.shards=$(url node1 loader), $(url node2 loader)" load "$PWD/drop"
    whole
}

node_dies() { # NUMBER WHEN
    fresh
    start_proxy "node$1" "$2" "$TESTS/live/mysql/server.sh kill node$1"
    fails_with 4 "node $1 of the shards" through "$1" load "$PWD/drop"
    stop_proxy
    fails_with 4 "node $1 of the shards.*no server answers" over "$nodes" load "$PWD/drop"
    server again "node$1"
    nothing
    says "loaded: .*2,400 readings" over "$nodes" load "$PWD/drop"
    whole
}
# The head has committed; a node dies before its branch does.
node_dies_decided() {
    fresh
    start_proxy node2 "before:XA PREPARE:XA COMMIT" "$TESTS/live/mysql/server.sh kill node2"
    fails_with 4 "node 2 of the shards" through 2 load "$PWD/drop"
    grep -q "hint: the rest of the load is committed" fails.err
    stop_proxy
    server again node2
    equals 1 "$(prepared)"
    says "committed" over "$nodes" load "$PWD/drop"
    grep -q already says.out
    whole
}
# derrick is killed between the phases.
killed() { # WHEN WHAT-THE-NEXT-RUN-SAYS
    fresh
    start_proxy head "$1" "kill -9 \$(cat victim)"
    to_be_killed derrick -C ws --db "mysql://maker@127.0.0.1:$(cat proxy.port)/energymobile" \
        --set "database.shards=$nodes" load "$PWD/drop"
    stop_proxy
    equals 2 "$(prepared)"
    says "$2" over "$nodes" load "$PWD/drop"
    whole
}
# The head's connection breaks at its commit: the same run finishes.
head_cut() { # WHEN
    fresh
    start_proxy head "$1"
    says "loaded: .*2,400 readings" derrick -C ws \
        --db "mysql://maker@127.0.0.1:$(cat proxy.port)/energymobile" \
        --set "database.shards=$nodes" load "$PWD/drop"
    grep -q "starts over" says.out
    stop_proxy
    whole
}
node_down_for_export() {
    fresh
    over "$nodes" load "$PWD/drop"
    server kill node2
    fails_with 4 "node" over "$nodes" export -o got.csv
    [ ! -e got.csv ]
    server again node2
    whole
}
third_node() {
    local longer="$nodes, $(url node3)"
    fresh
    over "$nodes" load "$PWD/drop"
    says "node 3 of the shards takes the cohorts from 61 on" over "$longer" init
    says "already" over "$longer" load "$PWD/drop"
    over "$longer" load --columns samples --cohort 61 "$PWD/next"
    equals "1200 1 30" "$(rows node1)"
    equals "1200 31 60" "$(rows node2)"
    equals "40 61 61" "$(rows node3)"
    equals "2440 1 61" "$(rows head)"
    over "$longer" export -o got.csv
    head -2401 got.csv >front.csv
    expect_same front.csv drop.csv
    equals 2441 "$(wc -l <got.csv)"
    fails_with 4 "names 2 nodes" over "$nodes" init
}

# Rows for node 1 would be stored on node 2, where the head does not find them.
other_order() {
    fresh
    fails_with 2 "node 1 of the shards.*was made as node 2" \
        over "$(url node2), $(url node1)" load "$PWD/drop"
    nothing
    over "$nodes" load "$PWD/drop"
    whole
}

# Moving from one server to many: the archived drops are loaded again, compressed as they are.
one_to_many() {
    local archived
    rm -rf one
    derrick init one >/dev/null
    cp drop/* one/logs
    derrick -C one --set archive.compress=zstd run
    archived=$(echo "$PWD"/one/archive/*-run1)
    [ -e "$archived/PS1.txt.zst" ]
    fresh
    over "$nodes" load "$archived"
    whole
    expect_same got.csv one/aws_s3/oil-well-data-all-historical.csv
}
# init does not distribute a database that holds readings.
not_spread_full() {
    rm -rf ws
    derrick init ws >/dev/null
    sql head "DROP DATABASE IF EXISTS energymobile"
    derrick -C ws --db "$(url head)" init >/dev/null
    derrick -C ws --db "$(url head)" load "$PWD/drop"
    fails_with 4 "are on its own server already" over "$nodes" init
    derrick -C ws --db "$(url head)" export -o got.csv
    expect_same got.csv drop.csv
}

# Samples and features are files: the ledger on the head knows them, and they have the bytes that convert writes.
samples_and_features() {
    local on=(--set export.parquet=yes --set export.samples=parquet --set export.features=parquet)
    fresh
    rm -rf expected
    cp -r drop/* ws/logs
    over "$nodes" "${on[@]}" run
    derrick convert drop --format samples -o expected
    derrick convert drop -o expected/oil-well-data-all-historical.parquet
    diff -r expected ws/aws_s3 | grep -v '^Only in ws/aws_s3' && return 1
    equals 60 "$(find ws/aws_s3/features -type f | wc -l)"
    equals 240 "$(sql head "SELECT COUNT(*) FROM publications WHERE target LIKE '%/part-0.parquet'" energymobile)"
    over "$nodes" "${on[@]}" run | grep "nothing new"
    find ws/aws_s3/samples_* ws/aws_s3/features -type f -exec sha256sum {} + >before
    cp -r next/* ws/logs
    over "$nodes" "${on[@]}" run --columns samples
    sha256sum -c --quiet before
    equals 244 "$(find ws/aws_s3 -name 'part-0.parquet' | wc -l)"
    # A lost database.
    for dir in head node1 node2; do
        sql $dir "DROP DATABASE energymobile"
    done
    sed -i "s|^url = sqlite.*|url = $(url head)|" ws/derrick.ini
    derrick -C ws --set "database.shards=$nodes" init --rebuild
    [ -z "$(over "$nodes" "${on[@]}" run 2>&1 | grep "wrote samples")" ]
    sha256sum -c --quiet before
    over "$nodes" "${on[@]}" run | grep "nothing new"
}

derrick init ws >/dev/null
check "a server without Spider says so" no_engine
check "every cohort is whole on its node, and the bytes are the same" loads
check "reading needs no list of nodes" reads_without_nodes
check "--print-sql prints what to run on nodes and head" print_sql
check "the loader loads, with its few privileges" loader_loads
check "a node dies amid the rows" node_dies 2 "sent:LOAD DATA:60000"
check "the other one" node_dies 1 "sent:LOAD DATA:60000"
check "a node dies before it is prepared" node_dies 2 "before:LOAD DATA:XA PREPARE"
check "a node dies when it is prepared" node_dies 1 "after:LOAD DATA:XA PREPARE"
check "a node dies when the head has committed" node_dies_decided
check "derrick is killed before the head commits" \
    killed "before:node_commits (gtrid):COMMIT" "rolled back"
check "derrick is killed when the head has committed" \
    killed "after:node_commits (gtrid):COMMIT" "committed"
check "the connection to the head breaks before it commits" head_cut "before:node_commits (gtrid):COMMIT"
check "the head's answer is lost" head_cut "after:node_commits (gtrid):COMMIT"
check "a node is down for an export" node_down_for_export
check "the nodes in another order are refused" other_order
check "a third node takes new cohorts, and none moves" third_node
check "samples and features of all cohorts, one more, and a rebuild" samples_and_features
check "an archive of one server is loaded into many" one_to_many
check "a loaded server is not spread by itself" not_spread_full
finish

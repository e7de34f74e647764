#!/usr/bin/env bash
# timeout: 900
# The same suite of store tests on SQLite, a MariaDB server, and Spider over two nodes.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/mysql/lib.sh"

suite=$BUILD/tests/live/store_suite
code=0
"$suite" sqlite "sqlite:$PWD/suite.db" || code=1

start_server one
make_users one
"$suite" mariadb "$(url one)" || code=1

# A server whose defaults differ from ours as much as possible, and which refuses LOAD DATA LOCAL.
start_server odd --character-set-server=latin1 --collation-server=latin1_swedish_ci \
    --sql-mode= --default-time-zone=+05:30 --autocommit=0 --transaction-isolation=SERIALIZABLE \
    --local-infile=0 --max-allowed-packet=16384
make_users odd
"$suite" "odd server" "$(url odd)" || code=1

if [ -e "$(mariadb_config --plugindir 2>/dev/null || echo /usr/lib/mysql/plugin)/ha_spider.so" ] ||
    [ -e /usr/lib/mysql/plugin/ha_spider.so ]; then
    start_server node1
    start_server node2
    start_server head --plugin-load-add=ha_spider
    for dir in head node1 node2; do
        make_users $dir
    done
    sql head "GRANT FEDERATED ADMIN ON *.* TO maker@'127.0.0.1'"
    "$suite" spider "$(url head)" "$(url node1), $(url node2)" || code=1
else
    echo "ok 1 - spider # SKIP no Spider engine (mariadb-plugin-spider) on this machine"
fi
exit $code

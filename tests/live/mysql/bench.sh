#!/usr/bin/env bash
# bench.sh BUILD_TREE DROP: derrick's load into a MariaDB server beside the server's own LOAD DATA
# LOCAL INFILE of the same rows from a ready-made file, into the same table with the same keys, in
# turn. BENCH_RUNS (3) times; the least of each counts. What derrick does besides (parsing, reading
# every row back) is told apart. BUILD_TREE was configured with -DDERRICK_TESTS=ON.
set -eu
build=$(cd "${1:?build tree}" && pwd)
drop=$(cd "${2:?drop}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
runs=${BENCH_RUNS:-3}
command -v mariadbd >/dev/null || { echo "load into mysql: skipped, no mariadbd here"; exit 77; }

work=$(mktemp -d "${TMPDIR:-/tmp}/derrick-bench-XXXXXX")
server() { "$here/server.sh" "$@"; }
trap 'server kill "$work/db"; rm -rf "$work"' EXIT
server start "$work/db" --innodb-buffer-pool-size=512M --secure-file-priv=
url="mysql://root@/energymobile?socket=$work/db/sock"

load_data() { # the server's own, from the file; prints milliseconds
    server sql "$work/db" --local-infile=1 energymobile <<SQL
SET NAMES utf8mb4; START TRANSACTION; DELETE FROM well_reading; COMMIT;
SET @start = NOW(6);
START TRANSACTION;
LOAD DATA LOCAL INFILE '$work/rows.tsv' INTO TABLE well_reading CHARACTER SET utf8mb4;
SET @end = NOW(6);
COMMIT;
SELECT TIMESTAMPDIFF(MICROSECOND, @start, @end) DIV 1000;
SQL
}
number() { # NAME LINE
    sed "s/.*$1 \([0-9]*\).*/\1/" <<<"$2"
}

least_rows= least_file=
for ((i = 0; i < runs; i++)); do
    server sql "$work/db" <<<"DROP DATABASE IF EXISTS energymobile"
    line=$("$build/tests/live/store_bench" "$url" "$drop")
    [ -e "$work/rows.tsv" ] || server sql "$work/db" energymobile \
        <<<"SELECT * FROM well_reading INTO OUTFILE '$work/rows.tsv'"
    file=$(load_data)
    rows=$(number rows "$line")
    echo "load into mysql: $line ms; LOAD DATA of the ready-made file $file ms"
    [ -n "$least_rows" ] && [ "$least_rows" -le "$rows" ] || least_rows=$rows
    [ -n "$least_file" ] && [ "$least_file" -le "$file" ] || least_file=$file
done
ratio=$((least_rows * 100 / least_file))
printf 'load into mysql: rows %d ms, ready-made file %d ms, ratio %d.%02d (bound 1.50)\n' \
    "$least_rows" "$least_file" $((ratio / 100)) $((ratio % 100))
[ "$ratio" -le 150 ]

#!/usr/bin/env bash
# timeout: 600
# Cells in quarantine get their values on a MariaDB server, and on two nodes behind a head with Spider: the same
# lists, the same values and the same bytes as through SQLite; killed before the commit and after it, nothing is
# half done.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/mysql/lib.sh"
csv=aws_s3/oil-well-data-all-historical.csv
sample drop 12 4
put drop/PS1.txt 4 101 n/a # cohort 2
put drop/PS1.txt 5 305 1,5 # cohort 4
put drop/TS1.txt 3 3 bad
sed -i -E '6s/\t[^\t]*$//' drop/TS2.txt # a short row
sample good 12 4
start_server db
make_users db
over=()
at() { # WORKSPACE COMMAND...
    derrick -C "$1" --set input.cohorts=4 --set input.sample=mean "${over[@]}" "${@:2}"
}
# Loads the drop into a new workspace and lists its cells.
loads() { # WORKSPACE
    [ -d "$1" ] || derrick init "$1" >/dev/null
    [ ${#over[@]} -eq 0 ] || at "$1" init >/dev/null
    cp drop/* "$1/logs"
    expect_exit 6 at "$1" -q run --quarantine
    at "$1" quarantine list >"$1.tsv"
    [ "$(wc -l <"$1.tsv")" -eq 8 ] || fail "$(cat "$1.tsv")"
}
# Gives all cells the values of the good drop.
fix() { # WORKSPACE
    awk -F '\t' -v OFS='\t' 'NR > 1 { file = "good/" $6; for (i = 1; i <= $7; i++) getline row < file
        close(file); split(row, cells, "\t"); $11 = cells[$8] } { print }' "$1.tsv" >"$1.fixed"
}
corrected() { # WORKSPACE
    fix "$1"
    says "corrected 7 cells" at "$1" quarantine apply "$PWD/$1.fixed"
}
right() { # WORKSPACE: as SQLite has it
    says "no problems found" at "$1" check --database
    says "nothing was changed" at "$1" quarantine apply "$PWD/$1.fixed"
    at "$1" -q run
    expect_same lite/$csv "$1/$csv"
    expect_same lite/archive/*/corrections.tsv "$1"/archive/*/corrections.tsv
}
good_values() { # but for the rows of the good drop, nothing is missing
    derrick convert good --cohorts 4 --sample mean -o good.csv >/dev/null
    expect_same good.csv lite/$csv
}
same_lists() { # WORKSPACE
    expect_same lite.tsv "$1.tsv"
}
kept() { # SERVER: who changed what
    equals "7 7" "$(sql "$1" "SELECT COUNT(*), SUM(k.kept_at IS NOT NULL) FROM corrections k JOIN runs r
        ON r.run_id = k.run_id WHERE r.command = 'quarantine' AND r.user_name <> '' AND r.host <> ''" \
        energymobile | tr '\t' ' ')"
}
killed() { # SERVER WHEN: derrick is killed when the proxy sees it
    start_proxy "$1" "$2" 'kill -9 $(cat victim)'
    over=("${over[@]}" --set database.connect_timeout_s=2 --db "mysql://maker@127.0.0.1:$(cat proxy.port)/energymobile")
    fix many
    to_be_killed derrick -C many --set input.cohorts=4 --set input.sample=mean "${over[@]}" quarantine apply \
        "$PWD/many.fixed"
    stop_proxy
}
check "SQLite loads them" loads lite
check "SQLite: the values" corrected lite
check "SQLite: what comes of it" right lite
check "which is what the good drop gives" good_values
over=(--db "$(url db)")
check "MariaDB loads them" loads maria
over=(--db "$(url db loader)")
check "MariaDB: the same list" same_lists maria
check "MariaDB: the values, with the loader's privileges" corrected maria
check "MariaDB: what comes of it" right maria
check "MariaDB: who changed what" kept db

[ -e /usr/lib/mysql/plugin/ha_spider.so ] || finish
start_server node1
start_server node2
start_server head --plugin-load-add=ha_spider
for dir in head node1 node2; do
    make_users $dir
done
sql head "GRANT FEDERATED ADMIN ON *.* TO maker@'127.0.0.1'"
over=(--set "database.shards=$(url node1), $(url node2)" --db "$(url head)")
check "Spider loads them" loads many
check "Spider: the same list" same_lists many
check "Spider: killed before the head commits" killed head "before:node_commits (gtrid):COMMIT"
check "Spider: nothing was changed" equals 0 \
    "$(sql head 'SELECT COUNT(*) FROM quarantine WHERE value IS NOT NULL' energymobile)"
check "Spider: the values" corrected many
check "Spider: what comes of it" right many
check "Spider: who changed what" kept head
finish

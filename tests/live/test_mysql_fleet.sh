#!/usr/bin/env bash
# timeout: 600
# The fleet of the old scripts, smaller: 31 named sites, one profile for all, from 2018-04-26, through MariaDB and
# through SQLite by one command each. The same bytes come out; a bad site fails alone on both.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/mysql/lib.sh"
needs sqlite3

start_server db
make_users db
for here in lite big; do
    derrick init -q $here >/dev/null
    sed -i 's/^columns = .*/columns = wells/; s/^cohorts = .*/cohorts = 3/; s/^start = .*/start = 2018-04-26/' $here/derrick.ini
done
for seed in $(seq 31); do
    sample d$seed 4 3 "$seed"
    mv d$seed/profile.txt profile.txt
    printf 'site-%02d ' "$seed" >>names
done
deliver() { # WORKSPACE
    local seed=0 site
    cp profile.txt "$1"/logs
    for site in $(cat names); do
        cp -r d$((++seed)) "$1/logs/$site"
    done
}
deliver lite
deliver big
echo x >lite/logs/site-07/SE.txt
echo x >big/logs/site-07/SE.txt
csv=aws_s3/oil-well-data-all-historical.csv

run() { # WORKSPACE, EXIT_CODE
    local code=0 options=()
    [ "$1" = lite ] || options=(--db "$(url db loader)")
    derrick -C "$1" "${options[@]}" run >$1.out 2>&1 || code=$?
    [ "$code" -eq "$2" ] || fail "exit code $code: $(cat $1.out)"
}
bad_site_fails_alone() {
    run lite 3
    run big 3
    cmp lite/$csv big/$csv
    [ "$(wc -l <big/$csv)" -eq $((30 * 3 * 4 + 1)) ]
    [ "$(cd big/logs && find . -type f ! -name DERRICK-REPORT.txt | sed 's|/[^/]*$||' | sort -u | tr '\n' ' ')" = ". ./site-07 " ]
    grep -q ^REFUSED big/logs/site-07/DERRICK-REPORT.txt
    grep -q ^ACCEPTED big/logs/site-31/DERRICK-REPORT.txt
    grep -q ',2018-04-26 00:00:00,' big/$csv
}
corrected() {
    cp d7/SE.txt lite/logs/site-07
    cp d7/SE.txt big/logs/site-07
    run lite 0
    run big 0
    cmp lite/$csv big/$csv
    [ "$(sql db 'SELECT COUNT(*), COUNT(DISTINCT w.site) FROM well_reading r JOIN wells w USING (well_id)' energymobile)" = "372	31" ]
    [ -e big/profile/profile.txt ] && [ -z "$(find big/logs -name '*.txt' ! -name DERRICK-REPORT.txt)" ]
    [ "$(sql db "SELECT COUNT(*) FROM drops WHERE archived_at IS NULL" energymobile)" = 0 ]
}
nothing_new() {
    run big 0
    grep -q 'nothing new' big.out
}
derrick init -q made --db "$(url db maker)" >/dev/null
check "one bad site of 31 fails alone" bad_site_fails_alone
check "it is loaded once it is corrected" corrected
check "then there is nothing new" nothing_new
finish

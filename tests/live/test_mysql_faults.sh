#!/usr/bin/env bash
# timeout: 900
# A server is killed, or a network connection is cut, at chosen moments of a load and an export: the
# result is the old state or the new, never a mixture, and the next run finishes. Also TLS, with a
# certificate authority of the test.
. "$TESTS/cli/lib.sh"
. "$TESTS/live/mysql/lib.sh"
needs openssl ps

derrick sample drop --readings 60 --cohorts 8 >/dev/null
derrick sample other --readings 60 --cohorts 8 --seed 2 >/dev/null
derrick convert drop --set input.cohorts=8 -o drop.csv >/dev/null 2>&1
derrick convert other --set input.cohorts=8 -o other.csv >/dev/null 2>&1
start_server db
make_users db

# If the server returns, a run waits three times as long as a slow machine may need to start it; if
# not, no longer than necessary.
patience=2
through() { # COMMAND...: derrick through the proxy
    derrick -C ws --set input.cohorts=8 --set "database.connect_timeout_s=$patience" \
        --db "mysql://maker@127.0.0.1:$(cat proxy.port)/energymobile" "$@"
}
straight() {
    derrick -C ws --set input.cohorts=8 --db "$(url db)" "$@"
}
fresh() {
    rm -rf ws got.csv
    derrick init ws >/dev/null
    sql db "DROP DATABASE IF EXISTS energymobile"
    straight init >/dev/null
}
restart="$TESTS/live/mysql/server.sh kill db; ($TESTS/live/mysql/server.sh again db &) >/dev/null 2>&1"
end="$TESTS/live/mysql/server.sh kill db"

# The invariants after any load of `drop` that reported success.
whole() { # CSV
    straight export -o got.csv
    expect_same got.csv "$1"
    equals 480 "$(sql db 'SELECT COUNT(*) FROM well_reading' energymobile)"
    equals 8 "$(sql db 'SELECT COUNT(*) FROM cohorts' energymobile)"
    equals "$2" "$(sql db 'SELECT COUNT(*) FROM drops' energymobile)"
    equals 0 "$(sql db "SELECT COUNT(*) FROM runs WHERE state = 'running'" energymobile)"
}

# The connection breaks and the server is available, or returns: the same run finishes.
survives() { # WHEN [COMMAND]
    patience=30
    fresh
    start_proxy db "$@"
    says "loaded: .*480 readings" through load "$PWD/drop"
    grep -q "starts over" says.out || fail "nothing was broken"
    stop_proxy
    whole drop.csv 1
    says "already" straight load "$PWD/drop"
}

# The same with --replace: the old contents, or the new.
survives_replacing() { # WHEN [COMMAND]
    patience=30
    fresh
    straight load "$PWD/other"
    start_proxy db "$@"
    says "loaded: .*480 readings" through load --replace "$PWD/drop"
    grep -q "starts over" says.out || fail "nothing was broken"
    stop_proxy
    whole drop.csv 2
}

# The server dies and stays away: a clear error, and the next run finishes.
fails_then_finishes() { # WHEN
    fresh
    start_proxy db "$1" "$end"
    fails_with 4 "lost|no server answers" through load "$PWD/drop"
    stop_proxy
    server again db
    equals "0 0" "$(sql db 'SELECT COUNT(*) FROM well_reading; SELECT COUNT(*) FROM cohorts' \
        energymobile | tr '\n' ' ' | sed 's/ $//')"
    says "loaded: .*480 readings" straight load "$PWD/drop"
    whole drop.csv 1
}
# The same if only the answer to a commit is lost: the rows are already there.
fails_then_is_there() {
    fresh
    start_proxy db "after:LOAD DATA:COMMIT" "$end"
    fails_with 4 "lost|no server answers" through load "$PWD/drop"
    stop_proxy
    server again db
    equals 480 "$(sql db 'SELECT COUNT(*) FROM well_reading' energymobile)"
    says "already" straight load "$PWD/drop"
    whole drop.csv 1
}

export_survives() { # [COMMAND]
    patience=30
    fresh
    straight load "$PWD/drop"
    start_proxy db "got:FROM well_reading:9000" "$@"
    through export -o got.csv
    stop_proxy
    expect_same got.csv drop.csv
}
export_fails() {
    fresh
    straight load "$PWD/drop"
    start_proxy db "got:FROM well_reading:9000" "$end"
    fails_with 4 "lost|no server answers" through export -o got.csv
    stop_proxy
    [ ! -e got.csv ] || fail "half an export is there"
    server again db
    straight export -o got.csv
    expect_same got.csv drop.csv
}

# derrick itself is killed while it sends its rows.
derrick_killed() {
    fresh
    start_proxy db "sent:LOAD DATA:30000" "kill -9 \$(cat victim)"
    to_be_killed derrick -C ws --set input.cohorts=8 \
        --db "mysql://maker@127.0.0.1:$(cat proxy.port)/energymobile" load "$PWD/drop"
    stop_proxy
    says "loaded: .*480 readings" straight load "$PWD/drop"
    whole drop.csv 1
}

# --- TLS

make_certificates() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.pem -subj "/CN=test" \
        2>/dev/null
    openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj "/CN=x" 2>/dev/null
    printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\n' >good.ext
    printf 'subjectAltName=DNS:db.example\n' >bad.ext
    for kind in good bad; do
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
            -extfile $kind.ext -out $kind.pem 2>/dev/null
    done
}
tls() { # DIR [options] COMMAND...
    local dir=$1
    shift
    derrick -C ws --set input.cohorts=8 --db "$(url "$dir")" --set database.tls=verify "$@"
}
tls_good() {
    sql tls "GRANT USAGE ON *.* TO maker@'127.0.0.1' REQUIRE SSL"
    fails_with 4 "denied" derrick -C ws --db "$(url tls)" init
    tls tls --set "database.tls_ca=$PWD/ca.pem" init
    tls tls --set "database.tls_ca=$PWD/ca.pem" load "$PWD/drop"
    tls tls --set "database.tls_ca=$PWD/ca.pem" export -o got.csv
    expect_same got.csv drop.csv
}
tls_unknown_authority() {
    fails_with 4 "certificate" tls tls status
    # An option file does not change this.
    printf '[client]\nssl-verify-server-cert=0\nssl-enforce=0\n' >~/.my.cnf
    fails_with 4 "certificate" tls tls status
    fails_with 2 "none.pem" tls tls --set "database.tls_ca=$PWD/none.pem" status
}
tls_other_name() {
    fails_with 4 "TLS" tls tls_bad --set "database.tls_ca=$PWD/ca.pem" status
}
# A configured authority applies on this machine too, where TLS is otherwise not required.
tls_auto() { # DIR
    derrick -C ws --db "$(url "$1")" --set "database.tls_ca=$PWD/ca.pem" status
}
tls_auto_asks() {
    sql tls "DROP DATABASE IF EXISTS energymobile; GRANT USAGE ON *.* TO maker@'127.0.0.1' REQUIRE NONE"
    derrick -C ws --db "$(url tls)" init
    derrick -C ws --db "$(url tls)" status
    tls_auto tls
    fails_with 4 "TLS" tls_auto tls_bad
    fails_with 4 "TLS" tls_auto db
}
tls_none() {
    fails_with 4 "TLS" tls db status
}
plain_elsewhere() {
    local address
    address=$(hostname -I 2>/dev/null | tr ' ' '\n' | grep -E '^[0-9.]+$' | head -1)
    [ -n "$address" ] || return 0
    start_server wide --bind-address=0.0.0.0
    sql wide "CREATE USER maker@'%' IDENTIFIED BY 'Pass''word\\\\1'; GRANT ALL ON energymobile.* TO maker@'%'"
    fails_with 4 "TLS" derrick -C ws --db "mysql://maker@$address:$(cat wide/port)/energymobile" init
    derrick -C ws --db "mysql://maker@$address:$(cat wide/port)/energymobile" \
        --set database.tls=plain init
    server kill wide
}

check "the network is cut amid the rows" survives "sent:LOAD DATA:30000"
check "the network goes silent, and the server takes the old session for alive" \
    survives "lost:LOAD DATA:30000"
check "the server is killed amid the rows, and returns" survives "sent:LOAD DATA:30000" "$restart"
check "the network is cut at the commit" survives "before:LOAD DATA:COMMIT"
check "the commit's answer is lost" survives "after:LOAD DATA:COMMIT"
check "the server is killed right after the commit, and returns" \
    survives "after:LOAD DATA:COMMIT" "$restart"
check "the network is cut while rows are read back" survives "got:LOAD DATA:20000"
check "the commit of a replacement is interrupted" survives_replacing "before:LOAD DATA:COMMIT"
check "the answer to a replacement is lost" survives_replacing "after:LOAD DATA:COMMIT"
check "the server dies amid the rows" fails_then_finishes "sent:LOAD DATA:30000"
check "the server dies at the commit" fails_then_finishes "before:LOAD DATA:COMMIT"
check "the server dies after the commit" fails_then_is_there
check "the network is cut during an export" export_survives
check "the server is killed during an export, and returns" export_survives "$restart"
check "the server dies during an export" export_fails
check "derrick is killed amid the rows" derrick_killed

make_certificates
start_server tls --ssl-ca="$PWD/ca.pem" --ssl-cert="$PWD/good.pem" --ssl-key="$PWD/server.key"
start_server tls_bad --ssl-ca="$PWD/ca.pem" --ssl-cert="$PWD/bad.pem" --ssl-key="$PWD/server.key"
make_users tls
make_users tls_bad
check "TLS, verified" tls_good
check "a certificate of an unknown authority" tls_unknown_authority
check "a certificate of another name" tls_other_name
check "a server without TLS" tls_none
check "a named authority is asked on this machine, too" tls_auto_asks
check "another machine without TLS, unless it is asked for" plain_elsewhere
finish

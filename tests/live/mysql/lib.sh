# Help for the live tests of MySQL: a script reads it after cli/lib.sh. It needs mariadbd, and ends
# every server that it started.
#
#     . "$TESTS/cli/lib.sh"
#     . "$TESTS/live/mysql/lib.sh"
#     start_server db                 a server in ./db
#     make_users db                   database users maker, loader and reader, password "Pass'word\1"
#     check "what is true" COMMAND... prints "ok N - what is true", or "not ok" and why
needs mariadbd mariadb-install-db mariadb mariadb-admin python3
export DK_MARIADB_SEED=$PWD/seed
export DERRICK_DB_PASSWORD="Pass'word\\1"

server() { # VERB DIR [options]
    "$TESTS/live/mysql/server.sh" "$@"
}

started=
start_server() { # DIR [mariadbd options]
    started="$started $1"
    server start "$@"
}

stop_servers() {
    local dir
    for dir in $started; do
        server kill "$dir"
    done
}
trap stop_servers EXIT

sql() { # DIR QUERY [mariadb options]: as root, the rows as tab-separated text
    local dir=$1 query=$2
    shift 2
    server sql "$dir" "$@" <<<"$query"
}

# The privileges are those of docs/mysql.md.
make_users() { # DIR
    local user
    for user in maker loader reader; do
        sql "$1" "CREATE USER $user@'127.0.0.1' IDENTIFIED BY 'Pass''word\\\\1'"
    done
    sql "$1" "
        GRANT CREATE, ALTER, DROP, INDEX, REFERENCES, CREATE VIEW, SELECT, INSERT, UPDATE, DELETE
            ON energymobile.* TO maker@'127.0.0.1';
        GRANT SELECT, INSERT, UPDATE, DELETE ON energymobile.* TO loader@'127.0.0.1';
        GRANT SELECT ON energymobile.* TO reader@'127.0.0.1'"
}

url() { # DIR [user]
    echo "mysql://${2:-maker}@127.0.0.1:$(cat "$1/port")/energymobile"
}

case_number=0
check() { # NAME COMMAND...
    local name=$1 code=0
    shift
    case_number=$((case_number + 1))
    # In the background, because bash -e ignores failures in front of ||.
    ("$@") >case.out 2>case.err &
    wait $! || code=$?
    if [ "$code" -eq 0 ]; then
        echo "ok $case_number - $name"
        return 0
    fi
    echo "not ok $case_number - $name"
    echo "# exit code $code: $*"
    sed 's/^/# /' case.out case.err | tail -20
    failed=1
}
failed=0

# The end of a script: its exit code.
finish() {
    echo "1..$case_number"
    exit "$failed"
}

# fails_with CODE PATTERN COMMAND...: the command ends with that exit code, prints a line on stderr
# that matches the extended regular expression, and never prints the password.
fails_with() {
    local expected=$1 pattern=$2 code=0
    shift 2
    "$@" >fails.out 2>fails.err || code=$?
    cat fails.out fails.err
    [ "$code" -eq "$expected" ] || fail "exit code $code instead of $expected"
    grep -Eq -- "$pattern" fails.err || fail "stderr does not say '$pattern'"
    ! grep -qF "Pass'word" fails.out fails.err || fail "the password is printed"
}

# says PATTERN COMMAND...: the command succeeds and prints a line that matches, on either stream.
says() {
    local pattern=$1
    shift
    "$@" >says.out 2>&1 || { cat says.out; fail "it failed: $*"; }
    cat says.out
    grep -Eq -- "$pattern" says.out || fail "it does not say '$pattern'"
}

# A proxy in front of a server that breaks one connection at a chosen moment (proxy.py); its port is
# in proxy.port.
proxy=
start_proxy() { # DIR WHEN [COMMAND]
    local port
    port=$(cat "$1/port")
    shift
    rm -f proxy.port
    "$TESTS/live/mysql/proxy.py" proxy.port "$port" "$@" &
    proxy=$!
    until [ -f proxy.port ]; do sleep 0.05; done
}
stop_proxy() {
    kill "$proxy"
    wait "$proxy" 2>/dev/null || true
}

# Runs derrick so that another process can kill it, by the number in the file victim.
to_be_killed() { # derrick ARGUMENT...
    local code=0
    shift
    "$DERRICK" "$@" >killed.out 2>&1 &
    echo $! >victim
    wait $! 2>/dev/null || code=$?
    equals 137 "$code"
}

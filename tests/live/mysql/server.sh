#!/bin/bash
# A real mariadbd for the tests: a free port and a socket of its own, all files in one folder,
# nothing of the system touched. Debian package: mariadb-server.
#
#   server.sh start DIR [mariadbd options]   starts it in DIR, writes DIR/port and DIR/pid
#   server.sh again DIR [mariadbd options]   starts it once more over the same data and port
#   server.sh stop DIR                       ends it by its process number (SIGTERM)
#   server.sh kill DIR                       the same, like a power cut (SIGKILL)
#   server.sh sql DIR [mariadb options]      SQL from stdin, as root through the socket
#
# root has no password and can log in only through the socket. If DK_MARIADB_SEED names a folder,
# each new data folder is copied from it (the first one is stored there): a test with several servers
# installs once. Each server has its own folder for temporary tables: a server that starts removes all
# files that it finds there, which in /tmp would include those of other servers. Nothing is synced to
# disk: the tests kill the process, not the machine.
set -eu

here=$(dirname "$(realpath "$0")")

install_data() {
    local seed=${DK_MARIADB_SEED:-$dir/seed}
    if [ ! -d "$seed/mysql" ]; then
        mariadb-install-db --no-defaults --datadir="$seed" --auth-root-authentication-method=normal \
            --skip-test-db --user="$(id -un)" --tmpdir="$dir/tmp" --innodb-log-file-size=32M \
            --innodb-flush-log-at-trx-commit=0 >"$dir/install.log" 2>&1 || {
            echo "server.sh: mariadb-install-db failed; the beginning of $dir/install.log:" >&2
            head -5 "$dir/install.log" >&2
            return 1
        }
    fi
    if [ "$seed" = "$dir/seed" ]; then
        mv "$seed" "$dir/data"
    else
        cp -R "$seed" "$dir/data"
    fi
}

launch() {
    mariadbd --no-defaults --user="$(id -un)" --datadir="$dir/data" --tmpdir="$dir/tmp" \
        --socket="$dir/sock" --bind-address=127.0.0.1 --port="$(cat "$dir/port")" \
        --pid-file="$dir/server.pid" --skip-log-bin --innodb-buffer-pool-size=64M \
        --innodb-log-file-size=32M --innodb-fast-shutdown=2 --key-buffer-size=1M \
        --performance-schema=OFF --skip-name-resolve --local-infile=1 --debug-no-sync "$@" \
        >>"$dir/server.log" 2>&1 </dev/null &
    echo $! >"$dir/pid"
    for _ in $(seq 1200); do # a busy machine has its time
        if mariadb-admin --no-defaults --socket="$dir/sock" --user=root ping >/dev/null 2>&1; then
            return 0
        fi
        kill -0 "$(cat "$dir/pid")" 2>/dev/null || break
        sleep 0.1
    done
    echo "server.sh: mariadbd did not start; the end of $dir/server.log:" >&2
    tail -5 "$dir/server.log" >&2
    return 1
}

# Waits until the process is gone, or only waits for its parent to read its exit code: its port and
# its files are then free.
gone() {
    for _ in $(seq 300); do
        kill -0 "$1" 2>/dev/null || return 0
        case $(ps -o stat= -p "$1") in Z*) return 0 ;; esac
        sleep 0.05
    done
    return 1
}

end() {
    [ -f "$dir/pid" ] || return 0
    local pid
    pid=$(cat "$dir/pid")
    kill "-$1" "$pid" 2>/dev/null || true
    gone "$pid" || { kill -KILL "$pid" 2>/dev/null || true; gone "$pid" || true; }
    rm -f "$dir/pid"
}

verb=${1:?start, again, stop, kill or sql}
dir=${2:?folder}
shift 2
mkdir -p "$dir/tmp"
dir=$(cd "$dir" && pwd)
case $verb in
start) "$here/../free_ports.py" >"$dir/port"; install_data; launch "$@" ;;
again) launch "$@" ;;
stop) end TERM ;;
kill) end KILL ;;
sql) exec mariadb --no-defaults --socket="$dir/sock" --user=root --batch --skip-column-names "$@" ;;
*) echo "server.sh: unknown verb '$verb'" >&2; exit 2 ;;
esac

# A drop that waits for its profile runs when a profile arrives in profile/, or in one beside the
# logs. Cells in quarantine show in the exit code of the run.
# timeout: 60
. "$TESTS/cli/lib.sh"
needs sqlite3
sample drop 2 1
sed -i '1s/^[^\t]*/NaN/' drop/TS1.txt

# watch_for_profile WORKSPACE LOGS PROFILE
watch_for_profile() {
    new_workspace "$1" 1
    mkdir -p "$1/$2"
    cp drop/* "$1/$2"
    rm "$1/$2/profile.txt"
    mkdir -p "$1/$3"
    "$DERRICK" -C "$1" watch --interval 0 --settle 0 --once --quarantine >"$1.txt" 2>"$1.err" &
    watch=$!
    until grep -qs 'until it changes' "$1.err"; do sleep 0.02; done
    cp drop/profile.txt "$1/part"
    mv "$1/part" "$1/$3/profile.txt"
    wait "$watch" || echo "exit code $?"
    steady <"$1.txt"
    sqlite3 "$1/energymobile.db" 'SELECT command, state, exit_code FROM runs'
}
trap 'kill $watch 2>/dev/null || true' EXIT
watch_for_profile a logs profile
watch_for_profile b logs/data logs/data/profile
trap - EXIT

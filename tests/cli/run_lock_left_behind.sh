# A lock never names a dead process: its text may be that of a killed process, from before another
# one took the lock.
. "$TESTS/cli/lib.sh"
needs flock
new_workspace . 1
no_process=4194305 # one more than Linux gives
for text in "$no_process $(uname -n)" "$no_process another-machine" "" "nonsense"; do
    echo "$text" >.derrick.lock
    show flock .derrick.lock "$DERRICK" run | sed "s|$DERRICK|derrick|"
    echo "$text" >energymobile.db.lock
    rm .derrick.lock
    show flock energymobile.db.lock "$DERRICK" run | sed "s|$DERRICK|derrick|"
done

# After the kill, its text still exists, but its lock does not.
echo "$no_process $(uname -n)" | tee .derrick.lock >energymobile.db.lock
show derrick run
wc -c .derrick.lock energymobile.db.lock

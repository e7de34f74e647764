# A lock names no process that is dead: its text may be of one that was killed before another took it.
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

# Killed, its text is there and its lock is not.
echo "$no_process $(uname -n)" | tee .derrick.lock >energymobile.db.lock
show derrick run
wc -c .derrick.lock energymobile.db.lock

# watch prints once why logs/ can't be listed, and resumes when it can. It prints once what it can't
# read, until that changes. A file that belongs to no delivery and keeps changing does not delay a
# drop.
# timeout: 120
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace w 1
sample drop 2 1
said() { # COUNT TEXT: that often by now
    local tries=0
    until [ "$(grep -cF -- "$2" err.txt)" -ge "$1" ]; do
        [ $((tries += 1)) -le 1000 ] || fail "waited in vain for $1 times '$2'"
        sleep 0.02
    done
}
mv w/logs w/away
mkdir w/logs
: >err.txt
"$DERRICK" -C w watch --interval 0 --settle 1 --columns samples >out.txt 2>err.txt &
watch=$!
trap 'kill $watch ${noise:-} 2>/dev/null || true' EXIT
said 1 watching

# The share disappears, then something else replaces it, then it returns.
rmdir w/logs
said 1 'No such file'
sleep 0.5
echo x >w/logs
said 1 'Not a directory'
sleep 0.5
rm w/logs
mv w/away w/logs
said 1 'can be listed again'

# Something looks like a delivery and can't be read.
echo x >'w/logs/PS1 (1).txt'
said 1 'PS1 (1).txt'
sleep 1.5
echo x >w/logs/delivery.7z
said 1 '2 files look like a delivery'
rm w/logs/*

# Something else in logs/ changes all the time.
while :; do
    date +%N >>w/logs/transfer.log
    sleep 0.1
done &
noise=$!
cp drop/* w/logs
until [ -e w/archive/*-run*/manifest.sha256 ]; do sleep 0.05; done
kill $noise
sleep 1.5 # the rest is not a delivery
kill -TERM "$watch"
wait "$watch" || echo "exit code $?"
trap - EXIT
steady <out.txt | sed 's/-run[0-9]*/-run/'
echo == stderr
cat err.txt
sqlite3 w/energymobile.db 'SELECT exit_code, count(*) FROM runs GROUP BY 1'

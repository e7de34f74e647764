# timeout: 60
# A run removes the temporary files of killed processes of this host, wherever they are in the
# workspace. It keeps those of a living process (convert and export need no lock), and those of
# other hosts: on a share, their process numbers mean nothing here. A name of the older form does
# not contain the host: it is removed if nobody has written to it for a day.
. "$TESTS/cli/lib.sh"
needs python3
new_workspace . 1
deep=aws_s3/features/rig_name=texas-1/cohort=01
mkdir -p archive/first aws_s3/cohort=01 $deep
cat >killed.py <<'PY'
"""Kills a command while it writes, and prints the name of a file that it leaves behind."""
import os, subprocess, sys, time
command = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
while not (names := [name for name in os.listdir("out") if name.endswith(".tmp")]):
    time.sleep(0.001)
command.kill()
command.wait()
print(names[0])
PY
mkdir out
left=$(python3 killed.py "$DERRICK" sample out --readings 2205)
host=$(echo "$left" | sed -E 's/.*\.([0-9a-f]{8})\.[0-9]+\.[0-9]+\.tmp/\1/')
[ ${#host} -eq 8 ] || fail "no host in '$left'"
other=$(echo "$host" | tr 0-9a-f 1-9a-f0)
gone=4194305 # one more than Linux gives a process
for folder in logs profile csv aws_s3 archive quarantine archive/first aws_s3/cohort=01 $deep; do
    cp "out/$left" "$folder"
    echo half >"$folder/.oil-well.csv.$host.$gone.0.tmp"
    echo half >"$folder/.oil-well.csv.$host.$$.1.tmp"
    echo half >"$folder/.oil-well.csv.$other.$gone.2.tmp"
    echo half >"$folder/.oil-well.csv.$gone.3.tmp"
    for name in "$host.$gone.4" "$host.$$.5" "$other.$gone.6" "$gone.7" "$$.8"; do
        echo half >"$folder/.oil-well.csv.$name.tmp"
        touch -d '25 hours ago' "$folder/.oil-well.csv.$name.tmp"
    done
done
echo a name that is not ours >csv/.oil-well.csv.tmp
mkdir csv/.folder.$host.$gone.0.tmp
rm -r out
derrick archive
find . -name ".*.tmp" | sed "s/\.$host\./.HERE./; s/\.$other\./.ELSEWHERE./; s/\.$$\./.PID./; s/\.$gone\./.GONE./" | sort

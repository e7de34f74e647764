# A command that receives a signal ends by that signal, and leaves nothing half-written under any
# name. If it was started with the signal ignored, as by nohup, it continues.
. "$TESTS/cli/lib.sh"
needs python3
cat >stop.py <<'PY'
"""Sends a signal to a command once it has a temporary file in out/: stop.py SIGNAL BEFORE COMMAND..."""
import os, signal, subprocess, sys, time
number = getattr(signal, sys.argv[1])
signal.signal(number, getattr(signal, sys.argv[2]))
command = subprocess.Popen(sys.argv[3:], stdout=subprocess.DEVNULL)
while command.poll() is None and not any(name.endswith(".tmp") for name in os.listdir("out")):
    time.sleep(0.001)
command.send_signal(number)
code = command.wait()
names = [name for name in os.listdir("out") if name.startswith(".")]
print(sys.argv[1], sys.argv[2], "ended it" if code == -number else f"exit code {code}", names)
PY
for number in SIGINT SIGTERM SIGHUP; do
    for before in SIG_DFL SIG_IGN; do
        mkdir out
        python3 stop.py $number $before "$DERRICK" sample out --readings 600
        rm -rf out
    done
done

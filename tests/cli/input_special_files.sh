# timeout: 20
# Pipes, devices and sockets under the name of a file are refused at once; derrick waits for none of
# them.
. "$TESTS/cli/lib.sh"
needs mkfifo python3
new_traps
refused "a pipe" "rm PS1.txt; mkfifo PS1.txt"
refused "a pipe, with --allow-missing" "rm PS1.txt; mkfifo PS1.txt" --allow-missing
refused "a pipe named .csv" "rm PS1.txt; mkfifo PS1.csv"
refused "a pipe for the profile" "rm profile.txt; mkfifo profile.txt"
refused "a pipe in profile/" "mkdir profile; rm profile.txt; mkfifo profile/profile.txt"
refused "a pipe behind a link" "rm PS1.txt; mkfifo x; ln -s x PS1.txt"
refused "/dev/null" "rm PS1.txt; ln -s /dev/null PS1.txt"
refused "/dev/zero" "rm PS1.txt; ln -s /dev/zero PS1.txt"
refused "a socket" "rm PS1.txt; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"PS1.txt\")'"
mkfifo pipe
for drop in pipe /dev/null /dev/zero; do
    show derrick check $drop
done

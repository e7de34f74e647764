# A profile that is no longer the loaded one belongs to the next drop: it stays in logs/.
. "$TESTS/cli/lib.sh"
new_workspace . 1
sample logs 2 1
derrick load -q >/dev/null
printf '100\t80\t2\t90\t0\n3\t100\t0\t130\t1\n' >logs/profile.txt
show derrick archive | steady
find logs profile -type f | sort
ls archive/*

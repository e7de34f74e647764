# The shell blocks of README.md work as printed, one after the other, and so do its SQL queries. `make`
# only checks that the target exists. A block marked "sh server" needs a server and does not run here.
. "$TESTS/cli/lib.sh"
needs sqlite3
readme=$TESTS/../README.md

# blocks LANGUAGE: the fenced blocks of that language.
blocks() {
    awk -v fence="\`\`\`$1" '$0 == "```" { inside = 0 } inside { print } $0 == fence { inside = 1 }' "$readme"
}

make() {
    grep -q "^$1:" "$TESTS/../Makefile" || fail "the Makefile has no target '$1'"
}

sudo() {
    "$@"
}

sample delivery 24 60
sample next-quarter 24 1 2
blocks sh >commands
blocks sql >queries
[ "$(grep -c derrick commands)" -ge 10 ]
export -f derrick fail make sudo
bash -eu commands >out 2>&1 || fail "$(cat out)"
cd ~/rig
head -qn 1 template.csv cooler.csv newest.csv converted.csv quarter.csv | cut -c 1-40
grep -c 'CREATE TABLE' schema.sql
wc -l *.csv | awk '{ print $1, $2 }'
ls logs archive/*/PS1.txt | sed 's/[0-9-]*-run/DAY-run/'
sqlite3 energymobile.db <~/queries | awk 'END { print (NR > 60) }'

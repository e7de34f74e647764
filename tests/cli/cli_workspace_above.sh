# Commands find the workspace from a folder inside it, as git finds a repository. Paths on the
# command line stay relative to the current folder.
. "$TESTS/cli/lib.sh"
new_workspace w 2
mkdir -p w/a/b
sample w/a/drop 3 2
sample w/logs 3 2 2
cd w/a/b
show derrick status | head -n 2 | steady
show derrick run | steady
ls
show derrick run drop
show derrick load ../drop --replace
show derrick export -o out.csv
show derrick convert ../drop -o ../converted.csv
ls . ..
# A name that exists only in the workspace is not found.
show derrick check logs
show derrick convert ../drop -o energymobile.db
show derrick upload oil.csv
cd ../../logs
show derrick status | head -n 2 | steady

echo "- init, and sample, are for the current folder"
cd ../a
show derrick init | steady
ls
show derrick status | head -n 2 | steady
show derrick init inner | steady
show derrick sample made --readings 2 --cohorts 1 | tail -n 1

echo "- -C, DERRICK_WORKSPACE and a configuration are exact"
mkdir ../plain
cd ../plain
show derrick -C . status
DERRICK_WORKSPACE=. show derrick status
show derrick --config ../derrick.ini status
DERRICK_CONFIG=../derrick.ini show derrick status
show derrick -C .. status | head -n 2 | steady
rm ../a/derrick.ini
mkdir ../below && cd ../below
show derrick status | head -n 2 | steady

echo "- not where another user made it"
refused() { # as a status that finds the workspace above and refuses it
    local text
    text=$(derrick status 2>&1) && fail "not refused: $text"
    grep -c "belongs to another user, '.*': its derrick.ini is not used" <<<"$text"
    grep -o 'name it with -C .*' <<<"$text"
}
if [ "$(id -u)" -eq 0 ]; then
    for owned in ../derrick.ini ..; do
        chown 12345 "$owned"
        refused
        [ "$owned" = .. ] || (cd .. && derrick status | head -n 1 | steady)
        [ "$owned" = .. ] || derrick -C .. status | head -n 1 | steady
        chown 0 "$owned"
    done
else # only root can give a file away
    for owned in file folder; do
        printf '1\nname it with -C %s\n' "$(cd .. && pwd -P)"
        [ "$owned" = folder ] || (cd .. && derrick status | head -n 1 && derrick status | head -n 1) | steady
    done
fi

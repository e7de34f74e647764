# Under systemd, where stderr is the journal's stream, each line of it begins with its priority; results
# on stdout, other streams and other services' streams have no prefix.
. "$TESTS/cli/lib.sh"
sample drop 3 2
rm drop/TS1.txt
sed -i '2s/^[^\t]*/x/' drop/TS2.txt
under() { # ARGUMENT...: as systemd runs it, with stderr in a file
    : >err
    JOURNAL_STREAM=$(stat -c %d:%i err) "$DERRICK" "$@" 2>err || echo "exit code $?"
    sed "s/convert-[^.]*/convert-NOW/" err
}
under check drop --cohorts 2
under convert drop --cohorts 2 --allow-missing --quarantine -o out.csv
echo "- not the journal's"
: >err
JOURNAL_STREAM=1:1 "$DERRICK" load none 2>err || cat err
JOURNAL_STREAM=$(stat -c %d:%i drop/TS2.txt) "$DERRICK" load none 2>err || cat err
JOURNAL_STREAM=x "$DERRICK" load none 2>err || cat err
JOURNAL_STREAM=$(stat -c %d:%i err) "$DERRICK" load none --json 2>err | grep -c '^{"time"'

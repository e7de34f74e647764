# DERRICK-REPORT.txt: run and watch leave it where the delivery was, what it says, that it is not part of
# anything, and where there is none.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace w 2
sample drop 3 2
export DERRICK_TEST_NOW="2008-10-01 02:31:00"
report() { steady <"$1/DERRICK-REPORT.txt"; }
deliver() { # FOLDER: a fresh drop is there
    find w/logs -mindepth 1 -delete
    mkdir -p "$1"
    cp drop/* "$1"
}

echo "- refused"
deliver w/logs
sed -i '2s/^[^\t]*/x/; 3s/^[^\t]*/1,5/' w/logs/TS1.txt
rm w/logs/TS2.txt
expect_exit 3 derrick -C w -q run 2>/dev/null
report w/logs
echo "- a run that is busy elsewhere, and a run with nothing to do, leave it as it is"
cp w/logs/DERRICK-REPORT.txt before.txt
expect_exit 1 flock w/.derrick.lock "$DERRICK" -C w -q run 2>/dev/null
expect_same before.txt w/logs/DERRICK-REPORT.txt
find w/logs -name '*S*.txt' ! -name 'DERRICK*' -delete
rm w/logs/[CV]*.txt w/logs/profile.txt
show derrick -C w run
expect_same before.txt w/logs/DERRICK-REPORT.txt

echo "- in part"
deliver w/logs
sed -i '2s/^[^\t]*/x/' w/logs/TS1.txt
expect_exit 6 derrick -C w -q run --quarantine >/dev/null 2>&1
report w/logs
find w/logs w/archive -name 'DERRICK*'
echo "- and a later run that only exports leaves it as it is"
cp w/logs/DERRICK-REPORT.txt before.txt
derrick -C w quarantine list | sed '2s/$/40/' >fixed.tsv
(cd w && derrick -q quarantine apply ../fixed.tsv)
show derrick -C w -q run
expect_same before.txt w/logs/DERRICK-REPORT.txt

echo "- accepted, from a sub-folder, and delivered again there"
rm w/energymobile.db && rm -r w/archive/* w/aws_s3/*
deliver w/logs/2026-q3
derrick -C w -q run >/dev/null
report w/logs/2026-q3
cp drop/* w/logs/2026-q3
derrick -C w -q run >/dev/null
report w/logs/2026-q3
find w/logs w/archive -name 'DERRICK*' | steady

echo "- by watch, of an archive"
deliver w/logs
echo x >w/logs/profile.pdf
(cd drop && zip -q ../w/logs/q3.zip -- *)
rm w/logs/*.txt
derrick -C w -q watch --interval 0 --settle 0 --once >/dev/null
report w/logs | sed -n 3p

echo "- other values than those that are loaded: nothing to correct in the files"
deliver w/logs
sed -i '1s/^[^\t]*/41/' w/logs/TS1.txt
expect_exit 3 derrick -C w -q run 2>/dev/null
report w/logs
find w/logs -mindepth 1 -delete

echo "- what can't be read"
touch w/logs/PS1.xlsx
expect_exit 3 derrick -C w -q run 2>/dev/null
report w/logs

echo "- no report names an option of the command line"
find w/logs -mindepth 1 -delete
for spoil in "rm w/logs/TS1.txt w/logs/TS2.txt" "cut -f 1 w/logs/PS1.txt >p; mv p w/logs/PS1.txt" "truncate -s -2 w/logs/SE.txt" \
    "sed -i s/[.]/,/ w/logs/TS1.txt" "yes '1	2' | head -3000 >w/logs/TS1.txt" "cp w/logs/TS1.txt 'w/logs/Copy of TS1.txt'" \
    "sed -i 's/^/9/' w/logs/TS2.txt" "for f in w/logs/*S*.txt; do cut -f 1 \$f >p; mv p \$f; done"; do
    deliver w/logs
    eval "$spoil"
    derrick -C w -q run >/dev/null 2>&1 && fail "accepted: $spoil"
    ! grep -n -e '--[a-z]' -e "'derrick" w/logs/DERRICK-REPORT.txt || fail "an option in the report: $spoil"
done

echo "- loaded, but S3 fails"
deliver w/logs
sed -i '1s/^[^\t]*/40/' w/logs/TS1.txt
expect_exit 5 env AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_MAX_ATTEMPTS=1 "$DERRICK" -C w -q run --replace --set s3.url=s3://bucket --set s3.endpoint=http://127.0.0.1:9 \
    --set s3.region=eu-west-1 >/dev/null 2>&1
report w/logs | sed -n '3p;/^What/,$p'

echo "- the database fails"
expect_exit 4 derrick -C w -q run --db mysql://127.0.0.1:9/energymobile 2>/dev/null
report w/logs | sed -n '3p;/^What/,$p'

echo "- accepted, with a warning that whoever delivered must see, and without the options in it"
rm -r w
new_workspace w 2
deliver w/logs
DERRICK_TEST_NOW="2009-10-01 02:31:00"
derrick -C w -q run >/dev/null
derrick -C w -q unload --cohort 1 --yes >/dev/null 2>&1
sample w/logs 2 1 3
show derrick -C w -q run | steady
report w/logs
DERRICK_TEST_NOW="2008-10-01 02:31:00"

echo "- hostile names can't control a terminal"
deliver w/logs
printf x >$'w/logs/PS1\e[2J\nACCEPTED.txt'
rm w/logs/PS1.txt
expect_exit 3 derrick -C w -q run 2>/dev/null
! grep -q $'\e' w/logs/DERRICK-REPORT.txt || fail "a control character is in the report"
report w/logs | sed -n '5,7p'

echo "- no report: check, convert, load, and drops elsewhere"
rm -r w
new_workspace w 2
deliver w/logs
(cd w && derrick -q check >/dev/null && derrick -q convert -o ../c.csv >/dev/null && derrick -q load >/dev/null)
sed -i '2s/^[^\t]*/x/' drop/TS1.txt
expect_exit 3 derrick -C w -q run "$PWD/drop" 2>/dev/null
find w drop -name 'DERRICK*'
echo "- nor through a link that leads outside"
find w/logs -mindepth 1 -delete
ln -s "$PWD/drop" w/logs/q3
expect_exit 3 derrick -C w -q run 2>/dev/null
find drop w/logs -name 'DERRICK*'

echo "- one that can't be written is a warning"
rm -f w/logs/q3 w/logs/DERRICK-REPORT.txt
mkdir w/logs/DERRICK-REPORT.txt
show derrick -C w run "$PWD/w/logs" | steady
cp drop/* w/logs
expect_exit 3 derrick -C w -q run 2>&1 | tail -n 1

echo "- the files of another site: a warning"
rm -r w
new_workspace w 2
sed -i 's/^columns = .*/columns = wells/' w/derrick.ini
mkdir w/logs/alpha w/logs/beta
cp drop/* w/logs/alpha
cp drop/* w/logs/beta
sed -i '2s/x/44.6/' w/logs/*/TS1.txt
show derrick -C w -q run | steady
for site in alpha beta; do
    report w/logs/$site | sed -n '3p;/^Notes/,$p'
done

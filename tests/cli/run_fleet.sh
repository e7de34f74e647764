# A fleet: with columns = wells, each folder in logs/ is a site. One run loads all of them, and exports once; a
# site that fails does not hold up the others. The fleet's profile stays in logs/ until every site is loaded.
. "$TESTS/cli/lib.sh"
needs sqlite3 jq zip
export DERRICK_TEST_NOW="2009-07-01 02:31:00"
for seed in 1 2 3 4; do
    sample d$seed 2 2 $seed
    rm d$seed/profile.txt
done
printf '100\t80\t2\t90\t0\n3\t100\t0\t130\t1\n' >profile.txt
printf '20\t73\t1\t100\t1\n3\t90\t0\t115\t0\n' >other.txt
fresh() {
    rm -rf w
    new_workspace w 2
    sed -i 's/^columns = .*/columns = wells/' w/derrick.ini
    cp profile.txt w/logs
}
deliver() { # SEED SITE
    mkdir -p "w/logs/$2"
    cp d"$1"/* "w/logs/$2"
}
sql() {
    sqlite3 -separator ' ' w/energymobile.db "$1"
}
loaded() {
    sql "SELECT rig_name, cohort, d.source, d.run_id FROM cohorts c JOIN drops d USING (drop_id)
        JOIN wells w ON w.well_id = c.well_id ORDER BY 1, 2"
}
verdicts() {
    find w/logs -name 'DERRICK-REPORT.txt' | sort | while read -r file; do
        echo "${file#w/}: $(sed -n 3p "$file")"
    done
}
profiles() {
    (cd w && find logs profile -type f ! -name DERRICK-REPORT.txt | sort)
}

echo "- all sites in one run, each a run of the ledger, and one that exports"
fresh
deliver 1 alpha
deliver 2 beta
deliver 3 gamma
cp other.txt w/logs/beta/profile.txt
show derrick -C w status | grep waiting
show derrick -C w run --dry-run
show derrick -C w run | steady
loaded
verdicts
profiles
sed -n '3,$p' w/logs/alpha/DERRICK-REPORT.txt | steady
sql "SELECT run_id, command, state, exit_code, source FROM runs"
cut -d, -f1,2,3,7 w/aws_s3/oil-well-data-all-historical.csv
(cd w && for folder in archive/*; do (cd "$folder" && sha256sum --quiet -c manifest.sha256); done)
show derrick -C w run
show derrick -C w status --set calendar.start=2008-03-26 | sed -n '2,/^next/p' | steady

echo "- the next quarter: one site fails, the others are loaded; the fleet's profile waits for it"
cp profile.txt w/logs
deliver 2 alpha
deliver 3 beta
deliver 4 gamma
sed -i '1s/^[^\t]*/x/' w/logs/beta/TS1.txt
show derrick -C w -q run | steady
loaded
verdicts
sed -n '3,$p' w/logs/beta/DERRICK-REPORT.txt | steady
profiles
sql "SELECT run_id, exit_code, message FROM runs WHERE run_id > 5"
show derrick -C w status | grep waiting
show derrick -C w status | sed -n '2,/^export/p' | steady
echo "- a run that changes nothing about it"
show derrick -C w -q run
echo "- corrected"
cp d3/TS1.txt w/logs/beta
show derrick -C w -q run | steady
profiles
sql 'SELECT cohort, count(*) FROM cohorts GROUP BY 1'

echo "- the rest of a delivery whose bad site is taken away: the profile alone is not a delivery"
cp other.txt w/logs/profile.txt
deliver 3 alpha
deliver 4 beta
rm w/logs/beta/TS1.txt
show derrick -C w -q run 2>&1 | steady
rm -r w/logs/beta
show derrick -C w run
show derrick -C w status | grep waiting || true
profiles
echo "- one that nobody has used is"
sleep 0.01
cp profile.txt w/logs
show derrick -C w -q run

echo "- the worst failure decides: quarantine, bad data, a name that no site has"
fresh
deliver 1 alpha
deliver 2 beta
sed -i '1s/^[^\t]*/x/' w/logs/alpha/TS1.txt
expect_exit 6 derrick -C w -q run --quarantine 2>&1 | steady
verdicts
deliver 3 alpha
deliver 4 'beta 2'
cp profile.txt w/logs
show derrick -C w -q run --set notify.command="cat >$PWD/n.json" | steady
verdicts
sed -n '/^Problems/,/^$/p' 'w/logs/beta 2/DERRICK-REPORT.txt'
jq -c '[.reason, .subject, .exit_code, (.text | split("\n") | map(select(test("^[A-Z]{4}"))))]' n.json

echo "- one site that comes first keeps back its own later deliveries, and no other's"
fresh
deliver 1 .
deliver 2 texas
deliver 3 utah
mkdir w/logs/nevada
(cd d4 && zip -q ../w/logs/nevada/q1.zip -- *)
rm w/logs/SE.txt
show derrick -C w -q run | steady
loaded
verdicts
profiles

echo "- one that is named waits for those of its own site, and for no other's"
(cd d2 && zip -q ../w/logs/nevada/q2.zip -- *)
(cd d1 && zip -q ../w/logs/nevada/q10.zip -- *)
for quarter in 10 2 10; do
    show derrick -C w -q load logs/nevada/q$quarter.zip | steady
done

echo "- a folder in a site's folder: as a folder in logs/ it would be another site"
fresh
deliver 1 alpha/q1
deliver 2 alpha/q2
deliver 3 beta/data/q1
show derrick -C w -q run
rm -r w/logs/beta
show derrick -C w -q run
deliver 4 gamma
show derrick -C w -q run | steady
for quarter in 1 2; do
    (cd w/logs/alpha/q$quarter && zip -q ../../q$quarter.zip -- *)
done
rm -r w/logs/alpha/q?
mv w/logs/q?.zip w/logs/alpha
show derrick -C w -q run | steady

echo "- options that are for one delivery; a cohort of each site"
fresh
deliver 1 alpha
deliver 2 beta
show derrick -C w -q run --replace --cohort 3
show derrick -C w -q run --set rig.site=ohio
show derrick -C w -q run --cohort 3 | steady
deliver 3 alpha
show derrick -C w -q run --cohort 3 --replace logs/alpha | steady
deliver 4 ohio
show derrick -C w -q load "$PWD/w/logs/ohio" --cohort 5 --gap
loaded

echo "- S3 fails: nothing is archived, each site has a report, and a later run does the rest"
fresh
deliver 1 alpha
deliver 2 beta
deliver 3 gamma
rm w/logs/gamma/SE.txt
export AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_MAX_ATTEMPTS=1
expect_exit 5 derrick -C w run --set s3.url=s3://bucket --set s3.endpoint=http://127.0.0.1:9 --set s3.region=eu-west-1 \
    >out.txt 2>&1
grep deliveries out.txt
verdicts
expect_exit 3 derrick -C w -q run 2>&1 | steady
verdicts
profiles

echo "- the same fleet again, with an older profile: duplicates, and the profile in profile/ stays"
fresh
deliver 1 alpha
deliver 2 beta
derrick -C w -q run >/dev/null
cp other.txt w/logs/profile.txt
deliver 3 alpha
deliver 4 beta
derrick -C w -q run >/dev/null
cp profile.txt w/logs/profile.txt
deliver 1 alpha
deliver 2 beta
show derrick -C w -q run | steady
cmp w/profile/profile.txt other.txt
profiles
derrick -C w init -q --rebuild >/dev/null
rm w/energymobile.db
derrick -C w init --rebuild 2>&1 | grep rebuilt
loaded

echo "- what is left in a folder of a site is named"
fresh
deliver 1 alpha
deliver 2 beta
mkdir w/logs/beta/old
cp d3/PS1.txt w/logs/beta/old
show derrick -C w -q run

echo "- events and notifications carry the rig of the site also where there is only one"
fresh
deliver 1 alpha
sed -i '1s/^[^\t]*/x/' w/logs/alpha/TS1.txt
tell=(--set notify.on=failure,success --set notify.command='jq -r .subject >>subjects.txt')
rigs() { jq -r '[.event, .rig] | @tsv' | sort -u; }
expect_exit 3 derrick -C w run "${tell[@]}" --json 2>&1 | rigs
deliver 1 alpha
derrick -C w run "${tell[@]}" --json 2>&1 | rigs
deliver 2 alpha
derrick -C w run "${tell[@]}" --json logs/alpha 2>&1 | rigs
for site in alpha beta gamma; do
    deliver 3 $site
done
sed -i '1s/^[^\t]*/x/' w/logs/beta/TS1.txt
expect_exit 6 derrick -C w -q run --set notify.command='jq -r .subject >>subjects.txt' --quarantine >/dev/null 2>&1
for site in alpha beta delta eta gamma iota theta zeta; do
    deliver 4 $site
    rm w/logs/$site/PS1.txt
    expect_exit 3 derrick -C w -q run --set notify.command='jq -r .subject >>subjects.txt' >/dev/null 2>&1
done
rm -r w/logs/[bdegitz]*
deliver 3 alpha
derrick -C w load --json 2>&1 | jq -r 'select(.event == "load") | .rig'
cat w/subjects.txt

echo "- a delivery that corrects one which is loaded and not archived yet is refused, and stays whole"
fresh
deliver 1 alpha
derrick -C w -q load >/dev/null 2>&1
sed -i '1s/^[^\t]*/55.5/' w/logs/alpha/TS1.txt
deliver 2 beta
show derrick -C w -q run | steady
(cd w/logs/alpha && ls ./*.txt | wc -l)
sql "SELECT source, archived_at IS NOT NULL FROM drops"

echo "- each site is read while the one before it is stored; on one thread the messages are the same"
fresh
deliver 1 alpha
deliver 2 beta
deliver 3 delta
deliver 4 gamma
sed -i 's/$/\r/' w/logs/beta/TS2.txt
sed -i '1s/^[^\t]*/x/' w/logs/gamma/TS1.txt
cp -a w whole
for threads in 1 2; do
    rm -rf w
    cp -a whole w
    expect_exit 3 derrick -C w -v --threads $threads run 2>&1 | steady >run.$threads
    loaded >loaded.$threads
    (cd w && sha256sum aws_s3/*.csv) >>loaded.$threads
done
diff run.1 run.2 || true
cmp loaded.1 loaded.2
rm -r whole

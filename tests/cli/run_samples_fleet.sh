# export.samples and export.features of a fleet: each site's wells have files of their own, with the bytes that
# convert writes of that site; the next quarter of one site changes no other file; a rebuild knows all of them.
. "$TESTS/cli/lib.sh"
needs sqlite3
export DERRICK_TEST_NOW="2009-07-01 02:31:00"
new_workspace . 2
sed -i 's/^columns = .*/columns = wells/; s/^samples = .*/samples = parquet/; s/^features = .*/features = parquet/' derrick.ini
sed -i 's/^parquet = .*/parquet = yes/' derrick.ini
sample alpha 12 2 1
sample beta 12 2 2
cp -r alpha beta logs
show derrick run | steady
find aws_s3 -name '*.parquet' | sort
echo '- as convert writes each site'
for site in alpha beta; do
    derrick convert -q $site --set rig.site=$site --cohort 1 --format samples -o expected >/dev/null
done
(cd expected && find . -type f -exec cmp {} ../aws_s3/{} \; | wc -l)
[ "$(find expected -type f | wc -l)" -eq "$(find aws_s3/samples_* -type f | wc -l)" ] || fail "other files"
echo '- the next quarter of one site'
find aws_s3/samples_* aws_s3/features -type f -exec sha256sum {} + | sort >before
sample logs/beta 12 2 3
show derrick run | steady
sha256sum -c --quiet before
find aws_s3 -path '*cohort=02*' -type f | sort
show derrick run
show derrick status | grep 'no ' || true
echo '- switched off, and on again: the command that status names, and a drop of the archive, load no other rig'
derrick run -q --set export.samples=none >/dev/null
show derrick status | grep '^no ' | tee lacks.txt | steady
sed -n "s/.*'derrick \(run archive[^']*\)' makes them/\1/p" lacks.txt | sort -u | while read -r command; do
    show derrick -q ${command} 2>&1 | steady
done
show derrick status | grep '^no ' || true
sha256sum -c --quiet before
derrick -q load --cohort 1 archive/*-run2 2>&1
sqlite3 energymobile.db 'SELECT rig_name, count(*) FROM wells JOIN cohorts USING (well_id) GROUP BY 1'
echo '- the database is lost'
rm energymobile.db
derrick init --rebuild 2>&1 | grep found
show derrick run

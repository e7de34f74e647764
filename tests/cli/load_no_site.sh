# In a fleet, what is not in the folder of a site would be loaded as the site that derrick.ini sets. Where there
# are others, by their folders or in the database, it is refused, unless the command line names the site.
. "$TESTS/cli/lib.sh"
needs sqlite3 zip
export DERRICK_TEST_NOW="2011-01-01 02:31:00"
for seed in 1 2 3; do
    sample d$seed 2 2 $seed
done
(cd d2 && zip -q ../beta.zip -- *)
new_workspace w 2
sed -i 's/^columns = .*/columns = wells/' w/derrick.ini
rigs() {
    sqlite3 w/energymobile.db "SELECT rig_name, cohort FROM cohorts JOIN wells USING (well_id) ORDER BY 1, 2" | paste -sd' '
}

echo "- one site: it needs no folder"
cp d1/* w/logs
derrick -C w run -q 2>&1 | steady
show derrick -C w load "$PWD/d2"
rigs

echo "- a folder for another one, which is empty"
mkdir w/logs/alpha
cp beta.zip w/logs
show derrick -C w run
show derrick -C w run --dry-run
sed -n '3,/^What/p' w/logs/DERRICK-REPORT.txt
show derrick -C w load "$PWD/d3"
rigs
echo "- others are loaded all the same"
cp d1/* w/logs/alpha
show derrick -C w run | steady
rigs
rm -r w/logs/alpha w/logs/DERRICK-REPORT.txt

echo "- the other site is in the database alone"
show derrick -C w run
mv w/logs/beta.zip w
cp d3/* w/logs
show derrick -C w load
rigs
echo "- in its folder, or with the site"
mkdir w/logs/beta
mv w/beta.zip w/logs/beta
rm w/logs/*.txt
derrick -C w run -q >/dev/null 2>&1
cp d3/* w/logs
derrick -C w run -q --set rig.site=gamma >/dev/null 2>&1
show derrick -C w load w/archive/*-run1 | steady
rigs

echo "- another workspace has other sites in the same database"
new_workspace v 2
sed -i "s/^columns = .*/columns = wells/; s/^site = .*/site = ohio/; s|^url = sqlite.*|url = sqlite:$PWD/w/energymobile.db|" v/derrick.ini
cp d3/* v/logs
show derrick -C v run 2>&1 | steady

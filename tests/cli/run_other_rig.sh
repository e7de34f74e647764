# The same files for a second rig become that rig's data in the same database. derrick reports the
# rig, and neither rig replaces or archives anything of the other.
. "$TESTS/cli/lib.sh"
needs sqlite3
sample drop 3 2 1
for site in texas arizona; do
    new_workspace $site 2
    sed -i "s/^site = .*/site = $site/; s|^url = sqlite.*|url = sqlite:$PWD/shared.db|" $site/derrick.ini
    cp drop/* $site/logs
done
rows() {
    sqlite3 shared.db "SELECT rig_name, count(*), count(DISTINCT cohort), round(sum(PS1), 3) FROM well_reading
        JOIN wells USING (well_id) GROUP BY well_id ORDER BY site, well_number"
}
show derrick -C texas load
show derrick -C arizona run | steady
show derrick -C texas run | steady
rows

# Again: a duplicate of its own rig's drop.
cp drop/* arizona/logs
show derrick -C arizona run | steady

# --replace, with other settings and with other contents, leaves the other rig's cohorts unchanged.
cp drop/* arizona/logs
show derrick -C arizona load --sample last --replace
show derrick -C arizona load --replace
show derrick -C arizona run | steady
sample other 3 2 2
show derrick -C arizona load "$PWD/other" --replace
rows
show derrick -C arizona load "$PWD/drop" --replace
rows

# Another rig's data does not number a quarter, or count as its duplicate, its correction or its
# copy.
sample quarter 3 1 7
sed 's/[0-9]/8/' quarter/CE.txt >corrected.txt
show derrick -C texas load --columns samples "$PWD/quarter"
show derrick -C arizona load --columns samples "$PWD/quarter"
show derrick -C arizona load --columns samples --cohort 9 --set rig.well=2 "$PWD/quarter"
cp corrected.txt quarter/CE.txt
show derrick -C arizona load --columns samples --set rig.well=3 "$PWD/quarter"
rows

# A drop that waits in logs/ to be archived was loaded for one rig, as one cohort. A run for a rig
# whose number begins with the same digits does not treat it as done.
new_workspace ws 1
cd ws
sample logs 2 1
show derrick load --set rig.well=11
show derrick load
show derrick run --set rig.well=11 | steady

sample logs 2 1 2
show derrick load --columns samples --cohort 70 --gap
show derrick run --columns samples --cohort 7
show derrick run --columns samples | steady
ls logs | wc -l

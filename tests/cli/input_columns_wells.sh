# columns = wells: the columns are the wells 1..n of one site, in one cohort.
. "$TESTS/cli/lib.sh"
new_traps
show derrick check good --columns wells --cohorts 2
show derrick convert good --columns wells --cohorts 2 --cohort 4 -o out.csv
cut -d, -f1-4,15,22,24 out.csv
for drop in good good; do
    show derrick -C ws load "$PWD/$drop" --columns wells --set rig.site=ohio
done
sqlite3 -separator ' ' ws/energymobile.db "SELECT rig_name, cohort, reading, date_time, PS1, TS1
    FROM well_reading JOIN wells USING (well_id) ORDER BY 1, 2, 3; SELECT * FROM wells"
derrick -C ws export -q --rig ohio-2 -o - | cut -d, -f1-4,15
echo "- 60 wells by default"
expect_exit 3 derrick check good --columns wells 2>&1 | head -n 2
echo "- one well where two are expected: as one cohort (columns = auto) it would be loaded for another site"
sample one 2 1
expect_exit 3 derrick check one --columns wells --cohorts 2 2>&1 | head -n 2
derrick convert -q one --columns wells --cohorts 1 --set rig.site=ohio -o - | cut -d, -f1-4
echo "- with cohorts side by side it is the next one"
expect_exit 3 derrick check one --columns cohorts --cohorts 2 2>&1 | head -n 2

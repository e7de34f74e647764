# Rigs of several sites and numbers side by side: sorted by site, then by number, in rows and in
# every list.
seed=0
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 1
for well in texas:10 arizona:2 texas:2 texas:1 Utah:1 arizona:10; do
    sample "drop-$well" 2 1 "$((++seed))"
    derrick load -q "drop-$well" --set "rig.site=${well%:*}" --set "rig.well=${well#*:}" >/dev/null
done
derrick export -o - | cut -d, -f1-3
derrick status | grep texas
show derrick export --rig texas-10 -o ten.csv
cut -d, -f1-3 ten.csv
show derrick export --rig nevada-1 -o none.csv
show derrick export --rig texas-2 --cohort 2 -o none.csv
sqlite3 energymobile.db 'SELECT rig_name, site, well_number FROM wells ORDER BY site, well_number;
    SELECT DISTINCT well_number FROM sensor_data ORDER BY 1'

# The columns of a file are the wells of one site.
sample wells 2 12 9
show derrick load wells --columns wells --cohorts 12 --set rig.site=reno
derrick export -o - | grep ^reno | cut -d, -f1,2 | uniq -c
# Well 7 is the seventh burst of each file.
[ "$(cut -f 7 wells/TS1.txt | awk '{ printf "%.9g\n", $1 }')" = \
    "$(derrick export --rig reno-7 -o - | tail -n +2 | cut -d, -f24)" ]
show derrick load wells --columns wells --cohorts 12 --set rig.site=reno
ls ./*.csv

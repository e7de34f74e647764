# Every distinct profile is stored once, and each reading refers to its row. A drop without a
# profile uses the newest loaded one, with a notice.
. "$TESTS/cli/lib.sh"
needs sqlite3
new_workspace . 1
sample none 2 1 1
rm none/profile.txt
show derrick load none --columns samples | steady
sample first 2 1 2
printf '3\t73\t0\t90\t0\n20\t80\t1\t100\t1\n' >first/profile.txt
show derrick load first --columns samples
sample second 2 1 3
printf '100\t90\t2\t115\t0\n3\t100\t0\t130\t1\n' >second/profile.txt
show derrick load second --columns samples
show derrick load none --columns samples | steady
sample same 2 1 4
cp first/profile.txt same/
show derrick load same --columns samples
sample after 2 1 5
rm after/profile.txt
show derrick load after --columns samples | steady
# It is too long for fewer readings, and too short for more.
sample short 1 1 6
rm short/profile.txt
show derrick load short --columns samples | steady
# A profile in the workspace's profile/ wins over loaded ones.
printf '20\t90\t0\t90\t1\n20\t90\t0\t90\t0\n' >profile/profile.txt
sample with_ours 2 1 7
rm with_ours/profile.txt
show derrick load with_ours --columns samples | steady
sqlite3 energymobile.db 'SELECT r.cohort, r.reading, p.profile_set, p.profile_row, p.cooler_condition,
        p.valve_condition FROM well_reading r JOIN well_profile p ON p.profile_id = r.well_profile ORDER BY 1, 2;
    SELECT count(*), count(DISTINCT profile_set) FROM well_profile'
derrick export -o - | cut -d, -f2,5,7,9,11,13
# convert does not use the database.
show derrick convert none --columns samples -o - | steady
rm profile/profile.txt
show derrick convert none --columns samples -o -

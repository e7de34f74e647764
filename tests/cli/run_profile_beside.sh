# A zip without a profile uses the one in profile/. If somebody edits that, the drop is another one,
# although it was loaded and waits to be archived.
. "$TESTS/cli/lib.sh"
needs zip
new_workspace . 1
sample drop 2 1
mv drop/profile.txt profile
(cd drop && zip -q ../logs/drop.zip -- *)
derrick -q load
printf '100\t80\t2\t90\t0\n3\t100\t0\t130\t1\n' >profile/profile.txt
show derrick run --cohort 1 | steady
find logs -type f
show derrick run --replace --cohort 1 | steady
derrick -q export -o - | cut -d, -f5-6
find logs -type f

# An archive in a direct sub-folder of logs/ is read as one in logs/ itself: by check, convert, load and run,
# which moves it into the archive. Its profile is its own, else the nearest one: beside it, else in logs/. While
# that may be in transfer, in either place, the archive is refused, and no older profile is used.
# timeout: 600
. "$TESTS/cli/lib.sh"
needs zip sqlite3
new_workspace w 1
sample drop 2 1
(cd drop && zip -q ../whole.zip -- *.txt && zip -q ../no_profile.zip -- [A-Z]*.txt &&
    zip -q ../no_sensor.zip -- [!T]*.txt TS[!1].txt)
printf '100\t80\t2\t90\t0\n3\t100\t0\t130\t1\n' >newer.txt
sed 's/^3\t/20\t/' drop/profile.txt >older.txt
cp older.txt w/profile/profile.txt

# below WHAT ARCHIVE CODE [OPTION...]: the code runs in logs/, which has a copy of the archive in q3/. The first
# codes of the profile in use are shown.
below() {
    echo "- $1"
    rm -rf w/logs
    mkdir -p w/logs/q3
    cp "$2" w/logs/q3/delivery.zip
    (cd w/logs && eval "$3")
    rm -f got.csv
    derrick -C w convert --cohort 1 -o "$PWD/got.csv" "${@:4}" 2>&1 | grep -v 'nothing was loaded\|converting\|rows$' | steady
    [ ! -e got.csv ] || sed 1d got.csv | cut -d, -f5 | paste -sd ' '
}
below "the profile in the archive" whole.zip 'cp ../../newer.txt profile.txt; cp ../../newer.txt q3/profile.txt'
below "beside it" no_profile.zip 'cp ../../newer.txt q3/profile.txt'
below "in profile/ beside it" no_profile.zip 'mkdir q3/profile; cp ../../newer.txt q3/profile/profile.txt'
below "in logs/" no_profile.zip 'cp ../../newer.txt profile.txt'
below "in profile/ of logs/" no_profile.zip 'mkdir profile; cp ../../newer.txt profile/profile.txt'
below "beside it and in logs/" no_profile.zip 'cp ../../newer.txt q3/profile.txt; cp ../../older.txt profile.txt'
below "in profile/ beside it and in logs/" no_profile.zip \
    'mkdir q3/profile; cp ../../newer.txt q3/profile/profile.txt; cp ../../older.txt profile.txt'
below "nowhere" no_profile.zip true
for place in q3 q3/profile q3/config . profile; do
    for name in profile.txt.part "profile (1).txt" .profile.txt.AbC123 profile.bak; do
        below "'$name' in $place" no_profile.zip "mkdir -p $place; echo x >'$place/$name'"
    done
done
below "in transfer beside it, an older one in logs/" no_profile.zip 'echo x >q3/profile.txt.part; cp ../../older.txt profile.txt'
below "in transfer in profile/ beside it, an older one in logs/" no_profile.zip \
    'mkdir q3/profile; echo x >q3/profile/profile.txt.part; cp ../../older.txt profile.txt'
below "being replaced beside it" no_profile.zip 'cp ../../newer.txt q3/profile.txt; echo x >q3/profile.txt.part'
below "being replaced in logs/" no_profile.zip 'cp ../../newer.txt profile.txt; echo x >profile.txt.part'
for place in q3 .; do
    below "a sensor in transfer in $place" no_sensor.zip "echo x >$place/TS1.txt.part" --allow-missing
done
below "a sensor that is nowhere" no_sensor.zip true --allow-missing
below "the archive being replaced" whole.zip 'echo x >q3/delivery.zip.part'

echo "- by its name"
below "beside it" no_profile.zip 'cp ../../newer.txt q3/profile.txt'
(cd w && derrick convert -q logs/q3/delivery.zip --cohort 1 -o ../named.csv >/dev/null)
expect_same named.csv got.csv

echo "- with plain files: those go first"
rm -rf w/logs
mkdir -p w/logs/q2 w/logs/q3 w/logs/q4/deep
sample plain 2 1 2
cp plain/*.txt w/logs/q2
cp whole.zip w/logs/q3/a.zip
rm -r drop
sample drop 2 1 3
rm drop/profile.txt
(cd drop && zip -q ../w/logs/q4/b.zip -- *.txt)
cp newer.txt w/logs/q4/profile.txt
show derrick -C w check | grep -v '^sensor\|^[A-Z]' | steady
show derrick -C w load | steady
show derrick -C w archive | steady
echo "- two archives in different folders"
show derrick -C w run | steady
show derrick -C w run | steady
echo "- deeper"
cp whole.zip w/logs/q4/deep
show derrick -C w run | steady
sqlite3 w/energymobile.db 'SELECT cohort, profile_set FROM cohorts ORDER BY 1'
(cd w && find logs profile -type f | sort; ls archive/* | steady | sed 's/^archive.*-run/run/')

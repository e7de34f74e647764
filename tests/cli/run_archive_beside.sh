# An archive in logs/ may lack a file that arrives beside it. While that file is in transfer, or the
# archive itself is being replaced, derrick refuses the archive and uses no older profile.
. "$TESTS/cli/lib.sh"
needs zip sqlite3
new_workspace w 1
sample drop 2 1
cp drop/profile.txt w/profile
(cd drop && zip -q ../whole.zip -- *.txt && zip -q ../no_profile.zip -- [A-Z]*.txt &&
    zip -q ../no_sensor.zip -- [!T]*.txt TS[!1].txt)

# beside WHAT ARCHIVE CODE: runs the code in logs/, beside a copy of the archive.
beside() {
    echo "- $1"
    rm -rf w/logs
    mkdir w/logs
    cp "$2" w/logs/delivery.zip
    (cd w/logs && eval "$3")
    show derrick -C w check --allow-missing | grep -v '^sensor\|^[A-Z]' | steady
}
beside "the profile in transfer" no_profile.zip 'echo x >profile.txt.part'
beside "a copy of the profile" no_profile.zip 'echo x >"profile (1).txt"'
beside "the profile in transfer, in profile/" no_profile.zip 'mkdir profile; echo x >profile/.profile.txt.AbC123'
beside "the profile in profile/" no_profile.zip 'mkdir profile; cp ../../drop/profile.txt profile'
beside "the profile is being replaced" no_profile.zip 'cp ../../drop/profile.txt .; echo x >profile.txt.1f2e3d4c.partial'
beside "a sensor in transfer" no_sensor.zip 'echo x >TS1.txt.filepart'
beside "a sensor in an archive of its own" no_sensor.zip 'echo x >"later TS1.zip"'
beside "nothing" no_sensor.zip true
beside "another drop in transfer" whole.zip 'echo x >later.zip.part'
beside "no profile anywhere here" no_profile.zip true
for name in delivery.zip.part .delivery.zip.AbC123 delivery.zip.aria2 delivery.zip.1f2e3d4c; do
    beside "$name" whole.zip "echo x >$name"
done
beside "in transfer, but for [input] ignore" whole.zip 'echo x >delivery.zip.part'
show derrick -C w --set 'input.ignore=*.part' check | grep -v '^sensor\|^[A-Z]'
echo "- profile/ of the workspace"
rm -r w/logs
cp -r drop w/logs
rm w/logs/profile.txt
echo x >w/profile/profile.txt.part
show derrick -C w check
cp drop/profile.txt w/logs
show derrick -C w check | grep -v '^sensor\|^[A-Z]'

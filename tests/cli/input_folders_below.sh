# The files may be one folder below the drop, in any folder except the workspace's own.
. "$TESTS/cli/lib.sh"
needs zip
new_traps
accepted "one folder below" "mkdir data; mv *.txt data"
accepted "named after the year" "mkdir 2023; mv *.txt 2023"
accepted "sensors in two folders" "mkdir a b; mv [A-P]*.txt profile.txt a; mv *.txt b"
refused "two folders below" "mkdir -p a/b; mv *.txt a/b"
for folder in csv aws_s3 archive quarantine profile __MACOSX .hidden; do
    refused "in $folder" "mkdir $folder; mv [A-Z]*.txt $folder"
done
refused "some in the drop, some below" "mkdir a; mv TS1.txt a"
accepted "all in the drop, others below" "mkdir a; cp TS1.txt a; echo x >a/TS2.txt"
spoil "a zip of a folder in a folder" "mkdir -p a/b/c; mv *.txt a/b/c; zip -qr ../deep.zip a"
derrick convert deep.zip --cohorts 2 -o got.csv
expect_same got.csv good.csv

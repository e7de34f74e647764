# A sensor whose file is in transfer is refused, even with --allow-missing.
. "$TESTS/cli/lib.sh"
new_traps
for name in TS1.txt.part TS1.txt.filepart TS1.txt.tmp TS1.txt.crdownload TS1.part .TS1.txt.a8F3kQ \
    TS1-2023-06-01.txt.partial TS1.txt.gz.part; do
    refused "$name" "mv TS1.txt $name" --allow-missing
done
refused "the profile" "mv profile.txt profile.txt.part"
refused "a copy beside it says less" "mv TS1.txt TS1.txt.part; cp TS2.txt 'TS1 (1).txt'"
refused "beside the whole file, which it will replace" "cp TS1.txt TS1.txt.part"
refused "the profile, beside the whole file" "cp profile.txt .profile.txt.a8F3kQ"

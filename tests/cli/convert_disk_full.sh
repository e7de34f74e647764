# A full disk, and a folder without write permission: derrick leaves nothing behind, keeps the
# existing file whole, and says what to do.
. "$TESTS/cli/lib.sh"
[ "$(id -u)" -eq 0 ] || skip "mounting a small file system takes root"
mkdir small
mount -t tmpfs -o size=64k derrick-test small 2>/dev/null || skip "no file system can be mounted here"
trap 'umount small' EXIT
sample drop 400 2
echo 'what was there' >small/out.csv
for options in "-o small/out.csv" "-o small/new.csv" "--format template -o small/out.csv" \
    "--format sensors -o small" "--format sagemaker --label pump -o small/out.csv"; do
    # shellcheck disable=SC2086 # a list of options
    show derrick convert drop --cohorts 2 $options | sed -E 's|small/[A-Z]+[0-9]?.csv|small/ONE.csv|'
    find small -type f
    cat small/out.csv
done

# Parquet takes less room.
mount -o remount,size=16k small
show derrick convert drop --cohorts 2 --format parquet -o small/out.csv
find small -type f
cat small/out.csv
# Every sample and features: what they are gathered in, what is encoded, and the files.
sample many 70 12
mount -o remount,size=64k small
show derrick convert many --cohorts 12 --format features -o small/out.csv
show derrick convert drop --cohorts 2 --format features -o small/out.csv
show derrick convert drop --cohorts 2 --format samples -o small/samples
show derrick convert drop --cohorts 2 --format features --split 70/15/15 -o small/split
find small
cat small/out.csv
mount -o remount,ro,size=64k small
show derrick convert drop --cohorts 2 -o small/out.csv
show derrick convert drop --cohorts 2 --format sensors -o small
cat small/out.csv

# A database that does not fit on the disk stays as it was.
mount -o remount,rw,size=500k small
rm small/out.csv
new_workspace small/w 2
sample tiny 2 2
derrick -C small/w load tiny >/dev/null
derrick -C small/w export -o - >before.csv
show derrick -C small/w load drop --replace
derrick -C small/w export -o - | cmp - before.csv
mount -o remount,size=8m small
show derrick -C small/w load drop --replace
derrick -C small/w export -o - | wc -l

# The disk of the archive is full: no input leaves its folder before its copy is verified, and the
# next run continues in the same archive folder.
. "$TESTS/cli/lib.sh"
[ "$(id -u)" -eq 0 ] || skip "mounting a small file system takes root"
new_workspace w 4
rmdir w/archive
mkdir w/archive
mount -t tmpfs -o size=80k derrick-test w/archive 2>/dev/null || skip "no file system can be mounted here"
trap "cd / && umount '$PWD/w/archive'" EXIT
sample w/logs 8 4
cp -r w/logs before
cd w
show derrick run | steady | sed -E 's|run1/[A-Z0-9]+.txt|run1/ONE.txt|'
# Each file is whole in at least one of the two places.
for file in ../before/*; do
    name=$(basename "$file")
    cmp -s "$file" "logs/$name" || cmp -s "$file" archive/*/"$name" || fail "$name is lost"
done
find archive -name '.*' -type f
show derrick status | steady | sed -n '/not archived/,$p' | sed -E 's|run1/[A-Z0-9]+.txt|run1/ONE.txt|'
show derrick archive | steady | sed -E 's|run1/[A-Z0-9]+.txt|run1/ONE.txt|'
mount -o remount,size=8m archive
show derrick run | steady
ls logs | wc -l
for file in ../before/*; do
    cmp "$file" archive/*-run1/"$(basename "$file")"
done
(cd archive/*-run1 && sha256sum --quiet -c manifest.sha256)
ls archive | wc -l

# A read-only workspace, such as a share mounted for reading: commands that read work, and commands
# that write say why they can't.
. "$TESTS/cli/lib.sh"
[ "$(id -u)" -eq 0 ] || skip "mounting a small file system takes root"
mkdir share
mount -t tmpfs -o size=8m derrick-test share 2>/dev/null || skip "no file system can be mounted here"
trap "cd / && umount '$PWD/share'" EXIT
new_workspace share/w 1
sample share/w/logs 2 1
derrick -q -C share/w load >/dev/null
mount -o remount,ro share
show derrick -C share/w status | steady
show derrick -C share/w check
derrick -C share/w export -o - | wc -l
show derrick -C share/w export -o here.csv
wc -l <here.csv
for command in run load archive export convert init; do
    show derrick -C share/w "$command"
done

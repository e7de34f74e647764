# Outside a workspace no command creates anything by accident: each one says what is missing.
. "$TESTS/cli/lib.sh"
for command in run check convert load export upload archive status watch; do
    show derrick "$command"
done
show derrick upload file.csv
show derrick -C nowhere status
show derrick -C nowhere init
find . -type f
echo "- a share that is not connected"
derrick -q init w >/dev/null
rmdir w/logs
show derrick -C w run
show derrick -C w doctor

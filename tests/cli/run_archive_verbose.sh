# With -v no line says that derrick ignored the archive that it then loads.
. "$TESTS/cli/lib.sh"
needs python3
new_workspace ws 2
sample drop 3 2
python3 -m zipfile -c ws/logs/drop.zip drop/*.txt
echo "a note" >ws/logs/notes.log
derrick -C ws -v load 2>&1 | grep -e ignored -e loaded:

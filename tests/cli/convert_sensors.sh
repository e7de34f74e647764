# The long layout: a folder with one CSV per sensor, and the profile with its codes.
. "$TESTS/cli/lib.sh"
sample drop 2 2
show derrick convert drop --cohorts 2 --format sensors -o out
ls out | tr '\n' ' '
echo
for name in PS1 FS1 SE profile; do
    show cat "out/$name.csv"
done
head -qn 1 out/[A-Z]*.csv | sort -u
wc -l out/*.csv | tail -n 1
# Each row has its sensor's name and unit, its time, and the number of its profile row.
for file in out/[A-Z]*.csv; do
    name=$(basename "$file" .csv)
    [ "$(tail -n +2 "$file" | cut -d, -f2- | sed "s/^$name,//" | sha256sum)" = \
        "$(tail -n +2 out/PS1.csv | cut -d, -f2- | sed 's/^PS1,//' | sha256sum)" ] || fail "$file differs"
done
# An existing folder gets the files; other files in it stay.
mkdir there
echo mine >there/notes.txt
derrick convert drop --cohorts 2 --format sensors -o there >/dev/null
derrick convert drop --cohorts 2 --format sensors -o there/ >/dev/null
diff -r -x notes.txt out there
cat there/notes.txt

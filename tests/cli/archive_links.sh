# derrick follows links in logs/: the archive gets the files that they point to, whole, and those
# files stay where they are.
. "$TESTS/cli/lib.sh"
new_workspace w 2
sample store 3 2
cp store/* w/logs
cd w/logs
ln -sf ../../store/TS1.txt TS1.txt
ln -sf "$HOME/store/TS2.txt" TS2.txt
ln -sf ../../store/profile.txt profile.txt
cd ../..
sha256sum store/* >before
show derrick -C w run | steady
ls w/logs w/profile
find w/archive w/profile -type l
(cd w/archive/*-run1 && sha256sum --quiet -c manifest.sha256)
sha256sum --quiet -c before

# The same links again are a duplicate. If the files they point to change later, the archive does
# not.
cp -P w/archive/*-run1/[A-Z]*.txt w/logs
ln -sf ../../store/TS1.txt w/logs/TS1.txt
show derrick -C w run | steady
rm -r store
for folder in w/archive/*; do
    (cd "$folder" && sha256sum --quiet -c manifest.sha256)
done

# derrick never moves or changes a drop outside the workspace; it archives only a manifest of it.
. "$TESTS/cli/lib.sh"
needs zip
new_workspace w 2
sample far/drop 3 2
(cd far/drop && sha256sum -- * && stat -c '%n %y %i' -- *) >before.txt
show derrick -C w run far/drop | steady
(cd far/drop && sha256sum -- * && stat -c '%n %y %i' -- *) | cmp - before.txt
ls w/archive/*-run1
ls w/profile | wc -l
cut -c67- w/archive/*-run1/manifest.sha256 | sed "s|$PWD|HERE|"
# The manifest has absolute paths, so it can be checked from the archive folder.
(cd w/archive/*-run1 && sha256sum --quiet -c manifest.sha256)
show derrick -C w run far/drop

# A zip: one file outside, and its members by name.
sample zipped 3 2 2
(cd zipped && zip -qr ../far/drop.zip .)
before=$(sha256sum far/drop.zip)
show derrick -C w run far/drop.zip --replace | steady
[ "$(sha256sum far/drop.zip)" = "$before" ]
ls w/archive/*-run3
cut -c67- w/archive/*-run3/manifest.sha256 | sed "s|$PWD|HERE|"
cut -c67- w/archive/*-run3/contents.sha256 | head -n 3
(cd w/archive/*-run3 && sha256sum --quiet -c manifest.sha256)

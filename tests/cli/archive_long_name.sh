# An archive file whose name is as long as a name may be: with .zst behind it, it is cut.
. "$TESTS/cli/lib.sh"
needs zip zstd
new_workspace . 1
sample drop 2 1
name=$(printf 'a%.0s' {1..251})
(cd drop && zip -q "../logs/$name.zip" -- *)
cp "logs/$name.zip" copy.zip
show derrick --set archive.compress=zstd run | sed "s/$name/NAME/" | steady
ls logs
(cd archive/*-run1 && sha256sum --quiet -c manifest.sha256 && ls | sed "s/$name/NAME/" &&
    cut -c67- contents.sha256 | grep zip | sed "s/$name/NAME/")
zstd -qdc archive/*-run1/"$name.zst" | cmp - copy.zip

# A file name of the maximum length is shortened in the archive, to make room for .zst.
. "$TESTS/cli/lib.sh"
needs zstd
new_workspace . 1
sample drop 2 1
name=$(printf 'a%.0s' {1..251})
(cd drop && tar -cf "../logs/$name.tar" -- *)
cp "logs/$name.tar" copy.tar
show derrick --set archive.compress=zstd run | sed "s/$name/NAME/" | steady
ls logs
(cd archive/*-run1 && sha256sum --quiet -c manifest.sha256 && ls | sed "s/$name/NAME/" &&
    cut -c67- contents.sha256 | grep tar | sed "s/$name/NAME/")
zstd -qdc archive/*-run1/"$name.zst" | cmp - copy.tar

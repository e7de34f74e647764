# An archive folder is a drop that can be loaded again, into another database too. derrick never
# moves it: what an earlier run stored there stays there.
. "$TESTS/cli/lib.sh"
new_workspace . 2
sample logs 3 2
derrick run >/dev/null 2>&1
mv archive/*-run1 archive/first
sum() {
    (cd archive/first && sha256sum -- * && stat -c '%n %i' -- *)
}
sum >before.txt
show derrick run archive/first
sum | cmp - before.txt
show derrick run archive
# A missing database is an error as long as anything shows that data was loaded.
rm aws_s3/*
show derrick --db sqlite:other.db run archive/first | steady
sum | cmp - before.txt
ls archive/*-run1 | cat
cut -c67- archive/*-run1/manifest.sha256
(cd archive/*-run1 && sha256sum --quiet -c manifest.sha256)
show derrick --db sqlite:other.db run archive/first
show derrick load archive/first
sum | cmp - before.txt

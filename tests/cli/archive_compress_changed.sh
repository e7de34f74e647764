# archive.compress was changed after a run was killed while it archived. The next run keeps what is
# already archived, stores the rest in the new form, and lists both in the manifests.
. "$TESTS/cli/lib.sh"
needs sqlite3 zstd
new_workspace . 1
sample drop 2 1

# killed_at NAME RUN-OPTION...: a run that is killed after it has moved that file, before the ledger
# records it.
killed_at() {
    sqlite3 energymobile.db "CREATE TRIGGER stop BEFORE UPDATE ON files WHEN NEW.name = '$1'
        BEGIN SELECT RAISE(ABORT, 'made to stop'); END"
    expect_exit 4 derrick run "${@:2}" >/dev/null 2>&1
    sqlite3 energymobile.db 'DROP TRIGGER stop'
}
sum_up() { # RUN DROP
    (cd archive/*-run"$1" && sha256sum --quiet -c manifest.sha256 && cut -c67- manifest.sha256 &&
        echo "contents: $(cut -c67- contents.sha256 | tr '\n' ' ')")
    (cd archive/*-run"$1" && for file in *.txt.zst; do zstd -qdc "$file" | cmp - ../../"$2/${file%.zst}"; done)
}
cp drop/* logs
killed_at PS2.txt
ls archive/*-run1
show derrick --set archive.compress=zstd run | steady
sum_up 1 drop
sample second 2 1 2
cp second/* logs
killed_at PS2.txt --set archive.compress=zstd --replace --cohort 1
show derrick run | steady
sum_up 3 second

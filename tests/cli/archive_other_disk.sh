# An archive on another file system: derrick copies the files, and hashes the copies before it
# removes the originals.
. "$TESTS/cli/lib.sh"
other=
for folder in /dev/shm /var/tmp /tmp; do
    if [ -w "$folder" ] && [ "$(stat -c %d "$folder")" != "$(stat -c %d .)" ]; then
        other=$(mktemp -d "$folder/derrick-test-XXXXXX")
        break
    fi
done
[ "$other" ] || skip "no second file system here"
trap 'rm -rf "$other"' EXIT
mkdir "$other/archive" "$other/profile"
for compress in none zstd; do
    new_workspace "$compress" 2
    cd "$compress"
    rmdir archive profile
    ln -s "$other/archive" archive
    ln -s "$other/profile" profile
    sample logs 3 2
    mkdir before
    cp logs/* before
    show derrick --set "archive.compress=$compress" run | steady
    ls logs | wc -l
    (cd archive/*-run1 && sha256sum --quiet -c manifest.sha256 && ls | wc -l)
    cmp before/profile.txt profile/profile.txt
    cd ..
    [ "$compress" = zstd ] || cmp none/before/PS1.txt "$other"/archive/*-run1/PS1.txt
    rm -r "$other"/*/*
done

# `doctor` names a file of the archive that is missing or has another size, in an archive of each form, and says
# nothing where all are as they were stored.
. "$TESTS/cli/lib.sh"
needs gzip zip
archive() { derrick -C ws doctor | grep -A1 ' archive: ' | steady || true; }
for form in plain gz zip zstd; do
    echo "- $form"
    rm -rf ws
    new_workspace ws 2
    sample ws/logs 3 2
    case $form in
    gz) gzip ws/logs/PS*.txt ;;
    zip) (cd ws/logs && zip -qm drop.zip -- *.txt) ;;
    zstd) sed -i 's/^compress = .*/compress = zstd/' ws/derrick.ini ;;
    esac
    derrick -q -C ws run >/dev/null 2>&1
    archive
    [ $form != zstd ] || continue
    for file in ws/archive/*/[PTd]*[12p].*[tpz]; do
        echo x >>"$file"
        break
    done
    archive
    rm "$file"
    archive
done

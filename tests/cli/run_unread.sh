# An empty result is never success: if something in logs/ looks like a delivery and nothing can be
# read, the commands end with exit code 3 and name it; status shows it. Files that belong to no
# delivery get one notice, noise gets none, and neither makes a run fail.
# timeout: 600
. "$TESTS/cli/lib.sh"
new_workspace w 3
sample d 2 3
derrick convert -q d --cohorts 3 --format sensors -o made >/dev/null
cd w

# in_logs WHAT CODE: runs the code in logs/, then the commands. The line of `run` is shown; the
# others must print the same.
in_logs() {
    echo "- $1"
    rm -rf logs
    mkdir logs
    (cd logs && eval "$2")
    local command code=0 said
    derrick run >said 2>&1 || code=$?
    cat said
    echo "exit code $code"
    for command in check load convert; do
        expect_exit "$code" derrick $command >other 2>&1
        [ "$code" = 0 ] || expect_same other said
    done
    derrick status >said
    grep '^waiting' said || echo "nothing waits"
}
in_logs "copies" 'for file in ../../d/*; do cp $file "Kopie von ${file##*/}"; done'
in_logs "numbered names" 'cp ../../d/PS1.txt "PS1 (1).txt"'
in_logs "another ending" 'cp ../../d/PS1.txt PS1.dat'
in_logs "no ending" 'for file in ../../d/*; do name=${file##*/}; cp $file ${name%.txt}; done'
in_logs "all in transfer" 'for file in ../../d/*; do cp $file ${file##*/}.part; done'
in_logs "in transfer, hidden" 'cp ../../d/PS1.txt .PS1.txt.AbC123'
in_logs "two folders deep" 'mkdir -p 2026/q3; cp ../../d/* 2026/q3'
in_logs "a zip two folders deep" 'mkdir -p 2026/q3; echo x >2026/q3/delivery.zip'
in_logs "a zip in csv/" 'mkdir csv; echo x >csv/delivery.zip'
in_logs "in a folder that is in transfer" 'mkdir q3.part; cp ../../d/* q3.part'
in_logs "7z" 'echo x >delivery.7z'
in_logs "rar" 'echo x >delivery.rar'
in_logs "a workbook" 'echo x >Messdaten.xlsx'
in_logs "a zip in transfer" 'echo x >delivery.zip.part'
in_logs "a transfer of a server that hides the name" 'echo x >.pureftpd-upload.5f3a'
in_logs "a lone profile" 'cp ../../d/profile.txt .'
in_logs "CSVs that the old scripts made" 'for file in ../../made/*.csv; do cp $file data_${file##*/}; done; rm data_profile.csv'
in_logs "the historical CSV" 'derrick convert -q ../../d --cohorts 3 -o ../../h.csv >/dev/null; mv ../../h.csv oil-well-data-all-historical.csv'
in_logs "several kinds" 'echo x >a.log; echo x >delivery.7z; cp ../../d/profile.txt .; echo x >PS1.dat'
in_logs "nothing" true
in_logs "a log of the transfers" 'echo x >transfer.log'
in_logs "several" 'echo x >transfer.log; echo x >maintenance.txt; mkdir a; echo x >a/README'
in_logs "noise" 'for name in Thumbs.db desktop.ini .DS_Store ._PS1.txt description.txt documentation.txt PS1.pdf \
    notes.docx README.md index.html a.png b.jpg .nfs01; do echo x >$name; done; mkdir __MACOSX; echo x >__MACOSX/PS1.txt'
in_logs "an empty folder for the profile" 'mkdir profile data'
echo "- what [input] ignore names"
echo x >logs/PS1.bak
show derrick run
show derrick run --set 'input.ignore=*.zip, *.bak'
show derrick run --set 'input.ignore=*'

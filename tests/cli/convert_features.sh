# Features of every burst: one row for each reading, the same bytes for any number of threads, as CSV and
# Parquet, for cohorts, one cohort and wells, from folders and archives. What other programs read in it:
# tests/live/test_readers_features.sh.
. "$TESTS/cli/lib.sh"
needs tar
sample drop 30 3
show derrick convert drop --cohorts 3 --format features -o f.csv
show derrick convert drop --cohorts 3 --format features -o f.parquet
wc -l <f.csv
head -n 1 f.csv | tr , '\n' | sed -n '1,25p;60,75p;440,$p' | paste -sd' ' | fold -sw 100
sed -n '32p' f.csv | cut -d, -f 1-16
find . -maxdepth 1 -name '.derrick*'
for threads in 1 2 7; do
    for kind in csv parquet; do
        derrick -q convert drop --cohorts 3 --format features -o again.$kind --threads $threads >/dev/null
        cmp again.$kind f.$kind
    done
done
(cd drop && ls | sort -r | tar -czf ../drop.tar.gz -T -)
derrick -q convert drop.tar.gz --cohorts 3 --format features -o again.csv >/dev/null
cmp again.csv f.csv
derrick -q convert drop --cohorts 3 --format features -o - | cmp - f.csv
echo '- some cohorts'
show derrick convert drop --cohorts 3 --cohort 2-3 --format features -o some.csv
(head -n 1 f.csv && tail -n 60 f.csv) | cmp - some.csv
show derrick convert drop --cohorts 3 --cohort 4 --format features -o none.csv
echo '- one cohort'
for file in drop/*.txt; do
    if [ "$file" = drop/profile.txt ]; then cp "$file" one.profile; continue; fi
    cut -f "1-$(($(head -n 1 "$file" | wc -w) / 3))" "$file" >one."${file##*/}"
done
mkdir one && for file in one.*; do [ "$file" = one ] || mv "$file" "one/${file#one.}"; done
mv one/profile one/profile.txt
show derrick convert one --columns samples --cohort 1 --format features -o one.csv
head -n 31 f.csv | cmp - one.csv
echo '- wells'
show derrick convert drop --columns wells --cohorts 3 --cohort 5 --rig texas-2 --format features -o wells.csv
sed -n '2p' wells.csv | cut -d, -f 1-4
derrick -q convert drop --columns wells --cohorts 3 --cohort 5 --format features -o all-wells.csv >/dev/null 2>&1
(head -n 1 all-wells.csv && sed -n '32,61p' all-wells.csv) | cmp - wells.csv
echo '- missing values'
cp -r drop holes
sed -i '2s/^\([^\t]*\t\)[^\t]*/\1x/' holes/PS1.txt
rm holes/TS1.txt holes/PS4.txt
show derrick convert holes --cohorts 3 --allow-missing --quarantine --format features -o holes.csv |
    sed 's/convert-[0-9TZ]*-[0-9]*/convert-DATE/'
head -n 1 holes.csv | cmp - <(head -n 1 f.csv)
# What is lost: the features of that burst but for its ends, those of its segment, and two sensors.
awk -F, 'NR == FNR { for (i = 1; i <= NF; i++) whole[FNR, i] = $i; next }
    FNR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; next }
    { for (i = 1; i <= NF; i++) if ($i != whole[FNR, i]) { if ($i != "") print "changed"; split(name[i], part, "__");
        if (part[1] == "ps1") print FNR, name[i]; else lost[part[1]]++ } }
    END { print "ps4", lost["ps4"], "ts1", lost["ts1"] }' f.csv holes.csv
echo '- refused'
show derrick convert drop --cohorts 3 --format features -o f.txt
show derrick convert drop --cohorts 3 --format features -o f.csv --alignment column
cp -r drop bad
sed -i '7s/^[^\t]*/x/' bad/SE.txt
show derrick convert bad --cohorts 3 --format features -o nothing.csv
show derrick convert bad --cohorts 3 --format features -o nothing/there.csv
ls -d nothing* 2>/dev/null || echo 'nothing is there'
echo '- so many cohorts that their features are in a file'
sample many 70 12
show derrick convert many --cohorts 12 --format features -o many.csv
show derrick convert many --cohorts 12 --format features -o seventh.csv --cohort 7
(head -n 1 many.csv && sed -n '422,491p' many.csv) | cmp - seventh.csv
find . -maxdepth 1 -name '.derrick*'

# Every sample as Parquet: a file for each rate and each cohort of a rig, the same bytes for any number of
# threads, from folders and archives; of a drop that is bad nothing. What other programs read in it:
# tests/live/test_readers_samples.sh.
. "$TESTS/cli/lib.sh"
needs tar
sample drop 30 3
show derrick convert drop --cohorts 3 --format samples -o out
find out -type f | sort
find out -name '.*'
same() {
    diff -r out "$1" && rm -r "$1"
}
for threads in 1 2 7; do
    derrick -q convert drop --cohorts 3 --format samples -o again --threads $threads >/dev/null
    same again
done
# Files of an archive come in its own order, and compressed ones too.
(cd drop && ls | sort -r | tar -czf ../drop.tar.gz -T -)
derrick -q convert drop.tar.gz --cohorts 3 --format samples -o again >/dev/null
same again
cp -r drop packed
gzip packed/PS*.txt packed/CE.txt
derrick -q convert packed --cohorts 3 --format samples -o again >/dev/null
same again
# The rule by which one sample represents a burst is in the footer only.
derrick -q convert drop --cohorts 3 --format samples -o other --sample mean >/dev/null
cmp -s other/samples_1hz/rig_name=texas-1/cohort=01/part-0.parquet \
    out/samples_1hz/rig_name=texas-1/cohort=01/part-0.parquet || echo 'another rule is in the footer'
echo '- some cohorts'
show derrick convert drop --cohorts 3 --cohort 2-3 --format samples -o some
diff -r out some || true
echo '- wells'
show derrick convert drop --columns wells --cohorts 3 --cohort 5 --format samples -o wells
find wells -path '*100hz*' -type f | sort
echo '- the last file is bad'
cp -r drop bad
sed -i '7s/^[^\t]*/x/' bad/SE.txt
show derrick convert bad --cohorts 3 --format samples -o nothing
ls -d nothing 2>/dev/null || echo "nothing is there"
echo '- blank lines in the middle, and quarantine'
sed -i '3s/.*//' bad/PS1.txt
show derrick convert bad --cohorts 3 --format samples -o blank --quarantine | sed 's/convert-[0-9TZ]*-[0-9]*/convert-DATE/'
find blank -type f | wc -l
echo '- refused'
show derrick convert drop --cohorts 3 --format samples -o -
show derrick convert drop --cohorts 3 --format samples -o drop
show derrick convert drop --cohorts 3 --format samples -o out --alignment column
show derrick convert drop --cohorts 3 --format samples -o drop/PS1.txt
derrick init -q ws >/dev/null
sed -i 's/^cohorts = .*/cohorts = 3/' ws/derrick.ini
derrick -q -C ws load drop >/dev/null
show derrick -C ws export --format samples -o other
echo '- so many cohorts that their samples are gathered in a file'
sample many 3 120
show derrick convert many --cohorts 120 --format samples -o many.out
show derrick convert many --cohorts 120 --format samples -o seventh --cohort 7
for file in seventh/*/*/*/*; do cmp "$file" "many.out${file#seventh}"; done
find many.out -name '.*'

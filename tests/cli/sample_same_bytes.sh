# The same seed gives the same bytes for any number of threads; another seed or size gives others.
# An existing file is never overwritten.
. "$TESTS/cli/lib.sh"
for threads in 1 2 7; do
    derrick sample "by$threads" --readings 5 --cohorts 2 --seed 42 --threads "$threads" >/dev/null
    (cd "by$threads" && sha256sum -- *.txt) >"by$threads.txt"
    cmp by1.txt "by$threads.txt"
done
cat by1.txt
sample other 5 2 43
for sensor in PS1 EPS1 FS1 TS1 VS1 CE SE; do
    cmp -s "by1/$sensor.txt" "other/$sensor.txt" && fail "$sensor is the same for two seeds"
done

# The shape: rows, and columns by the sensor's rate.
for sensor in PS1 EPS1 FS1 TS1 SE profile; do
    awk -F '\t' -v name="$sensor" 'NF != last { printf "%s: %d columns\n", name, NF; last = NF }
        END { printf "%s: %d rows\n", name, NR }' "by1/$sensor.txt"
done

show derrick sample by1 --readings 5 --cohorts 2 | sed "s|holds '.*'|holds 'ONE OF THEM'|"
rm by1/SE.txt
show derrick sample by1 --readings 5 --cohorts 2 | sed "s|holds '.*'|holds 'ONE OF THEM'|"
(cd by1 && sha256sum --quiet -c) <<<"$(grep -v SE.txt by1.txt)"
ls by1

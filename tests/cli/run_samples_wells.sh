# export.samples and export.features of the wells of a site side by side, and of two workspaces that share a
# database.
. "$TESTS/cli/lib.sh"
needs sqlite3
on=(--set export.samples=parquet --set export.features=parquet)
new_workspace . 2
sed -i 's/^columns = .*/columns = wells/' derrick.ini
sample logs 12 2
show derrick run "${on[@]}" --cohort 7 | steady
find aws_s3 -name '*.parquet' | sort
derrick convert -q archive/*-run1 --cohort 7 --format samples -o expected >/dev/null
(cd expected && find . -type f -exec cmp {} ../aws_s3/{} \;)
for well in 1 2; do
    derrick convert -q archive/*-run1 --cohort 7 --rig texas-$well --format features -o well-$well.csv
    wc -l <well-$well.csv
done
show derrick run "${on[@]}" | steady
echo '- another workspace of the same database has its own'
derrick init -q other --db "sqlite:$PWD/energymobile.db" >/dev/null
cd other
sed -i "s|^url = sqlite.*|url = sqlite:../energymobile.db|; s/^site = .*/site = ohio/" derrick.ini
sed -i 's/^columns = .*/columns = samples/' derrick.ini
sample logs 12 1
show derrick run "${on[@]}" | steady
find aws_s3 -name '*.parquet' | sort
show derrick status "${on[@]}" | grep 'no ' || true
cd ..
show derrick run "${on[@]}" | steady
find aws_s3 -name '*.parquet' | wc -l

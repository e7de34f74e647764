# --new-database keeps what was archived and exported in a folder aside, and starts with an empty
# database. It refuses a database that holds cohorts.
. "$TESTS/cli/lib.sh"
new_workspace . 2
sed -i 's/^partition = .*/partition = cohort/; s/^parquet = .*/parquet = yes/
    s/^samples = .*/samples = parquet/; s/^features = .*/features = parquet/' derrick.ini
sample logs 3 2
derrick run -q >/dev/null
mkdir aws_s3/cohort=01 && touch aws_s3/cohort=01/x.csv aws_s3/notes.txt
show derrick init --new-database
rm energymobile.db
show derrick init --new-database --db sqlite:other.db
show derrick init --new-database 2>&1 | sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}$/DAY/; s/before-[-0-9]{10}/before-DAY/' | steady
(cd archive && find . | sort | sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}/DAY/g')
(cd aws_s3 && find . | sort | sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}/DAY/g')
sha256sum --quiet -c --strict <(cd archive/before-*/*-run1 && sed "s|  |  $PWD/|" manifest.sha256)
sample logs 3 2 7
show derrick run | steady
show derrick run
# A second one on the same day goes beside the first.
rm energymobile.db
derrick init --new-database -q >/dev/null 2>&1
(cd archive && ls -d ./*/* | sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}/DAY/g')
# In a workspace where nothing was loaded, it does the same as init.
show derrick init fresh --new-database | steady

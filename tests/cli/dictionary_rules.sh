# The data dictionary is written beside the historical CSV wherever that has its own name. It gives
# the sample rules of the loaded data, not the current settings.
. "$TESTS/cli/lib.sh"
dictionary=oil-well-data-all-historical.dictionary.csv
rules() { # FILE
    tail -n +2 "$1" | sed -n 's/.*,SE,//p'
}
new_workspace ws 2
sample drop 3 2 1
show derrick -C ws load "$PWD/drop" --sample mean
show derrick -C ws export
rules ws/aws_s3/$dictionary
show derrick -C ws --set rig.well=2 load "$PWD/drop" --sample first
sample other 3 2 2
show derrick -C ws --set rig.well=3 load "$PWD/other" --sample max
show derrick -C ws export
rules ws/aws_s3/$dictionary
mkdir here
show derrick -C ws export --cohort 2 -o "$PWD/here"
show derrick -C ws export -o "$PWD/named.csv"
show derrick -C ws export --format template -o "$PWD/here"
ls here
cmp here/$dictionary ws/aws_s3/$dictionary
mkdir out
cd out
show derrick convert ../drop --cohorts 2 --sample last
ls
rules $dictionary
show derrick convert ../drop --cohorts 2 -o - | wc -l
cd ..
mkdir -p blocked/$dictionary
show derrick convert drop --cohorts 2 -o blocked
ls -A .

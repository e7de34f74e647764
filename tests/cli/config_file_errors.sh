# An error in derrick.ini is reported with its line, and nothing is done.
. "$TESTS/cli/lib.sh"
sample drop 2 1
try() {
    echo "== $1"
    printf "$1" >derrick.ini
    "$DERRICK" check drop 2>&1 || echo "exit code $?"
}
try '[rig]\nsitee = x\n'
try '# one\n\n; three\n[rg]\nsite = x\n'
try '[Rig]\nSite = x\n'
try 'site = x\n'
try '[database]\npassword = secret\n'
try '[rig]\nsite\n'
try '[rig\nsite = x\n'
try '[rig]\n= x\n'
try '[rig]\nsite = two words\n'
try '[rig]\n\nsite = texas-01\n'
try '[rig]\nwell = first\n'
try '[calendar]\nstart = 26.03.2008\n'
try '[calendar]\nstart = 2023-02-29\n'
try '[calendar]\ncohort_days = 0\n'
try '[calendar]\ncohort_days = 1\ninterval_minutes = 1441\n'
try '[input]\ncolumns = rows\n'
try '[input]\ncohorts = 1\nalignment = left\n'
try '[database]\nurl =\n'
try '[database]\ntls = yes\n'
try '[s3]\nurl = https://bucket\n'
try '[s3]\nurl = s3://KEY:SECRET@bucket\n'
try '[archive]\ncompress = gzip\n'
try '[run]\nthreads = 65\n'
try '[rig]\n\0site = x\n'
try '\0[\0r\0i\0g\0]\0\n\0s\0i\0t\0e\0=\0x\0\n'
echo "== a line of 5000 bytes"
printf '[rig]\n# %5000s\nsite = x\n' "" >derrick.ini
show derrick check drop
rm derrick.ini
mkdir derrick.ini
show derrick check drop

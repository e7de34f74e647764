# derrick warns of a variable that it does not know, since a misspelt setting is at its default; it names
# the nearest one that it knows.
. "$TESTS/cli/lib.sh"
derrick init w >/dev/null
cd w
try() { # NAME
    echo "\$ $1=secret"
    env "$1=secret" "$DERRICK" config 2>&1 >/dev/null
}
for name in DERRICK_DATABASE_ULR DERRICK_DATABSE_URL DERRICK_S3_BUCKET DERRICK_S3_Url derrick_s3_url \
    DERRICK_DB_PASSWORT DERRICK_LIMITS_PS7 DERRICK_RIG_ DERRICK_BD DERRICK_NONSENSE; do
    try "$name"
done
for name in DERRICK MY_DERRICK_S3_BUCKET DERRICK_DB_PASSWORD DERRICK_TEST_ANYTHING; do
    try "$name"
done

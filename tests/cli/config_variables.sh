# derrick refuses a variable whose name is a known one but for a typing error: the setting would be at its
# default, and a run could load another database. It warns of other names that it does not know.
. "$TESTS/cli/lib.sh"
derrick init w >/dev/null
cd w
try() { # EXIT NAME
    echo "\$ $2=secret"
    expect_exit "$1" env "$2=secret" "$DERRICK" config 2>&1 >/dev/null
}
for name in DERRICK_DATABASE_ULR DERRICK_DATABSE_URL DERRICK_S3_Url derrick_s3_url DERRICK_DB_PASSWORT \
    DERRICK_LIMITS_PS7 DERRICK_BD; do
    try 2 "$name"
done
for name in DERRICK_DATABASE_ DERRICK_S3_BUCKET DERRICK_RIG_ DERRICK_NONSENSE DERRICK MY_DERRICK_S3_BUCKET \
    DERRICK_DB_PASSWORD DERRICK_TEST_ANYTHING; do
    try 0 "$name"
done

# The misspelt variable changes nothing: neither database exists afterwards.
expect_exit 2 env DERRICK_DATABSE_URL=sqlite:other.db "$DERRICK" --db sqlite:third.db load 2>/dev/null
show ls ./*.db

# A misspelt variable is an error: otherwise its setting would silently keep the default. derrick
# ignores unrelated names.
. "$TESTS/cli/lib.sh"
derrick init w >/dev/null
cd w
try() { # NAME
    echo "\$ $1=secret"
    env "$1=secret" "$DERRICK" status 2>&1 | head -2 | steady
}
for name in DERRICK_DATABASE_ULR DERRICK_DATABSE_URL DERRICK_S3_BUCKET DERRICK_S3_Url derrick_s3_url \
    DERRICK_DB_PASSWORT DERRICK_LIMITS_PS7 DERRICK_RIG_ DERRICK_BD; do
    try "$name"
done
for name in DERRICK DERRICK_NONSENSE DERRICK_INPUT DERRICK_HOME DERRICK_REAL_DATA MY_DERRICK_S3_BUCKET \
    DERRICK_DB_PASSWORD; do
    try "$name"
done

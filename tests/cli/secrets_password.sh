# The database's password is in no environment that programs inherit, such as a credential_process.
. "$TESTS/cli/lib.sh"
derrick init >/dev/null
echo x >file.txt
mkdir .aws
cat >helper <<'END'
#!/bin/sh
env >"$HOME/inherited"
echo '{"AccessKeyId": "KEY", "SecretAccessKey": "SECRET"}'
END
chmod +x helper
printf '[default]\ncredential_process = %s/helper\n' "$HOME" >.aws/config
export DERRICK_DB_PASSWORD=the-password DERRICK_RIG_SITE=texas AWS_MAX_ATTEMPTS=1
derrick upload file.txt --set s3.url=s3://bucket --set s3.endpoint=http://127.0.0.1:1 2>/dev/null ||
    echo "exit code $?"
grep -c DERRICK_RIG_SITE=texas inherited
grep -c the-password inherited || echo "not inherited"

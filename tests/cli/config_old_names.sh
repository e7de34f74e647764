# A key that has another name now is still read by its earlier name, wherever it is set.
. "$TESTS/cli/lib.sh"
derrick init >/dev/null
echo x >file.txt
export AWS_EC2_METADATA_DISABLED=true
upload() {
    derrick upload file.txt --set s3.url=s3://bucket --set s3.endpoint=http://store.example.com "$@" 2>&1 |
        grep -v hint || true
}
upload
upload --set s3.insecure_http=allow
upload --set s3.plain_text=allow
DERRICK_S3_PLAIN_TEXT=allow upload
printf '[s3]\nplain_text = allow\n' >>derrick.ini
upload

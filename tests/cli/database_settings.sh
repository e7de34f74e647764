# Database settings that can't be used, or that have no effect together with others, are errors: the
# rows never go to another database, and a connection that should be verified is never unencrypted.
. "$TESTS/cli/lib.sh"
derrick init w >/dev/null
server=mysql://nobody@127.0.0.1:1/energymobile
echo "# shards of a SQLite file"
show derrick -C w --set database.shards=mysql://node.example/energymobile status
echo "# TLS files that would not be used"
for key in tls_ca tls_cert tls_key; do
    show derrick -C w --db "$server" --set database.tls=plain --set "database.$key=ca.pem" status
done
echo "# an option file that can't be read"
ln -s /nonexistent/my.cnf .my.cnf
show derrick -C w --db "$server" status
rm .my.cnf
mkdir .my.cnf
show derrick -C w --db "$server" status
show derrick -C w --db "$server" --set database.option_file=none.cnf status
echo "# the embedded database needs none"
show derrick -C w status | steady

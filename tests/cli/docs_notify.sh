# The examples of docs/notify.md work as they are written: mail, a webhook, and systemd's OnFailure=.
. "$TESTS/cli/lib.sh"
needs jq curl python3
# example NAME: the code block of that name
example() {
    sed -n "/^\`\`\`[a-z]* $1\$/,/^\`\`\`\$/p" "$TESTS/../docs/notify.md" | sed '1d;$d'
}
new_workspace w 2
sample drop 3 2
cp drop/* w/logs
sed -i '2s/^[^\t]*/x/' w/logs/TS1.txt

echo "- mail"
printf '#!/bin/sh\ncat >%s/mail.txt\n' "$PWD" >sendmail
example mail | sed "s|/usr/sbin/sendmail|$PWD/sendmail|" >derrick-mail
chmod +x sendmail derrick-mail
expect_exit 3 derrick -C w run --set notify.command="$PWD/derrick-mail" 2>/dev/null
sed 's/ on [^ ]*$/ on HOST/; s/, [-0-9]* [:0-9]* UTC/, NOW UTC/' mail.txt

echo "- webhook"
cat >hook.py <<'PY'
import http.server, json
class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open("hook.txt", "w") as out:
            print(self.path, self.headers["Content-Type"], message["text"].splitlines()[0], file=out)
        self.send_response(204)
        self.end_headers()
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
open("port.part", "w").write(str(server.server_port))
__import__("os").rename("port.part", "port")
server.handle_request()
PY
python3 hook.py &
until [ -e port ]; do sleep 0.05; done
example webhook | sed "s|https://chat.example.com|http://127.0.0.1:$(cat port)|" >notify.ini
{ sed '/^\[notify\]/,/^on = /d' w/derrick.ini; cat notify.ini; } >w/hook.ini
expect_exit 3 derrick -C w --config w/hook.ini run 2>/dev/null
wait
cat hook.txt

echo "- systemd"
needs systemd-analyze
example derrick-failed@.service >derrick-failed@.service
sed "s|/usr/bin/derrick|$DERRICK|" "$TESTS/../infra/systemd/derrick-run.service" >derrick-run.service
mkdir derrick-run.service.d bin
example onfailure.conf >derrick-run.service.d/onfailure.conf
output=$(systemd-analyze verify --man=no ./derrick-run.service ./derrick-failed@derrick-run.service.service 2>&1) || fail "$output"
equals "" "$output"
# The command, as systemd takes it apart.
printf '#!/bin/sh\necho "log of $2"\n' >bin/journalctl
printf '#!/bin/sh\necho "to $3: $2"\ncat\n' >bin/mail
chmod +x bin/*
command=$(sed -n 's/^ExecStart=//p' derrick-failed@.service | sed 's/%i/derrick-run.service/')
PATH="$PWD/bin:$PATH" sh -c "$command"

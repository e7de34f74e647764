# A workspace's identity is created once and kept; an older workspace gets one at its next run.
# derrick warns about a copy in use; a workspace that was moved or restored keeps working.
. "$TESTS/cli/lib.sh"
needs sqlite3
about() { # what names a host, a time or an identity
    sed -E "s/on '[^']*'/on 'HOST'/; s/at [0-9-]{10} [0-9:]{8} UTC/at NOW UTC/"
}
recorded() { # WORKSPACE: how many runs, drops and exports of it are in its database
    sqlite3 "$1/energymobile.db" "SELECT (SELECT COUNT(*) FROM runs WHERE workspace_id = '$2'),
        (SELECT COUNT(*) FROM drops WHERE workspace_id = '$2'),
        (SELECT COUNT(*) FROM publications WHERE workspace_id = '$2' AND kind = 'export'),
        (SELECT path FROM workspaces WHERE workspace_id = '$2')"
}
new_workspace w 1
id=$(cat w/.derrick-workspace)
echo "$id" | grep -Ecx '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
wc -l <w/.derrick-workspace
derrick init -q w >/dev/null
[ "$(cat w/.derrick-workspace)" = "$id" ] || fail "init made another identity"
sample w/logs 2 1
show derrick -C w run | steady
recorded w "$id"
! grep -rl "$id" w/archive || fail "the identity is in the archive"

# Moved: no warning.
mv w v
show derrick -C v run
recorded v "$id"

# A copy that is also in use: a warning at each change from one to the other, and no more.
cp -r v copy
for use in copy copy v copy; do
    show derrick -C $use --db "sqlite:$PWD/v/energymobile.db" run 2>&1 | about
done
# A copy with its own database gets the warning too, as long as the other one exists.
show derrick -C v run 2>&1 | about
rm -r v
show derrick -C copy run

# The remedy that the warning suggests.
cp -r copy w
rm w/.derrick-workspace
show derrick -C w --db "sqlite:$PWD/copy/energymobile.db" run
show derrick -C copy run
cmp -s w/.derrick-workspace copy/.derrick-workspace && fail "both have one identity"
rm -r w

# Seen on another host: a warning, unless it is the same file on a share.
sql() {
    sqlite3 copy/energymobile.db "$1"
}
sql "UPDATE workspaces SET host = 'share-2', path = '/mnt/rig', inode = 1, last_seen = '2026-01-02 03:04:05'"
show derrick -C copy run
show derrick -C copy run
sql "UPDATE workspaces SET host = 'share-2', path = '/mnt/rig'"
show derrick -C copy run

# An older workspace, with a drop that was loaded before it had an identity.
sample copy/logs 2 1 2
show derrick -C copy load --columns samples --cohort 2
rm copy/.derrick-workspace
sql "UPDATE drops SET workspace_id = NULL; UPDATE runs SET workspace_id = NULL; DELETE FROM workspaces"
derrick -C copy status | grep 'not archived yet'
[ ! -e copy/.derrick-workspace ] || fail "status made an identity"
show derrick -C copy run --columns samples --cohort 2 | steady
wc -l <copy/.derrick-workspace
ls copy/logs

# The file is lost while a drop waits: the drop still belongs to this workspace.
sample copy/logs 2 1 3
show derrick -C copy load --columns samples --cohort 3
rm copy/.derrick-workspace
derrick -C copy status | grep 'not archived yet'
show derrick -C copy run --columns samples --cohort 3 | steady
ls copy/logs

# Damaged.
for text in '' 'hello' "${id}x" "$id $id" "${id^^}"; do
    echo "$text" >copy/.derrick-workspace
    expect_exit 2 derrick -C copy run 2>&1
done
rm copy/.derrick-workspace
mkdir copy/.derrick-workspace
expect_exit 2 derrick -C copy status 2>&1
rmdir copy/.derrick-workspace
printf '%s\r\n' "$id" >copy/.derrick-workspace
show derrick -C copy run

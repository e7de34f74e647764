#!/usr/bin/env bash
# timeout: 1200
# The Debian package: lintian accepts it; in a new Debian 12 it installs, runs the demo, upgrades, is
# removed and purged. Data and changed configuration survive all of it.
. "$TESTS/cli/lib.sh"
needs_all_tests
needs cpack dpkg-deb dpkg-shlibdeps unshare
root=$(cd "$TESTS/.." && pwd)
base=$root/build/chroot

"$root/tools/chroot" "$base"

# The package, and one of a later version.
(cd "$root" && { [ -e build/package/build.ninja ] || cmake --preset package --log-level=NOTICE; } &&
    cmake --build build/package && cd build/package && cpack -G DEB) >build.log 2>&1 || fail "$(tail build.log)"
cp "$root"/build/package/derrick_*_"$(dpkg --print-architecture)".deb derrick.deb
dpkg-deb -R derrick.deb later
sed -i 's/^Version: .*/Version: 99.0-1/' later/DEBIAN/control
echo "# a new line" >>later/etc/derrick/environment
dpkg-deb --root-owner-group -b later later.deb >/dev/null
rm -r later

if command -v lintian >/dev/null; then
    lintian --allow-root --fail-on error,warning derrick.deb || fail "lintian does not accept the package"
else
    echo "# no lintian on this machine"
fi

echo "# installed"
cp -a "$base" system
cp derrick.deb later.deb system/root/
inside() { # COMMAND...: in the new system, with a process table of its own
    unshare --mount --pid --fork --root="$PWD/system" \
        sh -c 'mount -t proc proc /proc; mount -t tmpfs tmpfs /dev/shm 2>/dev/null; "$@"' sh \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"
}
as_derrick() {
    inside runuser -u derrick -- "$@"
}
there() { # PATH...
    local path
    for path in "$@"; do
        [ -e "system$path" ] || fail "no $path"
    done
}
gone() {
    local path
    for path in "$@"; do
        [ ! -e "system$path" ] || fail "$path is still there"
    done
}
state() { # what dpkg says of the package
    inside dpkg-query -W -f '${db:Status-Status}' derrick 2>/dev/null || echo none
}

inside dpkg -i /root/derrick.deb >dpkg.log 2>&1 || fail "$(cat dpkg.log)"
equals installed "$(state)"
there /usr/bin/derrick /usr/share/man/man1/derrick.1.gz /usr/share/doc/derrick/copyright \
    /lib/systemd/system/derrick-watch.service /lib/systemd/system/derrick-run.timer
[ ! -e "$root/src/cli/cmd_completion.c" ] ||
    there /usr/share/bash-completion/completions/derrick /usr/share/zsh/vendor-completions/_derrick \
        /usr/share/fish/vendor_completions.d/derrick.fish
equals "derrick derrick 750" "$(inside stat -c '%U %G %a' /var/lib/derrick)"
equals "root root 600" "$(inside stat -c '%U %G %a' /etc/derrick/environment)"
gone /etc/systemd/system/multi-user.target.wants/derrick-watch.service
inside sh /var/lib/dpkg/info/derrick.postinst configure || fail "postinst can't run twice"

echo "# the demo"
as_derrick derrick -q init /var/lib/derrick
as_derrick derrick -q -C /var/lib/derrick sample --readings 60 /var/lib/derrick/logs
as_derrick derrick -q -C /var/lib/derrick run
equals 3601 "$(wc -l <system/var/lib/derrick/aws_s3/oil-well-data-all-historical.csv)"

echo "# upgraded"
sed -i 's/^#DERRICK_DB_PASSWORD=/DERRICK_DB_PASSWORD=kept/' system/etc/derrick/environment
inside dpkg --force-confold -i /root/later.deb >dpkg.log 2>&1 || fail "$(cat dpkg.log)"
equals 99.0-1 "$(inside dpkg-query -W -f '${Version}' derrick)"
grep -q '^DERRICK_DB_PASSWORD=kept' system/etc/derrick/environment || fail "the upgrade overwrote the configuration"
as_derrick derrick -C /var/lib/derrick status | grep -q texas-1 || fail "the upgrade lost the workspace"

echo "# removed"
inside dpkg -r derrick >dpkg.log 2>&1 || fail "$(cat dpkg.log)"
equals config-files "$(state)"
gone /usr/bin/derrick /lib/systemd/system/derrick-watch.service
there /etc/derrick/environment /var/lib/derrick/energymobile.db

echo "# purged: configuration goes, data stays"
inside dpkg -P derrick >dpkg.log 2>&1 || fail "$(cat dpkg.log)"
grep -q 'contains data' dpkg.log || fail "nothing says that the data stays: $(cat dpkg.log)"
gone /etc/derrick
there /var/lib/derrick/energymobile.db
inside getent passwd derrick >/dev/null || fail "the owner of the data is gone"

echo "# purged without data: the user goes too"
inside dpkg -i /root/derrick.deb >dpkg.log 2>&1 || fail "$(cat dpkg.log)"
equals derrick "$(inside stat -c %U /var/lib/derrick/energymobile.db)"
find system/var/lib/derrick -mindepth 1 -delete
inside dpkg -P derrick >dpkg.log 2>&1 || fail "$(cat dpkg.log)"
gone /etc/derrick /var/lib/derrick
! inside getent passwd derrick >/dev/null || fail "the user is still there"
inside sh -c 'ls /usr/share/doc/derrick /var/lib/dpkg/info/derrick.* 2>/dev/null' && fail "files are left" || :

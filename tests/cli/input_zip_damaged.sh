# A zip that is truncated or damaged in any relevant place: derrick reads each member that it uses
# up to its checksum.
. "$TESTS/cli/lib.sh"
needs zip python3
new_traps
(cd good && zip -qr ../good.zip . && zip -q0r ../stored.zip . && zip -qP secret ../secret.zip *)
refused_zip() {
    echo "- $1"
    expect_exit 3 derrick -C ws load "$PWD/$2" 2>&1 | sed -E 's/0x[0-9a-f]+/0xHASH/g'
    expect_nothing_loaded ws
}
for cut in 1 22 100 1000 8000 12000; do
    cp good.zip cut.zip
    truncate -s -$cut cut.zip
    refused_zip "short by $cut" cut.zip
done
head -c 4 good.zip >cut.zip
refused_zip "4 bytes" cut.zip
: >cut.zip
refused_zip "no byte" cut.zip
(printf 'xxxx'; cat good.zip) | head -c -9 >cut.zip
refused_zip "the middle of one" cut.zip

python3 - <<'END'
import zipfile
def damage(name, new, text):
    data = bytearray(open(name, "rb").read())
    data[data.index(text)] ^= 1
    open(new, "wb").write(data)
damage("stored.zip", "checksum.zip", open("good/TS1.txt", "rb").read())
data = bytearray(open("good.zip", "rb").read())
member = zipfile.ZipFile("good.zip").getinfo("PS1.txt")
data[member.header_offset + 100 + member.compress_size // 2] ^= 0xff
open("deflated.zip", "wb").write(data)
with zipfile.ZipFile("more.zip", "w") as more:
    for name in zipfile.ZipFile("good.zip").namelist():
        more.writestr(name, open("good/" + name, "rb").read())
    more.writestr("description.txt", "nobody reads this")
damage("more.zip", "unused.zip", b"nobody")
END
refused_zip "a wrong checksum" checksum.zip
expect_exit 3 derrick -C ws load "$PWD/deflated.zip" >damaged.txt 2>&1
grep -o "can't read the archive '[^']*'" damaged.txt
refused_zip "with a password" secret.zip
refused_zip "with --quarantine" checksum.zip --quarantine
echo "- damage in a member that is passed over"
derrick convert unused.zip --cohorts 2 -o unused.csv
expect_same unused.csv good.csv

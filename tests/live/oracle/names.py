"""Names in a drop's folder and in logs/: what counts as a file of a delivery.

From DESIGN.md section 8: a sensor or the profile is absent only if no name contains it as a whole
word. Beside the exact file, a temporary name of it means that it is being replaced, and a copy is a
second file.
"""

# The names that tools give an incomplete file. {0} is the whole name, {1} its stem, {2} its
# extension.
TEMPORARY = [
    "{0}.part", "{0}.filepart", "{0}.partial", "{0}.tmp", "{0}.temp", "{0}.crdownload", "{0}.download",
    "{0}.opdownload", "{0}.!ut", "{0}.uploading", "{0}.incomplete", "{0}.writing", "{0}.swp",
    "{0}.lftp-pget-status", "{0}.st", "{0}.aria2", "{0}._COPYING_", "{0}.upload", "{0}.filepart.tmp",
    ".{0}.AbC123", ".{0}.x7Qz0k", "{0}.1f2e3d4c.partial", "{0}.deadbeef", "{0}.0A1b2C3d", ".in.{0}.",
    ".syncthing.{0}.tmp", "~syncthing~{0}.tmp", ".{0}.~3f2a", ".{0}.part", ".{0}.swp", "~{0}.tmp",
    ".azDownload-0f8fad5b-d9cb-469f-a165-70867728950e-{0}", ".{0}.crswap", "~${0}", "{0}.part.gz", "{0}.gz.part",
    "tmp.{0}", ".tmp.{0}", ".goutputstream-{0}",
]
# The names that people and desktops give a copy.
COPIES = [
    "Copy of {0}", "Kopie von {0}", "Copie de {0}", "{1} (1){2}", "{1}(2){2}", "{1} - Copy{2}",
    "{1} - Kopie{2}", "{1} - Copy (2){2}", "{1}_copy{2}", "{1} copy{2}", "{1}_old{2}", "{1}.1{2}",
]
# Another form of the file, which derrick does not read, or another kind of name.
OTHERS = [
    "{0}.bak", "{0}.orig", "{1}.dat", "{1}.log", "{1}", "{1}.xlsx", "{1}.xls", "{1}.ods", "{1}.7z",
    "{1}.rar", "{0}.7z", "{1}.parquet", "{1}.json", "rig {1} final{2}", "export_{1}_v2{2}", "{1}-new{2}",
    ".{0}", "{0}.sha256", "{0}~",
]

# Never a delivery, even if they contain such a word.
NEVER = ["Thumbs.db", "desktop.ini", ".DS_Store", "._{0}", "description.txt", "documentation.txt",
         "{1}.pdf", "{1}.docx", "{1} notes.md", "{1}.html", "{1}.png", "{1}.jpg"]
# Contains no sensor as a whole word; never delivered.
NOISE = ["maintenance.txt", "transfer.log", "notes.txt", "x{1}.txt", "{1}x.txt", "checksums.sha256",
         "spaces.txt", "EPS1x.log"]


def filled(pattern, sensor, random):
    """A pattern's name for a sensor's file, or for the profile's."""
    word = "profile" if sensor == "PROFILE" else sensor
    word = random.choice([word, word, word.lower(), word.upper()])
    extension = random.choice([".txt", ".txt", ".tsv"])
    return pattern.format(word + extension, word, extension)

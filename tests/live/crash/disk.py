"""The disk under a program, and what a power cut may leave of it.

A Disk begins as a folder with its contents, follows the calls that `calls` recorded, and at any moment
gives the trees that may remain if the power fails. It assumes little about a file system:

- The bytes of a file, and its size, are durable once fsync or fdatasync of that file has returned. Before
  that, each write is present, or absent, or present in some of its sectors of 512 bytes; or the file has its
  new size, with zeros where nothing was written yet. It never shows what another file contained.
- A name (created, linked, removed) is durable once fsync of its folder has returned; fsync of the file does
  not affect its name. Before that, the name is present or absent, independently of other names: there is no
  order.
- rename is one change of two names, done or not. Syncing either folder makes both durable.
- Closing a file guarantees nothing, and neither does time.
- What is durable stays: bits do not rot, and a write leaves the neighbouring bytes as they are.

ext4, XFS and btrfs guarantee more; above all, names reach the disk in order there.
"""

import hashlib
import os
import random

SECTOR_BYTES = 512


def id_of(path):
    info = os.stat(path)
    return f"{info.st_dev}:{info.st_ino}"


def read_file(path):
    with open(path, "rb") as file:
        return file.read()


class Call:
    """One line of the journal that `calls` writes."""

    def __init__(self, line, file):
        number, self.kind, *self.words = line.decode().split()
        self.number = int(number)
        if self.kind == "write":
            self.data = file.read(int(self.words[2]))
            file.read(1)

    def __str__(self):
        names = [word.split("/", 1)[1] for word in self.words if "/" in word]
        return " ".join([self.kind, *names])


def read_journal(path):
    with open(path, "rb") as file:
        calls = [Call(line, file) for line in iter(file.readline, b"")]
    if not calls or calls.pop().kind != "end":
        raise ValueError(f"'{path}' has no end")
    return calls


class Node:
    """A file or a folder, by whatever names."""

    def __init__(self, data=None):
        self.names = {} if data is None else None  # of a folder: those that are sure
        self.sure = data  # of a file: its bytes as far as they are sure
        self.writes = []  # and what was done since: (offset, bytes), or a size
        self._contents = {}

    def write(self, change):
        self.writes.append(change)
        self._contents.clear()

    def sync(self):
        self.sure, _ = self.content("all")
        self.writes = []
        self._contents.clear()

    def content(self, way):
        """Bytes and sha256, with "all" of the writes, "none", the "sizes" that they left, or, by any other
        word, some of their sectors by chance."""
        if way not in self._contents:
            data = self._make(way)
            self._contents[way] = data, hashlib.sha256(data).hexdigest()
        return self._contents[way]

    def _make(self, way):
        if way == "none" or not self.writes:
            return self.sure
        chance = random.Random(way)
        data = bytearray(self.sure)
        for change in self.writes:
            if isinstance(change, int):
                if way in ("all", "sizes") or chance.random() < 0.5:
                    del data[change:]
                    data.extend(bytes(change - len(data)))
                continue
            offset, new = change
            for at in range(0, len(new), len(new) if way == "all" else SECTOR_BYTES):
                if way not in ("all", "sizes") and chance.random() < 0.5:
                    continue
                piece = new[at:] if way == "all" else new[at:at + SECTOR_BYTES]
                start, end = offset + at, offset + at + len(piece)
                data.extend(bytes(max(0, (end if way == "sizes" else start) - len(data))))
                if way != "sizes":
                    data[start:end] = piece
        return bytes(data)


class Edit:
    """A change of names, all of it or nothing: each (folder, name, node, or None: removed)."""

    def __init__(self, changes):
        self.changes = changes
        self.sure = False


class Disk:
    def __init__(self, folder):
        self.nodes = {}  # by id_of()
        self.edits = []  # of which some may not be sure
        self.root = self._read(folder)

    def _read(self, path):
        folder = self.nodes[id_of(path)] = Node()
        for name in sorted(os.listdir(path)):
            below = os.path.join(path, name)
            if os.path.isdir(below):
                folder.names[name] = self._read(below)
            else:
                folder.names[name] = self.nodes.setdefault(id_of(below), Node(read_file(below)))
        return folder

    def unsettle(self, paths):
        """These files were written a moment ago, and never synced."""
        for path in paths:
            *above, name = path.split("/")
            folder = self.root
            for part in above:
                folder = folder.names[part]
            node = folder.names.pop(name)
            node.write((0, node.sure))
            node.sure = b""
            self.edits.append(Edit([(folder, name, node)]))

    # --- following the program

    def follow(self, call):
        """Ignores everything outside the folder."""
        words = call.words
        if call.kind in ("write", "size", "sync"):
            node = self.nodes.get(words[0])
            if node and call.kind == "sync":
                self._sync(node)
            elif node:
                node.write(int(words[1]) if call.kind == "size" else (int(words[1]), call.data))
            return
        places = [(self.nodes.get(folder), name)
                  for folder, name in (word.split("/") for word in words if "/" in word)]
        if call.kind in ("create", "mkdir"):
            # Outside, too: the inode may have been that of a file which is gone.
            node = self.nodes[words[1]] = Node(b"" if call.kind == "create" else None)
        if not all(folder for folder, _ in places):
            return
        if call.kind in ("create", "mkdir"):
            changes = [(*places[0], node)]
        elif call.kind == "unlink":
            changes = [(*places[0], None)]
        elif call.kind == "link":
            changes = [(*places[1], self._look_up(*places[0]))]
        else:
            changes = [(*places[1], self._look_up(*places[0])), (*places[0], None)]
        self.edits.append(Edit(changes))

    def _look_up(self, folder, name):
        """The node of a name, as the program sees it."""
        for edit in reversed(self.edits):
            for changed, of, node in edit.changes:
                if changed is folder and of == name:
                    return node
        return folder.names.get(name)

    def _sync(self, node):
        if node.names is None:
            node.sync()
            return
        for edit in self.edits:
            edit.sure = edit.sure or any(folder is node for folder, _, _ in edit.changes)
        while self.edits and self.edits[0].sure:
            for folder, name, of in self.edits.pop(0).changes:
                folder.names[name] = of

    # --- what may be left

    def tree(self, lost=(), way=lambda node: "all"):
        """What is left without the edits that are `lost`, each file with its bytes by a `way`."""
        names = {}
        for edit in self.edits:
            if edit.sure or edit not in lost:
                for folder, name, node in edit.changes:
                    names.setdefault(folder, dict(folder.names))[name] = node
        entries = {}

        def walk(folder, path):
            for name, node in names.get(folder, folder.names).items():
                if node is None:
                    continue
                if node.names is None:
                    entries[path + name] = (node, *node.content(way(node)))
                else:
                    entries[path + name] = (node, None, None)
                    walk(node, path + name + "/")

        walk(self.root, "")
        return Tree(entries)

    def trees(self, seed):
        """Yields what may be left if the power fails now, in words and as a tree: nothing and all of what is
        not sure, all but one change, of names only one, and some by chance."""
        edits = [edit for edit in self.edits if not edit.sure]
        nodes = [node for node in self.nodes.values() if node.writes]
        yield "nothing is kept", self.tree(edits, lambda _: "none")
        if not edits and not nodes:
            return
        yield "all is kept", self.tree()
        for number, edit in enumerate(edits, 1):
            others = [other for other in edits if other is not edit]
            yield f"all but name {number} of {len(edits)}", self.tree([edit])
            yield f"no name but {number} of {len(edits)}", self.tree(others)
        for number, chosen in enumerate(nodes, 1):
            for word in ("none", "sizes", "some"):
                yield (f"all but file {number} of {len(nodes)}, and {word} of that",
                       self.tree((), lambda node: word if node is chosen else "all"))
        chance = random.Random(seed)
        for number in range(2):
            lost = [edit for edit in edits if chance.random() < 0.5]
            yield f"by chance {number}", self.tree(lost, lambda _: f"{seed} {number}")


class Tree:
    """Folders and files: by path, (node, bytes, sha256), the last two None for a folder."""

    def __init__(self, entries):
        self.entries = entries
        self.hashes = {path: digest for path, (_, _, digest) in entries.items()}

    def key(self):
        """The same of the same trees."""
        return frozenset(self.hashes.items())

    def data(self, path):
        return self.entries[path][1] if path in self.entries else None

    def write(self, folder):
        """Into a folder that is empty."""
        written = {}
        for path, (node, data, _) in self.entries.items():
            real = os.path.join(folder, path)
            if data is None:
                os.mkdir(real)
            elif node in written:
                os.link(written[node], real)
            else:
                with open(real, "wb") as file:
                    file.write(data)
                written[node] = real

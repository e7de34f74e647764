#!/usr/bin/env python3
"""A TCP proxy on 127.0.0.1 that breaks a connection at a chosen moment, once, or refuses a statement.

proxy.py PORT_FILE TARGET_PORT WHEN [COMMAND]

WHEN:  idle                  never
       sent:ARM:BYTES        the client has sent BYTES more after the text ARM
       lost:ARM:BYTES        the same, but the server hears nothing of the end: a cable is pulled
       got:ARM:BYTES         the server has sent BYTES more after the client sent ARM
       before:ARM:TEXT       the client sends TEXT after ARM; the server does not get it
       after:ARM:TEXT        the same, but the server gets it and answers; the client gets no answer
       error:ARM:CODE:WORDS  each time that the client sends ARM, the proxy answers with this error, and
                             the server does not get it: nothing is broken, and COMMAND is not run

At the other moments COMMAND (if any) is run by the shell and waited for, and the connection is closed, but
for "lost" on both sides. What connects later gets through. PORT_FILE is where the port is written to.
"""

import os
import select
import socket
import subprocess
import sys
import threading

CHUNK = 16384


def error_packet(code, words):
    """The ERR packet that follows a statement."""
    body = b"\xff" + code.to_bytes(2, "little") + b"#HY000" + words.encode()
    return len(body).to_bytes(3, "little") + b"\x01" + body


class Fault:
    """When to break, and whether that has been."""

    def __init__(self, when, command):
        self.kind, arm, what, words = (when.split(":", 3) + ["", "", ""])[:4]
        self.arm = arm.encode()
        self.bytes = int(what) if self.kind in ("sent", "lost", "got") else 0
        self.text = what.encode()
        self.answer = error_packet(int(what), words) if self.kind == "error" else b""
        self.command = command
        self.kept = []
        self.done = self.kind == "idle"
        self.lock = threading.Lock()

    def fire(self):
        with self.lock:
            if self.done:
                return False
            self.done = True
        if self.command:
            subprocess.run(["sh", "-c", self.command], check=False)
        return True


class Session:
    """One connection: what went through it since it was armed."""

    def __init__(self, fault):
        self.fault = fault
        self.armed = False
        self.count = 0
        self.tail = b""

    def from_client(self, data):
        """Returns "pass", "break", "refuse", or "answer": pass it on, and break at the answer."""
        fault = self.fault
        if fault.done:
            return "pass"
        if fault.kind == "error":
            return "refuse" if fault.arm in data else "pass"
        seen = self.tail + data
        self.tail = seen[-64:]
        if not self.armed:
            at = seen.find(fault.arm)
            if at < 0:
                return "pass"
            self.armed = True
            seen = seen[at + len(fault.arm):]
            self.tail = seen[-64:]
        if fault.kind in ("sent", "lost"):
            self.count += len(data)
            return "break" if self.count >= fault.bytes else "pass"
        if fault.kind in ("before", "after") and fault.text in seen:
            return "break" if fault.kind == "before" else "answer"
        return "pass"

    def from_server(self, data):
        if self.fault.done or self.fault.kind != "got" or not self.armed:
            return "pass"
        self.count += len(data)
        return "break" if self.count >= self.fault.bytes else "pass"


def carry(client, target, fault):
    """Carries bytes both ways until an end closes, or the fault is due."""
    session = Session(fault)
    try:
        server = socket.create_connection(("127.0.0.1", target))
    except OSError:
        client.close()
        return
    with client, server:
        at_answer = False
        while True:
            ready = select.select([client, server], [], [])[0]
            for end in ready:
                try:
                    data = end.recv(CHUNK)
                    if not data:
                        return
                    verdict = session.from_client(data) if end is client else session.from_server(data)
                    if verdict == "refuse":
                        client.sendall(fault.answer)
                        continue
                    if end is server and at_answer:
                        verdict = "break"
                    if verdict == "break" and fault.fire():
                        if fault.kind == "lost":
                            fault.kept.append(server.dup())
                        return
                    at_answer = at_answer or verdict == "answer"
                    (server if end is client else client).sendall(data)
                except OSError:
                    return


def main():
    port_file, target, when = sys.argv[1:4]
    fault = Fault(when, sys.argv[4] if len(sys.argv) > 4 else None)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    with open(port_file + ".new", "w") as file:
        file.write(f"{listener.getsockname()[1]}\n")
    os.rename(port_file + ".new", port_file)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=carry, args=(client, int(target), fault), daemon=True).start()


if __name__ == "__main__":
    main()

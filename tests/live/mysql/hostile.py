#!/usr/bin/env python3
"""A TCP proxy on 127.0.0.1 that turns hostile at a chosen statement, for every connection.

hostile.py PORT_FILE TARGET_PORT HOW ARM

HOW:  rows       the first row of the result of ARM again and again, without an end
      slow       the same, one row per second
      columns    descriptions of columns of 60 KB each, without an end
      packets    packets of 16 MB, without an end
      results    a result after every result, without an end
      greeting   a greeting that comes byte by byte, before any statement

ARM is in the text of a statement, sent by itself or prepared. PORT_FILE is where the port is written to.
"""

import os
import socket
import struct
import sys
import threading
import time

COM_QUIT, COM_QUERY, COM_STMT_PREPARE, COM_STMT_EXECUTE, COM_STMT_CLOSE = 0x01, 0x03, 0x16, 0x17, 0x19
BULK = 64  # packets in one send


def receive(end, size):
    """Exactly size bytes; None at the end of the connection."""
    data = b""
    while len(data) < size:
        piece = end.recv(size - len(data))
        if not piece:
            return None
        data += piece
    return data


def read_packet(end):
    """The next packet: its sequence number and its bytes."""
    head = receive(end, 4)
    if head is None:
        return None, None
    return head[3], receive(end, int.from_bytes(head[:3], "little"))


def packet(number, data):
    return len(data).to_bytes(3, "little") + bytes([number % 256]) + data


def flood(client, number, data, pause=0.0):
    """The same packet forever, with ascending numbers."""
    while True:
        count = 1 if pause else BULK
        client.sendall(b"".join(packet(number + i, data) for i in range(count)))
        number += count
        time.sleep(pause)


def repeat_row(client, server, pause):
    """Passes the answer to a statement on, up to its first row, which it then repeats."""
    number, first = read_packet(server)
    client.sendall(packet(number, first))
    for _ in range(first[0] + 1):  # the columns, and the end of their list
        number, data = read_packet(server)
        client.sendall(packet(number, data))
    number, row = read_packet(server)
    flood(client, number, row, pause)


def describe(client, command):
    """Columns without an end: as many as the answer can announce, each 60 KB."""
    name = b"c" * 60000
    column = b"\x03def\x00\x00\x00" + b"\xfc" + struct.pack("<H", len(name)) + name + b"\x00" + \
        b"\x0c" + struct.pack("<HIBHBH", 33, 1024, 253, 0, 0, 0)
    if command == COM_STMT_PREPARE:
        client.sendall(packet(1, b"\x00" + struct.pack("<IHHBH", 1, 65535, 0, 0, 0)))
    else:
        client.sendall(packet(1, b"\xfc\xff\xff"))
    flood(client, 2, column)


def endless_packets(client):
    number = 1
    body = b"\x05" * 0xFFFFFF
    while True:
        client.sendall(packet(number, body))
        number += 1


def endless_results(client):
    """OK packets, each of which announces another result."""
    flood(client, 1, b"\x00\x00\x00" + struct.pack("<HH", 0x0002 | 0x0008, 0))


def attack(how, command, client, server):
    if how in ("rows", "slow"):
        repeat_row(client, server, 1.0 if how == "slow" else 0.0)
    elif how == "columns":
        describe(client, command)
    elif how == "results":
        endless_results(client)
    else:
        endless_packets(client)


class Session:
    """One connection, whose answers pass until the armed statement comes, which is answered here."""

    def __init__(self, client, server, how, arm):
        self.client = client
        self.server = server
        self.how = how
        self.arm = arm
        self.armed = set()  # numbers of prepared statements

    def relay(self):
        """Passes one packet of the server on."""
        number, data = read_packet(self.server)
        if data is None:
            raise OSError("the server has gone")
        self.client.sendall(packet(number, data))
        return data

    def relay_list(self):
        """Columns, parameters or rows, to the packet that ends them."""
        while True:
            data = self.relay()
            if data[0] == 0xFF or (data[0] == 0xFE and len(data) < 9):
                return

    def relay_login(self):
        self.relay()
        while True:
            number, data = read_packet(self.client)
            self.server.sendall(packet(number, data))
            if self.relay()[0] in (0x00, 0xFF):
                return

    def relay_prepared(self, hit):
        data = self.relay()
        if data[0] != 0x00:
            return
        statement, columns, parameters = struct.unpack("<IHH", data[1:9])
        if hit:
            self.armed.add(statement)
        for count in (parameters, columns):
            if count:
                self.relay_list()

    def relay_result(self):
        if self.relay()[0] not in (0x00, 0xFF):
            self.relay_list()
            self.relay_list()

    def run(self):
        self.relay_login()
        while True:
            number, data = read_packet(self.client)
            if data is None:
                return
            command = data[0]
            hit = self.arm in data and command in (COM_QUERY, COM_STMT_PREPARE)
            prepares = hit and command == COM_STMT_PREPARE and self.how in ("rows", "slow")
            runs = command == COM_STMT_EXECUTE and \
                struct.unpack("<I", data[1:5])[0] in self.armed
            self.server.sendall(packet(number, data))
            if runs or (hit and not prepares):
                attack(self.how, command, self.client, self.server)
                return
            if command == COM_STMT_PREPARE:
                self.relay_prepared(prepares)
            elif command in (COM_QUERY, COM_STMT_EXECUTE):
                self.relay_result()
            elif command not in (COM_QUIT, COM_STMT_CLOSE):
                self.relay()


def serve(client, target, how, arm):
    try:
        if how == "greeting":
            for _ in range(1 << 20):
                client.sendall(b"\xff")
                time.sleep(0.5)
        else:
            with socket.create_connection(("127.0.0.1", target)) as server:
                Session(client, server, how, arm).run()
    except OSError:
        pass
    finally:
        client.close()


def main():
    port_file, target, how, arm = sys.argv[1:5]
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    with open(port_file + ".new", "w", encoding="ascii") as file:
        file.write(f"{listener.getsockname()[1]}\n")
    os.rename(port_file + ".new", port_file)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, int(target), how, arm.encode()),
                         daemon=True).start()


if __name__ == "__main__":
    main()

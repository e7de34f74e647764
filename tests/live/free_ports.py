#!/usr/bin/env python3
"""free_ports.py [N]: N ports of 127.0.0.1 on which nobody listens, on one line.

They lie outside of the range from which the system takes the ports of outgoing connections and of
servers that ask for any: a server that starts in a moment, or again, finds its port still free.
"""
import random
import socket
import sys

LOWEST = 10000  # below it are the ports that have names


def candidates():
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        low, high = map(int, file.read().split())
    ports = [port for port in range(LOWEST, 65536) if not low <= port <= high]
    random.shuffle(ports)
    return ports + [0] * 100  # where the range is everything, any port


def main(count):
    held = []
    for port in candidates():
        if len(held) == count:
            break
        attempt = socket.socket()
        try:
            attempt.bind(("127.0.0.1", port))
            held.append(attempt)
        except OSError:
            attempt.close()
    print(*[attempt.getsockname()[1] for attempt in held])


main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)

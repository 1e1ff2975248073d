"""A relay in front of a name server, over TCP, that does wrong what it is told to: see dns_relay.lua.

    python3 dns_relay.py HOST PORT DIRECTORY

It writes its port to DIRECTORY/port. DIRECTORY/fault holds a line: a serial number, what to do wrong, with which messages ("update": those
that change something; "question": all others; "any"), and how often (0: always). DIRECTORY/log gets a line for each message that comes: its kind.
It ends with its standard input.
"""
import os
import socket
import struct
import sys
import threading
import time

HOST, PORT, DIRECTORY = sys.argv[1], int(sys.argv[2]), sys.argv[3]
LOCK = threading.Lock()
STATE = {"serial": "0", "left": 0}


def take(connection, count):
    octets = b""
    while len(octets) < count:
        more = connection.recv(count - len(octets))
        if not more:
            raise ConnectionError
        octets += more
    return octets


def take_message(connection):
    return take(connection, struct.unpack("!H", take(connection, 2))[0])


def framed(message):
    return struct.pack("!H", len(message)) + message


def kind_of(message):
    flags, _, _, changes = struct.unpack("!4H", message[2:10])
    return "update" if flags >> 11 & 15 == 5 and changes else "question"


def fault_for(kind):
    """What to do wrong with this message; None where nothing."""
    with LOCK:
        with open(DIRECTORY + "/log", "a") as log:
            log.write(kind + "\n")
        with open(DIRECTORY + "/fault") as file:
            serial, fault, of, times = file.read().split()
        if serial != STATE["serial"]:
            STATE.update(serial=serial, left=int(times) or 1 << 30)
        if of not in (kind, "any") or STATE["left"] == 0:
            return None
        STATE["left"] -= 1
        return fault


def after_name(message, at):
    while message[at]:
        if message[at] >= 192:
            return at + 2
        at += 1 + message[at]
    return at + 1


def without_signature(message):
    """The message without its last record."""
    counts = struct.unpack("!4H", message[4:12])
    at = 12
    for _ in range(counts[0]):
        at = after_name(message, at) + 4
    for _ in range(sum(counts[1:]) - 1):
        at = after_name(message, at) + 8
        at += 2 + struct.unpack("!H", message[at:at + 2])[0]
    return message[:10] + struct.pack("!H", counts[3] - 1) + message[12:at]


def changed(message):
    """The message with another octet in its last record but the signature, or its header."""
    at = len(without_signature(message)) - 1
    at = at if at > 12 else 3
    return message[:at] + bytes([message[at] ^ 1]) + message[at + 1:]


REPLIES = {
    "garbage": lambda reply: b"\xff" * 50,
    "short": lambda reply: b"abc",
    "other_id": lambda reply: bytes([reply[0] ^ 255]) + reply[1:],
    "unsigned": without_signature,
    "changed": changed,
    "as_query": lambda reply: reply[:2] + bytes([reply[2] & 127]) + reply[3:],
}


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ConnectionError


def relay(client, server, held):
    """One message, and its reply. True where nothing follows."""
    message = take_message(client)
    fault = fault_for(kind_of(message))
    if fault == "die_before":
        reset(client)
    if fault == "stall":
        time.sleep(3600)
    server.sendall(framed(message))
    if fault == "hang":
        time.sleep(3600)
    reply = take_message(server)
    if fault == "die_after":
        reset(client)
    if fault == "cut":
        client.sendall(framed(reply)[:len(reply) // 2])
        return True
    if fault == "promise":
        client.sendall(b"\xff\xff" + reply)
        time.sleep(3600)
    if fault == "hold":
        held.append(reply)
        return False
    if fault == "bytewise":
        for octet in framed(reply):
            client.sendall(bytes([octet]))
            time.sleep(0.0005)
        return False
    client.sendall(framed(REPLIES[fault](reply) if fault in REPLIES else reply))
    while held:
        client.sendall(framed(held.pop()))
    return fault == "close"


def serve(client):
    held = []
    try:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with client, socket.create_connection((HOST, PORT)) as server:
            while not relay(client, server, held):
                pass
    except OSError:
        client.close()


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    with open(DIRECTORY + "/port.new", "w") as file:
        file.write("%d\n" % listener.getsockname()[1])
    os.rename(DIRECTORY + "/port.new", DIRECTORY + "/port")

    def end():
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=end, daemon=True).start()
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


main()

"""A DNS server that misbehaves: on a loopback port, over UDP and TCP, the first label of the name choosing the fault.

Prints its port and process number, then answers until it is killed or its parent is gone.

    ok            TXT "ok"
    bogus         SERVFAIL; TXT "unsigned" to what has CD, as of a server that validates
    silent        nothing
    rcodeN        rcode N
    lame          REFUSED
    noedns        FORMERR without OPT to what has EDNS (RFC 6891 7.); TXT "plain" to what has none
    dropedns      nothing to what has EDNS; TXT "plain" to what has none
    nooption      TXT of 900 octets, without an OPT record in the reply
    big           TXT of 900 octets
    forged        four forgeries (another ID, another question, garbage, a stump), then TXT "true"
    onlyforged    the forgeries alone
    tcok          truncated; over TCP, TXT of 3000 octets
    tcreset       truncated; TCP connections are reset
    tchang        truncated; TCP connections stay silent
    tcgarbage     truncated; over TCP, garbage
    lost          every third query is answered, counted over the server's life
"""
import os
import re
import select
import socket
import struct

TXT, OPT = 16, 41
counted = 0


def read_name(packet, at):
    labels = []
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]])
        at += 1 + packet[at]
    return labels, at + 1


def make_reply(query, end, text=None, rcode=0, truncated=False, opt=True):
    """A reply to a query whose question ends at `end`."""
    answer = b""
    if text is not None:
        strings = b"".join(bytes([len(text[i:i + 255])]) + text[i:i + 255] for i in range(0, len(text), 255))
        answer = struct.pack("!HHHIH", 0xC00C, TXT, 1, 60, len(strings)) + strings
    additional = b"\0" + struct.pack("!HHIH", OPT, 1232, 0, 0) if opt else b""
    flags = 0x8180 | rcode | (0x0200 if truncated else 0)
    header = query[:2] + struct.pack("!HHHHH", flags, 1, 1 if answer else 0, 0, 1 if opt else 0)
    return header + query[12:end] + answer + additional


def forgeries(query, end):
    lie = make_reply(query, end, b"forged")
    yield bytes([lie[0] ^ 1]) + lie[1:]
    yield lie[:13] + b"X" + lie[14:]
    yield b"\xff" * 40
    yield query[:2] + b"\x81"


def replies(query, over_tcp):
    """The messages to send in reply to a query."""
    global counted
    labels, end = read_name(query, 12)
    end += 4
    kind = labels[0].decode().lower()
    edns = query[11] > 0
    rcode = re.fullmatch(r"rcode(\d+)", kind)
    if kind == "ok":
        return [make_reply(query, end, b"ok", opt=edns)]
    if kind == "lame" or rcode:
        return [make_reply(query, end, rcode=int(rcode[1]) if rcode else 5)]
    if kind == "bogus":
        return [make_reply(query, end, b"unsigned") if query[3] & 0x10 else make_reply(query, end, rcode=2)]
    if kind == "noedns":
        return [make_reply(query, end, rcode=1, opt=False) if edns else make_reply(query, end, b"plain", opt=False)]
    if kind == "dropedns":
        return [] if edns else [make_reply(query, end, b"plain", opt=False)]
    if kind in ("big", "nooption"):
        return [make_reply(query, end, b"x" * 900, opt=kind == "big")]
    if kind in ("forged", "onlyforged"):
        return list(forgeries(query, end)) + ([make_reply(query, end, b"true")] if kind == "forged" else [])
    if kind == "tcgarbage" and over_tcp:
        return [b"\xff" * 40]
    if kind.startswith("tc"):
        return [make_reply(query, end, b"y" * 3000)] if over_tcp else [make_reply(query, end, truncated=True)]
    if kind == "lost":
        counted += 1
        return [make_reply(query, end, b"found")] if counted % 3 == 0 else []
    return []


def serve_connection(connection):
    """True where the connection is to stay open."""
    size = connection.recv(2)
    if len(size) < 2:
        return False
    query = connection.recv(struct.unpack("!H", size)[0])
    if b"tcreset" in query:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
    if b"tchang" in query:
        return True
    for reply in replies(query, True):
        connection.sendall(struct.pack("!H", len(reply)) + reply)
    return True


def open_sockets():
    """A UDP and a TCP socket of one port."""
    while True:
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            tcp.bind(udp.getsockname())
            tcp.listen(64)
            return udp, tcp
        except OSError:
            udp.close()
            tcp.close()


def main():
    udp, tcp = open_sockets()
    print(udp.getsockname()[1], os.getpid(), flush=True)
    parent, connections = os.getppid(), []
    while os.getppid() == parent:
        for ready in select.select([udp, tcp] + connections, [], [], 1)[0]:
            if ready is udp:
                query, peer = udp.recvfrom(65535)
                for reply in replies(query, False):
                    udp.sendto(reply, peer)
            elif ready is tcp:
                connections.append(tcp.accept()[0])
            elif not serve_connection(ready):
                connections.remove(ready)
                ready.close()


main()

"""A DNS server that misbehaves: on a loopback port, over UDP and TCP, the name choosing the fault (fault_names.py).

    fault_server.py [--listen ADDRESS]… [--no-tcp | --hang-up] [--seed N]

Prints its port and process number, then answers until it is killed or nobody reads its output any more; or prints why it cannot,
and ends.
"""
import argparse
import asyncio
import logging
import os
import select
import socket
import struct

import fault_names


def open_socket(address, port, kind):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = socket.socket(family, kind)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, kind == socket.SOCK_STREAM)
    opened.setblocking(False)
    try:
        opened.bind((address, port))
        if kind == socket.SOCK_STREAM:
            opened.listen(1024)
        else:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    except OSError:
        opened.close()
        raise
    return opened


def open_sockets(addresses, with_tcp):
    """Sockets of one port: a UDP socket and, where wanted, a TCP socket by address."""
    for _ in range(100):
        port, udp, tcp = 0, {}, {}
        try:
            for address in addresses:
                udp[address] = open_socket(address, port, socket.SOCK_DGRAM)
                port = udp[address].getsockname()[1]
                if with_tcp:
                    tcp[address] = open_socket(address, port, socket.SOCK_STREAM)
            return port, udp, tcp
        except OSError as error:
            for opened in [*udp.values(), *tcp.values()]:
                opened.close()
            wrong = error
    raise wrong


class Datagrams(asyncio.DatagramProtocol):
    """Answers what comes to one UDP socket."""

    def __init__(self, address, liars):
        self.address, self.liars, self.own = address, liars, None

    def connection_made(self, transport):
        self.own = transport

    def datagram_received(self, octets, peer):
        for message in fault_names.read_query(octets, False, self.address).answer():
            if message.after > 0:
                asyncio.get_running_loop().call_later(message.after, self.send, message, peer)
            else:
                self.send(message, peer)

    def send(self, message, peer):
        if message.source == "own":
            self.own.sendto(message.octets, peer) if message.octets else self.send_nothing(peer)
        elif message.source in self.liars:
            self.liars[message.source].sendto(message.octets, peer)

    def send_nothing(self, peer):
        """Sends an empty datagram, which asyncio does not."""
        with socket.socket(fileno=os.dup(self.own.get_extra_info("socket").fileno())) as own:
            own.sendto(b"", peer)


async def carry(message, writer):
    """Sends a message over TCP. True where the connection is to stay open."""
    framed = struct.pack("!H", len(message.octets)) + message.octets
    await asyncio.sleep(message.after)
    if message.manner == "reset":
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif message.manner == "length":
        writer.write(framed[:2])
    elif message.manner in ("half", "halfclose"):
        writer.write(framed[:len(framed) // 2])
    elif message.manner == "drip":
        for i in range(0, len(framed), 8):
            writer.write(framed[i:i + 8])
            await asyncio.sleep(0.05)
    elif message.manner == "whole":
        writer.write(framed)
    await writer.drain()
    return message.manner in ("whole", "half", "drip")


async def hang_up(_, writer):
    """Ends a connection, and then resets it: to who writes yet, that is a broken pipe."""
    own = writer.get_extra_info("socket")
    own.shutdown(socket.SHUT_WR)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


async def serve_connection(reader, writer, address):
    try:
        stays = True
        while stays:
            size, = struct.unpack("!H", await reader.readexactly(2))
            query = fault_names.read_query(await reader.readexactly(size), True, address)
            for message in query.answer():
                if message.manner == "stall":
                    await reader.read()  # all that there will ever be
                stays = stays and await carry(message, writer)
    except (OSError, asyncio.IncompleteReadError):
        pass  # the client is gone
    finally:
        writer.close()


async def open_liars(address, port, loop):
    """Sockets for forgeries."""
    liars = {"other port": open_socket(address, 0, socket.SOCK_DGRAM)}
    if address == "127.0.0.1":
        liars["other address"] = open_socket("127.0.0.99", port, socket.SOCK_DGRAM)
    return {name: (await loop.create_datagram_endpoint(asyncio.DatagramProtocol, sock=opened))[0] for name, opened in liars.items()}


async def serve(addresses, with_tcp, hangs_up):
    loop = asyncio.get_running_loop()
    port, udp, tcp = open_sockets(addresses, with_tcp)
    listeners = []
    for address in addresses:
        liars = await open_liars(address, port, loop)
        await loop.create_datagram_endpoint(lambda: Datagrams(address, liars), sock=udp[address])
        if with_tcp:
            listeners.append(await asyncio.start_server(hang_up if hangs_up else (
                lambda reader, writer, address=address: serve_connection(reader, writer, address)), sock=tcp[address]))
    print(port, os.getpid(), flush=True)
    output = select.poll()
    output.register(1, 0)
    while not output.poll(0):
        await asyncio.sleep(0.2)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--listen", action="append", metavar="ADDRESS")
    arguments.add_argument("--no-tcp", action="store_true", help="TCP is refused")
    arguments.add_argument("--hang-up", action="store_true", help="TCP connections are ended and reset at once")
    arguments.add_argument("--seed", type=int, default=1, help="of the chance that loses and delays")
    options = arguments.parse_args()
    fault_names.seed = options.seed
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # that a client is gone is no news
    try:
        asyncio.run(serve(options.listen or ["127.0.0.1"], not options.no_tcp, options.hang_up))
    except OSError as error:
        print(error, flush=True)


main()

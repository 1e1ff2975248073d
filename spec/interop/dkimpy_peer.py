"""dkimpy as a peer to interoperate with and to measure, spoken to as spec/support/peer.lua says."""

import base64
import logging
import re
import sys
import time

import dkim


def read_zone(directory):
    with open(directory + "/zone", "rb") as file:
        return dict(line.split(b"\t", 1) for line in file.read().splitlines())


def read_keys(directory):
    """The RSA key as PEM; of the Ed25519 key the 32 octets that dkimpy wants, in base64 (RFC 8410: the last of the DER)."""
    with open(directory + "/rsa.pem", "rb") as file:
        rsa = file.read()
    with open(directory + "/ed25519.pem", "rb") as file:
        der = base64.b64decode(re.sub(rb"-----.*?-----", b"", file.read()))
    return {b"rsa": rsa, b"ed25519": base64.b64encode(der[-32:])}


def do(job, message, keys, zone):
    verb, algorithm, canonicalization, domain, selector = job
    if verb == b"sign":
        signer = dkim.DKIM(message, signature_algorithm=algorithm + b"-sha256")
        return True, signer.sign(selector, domain, keys[algorithm], canonicalize=tuple(canonicalization.split(b"/")))
    verifier = dkim.DKIM(message)
    lookup = lambda name, timeout=5: zone.get(name.rstrip(b"."))
    return bool(verifier.verify(dnsfunc=lookup)), b""


def attempt(job, message, keys, zone):
    try:
        return do(job, message, keys, zone)
    except Exception as error:  # whatever it raises is its answer
        return False, repr(error).encode()


def main():
    directory, repeat = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0
    keys, zone = read_keys(directory), read_zone(directory)
    logging.disable(logging.CRITICAL)
    while True:
        line = sys.stdin.buffer.readline()
        if not line:
            return
        *job, size = line.split()
        message = sys.stdin.buffer.read(int(size))
        good, text = attempt(job, message, keys, zone)
        if repeat and good:
            start = time.process_time()
            for _ in range(repeat):
                attempt(job, message, keys, zone)
            text = b"%.3f" % ((time.process_time() - start) / repeat * 1e6)
        sys.stdout.buffer.write(b"%s %d\n%s\n" % (b"ok" if good else b"no", len(text), text))


main()

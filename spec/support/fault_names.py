"""What each name makes the fault server do; `python3 spec/support/fault_names.py` prints the table.

A name is read label by label, from the left. A label is a word and, at its end, maybe a number ("rcode5", "delay300"). Some words
say what the answer is ("ok", "silent"); others change what the rest of the name says, so that they stand before it:
"loss30.delay200.ok.anything.test" is "ok", told 200 ms late, three in ten datagrams being lost on either way. What follows the last
word that is needed is free, and makes names apart. A first label that is no word is REFUSED.
"""
import dataclasses
import random
import re
import struct

A, NS, CNAME, SOA, NULL, TXT, OPT = 1, 2, 5, 6, 10, 16, 41
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED, BADVERS = 0, 1, 2, 3, 4, 5, 16
QR, AA, TC, RD, RA, AD, CD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0020, 0x0010
QUESTION = b"\xc0\x0c"  # a pointer to the name in the question
EXTENDED_ERROR = 15  # RFC 8914

seed = 1


@dataclasses.dataclass
class Message:
    """A message to send."""

    octets: bytes
    after: float = 0.0  # seconds from now
    source: str = "own"  # or "other port", "other address": where the datagram comes from
    manner: str = "whole"  # or how TCP carries it, see fault_server.py


@dataclasses.dataclass
class Query:
    """A query, where in its name we are, and what the words so far say of the reply."""

    octets: bytes
    labels: list
    end: int  # where the question ends
    type: int
    udp_size: int  # what the asker can take; 0 without EDNS
    over_tcp: bool
    here: str  # the address that was asked
    nth: int  # among the queries for this name
    place: int = 0
    number: int = 0
    ttl: int = 60
    flags: int = QR | RD | RA
    extended_error: int = 0
    opt: bool = True
    swap_case: bool = False

    def answer(self):
        """The messages that the name says from here on."""
        label = self.labels[self.place].decode("latin-1").lower() if self.place < len(self.labels) else ""
        word = re.fullmatch(r"([a-z-]+?)(\d*)", label)
        fault = FAULTS.get(word[1]) if word else None
        if not fault:
            return [self.reply(rcode=REFUSED)]
        return fault(dataclasses.replace(self, number=int(word[2] or 0)))

    def rest(self, **changes):
        """The messages that the rest of the name says."""
        return dataclasses.replace(self, place=self.place + 1, **changes).answer()

    def sibling(self, label):
        """The name with another label at this place, uncompressed."""
        labels = list(self.labels)
        labels[self.place] = label.encode()
        return wire_name(labels)

    def reply(self, *records, rcode=NOERROR, authority=(), flags=0, opt=True):
        """A reply; truncated, and then without records, where the asker's datagram does not hold it (RFC 2181 §9)."""
        question = self.octets[12:self.end]
        question = question.swapcase() if self.swap_case else question
        additional = self.opt_record(rcode) if opt and self.opt and self.udp_size else b""
        counts = (1, len(records), len(authority), 1 if additional else 0)
        octets = self.header(rcode, flags, counts) + question + b"".join(records) + b"".join(authority) + additional
        if not self.over_tcp and len(octets) > max(512, self.udp_size) and not self.flags & TC:
            return dataclasses.replace(self, flags=self.flags | TC).reply(rcode=rcode, flags=flags, opt=opt)
        return Message(octets)

    def header(self, rcode, flags, counts):
        return self.octets[:2] + struct.pack("!HHHHH", self.flags | flags | rcode & 15, *counts)

    def opt_record(self, rcode):
        options = b""
        if self.extended_error:
            options = struct.pack("!HHH", EXTENDED_ERROR, 2 + len(b"made up"), self.extended_error) + b"made up"
        return b"\0" + struct.pack("!HHBBHH", OPT, 1232, rcode >> 4, 0, 0, len(options)) + options

    def text(self, text, owner=QUESTION):
        return self.record(TXT, strings(text.encode()), owner)

    def record(self, kind, data, owner=QUESTION, length=None):
        return owner + struct.pack("!HHIH", kind, 1, self.ttl, len(data) if length is None else length) + data

    def soa(self, minimum=30, zone=None):
        data = wire_name([b"ns", b"test"]) + wire_name([b"hostmaster", b"test"]) + struct.pack("!5I", 1, 3600, 600, 86400, minimum)
        return self.record(SOA, data, wire_name([zone] if zone else self.labels[-1:]))


def wire_name(labels):
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def strings(octets):
    """A TXT record's character-strings."""
    return b"".join(bytes([len(octets[i:i + 255])]) + octets[i:i + 255] for i in range(0, max(len(octets), 1), 255))


FAULTS = {}


def fault(function):
    """Makes a function the meaning of the word that is its name."""
    FAULTS[function.__name__.strip("_").replace("_", "-")] = function
    return function


# ---- answers


@fault
def ok(q):
    """TXT "ok" """
    return [q.reply(q.text("ok"))]


@fault
def text(q):
    """textN: TXT of N octets; truncated where the asker's datagram does not hold it"""
    return [q.reply(q.text("x" * q.number))]


@fault
def nodata(q):
    """NOERROR, no record, a SOA whose minimum is 30"""
    return [q.reply(authority=[q.soa()])]


@fault
def nodata_bare(q):
    """NOERROR, no record, no SOA"""
    return [q.reply()]


@fault
def gone(q):
    """NXDOMAIN, with a SOA whose minimum is 30"""
    return [q.reply(rcode=NXDOMAIN, authority=[q.soa()])]


@fault
def gone_bare(q):
    """NXDOMAIN, no SOA"""
    return [q.reply(rcode=NXDOMAIN)]


@fault
def nodata_elsewhere(q):
    """NOERROR, no record, the SOA of a zone that the name is not in"""
    return [q.reply(authority=[q.soa(zone=b"elsewhere")])]


@fault
def gone_elsewhere(q):
    """NXDOMAIN, with the SOA of a zone that the name is not in"""
    return [q.reply(rcode=NXDOMAIN, authority=[q.soa(zone=b"elsewhere")])]


@fault
def gone_with(q):
    """NXDOMAIN, and TXT "ok" all the same"""
    return [q.reply(q.text("ok"), rcode=NXDOMAIN)]


@fault
def unrelated(q):
    """TXT "other" of another name"""
    return [q.reply(q.text("other", q.sibling("other")))]


@fault
def chaos(q):
    """TXT "ok", of class CH"""
    return [q.reply(QUESTION + struct.pack("!HHIH", TXT, 3, q.ttl, 3) + strings(b"ok"))]


@fault
def hollow(q):
    """hollowN: NOERROR and nothing else, neither RA nor AA, but the rest where N is given and the address asked does not end in it"""
    return [dataclasses.replace(q, flags=QR | RD).reply()] if is_here(q) else q.rest()


@fault
def rcode(q):
    """rcodeN: rcode N, by EDNS where it is over 15"""
    return [q.reply(rcode=q.number)]


@fault
def lame(q):
    """lameN: REFUSED, but the rest where N is given and the address asked does not end in it"""
    return [q.reply(rcode=REFUSED)] if is_here(q) else q.rest()


@fault
def mute(q):
    """muteN: nothing, but the rest where N is given and the address asked does not end in it"""
    return [] if is_here(q) else q.rest()


def is_here(q):
    return not q.number or q.here.endswith(str(q.number))


@fault
def referral(q):
    """a referral to the root, as of a lame server (RFC 2308 §2.2: not NODATA)"""
    return [q.reply(authority=[q.record(NS, wire_name([b"a", b"root-servers", b"net"]), b"\0")])]


@fault
def whoami(q):
    """TXT of the address that was asked"""
    return [q.reply(q.text(q.here))]


@fault
def count(q):
    """how often the rest of the name was asked: TXT "udp", "tcp", "edns", "cd", each with "=N"; itself not counted, TTL 0"""
    return [dataclasses.replace(q, ttl=0).reply(*[q.text(f"{kind}={n}") for kind, n in counted(q.labels[q.place + 1:]).items()])]


# ---- CNAMEs


@fault
def chain(q):
    """chainN: N CNAMEs in one reply, and TXT "end" """
    return [q.reply(*links(q, q.number), q.text("end", q.sibling("chain0")) if q.number else q.text("end"))]


def links(q, n):
    """CNAMEs from the question over chainN-1 down to chain0."""
    for i in range(n, 0, -1):
        yield q.record(CNAME, q.sibling(f"chain{i - 1}"), QUESTION if i == n else q.sibling(f"chain{i}"))


@fault
def hops(q):
    """hopsN: N CNAMEs, one a reply, and TXT "end" """
    return [q.reply(q.record(CNAME, q.sibling(f"hops{q.number - 1}")) if q.number else q.text("end"))]


@fault
def loop(q):
    """two CNAMEs that lead to each other, in one reply"""
    other = q.sibling("looped")
    return [q.reply(q.record(CNAME, other), q.record(CNAME, q.sibling("loop"), other))]


@fault
def selfloop(q):
    """a CNAME to itself"""
    return [q.reply(q.record(CNAME, QUESTION))]


@fault
def conflict(q):
    """two CNAMEs that differ, to "ok" and to "other", and TXT at both"""
    targets = q.sibling("ok"), q.sibling("other")
    return [q.reply(*[q.record(CNAME, target) for target in targets], *[q.text("ok", target) for target in targets])]


@fault
def hopconflict(q):
    """a CNAME to "conflict" """
    return [q.reply(q.record(CNAME, q.sibling("conflict")))]


@fault
def hoploop(q):
    """a loop of three CNAMEs, one a reply"""
    return [q.reply(q.record(CNAME, q.sibling(f"hoploop{(q.number + 1) % 3}")))]


@fault
def dangling(q):
    """a CNAME to a name that does not exist, in one reply"""
    return [q.reply(q.record(CNAME, q.sibling("gone")), rcode=NXDOMAIN, authority=[q.soa()])]


@fault
def hopdangling(q):
    """a CNAME to a name that does not exist, of which the reply says nothing"""
    return [q.reply(q.record(CNAME, q.sibling("gone")))]


@fault
def hopelsewhere(q):
    """a CNAME to "ok", with AA, and the SOA of a zone that this is not in"""
    return [q.reply(q.record(CNAME, q.sibling("ok")), authority=[q.soa(zone=b"elsewhere")], flags=AA)]


@fault
def hopgone(q):
    """a CNAME to "ok", with AA, NXDOMAIN, and the SOA of a zone that this is not in"""
    return [q.reply(q.record(CNAME, q.sibling("ok")), rcode=NXDOMAIN, authority=[q.soa(zone=b"elsewhere")], flags=AA)]


@fault
def hopsilent(q):
    """a CNAME to a name of which nothing can be learnt"""
    return [q.reply(q.record(CNAME, q.sibling("silent")))]


# ---- no answer


@fault
def silent(_):
    """nothing"""
    return []


@fault
def from_(q):
    """fromN: nothing to the first N - 1 queries for the name, then the rest"""
    return q.rest() if q.nth >= q.number else []


@fault
def loss(q):
    """lossN: N % of the queries, and N % of the replies, are lost on their way; TCP loses nothing"""
    if q.over_tcp:
        return q.rest()
    chance = chance_of(q)
    return [] if chance.randrange(100) < q.number else [message for message in q.rest() if chance.randrange(100) >= q.number]


def chance_of(q):
    """Chance that seed, name and which query for the name it is decide, whatever else is asked meanwhile."""
    return random.Random(f"{seed} {q.nth} {b'.'.join(q.labels).lower()!r}")


# ---- when, how often and how it is told


@fault
def delay(q):
    """delayN: N ms later"""
    return later(q.rest(), q.number)


@fault
def jitter(q):
    """jitterN: up to N ms later, so that replies overtake each other"""
    return later(q.rest(), chance_of(q).randrange(q.number + 1))


def later(messages, milliseconds):
    return [dataclasses.replace(message, after=message.after + milliseconds / 1000) for message in messages]


@fault
def twice(q):
    """each reply two times"""
    return [message for message in q.rest() for _ in range(2)]


@fault
def ttl(q):
    """ttlN: records live N seconds"""
    return q.rest(ttl=q.number)


@fault
def ad(q):
    """with AD set"""
    return q.rest(flags=q.flags | AD)


@fault
def aa(q):
    """with AA set"""
    return q.rest(flags=q.flags | AA)


@fault
def swapcase(q):
    """the question in the other letter case"""
    return q.rest(swap_case=True)


@fault
def ede(q):
    """edeN: with extended DNS error N, "made up" """
    return q.rest(extended_error=q.number)


@fault
def bogus(q):
    """SERVFAIL; TXT "unsigned" to what has CD, as of a server that validates"""
    return [q.reply(q.text("unsigned")) if q.octets[3] & CD else q.reply(rcode=SERVFAIL)]


# ---- EDNS (RFC 6891 §7)


@fault
def formerr_edns(q):
    """FORMERR without OPT to what has EDNS, else the rest"""
    return [q.reply(rcode=FORMERR, opt=False)] if q.udp_size else q.rest()


@fault
def formerr_stump(q):
    """FORMERR, the header alone, to what has EDNS, else the rest"""
    return [Message(q.header(FORMERR, 0, (0, 0, 0, 0)))] if q.udp_size else q.rest()


@fault
def notimp_edns(q):
    """NOTIMP without OPT to what has EDNS, else the rest"""
    return [q.reply(rcode=NOTIMP, opt=False)] if q.udp_size else q.rest()


@fault
def badvers_edns(q):
    """BADVERS to what has EDNS, else the rest"""
    return [q.reply(rcode=BADVERS)] if q.udp_size else q.rest()


@fault
def formerr_options(q):
    """FORMERR to what has options in its OPT record, as of servers that know none, else the rest"""
    return [q.reply(rcode=FORMERR)] if q.octets[q.end + 9:q.end + 11] > bytes(2) else q.rest()


@fault
def drop_edns(q):
    """nothing to what has EDNS, else the rest"""
    return [] if q.udp_size else q.rest()


@fault
def ignore_edns(q):
    """the rest, without an OPT record in the reply"""
    return q.rest(opt=False)


# ---- forgeries, before the rest


@fault
def wrongid(q):
    """a forgery with another ID, then the rest"""
    lie = forged(q)
    return [Message(bytes([lie[0] ^ 1]) + lie[1:])] + q.rest()


@fault
def wrongquestion(q):
    """a forgery with another question, then the rest"""
    lie = forged(q)
    return [Message(lie[:13] + bytes([lie[13] ^ 3]) + lie[14:])] + q.rest()


@fault
def wrongtype(q):
    """a forgery with a question for another type, then the rest"""
    lie = forged(q)
    return [Message(lie[:q.end - 3] + bytes([lie[q.end - 3] ^ 1]) + lie[q.end - 2:])] + q.rest()


@fault
def wrongport(q):
    """a forgery from another port, then the rest"""
    return [Message(forged(q), source="other port")] + q.rest()


@fault
def wrongaddress(q):
    """a forgery from another address, then the rest; on 127.0.0.1 alone"""
    return [Message(forged(q), source="other address")] + q.rest()


@fault
def garbage(q):
    """40 octets of 0xff, then the rest"""
    return [Message(b"\xff" * 40)] + q.rest()


@fault
def short(q):
    """the reply's first three octets, then the rest"""
    return [Message(forged(q)[:3])] + q.rest()


@fault
def empty(q):
    """a datagram of no octets, then the rest"""
    return [Message(b"")] + q.rest()


def forged(q):
    return q.reply(q.text("forged")).octets


# ---- TCP


@fault
def tc(q):
    """truncated over UDP; over TCP the rest"""
    return q.rest() if q.over_tcp else [q.reply(flags=TC)]


@fault
def tc_always(q):
    """the rest, as if truncated, over TCP too"""
    return q.rest(flags=q.flags | TC)


@fault
def stall(q):
    """over TCP, to the first query for the name, nothing, nor to any other by the same connection; to later ones, by another, the rest"""
    first = q.over_tcp and counted(q.labels)["tcp"] == 1
    return [Message(b"", manner="stall")] if first else q.rest()


def manner(name, meaning):
    def carried(q):
        return [dataclasses.replace(message, manner=name) for message in q.rest()]
    carried.__doc__ = meaning
    FAULTS[name] = carried


manner("reset", "over TCP the connection is reset in place of the rest")
manner("close", "over TCP the connection is closed in place of the rest")
manner("length", "over TCP the length of the rest, then the connection is closed")
manner("half", "over TCP half of the rest, then nothing")
manner("halfclose", "over TCP half of the rest, then the connection is closed")
manner("drip", "over TCP the rest, eight octets every 50 ms")


# ---- malformed messages


def hostile(name, meaning, records, count=lambda q: 1):
    """A word whose reply has in its answer section what `records` makes, given the query and where the section begins."""
    def reply(q):
        return [Message(q.header(NOERROR, 0, (1, count(q), 0, 0)) + q.octets[12:q.end] + records(q, q.end))]
    reply.__doc__ = meaning
    FAULTS[name] = reply


def pointer(at):
    return struct.pack("!H", 0xC000 | at)


def hop_records(q, at):
    """A NULL record full of pointers, each to the one before it, and a TXT record owned by the last."""
    first, n = at + 12, q.number
    hops = QUESTION + b"".join(pointer(first + 2 * i) for i in range(n - 1))
    return q.record(NULL, hops) + q.record(TXT, strings(b"reached"), pointer(first + 2 * (n - 1)))


def long_name(q, at):
    """A name of five labels of 63 octets, by pointers: over 255."""
    label = bytes([63]) + b"a" * 63
    data = b"".join(label + (pointer(at + 12 + 66 * (i - 1)) if i else b"\0\0") for i in range(5))
    return q.record(NULL, data) + q.record(TXT, strings(b"long"), pointer(at + 12 + 66 * 4))


hostile("pointer-self", "the answer's owner points to itself", lambda q, at: q.record(TXT, strings(b"x"), pointer(at)))
hostile("pointer-mutual", "the answer's owner points to a pointer that points back",
        lambda q, at: q.record(TXT, pointer(at), pointer(at + 12)))
hostile("pointer-forward", "the answer's owner points to what follows it",
        lambda q, at: q.record(TXT, wire_name([b"later"]), pointer(at + 12)))
hostile("pointer-beyond", "the answer's owner points behind the message", lambda q, at: q.record(TXT, strings(b"x"), pointer(16383)))
hostile("pointer-cut", "the answer's owner is half a pointer", lambda q, at: b"\xc0")
hostile("pointer-data", "a CNAME whose target points to itself", lambda q, at: q.record(CNAME, pointer(at + 12)))
hostile("pointer-hops", "pointer-hopsN: the answer's owner is N pointers away from a name", hop_records, lambda q: 2)
hostile("name-long", "the answer's owner has over 255 octets", long_name, lambda q: 2)
hostile("label-reserved", "label-reservedN: the answer's owner has a label of type N (64, 128)",
        lambda q, at: q.record(TXT, strings(b"x"), bytes([q.number | 1]) + b"a\0"))
hostile("ancount", "ancountN: ANCOUNT is N, and there is one record", lambda q, at: q.text("x"), lambda q: q.number)
hostile("rdlength", "rdlengthN: RDLENGTH is N, which the message does not hold",
        lambda q, at: q.record(TXT, strings(b"x"), length=q.number))
hostile("string-overrun", "a TXT record whose string is longer than its data", lambda q, at: q.record(TXT, b"\x7fx"))
hostile("record-cut", "an answer that ends amidst a record's head", lambda q, at: QUESTION + b"\0\x10\0")


# ---- reading queries

asked = {}



def counted(labels):
    """How often a name was asked."""
    return asked.setdefault(b".".join(labels).lower(), {"udp": 0, "tcp": 0, "edns": 0, "cd": 0})


def read_query(octets, over_tcp, here):
    """Reads a query, and counts it."""
    labels, at = [], 12
    while octets[at]:
        labels.append(octets[at + 1:at + 1 + octets[at]])
        at += 1 + octets[at]
    edns = octets[11] > 0
    times = {}
    if labels and labels[0].lower() != b"count":
        times = counted(labels)
        times["tcp" if over_tcp else "udp"] += 1
        times["edns"] += edns
        times["cd"] += octets[3] & CD > 0
    udp_size = struct.unpack_from("!H", octets, at + 5 + 3)[0] if edns else 0
    return Query(octets, labels, at + 5, struct.unpack_from("!H", octets, at + 1)[0], udp_size, over_tcp, here,
                 times.get("udp", 0) + times.get("tcp", 0))


if __name__ == "__main__":
    print(__doc__)
    for word, function in FAULTS.items():
        print(f"    {word:16} {(function.__doc__ or '').strip()}")

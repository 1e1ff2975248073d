"""Reads back what mailseal.handover writes, with readers that are not ours where there are some: Python's csv, json and html modules
and PyYAML. handover_reader.py FORMAT [PROVIDER] reads the text on standard input, and prints a JSON list of records: name (without a
dot at its end), type and data, data in hexadecimal so that any octets can stand in it. `zone` reads the lines that a name server's own
tool prints of a zone."""

import csv
import io
import json
import re
import sys
from html.parser import HTMLParser


def record(name, kind, data):
    data = data if isinstance(data, bytes) else data.encode("utf-8")
    return {"name": name.rstrip("."), "type": kind, "data": data.hex()}


def of_host(kind, preference, host):
    host = host.rstrip(".")
    return "%s %s" % (preference, host) if kind == "MX" else host


# ---- Zone files.

def unescape(text, base):
    """Octets of a text in which \\NNN is a number of that base, and a backslash takes the meaning from any other character."""
    out, at = bytearray(), 0
    octets = text.encode("utf-8")
    while at < len(octets):
        if octets[at:at + 1] == b"\\":
            number = octets[at + 1:at + 4]
            if number.isdigit() and len(number) == 3:
                out.append(int(number, base))
                at += 4
            else:
                out += octets[at + 1:at + 2]
                at += 2
        else:
            out += octets[at:at + 1]
            at += 1
    return bytes(out)


def character_strings(text, base=10):
    """The octets of all strings in quotes, joined; nothing but white space may stand between them."""
    pattern = r'"((?:[^"\\]|\\.)*)"'
    rest = re.sub(pattern, "", text, flags=re.S).strip()
    if rest:
        sys.exit("not only strings in quotes: " + rest)
    strings = [unescape(s, base) for s in re.findall(pattern, text, flags=re.S)]
    if any(len(s) > 255 for s in strings):
        sys.exit("a string of over 255 octets")
    return b"".join(strings)


def read_zone(text):
    records = []
    for line in text.splitlines():
        match = re.match(r"(\S+)\s+(\d+)\s+(?:IN\s+)?([A-Z]+)\s+(.*)$", line)
        if not match or match.group(3) == "SOA":
            continue
        name, _, kind, data = match.groups()
        name = unescape(name, 10).decode()
        if kind == "TXT":
            records.append(record(name, kind, character_strings(data)))
        elif kind == "MX":
            preference, host = data.split()
            records.append(record(name, kind, preference.encode() + b" " + unescape(host.rstrip("."), 10)))
        else:
            records.append(record(name, kind, unescape(data.rstrip("."), 10)))
    return records


# ---- Tables.

def read_csv(text):
    def plain(cell):
        return cell[1:] if cell.startswith("'") else cell
    records = []
    for row in csv.DictReader(io.StringIO(text, newline=""), strict=True):
        for cell in row.values():
            if cell and cell[0] in "=+-@\t\r\n":
                sys.exit("a formula: " + cell)
        row = {key: plain(value) for key, value in row.items()}
        kind = row["type"]
        data = row["value"] if kind == "TXT" else of_host(kind, row["priority"], row["value"])
        records.append(record(row["name"], kind, data))
    return records


# ---- Terraform: the little of HCL that is written.

def hcl_string(text):
    def one(match):
        escape = match.group(0)
        if escape in ("$${", "%%{"):
            return escape[1:]
        if escape in ("${", "%{"):
            sys.exit("a template in " + text)
        if escape[1] in "uU":
            return chr(int(escape[2:], 16))
        return {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}[escape[1]]
    return re.sub(r'\$\$\{|%%\{|\$\{|%\{|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}|\\.', one, text)


STRING = r'"((?:[^"\\\n]|\\[^\n])*)"'


def hcl_blocks(text):
    """The resources: (type, name, body), lines that are comments aside."""
    text = "\n".join(line for line in text.split("\n") if not line.startswith("#"))
    return re.findall(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}$', text, flags=re.S | re.M)


def argument(body, name):
    match = re.search(r"^ +%s += %s$" % (name, STRING), body, flags=re.M)
    return match and hcl_string(match.group(1))


def arguments(body, name):
    match = re.search(r"^ +%s += \[\n(.*?)^  \]$" % name, body, flags=re.S | re.M)
    return [hcl_string(s) for s in re.findall(r"^ +%s,$" % STRING, match.group(1), flags=re.M)]


def number(body, name):
    return re.search(r"^ +%s += (\d+)$" % name, body, flags=re.M).group(1)


def read_route53(body):
    kind = argument(body, "type")
    for value in arguments(body, "records"):
        yield argument(body, "name"), kind, character_strings('"%s"' % value, 8) if kind == "TXT" else value


def read_google(body):
    kind = argument(body, "type")
    for value in arguments(body, "rrdatas"):
        yield argument(body, "name"), kind, character_strings(value) if kind == "TXT" else value.rstrip(".")


def read_cloudflare(body):
    kind, content = argument(body, "type"), argument(body, "content")
    if kind == "TXT":
        yield argument(body, "name"), kind, character_strings(content)
    else:
        yield argument(body, "name"), kind, of_host(kind, kind == "MX" and number(body, "priority"), content)


def read_azure(body, kind):
    kind = kind.split("_")[2].upper()
    prefix, zone = argument(body, "name"), argument(body, "zone_name")
    name = zone if prefix == "@" else prefix + "." + zone
    blocks = re.findall(r"^  record \{\n(.*?)^  \}$", body, flags=re.S | re.M)
    if kind == "CNAME":
        yield name, kind, argument(body, "record")
    elif kind == "NS":
        for value in arguments(body, "records"):
            yield name, kind, value.rstrip(".")
    for block in blocks:
        if kind == "MX":
            yield name, kind, of_host(kind, number(block, "preference"), argument(block, "exchange"))
        else:
            yield name, kind, argument(block, "value")


def read_terraform(text, provider):
    records, names = [], set()
    for kind, name, body in hcl_blocks(text):
        if (kind, name) in names:
            sys.exit("two resources of one name: " + name)
        names.add((kind, name))
        read = read_azure(body, kind) if provider == "azure" else globals()["read_" + provider](body)
        records += [record(*fields) for fields in read]
    return records


# ---- DNSControl: calls whose arguments are JSON, for the strings are.

def read_dnscontrol(text):
    text = "\n".join(line for line in text.split("\n") if not re.match(r"\s*//", line))
    match = re.match(r'\s*D_EXTEND\("([^"]+)"(.*)\);\s*$', text, flags=re.S)
    zone, records = match.group(1), []
    for kind, values in re.findall(r"^  ([A-Z]+)\((.*), TTL\(\d+\)\),?$", match.group(2), flags=re.M):
        values = json.loads("[" + values + "]")
        name = zone if values[0] == "@" else values[0] + "." + zone
        data = values[1] if kind == "TXT" else of_host(kind, values[1], values[-1])
        records.append(record(name, kind, data))
    return records


# ---- octoDNS.

def natural(name):
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def octodns_text(value):
    """What octoDNS takes a TXT value for."""
    if re.search(r"\w;", value) or re.search(r"\\\\;", value):
        sys.exit("octoDNS refuses " + value)
    if value.startswith('"'):
        value = value[1:-1]
    if '" "' in value:
        sys.exit("octoDNS takes a seam for two strings in " + value)
    return value.replace("\\;", ";")


def in_order(keys):
    keys = list(keys)
    if keys != sorted(keys, key=natural):
        sys.exit("not in order: %r" % keys)


def read_octodns(text, zone):
    import yaml
    records, data = [], yaml.safe_load(text)
    in_order(data)
    for prefix, sets in data.items():
        name = prefix + "." + zone if prefix else zone
        for one in sets if isinstance(sets, list) else [sets]:
            in_order(one)
            kind = one["type"]
            for value in one["values"] if "values" in one else [one["value"]]:
                if kind == "TXT":
                    records.append(record(name, kind, octodns_text(value)))
                elif kind == "MX":
                    in_order(value)
                    records.append(record(name, kind, of_host(kind, value["preference"], value["exchange"])))
                else:
                    records.append(record(name, kind, of_host(kind, None, value)))
    return records


# ---- HTML: the elements, and the texts of their cells.

class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements, self.attributes, self.texts, self.open = [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        self.attributes += [[tag, name, value] for name, value in attributes]
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            sys.exit("an end of %s without a beginning" % tag)

    def handle_data(self, text):
        if text.strip():
            self.texts.append([self.open[-1] if self.open else "", text])


def read_html(text):
    page = Page()
    page.feed(text)
    page.close()
    if page.open:
        sys.exit("not closed: %r" % page.open)
    return {"elements": page.elements, "attributes": page.attributes, "texts": page.texts}


def main(form, *rest):
    text = sys.stdin.buffer.read().decode("utf-8")
    readers = {"zone": read_zone, "csv": read_csv, "terraform": read_terraform, "dnscontrol": read_dnscontrol,
               "octodns": read_octodns, "html": read_html}
    json.dump(readers[form](text, *rest), sys.stdout)


main(*sys.argv[1:])

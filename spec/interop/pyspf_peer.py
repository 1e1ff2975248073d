"""pyspf (python3-spf) as a peer to compare with: evaluates whole lists of cases over zones of the JSON format, without a network.

Reads one JSON document: a list of sets, each {"zone": {name: records}, "cases": [{"ip":, "sender":, "helo":}]}; writes one: a list of
lists of {"result":, "explanation":, "why":}, the result being "raised" where pyspf broke down. An explanation is that of the domain, or empty.
"""

import json
import re
import sys

import spf

EVERY_TYPE = None


def octets_of(text):
    """What a text in presentation form stands for."""
    escape = re.compile(rb"\\(\d\d\d|.)", re.DOTALL)
    found = lambda match: bytes([int(match[1])]) if match[1].isdigit() and len(match[1]) == 3 else match[1]
    return escape.sub(found, text.encode("utf-8"))


def value_of(kind, data):
    if kind in ("TXT", "SPF"):
        parts = [data] if isinstance(data, str) else list(data)  # Lua writes an empty list as {}
        return [octets_of(part) for part in parts] or [b""]
    if kind == "MX":
        preference, exchange = data.split(None, 1)
        return int(preference), exchange
    if kind in ("PTR", "CNAME"):
        return data.rstrip(".")
    return data


class Zone:
    """The records of a zone, as pyspf's driver for a DNS library would give them."""

    def __init__(self, names):
        self.values, self.faults = {}, {}
        for name, records in names.items():
            for record in records:
                key = name.lower().rstrip("."), record.get("type", EVERY_TYPE)
                if "error" in record:
                    self.faults[key] = record["error"]
                else:
                    self.values.setdefault(key, []).append(value_of(record["type"], record["data"]))

    def look_up(self, name, kind, *_):
        name, answer = name.lower().rstrip("."), []
        for _ in range(9):
            found = self.values.get((name, kind), [])
            fault = self.faults.get((name, kind)) or not found and self.faults.get((name, EVERY_TYPE))
            if fault:
                raise spf.TempError("DNS " + fault)
            answer += [((name, kind), value) for value in found]
            alias = self.values.get((name, "CNAME"))
            if found or not alias:
                break
            answer.append(((name, "CNAME"), alias[0]))
            name = alias[0].lower()
        return answer


def evaluate(case):
    query = spf.query(i=case["ip"], s=case["sender"], h=case["helo"], receiver="receiver.example")
    query.set_default_explanation("")
    result, _, text = query.check()
    return {"result": result, "explanation": text if result == "fail" else "", "why": text if result.endswith("error") else ""}


def attempt(case):
    try:
        return evaluate(case)
    except Exception as error:  # whatever it raises is its answer
        return {"result": "raised", "explanation": "", "why": repr(error)}


def main():
    answers = []
    for part in json.load(sys.stdin):
        spf.DNSLookup = Zone(part["zone"]).look_up
        answers.append([attempt(case) for case in part["cases"]])
    json.dump(answers, sys.stdout)


main()

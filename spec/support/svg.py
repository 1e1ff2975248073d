"""Reads an SVG document from standard input with a real XML parser, and prints what is in it as JSON: nested objects with
"name", "attributes", "text" and "children". A document that is not well-formed, or not in SVG's namespace, ends it with status 1."""

import json
import sys
import xml.etree.ElementTree as ElementTree

SVG = "{http://www.w3.org/2000/svg}"


def read(element):
    if not element.tag.startswith(SVG):
        sys.exit("an element of another namespace: " + element.tag)
    return {
        "name": element.tag[len(SVG):],
        "attributes": dict(element.attrib) or {"": ""},
        "text": "".join(element.itertext()),
        "own": element.text or "",
        "children": [read(child) for child in element],
    }


json.dump(read(ElementTree.fromstring(sys.stdin.buffer.read())), sys.stdout)

"""Reads pages strictly, and says what is wrong with them.

    html_reader.py FILE    a JSON list of pages; prints a JSON list with a list of problems for each

It wants HTML without a parse error (html5lib, which reads as browsers do), and of what the page is made of: ids that are there once, and
that whatever names one finds; one h1, and no level of headings left out; a name for each control, link, picture and button; no script,
style or handler within the page, and nothing that comes from elsewhere.
"""
import json
import sys

import html5lib

NAMED_BY = ("for", "aria-labelledby", "aria-describedby", "data-copy", "list")
CONTROLS = ("input", "select", "textarea")


def attributes(element):
    return {str(name): value for name, value in element.attrib.items()}


def text_of(element):
    pictures = [attributes(inner).get("alt", "") for inner in element.iter() if inner.tag == "img"]
    return "".join(list(element.itertext()) + pictures).strip()


def name_of(element):
    return element.tag if isinstance(element.tag, str) else ""


def check_ids(elements, problems):
    seen = set()
    for element in elements:
        own = attributes(element).get("id")
        if own is not None:
            if own in seen or not own or " " in own:
                problems.append("the id %r is not one of its own" % own)
            seen.add(own)
    for element in elements:
        for attribute in NAMED_BY:
            for named in (attributes(element).get(attribute) or "").split():
                if named not in seen:
                    problems.append("%s names %r, which is not there" % (attribute, named))
        if attributes(element).get("href", "").startswith("#") and attributes(element)["href"][1:] not in seen:
            problems.append("a link leads to %s, which is not there" % attributes(element)["href"])


def check_headings(elements, problems):
    level = 0
    for element in elements:
        name = name_of(element)
        if len(name) == 2 and name[0] == "h" and name[1].isdigit():
            if int(name[1]) > level + 1:
                problems.append("%s %r comes after h%d" % (name, text_of(element), level))
            level = int(name[1])
            if not text_of(element):
                problems.append("an empty %s" % name)
    if sum(name_of(element) == "h1" for element in elements) != 1:
        problems.append("a page has one h1")


def check_names(elements, problems):
    labelled = {attributes(element).get("for") for element in elements if name_of(element) == "label"}
    for element in elements:
        name, given = name_of(element), attributes(element)
        if name in CONTROLS and given.get("type") != "hidden":
            if given.get("id") not in labelled and not given.get("aria-label"):
                problems.append("no label for %s %r" % (name, given.get("name")))
        elif name in ("a", "button", "summary", "th", "label", "legend", "option") and not (text_of(element) or given.get("aria-label")):
            problems.append("a %s without a name" % name)
        elif name == "img" and "alt" not in given:
            problems.append("an img without alt")
        elif name == "svg" and given.get("aria-hidden") != "true" and not given.get("aria-label"):
            problems.append("an svg without a name")


def check_origin(elements, problems):
    for element in elements:
        name, given = name_of(element), attributes(element)
        if name in ("style", "iframe", "object", "embed", "base") or name == "script" and (not given.get("src") or text_of(element)):
            problems.append("there is a %s" % name)
        for attribute, value in given.items():
            if attribute.startswith("on") or attribute == "style":
                problems.append("there is an attribute %s" % attribute)
            if attribute in ("src", "action", "data", "poster") and (":" in value.split("/")[0] or value.startswith("//")):
                problems.append("%s leads elsewhere: %s" % (attribute, value))
            if attribute == "href" and name != "a" and not value.startswith("/"):
                problems.append("%s of %s leads elsewhere: %s" % (attribute, name, value))
            if attribute == "href" and value.lower().strip().startswith(("javascript:", "data:", "vbscript:")):
                problems.append("a link that runs: %s" % value)


def problems_of(page):
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    document = parser.parse(page)
    problems = ["line %d: %s %s" % (place[0], code, data) for place, code, data in parser.errors]
    elements = [element for element in document.iter() if isinstance(element.tag, str)]
    for element in elements:
        element.tag = element.tag.split("}")[-1]
    if attributes(document).get("lang") != "en":
        problems.append("it does not say its language")
    for check in (check_ids, check_headings, check_names, check_origin):
        check(elements, problems)
    return problems


with open(sys.argv[1], encoding="utf-8") as file:
    print(json.dumps([problems_of(page) for page in json.load(file)]))

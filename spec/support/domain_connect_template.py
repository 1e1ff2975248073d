"""domain_connect_template.py FILE…: is each a template of Domain Connect?

Says what is not, a line each, and ends with 1. What is looked at was written from the published schema (Domain-Connect/Templates,
template.schema), from the tables and the grammar of draft-ietf-dconn-domainconnect §3 and §6, and from what the template repository's
linter takes for an error or a warning.
"""
import json, os, re, sys

import jsonschema

ID = {"type": "string", "pattern": r"^[A-Za-z0-9._-]{1,63}$"}
DISPLAYED = {"type": "string", "minLength": 1, "maxLength": 255, "not": {"pattern": "%[^%]*%"}}
DESCRIPTION = {"type": "string", "maxLength": 2048}
TTL = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 2**31 - 1}, {"type": "string", "pattern": r"^([0-9]+|%[A-Za-z0-9_-]+%)$"}]}
UINT16 = {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 65535}, {"type": "string", "pattern": r"^([0-9]{1,5}|%[A-Za-z0-9_-]+%)$"}]}
HOST = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^(@|[^@\s]+)$"}
POINTS_TO = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[^@\s]+$"}


def record(kind, required, more):
    properties = {"type": {"const": kind}, "groupId": ID, "essential": {"enum": ["Always", "OnApply"]}, **more}
    return {"type": "object", "properties": properties, "required": ["type"] + required, "additionalProperties": False}


TEXT = {
    "host": HOST, "data": {"type": "string", "minLength": 1, "pattern": r"^[ -~]+$", "not": {"pattern": "^v=spf1"}}, "ttl": TTL,
    "txtConflictMatchingMode": {"enum": ["None", "All", "Prefix"]},
    "txtConflictMatchingPrefix": {"type": "string", "pattern": r"^[!-$&-~]+$"},
}
PREFIXED = {
    "if": {"properties": {"txtConflictMatchingMode": {"const": "Prefix"}}, "required": ["txtConflictMatchingMode"]},
    "then": {"required": ["txtConflictMatchingPrefix"]},
}
ADDRESSED = {"host": HOST, "pointsTo": POINTS_TO, "ttl": TTL}
RECORDS = [
    record("CNAME", ["host", "pointsTo", "ttl"], ADDRESSED),
    record("NS", ["host", "pointsTo", "ttl"], ADDRESSED),
    record("MX", ["host", "pointsTo", "ttl", "priority"], {**ADDRESSED, "priority": UINT16}),
    {**record("TXT", ["host", "data", "ttl"], TEXT), **PREFIXED},
    record("SPFM", ["host", "spfRules"], {"host": HOST, "spfRules": {"type": "string", "minLength": 1}}),
]
TEMPLATE = {
    "type": "object", "additionalProperties": False,
    "required": ["providerId", "providerName", "serviceId", "serviceName", "records"],
    "properties": {
        "providerId": ID, "providerName": {**DISPLAYED, "maxLength": 64}, "serviceId": ID, "serviceName": DISPLAYED,
        "version": {"type": "integer", "minimum": 1}, "logoUrl": {"type": "string", "pattern": r"^https://.+\.(jpg|png|svg)$"},
        "description": DESCRIPTION, "variableDescription": DESCRIPTION, "syncBlock": {"const": False},
        "hostRequired": {"type": "boolean"}, "multiInstance": {"type": "boolean"},
        "syncPubKeyDomain": {"type": "string", "pattern": r"^[a-z0-9_-]+(\.[a-z0-9_-]+)+$", "maxLength": 255},
        "syncRedirectDomain": {"type": "string", "pattern": r"^[a-z0-9.-]+(,[a-z0-9.-]+)*$"},
        "records": {"type": "array", "minItems": 1, "items": {"oneOf": RECORDS}},
    },
}
# Names that a request has another meaning for (§3, dc-predefined-param).
RESERVED = {"providerid", "serviceid", "redirect_uri", "state", "providername", "servicename", "groupid", "instanceid", "sig", "key", "crit",
            "client_id", "response_type", "scope"}
BUILT_IN = {"fqdn", "domain"}  # and host, of whose use the linter warns
SPF_TERM = re.compile(r"^[-+~?]?(include|a|mx|ptr|ip4|ip6|exists)([:/].*)?$|^(redirect|exp)=.+$|^%[A-Za-z0-9_-]+%$")


def variables(text):
    """The names between the percent signs of a text; None where they make no sense."""
    parts = text.split("%")
    return None if len(parts) % 2 == 0 or not all(re.fullmatch(r"[A-Za-z0-9_-]+", one) for one in parts[1::2]) else parts[1::2]


def problems_of_record(one, template):
    for field in ("host", "pointsTo", "data", "spfRules"):
        names = variables(one.get(field, ""))
        if names is None:
            yield f"{field}: a variable that is none: {one[field]}"
        elif any(name.lower() in RESERVED or name == "host" for name in names):
            yield f"{field}: a variable whose name means something else: {one[field]}"
    if "%" in one.get("groupId", "") or "%" in one["type"]:
        yield "a variable where there may be none"
    if one["type"] in ("CNAME", "NS") and one["host"] == "@" and not template.get("hostRequired"):
        yield "stands at @, and hostRequired is not true"
    terms = one.get("spfRules", "").split()
    if not all(SPF_TERM.match(term) for term in terms) or len(set(terms)) < len(terms):
        yield f"spfRules: {one['spfRules']}"
    if one["host"].endswith(".") and not one["host"].endswith("%domain%."):
        yield f"stands outside of the zone: {one['host']}"


def problems_of(template, path):
    for error in jsonschema.Draft7Validator(TEMPLATE).iter_errors(template):
        yield f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
        return
    if os.path.basename(path) != f"{template['providerId']}.{template['serviceId']}.json".lower():
        yield "the file is not called providerId.serviceId.json"
    seen, kinds, groups = set(), {}, set()
    for number, one in enumerate(template["records"]):
        for problem in problems_of_record(one, template):
            yield f"records/{number}: {problem}"
        text = json.dumps({name: value for name, value in one.items() if name != "groupId"}, sort_keys=True)
        if text in seen:
            yield f"records/{number}: is there twice"
        seen.add(text)
        kinds.setdefault(one["host"], []).append(one["type"])
        groups.add(one.get("groupId"))
    for host, list_ in kinds.items():
        if "CNAME" in list_ and len(list_) > 1:
            yield f"a CNAME beside others at {host}"
    if len(template["records"]) > 1 and (None in groups or len(groups) == 1):
        yield "some records have a group, and some have none; or all have the same"


found = 0
for path in sys.argv[1:]:
    with open(path) as file:
        for problem in problems_of(json.load(file), path):
            print(f"{os.path.basename(path)}: {problem}")
            found = 1
sys.exit(found)

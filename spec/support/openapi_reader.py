"""Holds answers of the service against its description. Reads a JSON object a line: method, path, status, type, body (text).
Writes a line for each: what is wrong, or nothing. The first line that it writes says what is wrong with the description itself.

What a schema does not name is wrong here, though the description leaves room for what is to come: an answer is to be described whole."""
import json
import re
import sys

out = open(sys.argv[2], "w", buffering=1)


def say(text):
    out.write(re.sub(r"\s+", " ", text)[:4000] + "\n")


try:
    import jsonschema
except ImportError:
    say("no jsonschema: apt install python3-jsonschema")
    sys.exit(0)

description = json.load(open(sys.argv[1]))
METHODS = {"get", "put", "post", "delete", "patch"}


def resolve(node):
    while "$ref" in node:
        place = description
        for step in node["$ref"].lstrip("#/").split("/"):
            place = place[step]
        node = place
    return node


def closed(node):
    """The same schema without room for what it does not name."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {name: closed(item) for name, item in node.items()}
    if "properties" in made and isinstance(made["properties"], dict) and made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made


schemas = {"components": {"schemas": closed(description["components"]["schemas"])}}


def operations():
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def walk(node):
    if isinstance(node, dict):
        yield node
        for item in node.values():
            yield from walk(item)
    elif isinstance(node, list):
        for item in node:
            yield from walk(item)


def problems():
    """What is wrong with the description."""
    for node in walk(description):
        if "$ref" in node:
            try:
                resolve(node)
            except (KeyError, TypeError):
                yield "%s leads nowhere" % node["$ref"]
    used = {node["$ref"] for node in walk(description) if "$ref" in node}
    for kind, items in description["components"].items():
        for name in items if kind != "securitySchemes" else ():
            if "#/components/%s/%s" % (kind, name) not in used:
                yield "components/%s/%s is not used" % (kind, name)
    for name, schema in description["components"]["schemas"].items():
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            yield "%s: %s" % (name, error.message)
    for node in walk(description):
        if "type" in node and "examples" in node:
            judge = jsonschema.Draft202012Validator({**closed(node), **schemas})
            for example in node["examples"]:
                for error in judge.iter_errors(example):
                    yield "an example: %s" % error.message
    for path, method, operation in operations():
        at = "%s %s" % (method, path)
        if method not in METHODS:
            yield at + " has no method of HTTP"
        for word in ("operationId", "summary", "tags", "responses"):
            if not operation.get(word):
                yield "%s has no %s" % (at, word)
        parameters = [resolve(parameter) for parameter in operation.get("parameters", ())]
        named = {parameter["name"] for parameter in parameters if parameter["in"] == "path"}
        if named != set(re.findall(r"{(\w+)}", path)):
            yield at + " has other parameters than its path"
        for parameter in parameters:
            if not parameter.get("description"):
                yield "%s: %s is not described" % (at, parameter["name"])
        if not any(status.startswith("2") for status in operation["responses"]):
            yield at + " never goes well"
        for status, response in operation["responses"].items():
            if not resolve(response).get("description"):
                yield "%s: %s is not described" % (at, status)


def find(method, path):
    """The operation that a path is of: written segments come before those in braces."""
    best = None
    for template, item in description["paths"].items():
        steps, given = template.split("/"), path.split("/")
        if len(steps) == len(given) and all(a == b or a.startswith("{") for a, b in zip(steps, given)):
            rank = [step.startswith("{") for step in steps]
            if best is None or rank < best[0]:
                best = (rank, item)
    return best and best[1].get(method.lower())


def is_told(operation, status):
    return resolve(operation["responses"].get(status) or {})


def problem_of(answer):
    method = "GET" if answer["method"] == "HEAD" else answer["method"]
    status, operation = str(answer["status"]), find(method, answer["path"])
    general = {"404", "405"} if not operation else set()
    if status in general or answer["method"] == "OPTIONS":
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    elif not operation:
        return "there is no such operation"
    elif status not in operation["responses"]:
        return "there is no %s among its answers" % status
    else:
        content = is_told(operation, status).get("content", {})
    kind = (answer.get("type") or "").split(";")[0].strip()
    if answer["method"] in ("HEAD", "OPTIONS") or not answer.get("body"):
        return None if not content or answer["method"] in ("HEAD", "OPTIONS") else "it is empty"
    if kind not in content:
        return "%s is not among its media types, %s" % (kind, ", ".join(content) or "none")
    if "json" not in kind:
        return None
    schema = dict(closed(content[kind]["schema"]), **schemas)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(json.loads(answer["body"]))
    error = jsonschema.exceptions.best_match(errors)
    return error and "%s: %s" % (error.json_path, error.message)


say("; ".join(problems()))
for line in sys.stdin:
    asked = json.loads(line)
    wrong = problem_of(asked)
    say("%s %s -> %s: %s" % (asked["method"], asked["path"], asked["status"], wrong) if wrong else "")

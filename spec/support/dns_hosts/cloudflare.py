"""Cloudflare's API, "Zones" and "DNS Records for a Zone": https://developers.cloudflare.com/api/. Settings: `credentials.token`;
`read_only`, the names of zones whose records the token may not change; `proxied`, the names of records that are behind the proxy at the
beginning."""
import base, re
from base import Answer, route

ERRORS = {
    400: (1004, "DNS Validation Error"), 401: (1000, "Invalid API Token"), 403: (10000, "Authentication error"),
    404: (7003, "Could not route to that path, perhaps your object identifier is invalid?"), 405: (10405, "Method not allowed"),
    429: (971, "Please wait and consider throttling your request speed"), 500: (10500, "Internal error"),
}
TAKEN = (81053, "An A, AAAA, or CNAME record with that host already exists.")
ADDRESSES = ("A", "AAAA", "CNAME")
RECORD = dict(type=str, name=str, ttl=int)
MORE = dict(content=str, priority=int, proxied=bool, data=dict, comment=str, tags=list, settings=dict)
DATA = {"SRV": dict(priority=int, weight=int, port=int, target=str), "CAA": dict(flags=int, tag=str, value=str)}


def failed(status, *errors):
    told = [dict(code=code, message=message, **(dict(error_chain=chain[0]) if chain else {})) for code, message, *chain in errors]
    return Answer(status, {"success": False, "errors": told, "messages": [], "result": None})


def invalid(code, message):
    return failed(400, (1004, "DNS Validation Error", [{"code": code, "message": message}]))


def succeeded(result, **more):
    return Answer(200, dict({"success": True, "errors": [], "messages": [], "result": result}, **more))


class Cloudflare(base.Host):
    def __init__(self, settings):
        super().__init__(settings)
        self.ids = {"%032x" % (0xC10DF1A4E + place): name for place, name in enumerate(self.zones)}
        self.proxied = set()
        for zone in self.zones.values():
            for record in zone.records():
                if record.name in settings.get("proxied", []) and record.type in ADDRESSES:
                    self.proxied.add(record.id)

    def new_id(self):
        return "%032x" % (0x9E3779B97F4A7C15F39CC0605CEDC834 + super().new_id())

    def error(self, status, request):
        return failed(status, ERRORS.get(status, (10000 + status, "An error")))

    def authorize(self, request):
        token = request.headers.get("authorization", "")
        if not re.fullmatch(r"Bearer [\w-]{40}", token):
            chain = [{"code": 6111, "message": "Invalid format for Authorization header"}]
            raise failed(400, (6003, "Invalid request headers", chain))
        if token != "Bearer " + self.settings["credentials"]["token"]:
            raise failed(403, (9109, "Invalid access token"))

    def zone(self, request, zone_id):
        if zone_id not in self.ids:
            raise self.error(404, request)
        return self.zones[self.ids[zone_id]]

    # ---- records

    def shown(self, record):
        words = record.rdata.split()
        told = dict(id=record.id, name=record.name, type=record.type, content=record.rdata, ttl=record.ttl,
            proxied=record.id in self.proxied, proxiable=record.type in ADDRESSES, settings={}, meta={}, comment=None, tags=[],
            created_on="2026-01-01T05:20:00.12345Z", modified_on="2026-01-01T05:20:00.12345Z")
        if record.id in self.proxied:
            told["ttl"] = 1
        if record.type in ("CNAME", "NS"):
            told["content"] = words[0].rstrip(".")
        elif record.type == "MX":
            told["priority"], told["content"] = int(words[0]), words[1].rstrip(".")
        elif record.type == "SRV":
            told["data"] = dict(priority=int(words[0]), weight=int(words[1]), port=int(words[2]), target=words[3].rstrip("."))
            told["priority"], told["content"] = int(words[0]), "%s %s %s" % (words[1], words[2], words[3].rstrip("."))
        elif record.type == "CAA":
            told["data"] = dict(flags=int(words[0]), tag=words[1], value=base.texts_of(record.rdata)[0].decode())
        elif record.type == "TXT" and self.settings.get("plain_texts"):
            told["content"] = b"".join(base.texts_of(record.rdata)).decode()
        return told

    def rdata(self, body):
        kind, content = body["type"], body.get("content", "")
        if kind in DATA:
            wrong = base.members(body.get("data"), DATA[kind], {})
            if wrong:
                raise invalid(9101, wrong)
            data = body["data"]
            if kind == "CAA":
                return '%d %s "%s"' % (data["flags"], data["tag"], data["value"])
            return "%d %d %d %s." % (data["priority"], data["weight"], data["port"], data["target"].rstrip("."))
        if not content:
            raise invalid(9101, "content is a required field")
        if kind == "TXT":
            if not re.fullmatch(r'\s*("([^"\\]|\\.)*"\s*)+', content):
                raise invalid(9207, "Content for TXT record must be quoted")
            pieces = []
            for one in base.texts_of(content):
                pieces += [one[i : i + 255] for i in range(0, len(one), 255)] or [b""]
            return base.rdata_of_strings(pieces)
        if kind == "A" and not re.fullmatch(r"[\d.]+", content):
            raise invalid(9005, "Content for A record must be a valid IPv4 address.")
        if kind in ("CNAME", "MX", "NS"):
            if content.endswith("..") or not re.fullmatch(r"[\w.-]+", content):
                raise invalid(9007, "Content for %s record is invalid." % kind)
            content = content.rstrip(".").lower() + "."
        if kind == "MX":
            if "priority" not in body:
                raise invalid(9100, "priority is a required field")
            return "%d %s" % (body["priority"], content)
        return content

    def read(self, zone, body):
        wrong = base.members(body, RECORD, MORE)
        if wrong:
            raise failed(400, (9101, wrong))
        if body["type"] not in ("A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT"):
            raise invalid(9020, "Invalid DNS record type")
        name = body["name"].lower()
        if name != zone.name and not name.endswith("." + zone.name):
            name = name + "." + zone.name
        if not (body["ttl"] == 1 or 60 <= body["ttl"] <= 86400):
            raise invalid(9021, "Invalid TTL. Must be between 60 and 86,400 seconds, or 1 for Automatic.")
        if body.get("proxied") and body["type"] not in ADDRESSES:
            raise invalid(9004, "This record type cannot be proxied.")
        ttl = 300 if body["ttl"] == 1 else body["ttl"]
        return dict(name=name, ttl=ttl, type=body["type"], rdata=self.rdata(body), proxied=body.get("proxied", False))

    def place(self, state, one, record_id):
        """Puts a record among the others."""
        for other_id, other in state.items():
            if other_id == record_id or other["name"] != one["name"]:
                continue
            if other["type"] == one["type"] and base.same_rdata(other["rdata"]) == base.same_rdata(one["rdata"]):
                raise failed(400, (81058, "An identical record already exists."))
            if one["type"] in ADDRESSES and other["type"] in ADDRESSES and "CNAME" in (one["type"], other["type"]):
                raise failed(400, TAKEN)
        state[record_id] = one

    def known(self, state, item):
        if not isinstance(item, dict) or item.get("id") not in state:
            raise failed(404, (81044, "Record does not exist."))
        return item["id"]

    def keep(self, zone, state):
        """Makes the zone what the state says, in one go."""
        before = {one.id: one for one in zone.records()}

        def key(one):
            return (one["name"], one["ttl"], one["type"], one["rdata"])

        removed = [one for i, one in before.items() if i not in state or key(state[i]) != key(one._asdict())]
        added = {i: one for i, one in state.items() if i not in before or key(one) != key(before[i]._asdict())}
        new = zone.change(removed, [key(one) for one in added.values()])
        for record_id, record in zip(added, new):
            zone.ids[(record.name, record.type, record.rdata)] = record_id
        self.proxied = {i for i in self.proxied if i not in before} | {i for i, one in state.items() if one["proxied"]}

    # ---- routes

    @route("GET", "/zones")
    def list_zones(self, request):
        found = [dict(id=i, name=name, status="active", paused=False, type="full", name_servers=["a.ns.cloudflare.com"])
            for i, name in self.ids.items() if request.query.get("name", name) == name]
        return succeeded(found, result_info=dict(page=1, per_page=20, count=len(found), total_count=len(found), total_pages=1))

    @route("GET", "/zones/{zone_id}/dns_records")
    def list_records(self, request, zone_id):
        zone = self.zone(request, zone_id)
        if not set(request.query) <= {"name.exact", "name", "type", "page", "per_page"}:
            return failed(400, (1004, "DNS Validation Error"))
        name = request.query.get("name.exact", request.query.get("name"))
        found = [one for one in zone.records() if one.type != "SOA" and (name is None or one.name == name.lower())]
        size, page = int(request.query.get("per_page", 100)), int(request.query.get("page", 1))
        part = found[(page - 1) * size : page * size]
        info = dict(page=page, per_page=size, count=len(part), total_count=len(found), total_pages=-(-len(found) // size))
        return succeeded([self.shown(one) for one in part], result_info=info)

    @route("POST", "/zones/{zone_id}/dns_records/batch")
    def batch(self, request, zone_id):
        zone = self.zone(request, zone_id)
        if zone.name in self.settings.get("read_only", []):
            return failed(403, (10000, "Authentication error"))
        try:
            body = request.json()
        except ValueError:
            return failed(400, (9207, "Request body is invalid."))
        wrong = base.members(body, {}, dict(deletes=list, patches=list, puts=list, posts=list))
        if wrong or sum(len(items) for items in body.values()) > 200:
            return failed(400, (9207, wrong or "Too many operations in the batch."))
        state = {one.id: dict(one._asdict(), proxied=one.id in self.proxied) for one in zone.records()}
        for item in body.get("deletes", []):
            del state[self.known(state, item)]
        for item in body.get("patches", []):
            record_id = self.known(state, item)
            one = self.read(zone, {name: value for name, value in item.items() if name != "id"})
            one["proxied"] = item.get("proxied", state[record_id]["proxied"])
            self.place(state, one, record_id)
        made = []
        for item in body.get("posts", []):
            made.append(self.new_id())
            self.place(state, self.read(zone, item), made[-1])
        self.keep(zone, state)
        now = {one.id: self.shown(one) for one in zone.records()}
        return succeeded(dict(deletes=body.get("deletes", []), patches=[now[one["id"]] for one in body.get("patches", [])], puts=[],
            posts=[now[one] for one in made]))


base.serve(Cloudflare)

"""Hetzner, as docs.hetzner.cloud describes the DNS part of its Cloud API (zones, zone RRsets, their actions, errors, rate limits).
Settings: `credentials` (token), `ttl` (of zones: 3600; sets that have it are told without one), `page` (most items of a page: 50),
`secondary` (names of zones that are copies), `comments` (by "name type value")."""
import base

CODES = {
    400: "json_error", 401: "unauthorized", 403: "token_readonly", 404: "not_found", 405: "method_not_allowed", 409: "conflict",
    422: "invalid_input", 423: "locked", 429: "rate_limit_exceeded", 500: "server_error", 503: "unavailable",
}
NAMES = {"CNAME": 0, "NS": 0, "MX": 1, "SRV": 3}  # the field that is a name


class Hetzner(base.Host):
    def __init__(self, settings):
        super().__init__(settings)
        self.actions, self.comments, self.read = {}, dict(settings.get("comments") or {}), None

    def answer(self, request):
        self.read = None
        return super().answer(request)

    def records(self, zone):
        """What is in a zone, read once for a request until it is changed."""
        self.read = self.read or zone.records()
        return self.read

    def authorize(self, request):
        if request.headers.get("authorization") != "Bearer " + self.settings["credentials"]["token"]:
            raise base.Answer(401, {"error": {"code": "unauthorized", "message": "unable to authenticate"}})

    def error(self, status, request):
        return self.told(status, CODES.get(status, "unknown_error"), "as the test wants it")

    @staticmethod
    def told(status, code, message, details=None):
        return base.Answer(status, {"error": {"code": code, "message": message, "details": details or {}}})

    def invalid(self, field, message):
        return self.told(422, "invalid_input", "invalid input in field '%s'" % field, {"fields": [{"name": field, "messages": [message]}]})

    def body(self, request, required, optional):
        if request.headers.get("content-type") != "application/json":
            raise self.told(400, "json_error", "Content-Type must be application/json")
        try:
            data = request.json()
        except ValueError:
            raise self.told(400, "json_error", "invalid JSON in request")
        problem = base.members(data, required, optional)
        if problem:
            raise self.invalid(problem.split(" ")[-1], problem)
        return data

    def paged(self, request, name, items):
        most = min(int(request.query.get("per_page", 25)), self.settings.get("page", 50))
        page = int(request.query.get("page", 1))
        last = max(1, -(-len(items) // most))
        return base.Answer(200, {
            name: items[(page - 1) * most : page * most],
            "meta": {"pagination": {
                "page": page, "per_page": most, "previous_page": page - 1 or None, "next_page": page + 1 if page < last else None,
                "last_page": last, "total_entries": len(items)}},
        })

    # ---- zones

    def ttl(self):
        return self.settings.get("ttl", 3600)

    @base.route("GET", "/v1/zones")
    def zone_list(self, request):
        unknown = set(request.query) - {"name", "mode", "label_selector", "sort", "page", "per_page"}
        if unknown:
            raise self.invalid(sorted(unknown)[0], "unknown parameter")
        names = [name for name in sorted(self.zones) if request.query.get("name") in (None, name)]
        return self.paged(request, "zones", [{
            "id": 42, "name": name, "created": "2026-01-01T00:00:00Z", "ttl": self.ttl(), "mode": self.mode(name), "labels": {},
            "protection": {"delete": False}, "status": "ok", "record_count": 1, "registrar": "other", "primary_nameservers": [],
            "authoritative_nameservers": {"assigned": ["hydrogen.ns.hetzner.com."], "delegated": [], "delegation_status": "valid"},
        } for name in names])

    def mode(self, name):
        return "secondary" if name in self.settings.get("secondary", []) else "primary"

    def zone(self, name):
        if name not in self.zones:
            raise self.told(404, "not_found", "zone not found")
        return self.zones[name]

    # ---- record sets

    @staticmethod
    def whole(zone, name):
        return zone.name if name == "@" else name + "." + zone.name

    def set_of(self, zone, name, kind):
        """The set as it is told, or None."""
        own = [one for one in self.records(zone) if (one.name, one.type) == (self.whole(zone, name), kind)]
        if not own:
            return None
        records = [{"value": one.rdata, "comment": self.comments.get("%s %s %s" % (name, kind, one.rdata), "")} for one in own]
        return {"id": "%s/%s" % (name, kind), "name": name, "type": kind, "ttl": None if own[0].ttl == self.ttl() else own[0].ttl,
                "labels": {}, "protection": {"change": False}, "records": records, "zone": 42}

    @base.route("GET", "/v1/zones/{zone}/rrsets")
    def set_list(self, request, zone):
        found, zone = [], self.writable(zone)  # neither are those of a copy told
        for one in self.records(zone):
            name = "@" if one.name == zone.name else one.name[: -len(zone.name) - 1]
            if request.query.get("name") in (None, name) and (name, one.type) not in found:
                found.append((name, one.type))
        return self.paged(request, "rrsets", [self.set_of(zone, name, kind) for name, kind in found])

    @base.route("POST", "/v1/zones/{zone}/rrsets")
    def create(self, request, zone):
        zone = self.writable(zone)
        data = self.body(request, {"name": str, "type": str, "records": list}, {"ttl": int, "labels": dict})
        if self.set_of(zone, data["name"], data["type"]):
            raise self.told(409, "uniqueness_error", "rrset already exists")
        self.check_ttl(data)
        self.store(zone, data["name"], data["type"], self.checked(data), data.get("ttl", self.ttl()))
        return base.Answer(201, {"rrset": self.set_of(zone, data["name"], data["type"]), "action": self.action("create_rrset")})

    def writable(self, name):
        if self.mode(name) != "primary":
            raise self.told(422, "incorrect_zone_mode", "This operation is not supported for this Zone's mode.")
        return self.zone(name)

    def check_ttl(self, data):
        if "ttl" in data and not 60 <= data["ttl"] <= 2147483647:
            raise self.invalid("ttl", "must be between 60 and 2147483647")

    def checked(self, data):
        """The records as values with their comments."""
        found = {}
        for one in data["records"]:
            problem = base.members(one, {"value": str}, {"comment": str})
            if problem or one["value"] in found or not self.is_value(data["type"], one["value"]):
                raise self.invalid("records", problem or "invalid or doubled: " + one["value"])
            found[one["value"]] = one.get("comment", "")
        if not found:
            raise self.invalid("records", "must not be empty")
        return found

    @staticmethod
    def is_value(kind, value):
        if kind == "TXT":
            strings = base.texts_of(value)
            return bool(strings) and all(len(one) <= 255 for one in strings) and value == base.rdata_of_strings(strings)
        fields = value.split(" ")
        return kind not in NAMES or len(fields) == NAMES[kind] + 1 and fields[-1].endswith(".")

    def store(self, zone, name, kind, values, ttl):
        whole = self.whole(zone, name)
        records = self.records(zone)
        own = [one for one in records if (one.name, one.type) == (whole, kind)]
        if any(one.name == whole and (one.type == "CNAME") != (kind == "CNAME") for one in records) and values:
            raise self.invalid("type", "a CNAME stands alone at its name")
        zone.knot.write(zone.name, [(one.name, one.type, one.rdata) for one in own], [(whole, ttl, kind, value) for value in values])
        kept = [one for one in records if one not in own]
        self.read = kept + [base.Record(0, whole, ttl, kind, value) for value in values]
        for value, comment in values.items():
            self.comments["%s %s %s" % (name, kind, value)] = comment

    # ---- actions

    def action(self, command):
        number = self.new_id()
        self.actions[number] = {"id": number, "command": command, "status": "running", "progress": 0, "started": "2026-01-01T00:00:00Z",
                                "finished": None, "resources": [{"id": 42, "type": "zone"}], "error": None}
        return dict(self.actions[number])

    @base.route("GET", "/v1/actions/{number}")
    def look(self, request, number):
        action = self.actions.get(int(number) if number.isdigit() else 0)
        if not action:
            raise self.told(404, "not_found", "action not found")
        told = dict(action)
        action.update(status="success", progress=100, finished="2026-01-01T00:00:01Z")
        # Most have ended when they are looked at.
        return base.Answer(200, {"action": told if told["command"] == "change_ttl" else dict(action)})

    @base.route("POST", "/v1/zones/{zone}/rrsets/{name}/{kind}/actions/{what}")
    def act(self, request, zone, name, kind, what):
        zone = self.writable(zone)
        now = self.set_of(zone, name, kind)
        if what not in ("set_records", "add_records", "remove_records", "change_ttl"):
            raise self.error(404, request)
        if not now and what != "add_records":
            raise self.told(404, "not_found", "rrset not found")
        values = {one["value"]: one["comment"] for one in now["records"]} if now else {}
        ttl = now and now["ttl"] or self.ttl()
        if what == "change_ttl":
            data = self.body(request, {"ttl": int}, {})
            self.check_ttl(data)
            ttl = data["ttl"]
        else:
            data = self.body(request, {"records": list}, {"ttl": int} if what == "add_records" else {})
            given = self.checked(dict(data, type=kind))
            if what == "add_records" and set(given) & set(values) or what == "remove_records" and set(given) - set(values):
                raise self.invalid("records", "there already, or not there")
            if what == "set_records":
                values = given
            elif what == "add_records":
                values.update(given)
            else:
                values = {value: comment for value, comment in values.items() if value not in given}
        self.store(zone, name, kind, values, ttl)
        return base.Answer(201, {"action": self.action(what)})


if __name__ == "__main__":
    base.serve(Hetzner)

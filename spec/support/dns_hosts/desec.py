"""deSEC, as desec.readthedocs.io describes its API (domains, RRsets, bulk operations, rate limits). Settings: `credentials` (token),
`minimum_ttl` (3600)."""
import base

MANAGED = {"SOA": "automatic", "RRSIG": "automatic", "DNSKEY": "automatic", "NSEC3PARAM": "automatic"}
NAMES = {"CNAME": 0, "NS": 0, "MX": 1, "SRV": 3}  # the field that is a name


class Desec(base.Host):
    def authorize(self, request):
        given = request.headers.get("authorization")
        if given is None:
            raise base.Answer(401, {"detail": "Authentication credentials were not provided."}, {"WWW-Authenticate": "Token"})
        if given != "Token " + self.settings["credentials"]["token"]:
            raise base.Answer(401, {"detail": "Invalid token."}, {"WWW-Authenticate": "Token"})

    def error(self, status, request):
        words = {
            401: "Invalid token.", 403: "You do not have permission to perform this action.", 404: "Not found.",
            405: 'Method "%s" not allowed.' % request.method, 429: "Request was throttled. Expected available in 4 seconds.",
        }
        if status == 400:
            return base.Answer(400, [{"non_field_errors": ["as the test wants it"]}])
        return base.Answer(status, {"detail": words.get(status, "as the test wants it")})

    def zone(self, name, request):
        if name not in self.zones:
            raise self.error(404, request)
        return self.zones[name]

    # ---- domains

    @base.route("GET", "/api/v1/domains/")
    def domains(self, request):
        name, found = request.query.get("owns_qname"), []
        for zone in sorted(self.zones, key=len, reverse=True):
            if name is None or not found and (name == zone or name.endswith("." + zone)):
                found.append(self.told_zone(zone))
        return base.Answer(200, found)

    @base.route("GET", "/api/v1/domains/{name}/")
    def domain(self, request, name):
        return base.Answer(200, dict(self.told_zone(self.zone(name, request).name), keys=[]))

    def told_zone(self, name):
        return {"created": "2026-01-01T00:00:00.000000Z", "published": "2026-01-01T00:00:00.000000Z", "name": name,
                "minimum_ttl": self.minimum_ttl(), "touched": "2026-01-01T00:00:00.000000Z"}

    def minimum_ttl(self):
        return self.settings.get("minimum_ttl", 3600)

    # ---- record sets

    def sets(self, zone):
        found = {}
        for one in zone.records():
            if one.type in MANAGED:
                continue
            subname = "" if one.name == zone.name else one.name[: -len(zone.name) - 1]
            told = found.setdefault((subname, one.type), {
                "created": "2026-01-01T00:00:00.000000Z", "domain": zone.name, "subname": subname, "name": one.name + ".",
                "type": one.type, "records": [], "ttl": one.ttl, "touched": "2026-01-01T00:00:00.000000Z"})
            told["records"].append(one.rdata)
        return found

    @base.route("GET", "/api/v1/domains/{name}/rrsets/")
    def list(self, request, name):
        wanted = request.query.get("subname")
        return base.Answer(200, [one for (subname, _), one in self.sets(self.zone(name, request)).items() if wanted in (None, subname)])

    @base.route("POST", "/api/v1/domains/{name}/rrsets/")
    def create(self, request, name):
        return self.change(request, name, 201)

    @base.route("PATCH", "/api/v1/domains/{name}/rrsets/")
    def modify(self, request, name):
        return self.change(request, name, 200)

    def change(self, request, name, status):
        zone = self.zone(name, request)
        if request.headers.get("content-type") != "application/json":
            raise base.Answer(415, {"detail": "Unsupported media type in request."})
        try:
            parts = request.json()
        except ValueError:
            raise base.Answer(400, {"detail": "JSON parse error"})
        if not isinstance(parts, list) or not parts:
            raise base.Answer(400, {"non_field_errors": ["Expected a list of items."]})
        sets = self.sets(zone)
        errors = [self.wrong(part, parts, sets, request.method) for part in parts]
        if any(errors):
            raise base.Answer(400, errors)
        self.write_sets(zone, parts, sets)
        now = self.sets(zone)
        return base.Answer(status, [now[key] for key in ((part["subname"], part["type"]) for part in parts) if key in now])

    def wrong(self, part, parts, sets, method):
        problem = base.members(part, {"subname": str, "type": str, "records": list}, {"ttl": int})
        if problem:
            return {"non_field_errors": [problem]}
        key = (part["subname"], part["type"])
        if sum((one.get("subname"), one.get("type")) == key for one in parts) > 1:
            return {"non_field_errors": ["Same subname and type as in position(s), but must be unique."]}
        if part["type"] in MANAGED:
            return {"type": ["You cannot tinker with the %s RR set. It is managed automatically." % part["type"]]}
        if not part["records"]:
            return {"records": ["This field must not be empty when using POST."]} if method == "POST" else {}
        return self.wrong_set(part, key, parts, sets, method)

    def wrong_set(self, part, key, parts, sets, method):
        if method == "POST" and key in sets:
            return {"non_field_errors": ["Another RRset with the same subdomain and type exists for this domain. (Try modifying it.)"]}
        if "ttl" not in part:
            return {"ttl": ["This field is required."]}
        if part["ttl"] < self.minimum_ttl():
            return {"ttl": ["Ensure this value is greater than or equal to %d." % self.minimum_ttl()]}
        if part["ttl"] > 604800:
            return {"ttl": ["Ensure this value is less than or equal to 604800."]}
        removed = {(one["subname"], one["type"]) for one in parts if not one["records"]}
        added = {(one["subname"], one["type"]) for one in parts if one["records"]}
        beside = [kind for subname, kind in (set(sets) | added) - removed if subname == part["subname"]]
        if any((kind == "CNAME") != (part["type"] == "CNAME") for kind in beside):
            return {"non_field_errors": ["RRset with conflicting type present. (No other RRsets are allowed alongside CNAME.)"]}
        bad = [one for one in part["records"] if not self.is_content(part["type"], one)]
        return {"records": ["Cannot parse record contents: %s" % bad[0]]} if bad else {}

    @staticmethod
    def is_content(kind, content):
        if kind == "TXT":
            strings = base.texts_of(content)
            return bool(strings) and all(len(one) <= 255 for one in strings) and content == base.rdata_of_strings(strings)
        fields = content.split(" ")
        return kind not in NAMES or len(fields) == NAMES[kind] + 1 and fields[-1].endswith(".")

    @staticmethod
    def write_sets(zone, parts, sets):
        removed, added = [], []
        for part in parts:
            name = zone.name if part["subname"] == "" else part["subname"] + "." + zone.name
            removed += [one for one in zone.records() if (one.name, one.type) == (name, part["type"])]
            added += [(name, part["ttl"], part["type"], content) for content in part["records"]]
        zone.change(removed, added)


if __name__ == "__main__":
    base.serve(Desec)

"""GoDaddy's Domains API, v1: https://developer.godaddy.com/doc/endpoint/domains. Settings: `credentials.api_key` and `api_secret`;
`not_eligible`: may the account not use it?; `held`, the names of domains in a status in which they may not be changed; `by_pages`: does the
offset of a listing count pages, as has been seen, and not records, as is documented?"""
import base, re
from base import Answer, route

TYPES = ("A", "AAAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT")
WORDS = {
    400: ("MALFORMED", "Request was malformed"), 401: ("UNABLE_TO_AUTHENTICATE", "Unauthorized : Could not authenticate API key/secret"),
    403: ("ACCESS_DENIED", "Authenticated user is not allowed access"), 404: ("NOT_FOUND", "Not Found : The requested resource is unknown"),
    405: ("METHOD_NOT_ALLOWED", "Method not allowed"), 409: ("CONFLICTING_STATUS", "The domain's status does not allow this"),
    422: ("INVALID_BODY", "Request body doesn't fulfill schema, see details in `fields`"),
    429: ("TOO_MANY_REQUESTS", "Too many requests received within interval"), 500: ("ERROR_INTERNAL", "Internal server error"),
}
NUMBERS = dict(port=int, priority=int, ttl=int, weight=int)
BY_NAME = (dict(data=str), dict(NUMBERS, protocol=str, service=str))
ANYWHERE = (dict(data=str, name=str, type=str), BY_NAME[1])


class GoDaddy(base.Host):
    def error(self, status, request):
        code, message = WORDS.get(status, ("ERROR", "An error"))
        told = {"code": code, "message": message}
        if status == 429:
            told["retryAfterSec"] = self.settings.get("retry_after", 1)
        return Answer(status, told)

    def invalid(self, path, message):
        return Answer(422, dict(code="INVALID_BODY", message=WORDS[422][1], fields=[dict(code="INVALID_VALUE", message=message, path=path)]))

    def authorize(self, request):
        keys = self.settings["credentials"]
        if request.headers.get("authorization") != "sso-key %s:%s" % (keys["api_key"], keys["api_secret"]):
            raise self.error(401, request)
        if self.settings.get("not_eligible"):
            raise self.error(403, request)

    def zone(self, request, domain):
        if domain not in self.zones:
            raise Answer(404, dict(code="UNKNOWN_DOMAIN", message="The given domain is not registered, or does not have a zone file"))
        if request.method != "GET" and domain in self.settings.get("held", []):
            raise self.error(409, request)
        return self.zones[domain]

    # ---- records

    def shown(self, zone, record):
        words = record.rdata.split()
        name = "@" if record.name == zone.name else record.name[: -len(zone.name) - 1]
        told = dict(data=record.rdata, name=name, ttl=record.ttl, type=record.type)
        if record.type == "TXT":
            told["data"] = b"".join(base.texts_of(record.rdata)).decode("utf-8", "replace")
        elif record.type == "MX":
            told["priority"], told["data"] = int(words[0]), words[1]
        elif record.type == "SRV":
            told["priority"], told["weight"], told["port"], told["data"] = int(words[0]), int(words[1]), int(words[2]), words[3]
            labels = name.split(".")
            told["service"], told["protocol"], told["name"] = labels[0], labels[1], ".".join(labels[2:]) or "@"
        if record.type in ("CNAME", "MX", "NS", "SRV"):
            told["data"] = "@" if told["data"].rstrip(".") == zone.name else told["data"].rstrip(".")
        return told

    def read(self, zone, place, one, kind, name):
        """The record that an item of a body tells: name, ttl, type, rdata."""
        data, ttl = one["data"], one.get("ttl", 3600)
        if not 600 <= ttl <= 604800:
            raise self.invalid("records[%d].ttl" % place, "must be between 600 and 604800")
        if kind not in TYPES or kind == "SRV":
            raise self.invalid("records[%d].type" % place, "is not one of the types")
        if not re.fullmatch(r"@|[\w*-]+(\.[\w-]+)*", name) or not data:
            raise self.invalid("records[%d].name" % place, "is not a valid name")
        owner = zone.name if name == "@" else name.lower() + "." + zone.name
        if kind == "TXT":
            if len(data) > 1024:
                raise self.invalid("records[%d].data" % place, "exceeds 1024 characters")
            return owner, ttl, kind, base.rdata_of(data.encode())
        if kind in ("CNAME", "MX", "NS"):
            data = (zone.name if data == "@" else data.rstrip(".").lower()) + "."
        if kind == "MX":
            data = "%d %s" % (one.get("priority", 0), data)
        return owner, ttl, kind, data

    def items(self, request, required, optional):
        try:
            body = request.json()
        except ValueError:
            raise self.error(400, request)
        if not isinstance(body, list) or not body:
            raise self.invalid("records", "is not an array with items")
        for place, one in enumerate(body):
            wrong = base.members(one, required, optional)
            if wrong:
                raise self.invalid("records[%d]" % place, wrong)
        return body

    def refuse_clash(self, zone, added, gone):
        there = [(one.name, one.type, base.same_rdata(one.rdata)) for one in zone.records() if one not in gone]
        for owner, _, kind, rdata in added:
            for name, other, value in there:
                if name == owner and (other, value) == (kind, base.same_rdata(rdata)):
                    raise Answer(422, dict(code="DUPLICATE_RECORD", message="Another record with the same attributes already exists"))
                if name == owner and "CNAME" in (kind, other):
                    raise Answer(422, dict(code="DUPLICATE_RECORD", message="Record name conflicts with another record"))
            there.append((owner, kind, base.same_rdata(rdata)))

    def at(self, zone, kind, name):
        owner = zone.name if name == "@" else name.lower() + "." + zone.name
        return [one for one in zone.records() if one.name == owner and one.type == kind]

    # ---- routes

    @route("GET", "/v1/domains")
    def list_domains(self, request):
        if not set(request.query) <= {"statuses", "limit", "marker"} or not 1 <= int(request.query.get("limit", 100)) <= 1000:
            return self.error(400, request)
        names = [name for name in sorted(self.zones) if name > request.query.get("marker", "")]
        size = int(request.query.get("limit", 100))
        return Answer(200, [dict(domain=name, domainId=1, status="ACTIVE", renewAuto=True) for name in names[:size]])

    @route("GET", "/v1/domains/{domain}/records")
    def list_records(self, request, domain):
        zone = self.zone(request, domain)
        size, offset = int(request.query.get("limit", 500)), int(request.query.get("offset", 0))
        if not set(request.query) <= {"limit", "offset"} or not 1 <= size <= 500:
            return self.error(400, request)
        if self.settings.get("by_pages"):
            offset = max(offset - 1, 0) * size
        return Answer(200, [self.shown(zone, one) for one in zone.records()][offset : offset + size])

    @route("PATCH", "/v1/domains/{domain}/records")
    def add_records(self, request, domain):
        zone, added = self.zone(request, domain), []
        for place, one in enumerate(self.items(request, *ANYWHERE)):
            added.append(self.read(zone, place, one, one["type"], one["name"]))
        self.refuse_clash(zone, added, [])
        zone.change([], added)
        return Answer(200)

    @route("PUT", "/v1/domains/{domain}/records/{kind}/{name}")
    def replace_records(self, request, domain, kind, name):
        zone = self.zone(request, domain)
        added = [self.read(zone, place, one, kind, name) for place, one in enumerate(self.items(request, *BY_NAME))]
        gone = self.at(zone, kind, name)
        self.refuse_clash(zone, added, gone)
        zone.change(gone, added)
        return Answer(200)

    @route("DELETE", "/v1/domains/{domain}/records/{kind}/{name}")
    def delete_records(self, request, domain, kind, name):
        zone = self.zone(request, domain)
        gone = self.at(zone, kind, name)
        if not gone:
            return self.error(404, request)
        zone.change(gone, [])
        return Answer(204)


base.serve(GoDaddy)

"""DigitalOcean's domain records: https://docs.digitalocean.com/reference/api/ (Domains, Domain Records). Settings: `credentials.token`;
`scopes`, of the token (all where it is absent)."""
import base, re
from base import Answer, route

WORDS = {
    400: ("bad_request", "error parsing request body"), 401: ("Unauthorized", "Unable to authenticate you"),
    403: ("Forbidden", "You are not authorized to perform this operation"),
    404: ("not_found", "The resource you requested could not be found."), 405: ("method_not_allowed", "Method not allowed"),
    429: ("too_many_requests", "API Rate limit exceeded."), 500: ("server_error", "Unexpected server-side error"),
    503: ("service_unavailable", "Service unavailable"),
}
MEMBERS = dict(name=str, data=str, priority=(int, type(None)), port=(int, type(None)), ttl=int, weight=(int, type(None)),
    flags=(int, type(None)), tag=(str, type(None)))
TYPES = ("A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT")


def unprocessable(words):
    return Answer(422, {"id": "unprocessable_entity", "message": words, "request_id": "4d9d8375"})


class DigitalOcean(base.Host):
    def error(self, status, request):
        word, text = WORDS.get(status, ("error", "An error"))
        return Answer(status, {"id": word, "message": text, "request_id": "4d9d8375-3c56-4925-a3e7-eb137fed17e9"})

    def authorize(self, request):
        if request.headers.get("authorization") != "Bearer " + self.settings["credentials"]["token"]:
            raise self.error(401, request)
        scopes = self.settings.get("scopes")
        wanted = {"GET": "domain:read", "POST": "domain:create", "PUT": "domain:update", "PATCH": "domain:update"}
        if scopes is not None and wanted.get(request.method, "domain:delete") not in scopes:
            raise self.error(403, request)

    def zone(self, request, domain):
        if domain not in self.zones:
            raise self.error(404, request)
        return self.zones[domain]

    # ---- records

    def shown(self, zone, record):
        told = dict.fromkeys(("priority", "port", "weight", "flags", "tag"))
        name = "@" if record.name == zone.name else record.name[: -len(zone.name) - 1]
        words = record.rdata.split()
        data = record.rdata
        if record.type == "TXT":
            data = b"".join(base.texts_of(record.rdata)).decode("utf-8", "replace")
        elif record.type == "MX":
            told["priority"], data = int(words[0]), words[1]
        elif record.type == "SRV":
            told["priority"], told["weight"], told["port"], data = int(words[0]), int(words[1]), int(words[2]), words[3]
        elif record.type == "CAA":
            told["flags"], told["tag"], data = int(words[0]), words[1], base.texts_of(record.rdata)[0].decode()
        if record.type in ("MX", "SRV", "CNAME", "NS"):
            data = "@" if data.rstrip(".") == zone.name else data.rstrip(".")
        return dict(told, id=record.id, type=record.type, name=name, data=data, ttl=record.ttl)

    def read(self, zone, body):
        """The record that a body tells: name, ttl, type, rdata."""
        kind = body["type"]
        if kind not in TYPES:
            raise unprocessable("Type is not included in the list")
        name, data = body.get("name", ""), body.get("data", "")
        if not data:
            raise unprocessable("Data can't be blank")
        if not name or name.endswith(".") or not re.fullmatch(r"@|[\w.*-]+", name):
            raise unprocessable("Name Only valid hostname characters are allowed. (a-z, A-Z, 0-9, ., _ and -)")
        owner = zone.name if name == "@" else name.lower() + "." + zone.name
        ttl = body.get("ttl", 1800)
        if ttl < 30:
            raise unprocessable("Ttl must be greater than or equal to 30")
        if kind == "TXT":
            if "\\" in data:
                raise unprocessable("Data contains invalid characters")
            rdata = base.rdata_of(data.encode())
            if len(rdata) > 512:
                raise unprocessable("Data is too long (maximum is 512 characters)")
            return owner, ttl, kind, rdata
        if kind in ("CNAME", "MX", "NS", "SRV") and not data.endswith("."):
            if data != "@":
                raise unprocessable("Data needs to end with a dot (.)")
            data = zone.name + "."
        numbers = {"MX": ("priority",), "SRV": ("priority", "weight", "port"), "CAA": ("flags", "tag")}.get(kind, ())
        if any(body.get(one) is None for one in numbers):
            raise unprocessable("%s can't be blank" % next(one for one in numbers if body.get(one) is None).capitalize())
        if kind == "CAA":
            data = '"%s"' % data
        return owner, ttl, kind, " ".join([str(body[one]) for one in numbers] + [data])

    def refuse_clash(self, zone, owner, kind, rdata, but=None):
        for one in zone.records():
            if one.name != owner or one.id == but:
                continue
            if one.type == kind and base.same_rdata(one.rdata) == base.same_rdata(rdata) and kind != "TXT":
                raise unprocessable("Data has already been taken")
            if (kind == "CNAME") != (one.type == "CNAME") or kind == one.type == "CNAME":
                raise unprocessable("CNAME records cannot share a name with other records")

    def body_of(self, request):
        try:
            body = request.json()
        except ValueError:
            raise self.error(400, request)
        wrong = base.members(body, dict(type=str), MEMBERS)
        if wrong:
            raise unprocessable(wrong)
        return body

    # ---- routes

    @route("GET", "/v2/domains/{domain}")
    def get_domain(self, request, domain):
        return Answer(200, {"domain": {"name": self.zone(request, domain).name, "ttl": 1800, "zone_file": ""}})

    @route("GET", "/v2/domains/{domain}/records")
    def list_records(self, request, domain):
        zone = self.zone(request, domain)
        if not set(request.query) <= {"name", "type", "per_page", "page"}:
            return self.error(400, request)
        size, page = int(request.query.get("per_page", 20)), int(request.query.get("page", 1))
        if not 1 <= size <= 200 or page < 1:
            return self.error(400, request)
        size = min(size, self.settings.get("page", 200))
        name = request.query.get("name")
        found = [one for one in zone.records() if name is None or one.name == name.lower()]
        found = [one for one in found if request.query.get("type", one.type) == one.type]
        links = {}
        if page * size < len(found):
            url = "https://api.digitalocean.com/v2/domains/%s/records?page=%d&per_page=%d"
            links = {"pages": {"next": url % (domain, page + 1, size), "last": url % (domain, -(-len(found) // size), size)}}
        records = [self.shown(zone, one) for one in found[(page - 1) * size : page * size]]
        return Answer(200, {"domain_records": records, "links": links, "meta": {"total": len(found)}})

    @route("POST", "/v2/domains/{domain}/records")
    def create_record(self, request, domain):
        zone, body = self.zone(request, domain), self.body_of(request)
        owner, ttl, kind, rdata = self.read(zone, body)
        self.refuse_clash(zone, owner, kind, rdata)
        record = zone.change([], [(owner, ttl, kind, rdata)])[0]
        return Answer(201, {"domain_record": self.shown(zone, record)})

    @route("PUT", "/v2/domains/{domain}/records/{record_id}")
    def update_record(self, request, domain, record_id):
        zone, body = self.zone(request, domain), self.body_of(request)
        record = zone.find(record_id)
        if not record:
            return self.error(404, request)
        owner, ttl, kind, rdata = self.read(zone, body)
        self.refuse_clash(zone, owner, kind, rdata, record.id)
        return Answer(200, {"domain_record": self.shown(zone, zone.edit(record, owner, ttl, kind, rdata))})

    @route("DELETE", "/v2/domains/{domain}/records/{record_id}")
    def delete_record(self, request, domain, record_id):
        zone = self.zone(request, domain)
        record = zone.find(record_id)
        if not record:
            return self.error(404, request)
        zone.change([record], [])
        return Answer(204)


base.serve(DigitalOcean)

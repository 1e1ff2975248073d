"""Porkbun's API v3: https://porkbun.com/api/json/v3/documentation. Settings: `credentials.api_key` and `secret_api_key`; `switched_off`, the
names of domains that are not opted in to API access; `page`, domains of one listing (1000); `quoted_texts`: does it tell texts in quotes?;
`errors_as_200`: do errors come with HTTP's status 200?"""
import base, re
from base import Answer, route

TYPES = ("A", "MX", "CNAME", "ALIAS", "TXT", "NS", "AAAA", "SRV", "TLSA", "CAA", "HTTPS", "SVCB", "SSHFP")
WORDS = {
    400: ("INVALID_REQUEST", "Invalid request."), 401: ("INVALID_API_KEYS_001", "Invalid API key. (001)"),
    403: ("API_ACCESS_DISABLED", "Domain is not opted in to API access."), 404: ("INVALID_DOMAIN", "Invalid domain."),
    405: ("METHOD_NOT_ALLOWED", "Method not allowed."), 429: ("RATE_LIMIT_EXCEEDED", "Rate limit exceeded."),
    500: ("INTERNAL_ERROR", "Something went wrong."), 503: ("UNAVAILABLE", "Try again later."),
}
KEYS = dict(apikey=str, secretapikey=str)
RECORD = dict(KEYS, type=str, content=str)
MORE = dict(name=str, ttl=(str, int), prio=(str, int), notes=str)


class Porkbun(base.Host):
    def failed(self, code, message, status=400):
        return Answer(200 if self.settings.get("errors_as_200") else status, {"status": "ERROR", "code": code, "message": message})

    def error(self, status, request):
        code, message = WORDS.get(status, ("ERROR", "An error."))
        return Answer(status, {"status": "ERROR", "code": code, "message": message})

    def authorize(self, request):
        """Everything is JSON, and has both keys in it."""
        try:
            body = request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict) or not {"apikey", "secretapikey"} <= set(body):
            raise self.failed("INVALID_REQUEST", "All API requests must provide minimal required data.")
        keys = self.settings["credentials"]
        if body["apikey"] != keys["api_key"]:
            raise self.failed("INVALID_API_KEYS_001", "Invalid API key. (001)")
        if body["secretapikey"] != keys["secret_api_key"]:
            raise self.failed("INVALID_API_KEYS_002", "Invalid API key. (002)")

    def zone(self, domain):
        if domain not in self.zones:
            raise self.failed("INVALID_DOMAIN", "Invalid domain.")
        if domain in self.settings.get("switched_off", []):
            raise self.failed("API_ACCESS_DISABLED", "Domain is not opted in to API access.")
        return self.zones[domain]

    # ---- records

    def shown(self, record):
        content, prio = record.rdata, None
        words = record.rdata.split()
        if record.type == "TXT":
            content = b"".join(base.texts_of(record.rdata)).decode("utf-8", "replace")
            if self.settings.get("quoted_texts"):
                content = '"%s"' % content
        elif record.type in ("CNAME", "NS"):
            content = words[0].rstrip(".")
        elif record.type == "MX":
            prio, content = words[0], words[1].rstrip(".")
        elif record.type == "SRV":
            prio, content = words[0], "%s %s %s" % (words[1], words[2], words[3].rstrip("."))
        return dict(id=str(record.id), name=record.name, type=record.type, content=content, ttl=str(record.ttl), prio=prio, notes=None)

    def read(self, zone, request):
        body = request.json()
        wrong = base.members(body, RECORD, MORE)
        if wrong:
            raise self.failed("INVALID_REQUEST", wrong)
        kind, content = body["type"], body["content"]
        if kind not in TYPES:
            raise self.failed("INVALID_TYPE", "Invalid type.")
        if not content or content != content.rstrip():
            raise self.failed("INVALID_CONTENT", "Create error: We were unable to create the DNS record.")
        name = body.get("name", "").lower()
        if name.endswith(".") or name == zone.name or name.endswith("." + zone.name):
            raise self.failed("INVALID_NAME", "Invalid host name.")
        ttl = int(body.get("ttl", "600"))
        if ttl < 600:
            raise self.failed("INVALID_TTL", "The minimum TTL is 600.")
        if kind == "TXT":
            content = base.rdata_of(content.encode())
        if kind in ("CNAME", "NS", "MX", "SRV"):
            if content.endswith("."):
                raise self.failed("INVALID_CONTENT", "Invalid content.")
            content = content.lower() + "."
        if kind in ("MX", "SRV"):
            content = "%d %s" % (int(body.get("prio", "0")), content)
        return name + "." + zone.name if name else zone.name, ttl, kind, content

    def refuse_clash(self, zone, owner, kind, rdata, but=None):
        for one in zone.records():
            if one.name != owner or one.id == but:
                continue
            if one.type == kind and base.same_rdata(one.rdata) == base.same_rdata(rdata):
                raise self.failed("DUPLICATE_RECORD", "A record with this name, type and content already exists.")
            if (kind == "CNAME") != (one.type == "CNAME") or kind == one.type == "CNAME":
                raise self.failed("DUPLICATE_RECORD", "A CNAME record cannot share a name with other records.")

    def find(self, zone, record_id):
        record = zone.find(record_id)
        if not record:
            raise self.failed("INVALID_RECORD_ID", "Invalid record ID.")
        return record

    # ---- routes

    @route("POST", "/domain/listAll")
    def list_domains(self, request):
        body = request.json()
        wrong = base.members(body, KEYS, dict(start=(str, int), includeLabels=str))
        if wrong:
            return self.failed("INVALID_REQUEST", wrong)
        start = int(body.get("start", 0))
        names = sorted(self.zones)[start : start + 1000]
        return Answer(200, {"status": "SUCCESS", "domains": [
            dict(domain=name, status="ACTIVE", tld=name.split(".")[-1], createDate="2018-08-20 17:52:51", autoRenew=1) for name in names]})

    @route("POST", "/dns/retrieve/{domain}")
    def retrieve(self, request, domain):
        zone = self.zone(domain)
        shown = [self.shown(one) for one in zone.records() if one.type != "SOA" and not (one.type == "NS" and one.name == zone.name)]
        return Answer(200, {"status": "SUCCESS", "cloudflare": "enabled", "records": shown})

    @route("POST", "/dns/create/{domain}")
    def create(self, request, domain):
        zone = self.zone(domain)
        owner, ttl, kind, rdata = self.read(zone, request)
        self.refuse_clash(zone, owner, kind, rdata)
        return Answer(200, {"status": "SUCCESS", "id": zone.change([], [(owner, ttl, kind, rdata)])[0].id})

    @route("POST", "/dns/edit/{domain}/{record_id}")
    def edit(self, request, domain, record_id):
        zone = self.zone(domain)
        record = self.find(zone, record_id)
        owner, ttl, kind, rdata = self.read(zone, request)
        self.refuse_clash(zone, owner, kind, rdata, record.id)
        zone.edit(record, owner, ttl, kind, rdata)
        return Answer(200, {"status": "SUCCESS"})

    @route("POST", "/dns/delete/{domain}/{record_id}")
    def delete(self, request, domain, record_id):
        zone = self.zone(domain)
        wrong = base.members(request.json(), KEYS, {})
        if wrong:
            return self.failed("INVALID_REQUEST", wrong)
        zone.change([self.find(zone, record_id)], [])
        return Answer(200, {"status": "SUCCESS"})


base.serve(Porkbun)

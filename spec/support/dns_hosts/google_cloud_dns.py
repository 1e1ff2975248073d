"""Google Cloud DNS, as the reference of its API v1 describes it (managedZones, resourceRecordSets, changes, errors), and the token endpoint
for service accounts ("Using OAuth 2.0 for Server to Server Applications"). Settings: `credentials` (email, key_id, public_key: a file),
`project`, `token` (what it gives out), `managed` (beside the zones, which are public: a list of name, dns_name, visibility), `special`
(record sets of a routing policy: name, type), `page` (most items), `pending` (how often a change is looked at before it is done: 0)."""
import base, base64, json, subprocess, tempfile, time, urllib.parse

SCOPE = "https://www.googleapis.com/auth/ndev.clouddns.readwrite"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
REASONS = {400: "invalid", 401: "authError", 403: "forbidden", 404: "notFound", 409: "alreadyExists", 412: "conditionNotMet",
           422: "invalid", 429: "rateLimitExceeded", 500: "backendError", 503: "backendError"}
NAMES = {"CNAME": 0, "NS": 0, "MX": 1, "SRV": 3}  # the field that is a name


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class GoogleCloudDns(base.Host):
    def __init__(self, settings):
        super().__init__(settings)
        self.managed = [(name.replace(".", "-"), name, "public") for name in sorted(self.zones)]
        self.managed += [(one["name"], one["dns_name"], one["visibility"]) for one in settings.get("managed", [])]
        self.changes, self.generation = {}, 1
        self.project = "/dns/v1/projects/%s/" % settings["project"]

    def error(self, status, request, reason=None, message="as the test wants it"):
        reason = reason or REASONS.get(status, "backendError")
        return base.Answer(status, {"error": {
            "code": status, "message": message, "errors": [{"message": message, "domain": "global", "reason": reason}]}})

    # ---- tokens

    def authorize(self, request):
        if request.path in ("/token", "/forget"):
            return
        if request.headers.get("authorization") != "Bearer " + self.given_out():
            raise self.error(401, request, message="Request had invalid authentication credentials.")
        if not request.path.startswith(self.project):
            raise self.error(403, request, message="Permission denied on the project")

    @base.route("POST", "/forget")
    def forget(self, request):
        """Not Google's: no token is good any more."""
        self.generation += 1
        return base.Answer(200, {})

    @staticmethod
    def refused(description, status=400, name="invalid_grant"):
        return base.Answer(status, {"error": name, "error_description": description})

    @base.route("POST", "/token")
    def token(self, request):
        if request.headers.get("content-type") != "application/x-www-form-urlencoded":
            raise self.refused("Bad Request", name="invalid_request")
        form = urllib.parse.parse_qs(request.body.decode())
        if set(form) != {"grant_type", "assertion"} or form["grant_type"] != [GRANT]:
            raise self.refused("Invalid grant_type: ", name="unsupported_grant_type")
        self.check(form["assertion"][0], "http://%s/token" % request.headers["host"])
        return base.Answer(200, {"access_token": self.given_out(), "expires_in": 3599, "token_type": "Bearer"})

    def given_out(self):
        return "%s%d" % (self.settings["token"], self.generation)

    def check(self, assertion, audience):
        known = self.settings["credentials"]
        try:
            signed, _, signature = assertion.rpartition(".")
            header, claims = [json.loads(decoded(part)) for part in signed.split(".")]
        except ValueError:
            raise self.refused("Invalid JWT: it cannot be read")
        if header != {"alg": "RS256", "typ": "JWT", "kid": known["key_id"]} or claims["iss"] != known["email"]:
            raise self.refused("Invalid grant: account not found")
        if not self.verifies(signed, decoded(signature)):
            raise self.refused("Invalid JWT Signature.")
        if set(claims) != {"iss", "scope", "aud", "iat", "exp"} or claims["aud"] != audience or claims["scope"] != SCOPE:
            raise self.refused("Invalid JWT: audience or scope", name="invalid_scope")
        if abs(claims["iat"] - time.time()) > 300 or not 0 < claims["exp"] - claims["iat"] <= 3600:
            raise self.refused("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                               "Check your iat and exp values in the JWT claim.")

    def verifies(self, signed, signature):
        with tempfile.NamedTemporaryFile() as file:
            file.write(signature)
            file.flush()
            words = ["openssl", "dgst", "-sha256", "-verify", self.settings["credentials"]["public_key"], "-signature", file.name]
            return subprocess.run(words, input=signed.encode(), capture_output=True).returncode == 0

    # ---- managed zones

    def paged(self, request, kind, name, items):
        first, most = int(request.query.get("pageToken", 0)), self.settings.get("page", 100)
        told = {"kind": kind, name: items[first : first + most]}
        if first + most < len(items):
            told["nextPageToken"] = str(first + most)
        return base.Answer(200, told)

    @staticmethod
    def told_zone(one):
        return {"kind": "dns#managedZone", "name": one[0], "dnsName": one[1] + ".", "id": "17", "visibility": one[2],
                "nameServers": ["ns-cloud-a1.googledomains.com."], "description": "", "creationTime": "2026-01-01T00:00:00.000Z"}

    @base.route("GET", "/dns/v1/projects/{project}/managedZones")
    def zone_list(self, request, project):
        found = [self.told_zone(one) for one in self.managed if request.query.get("dnsName") in (None, one[1] + ".")]
        return self.paged(request, "dns#managedZonesListResponse", "managedZones", found)

    def find(self, request, name):
        for one in self.managed:
            if one[0] == name:
                return one
        raise self.error(404, request, message="The 'parameters.managedZone' resource named '%s' does not exist." % name)

    @base.route("GET", "/dns/v1/projects/{project}/managedZones/{managed}")
    def get_zone(self, request, project, managed):
        return base.Answer(200, self.told_zone(self.find(request, managed)))

    # ---- record sets

    def sets(self, zone):
        found = {}
        for one in zone.records():
            told = found.setdefault((one.name + ".", one.type), {
                "kind": "dns#resourceRecordSet", "name": one.name + ".", "type": one.type, "ttl": one.ttl, "rrdatas": [],
                "signatureRrdatas": []})
            told["rrdatas"].append(one.rdata)
        return found

    @base.route("GET", "/dns/v1/projects/{project}/managedZones/{managed}/rrsets")
    def list_sets(self, request, project, managed):
        found = [one for (name, _), one in sorted(self.sets(self.zones[self.find(request, managed)[1]]).items())
                 if request.query.get("name") in (None, name)]
        found += [{"kind": "dns#resourceRecordSet", "name": one["name"] + ".", "type": one["type"], "ttl": 60,
                   "routingPolicy": {"wrr": {"items": [{"weight": 1, "rrdatas": ["192.0.2.1"]}]}}}
                  for one in self.settings.get("special", []) if request.query.get("name") in (None, one["name"] + ".")]
        return self.paged(request, "dns#resourceRecordSetsListResponse", "rrsets", found)

    # ---- changes

    @base.route("POST", "/dns/v1/projects/{project}/managedZones/{managed}/changes")
    def create(self, request, project, managed):
        zone = self.zones[self.find(request, managed)[1]]
        if request.headers.get("content-type") != "application/json":
            raise self.error(400, request, message="Invalid JSON payload received.")
        try:
            body = request.json()
        except ValueError:
            raise self.error(400, request, message="Invalid JSON payload received.")
        problem = base.members(body, {}, {"additions": list, "deletions": list, "kind": str})
        if problem or not (body.get("additions") or body.get("deletions")):
            raise self.error(400, request, message="Invalid JSON payload received. " + (problem or "The change is empty"))
        before = self.sets(zone)
        now = dict(before)
        for place, one in enumerate(body.get("deletions", [])):
            self.delete(request, now, one, "entity.change.deletions[%d]" % place)
        for place, one in enumerate(body.get("additions", [])):
            self.add(request, now, one, "entity.change.additions[%d]" % place)
        self.check_aliases(request, now)
        self.store(zone, before, now)
        number = str(self.new_id())
        self.changes[number] = self.settings.get("pending", 0)
        return base.Answer(200, dict(self.told_change(number), additions=body.get("additions", []), deletions=body.get("deletions", [])))

    def checked(self, request, one, place):
        problem = base.members(one, {"name": str, "type": str, "ttl": int, "rrdatas": list}, {"kind": str})
        if problem or not one["name"].endswith(".") or not one["rrdatas"]:
            raise self.error(400, request, "required", "Invalid value for '%s': %s" % (place, problem or one["name"]))
        return one["name"].lower(), one["type"]

    def delete(self, request, now, one, place):
        key = self.checked(request, one, place)
        if key not in now:
            raise self.error(404, request, message="The '%s' resource named '%s (%s)' does not exist." % (place, key[0], key[1]))
        if now[key]["ttl"] != one["ttl"] or sorted(now[key]["rrdatas"]) != sorted(one["rrdatas"]):
            raise self.error(412, request, message="Precondition not met for '%s'" % place)
        del now[key]

    def add(self, request, now, one, place):
        key = self.checked(request, one, place)
        if key in now:
            raise self.error(409, request, message="The resource '%s' named '%s (%s)' already exists" % (place, key[0], key[1]))
        for value in one["rrdatas"]:
            if not self.is_value(one["type"], value):
                raise self.error(400, request, message="Invalid value for '%s.rrdata[0]': '%s'" % (place, value))
        now[key] = one

    def check_aliases(self, request, now):
        for name, kind in now:
            if kind == "CNAME" and sum(other == name for other, _ in now) > 1:
                raise self.error(400, request, "cnameResourceRecordSetConflict",
                                 "The resource record set 'entity.change.additions[0]' is invalid because the DNS name '%s' may have either "
                                 "one CNAME resource record set or resource record sets of other types, but not both." % name)

    @staticmethod
    def is_value(kind, value):
        if kind == "TXT":
            strings = base.texts_of(value)
            return bool(strings) and all(len(one) <= 255 for one in strings) and value == base.rdata_of_strings(strings)
        fields = value.split(" ")
        return kind not in NAMES or len(fields) == NAMES[kind] + 1 and fields[-1].endswith(".")

    @staticmethod
    def store(zone, before, now):
        changed = [key for key in set(before) | set(now) if before.get(key) is not now.get(key)]
        removed = [one for one in zone.records() if (one.name + ".", one.type) in changed]
        zone.change(removed, [(name.rstrip("."), now[name, kind]["ttl"], kind, value)
                              for name, kind in changed if (name, kind) in now for value in now[name, kind]["rrdatas"]])

    def told_change(self, number):
        status = "pending" if self.changes[number] > 0 else "done"
        self.changes[number] -= 1
        return {"kind": "dns#change", "id": number, "status": status, "startTime": "2026-01-01T00:00:00.000Z", "isServing": True}

    @base.route("GET", "/dns/v1/projects/{project}/managedZones/{managed}/changes/{number}")
    def look(self, request, project, managed, number):
        if number not in self.changes:
            raise self.error(404, request)
        return base.Answer(200, self.told_change(number))


if __name__ == "__main__":
    base.serve(GoogleCloudDns)

"""Amazon Route 53, as its API Reference (2013-04-01) describes it: hosted zones by name, record sets, batches, changes, errors; requests
signed by Signature Version 4, which is done here once more from its description. Settings: `credentials` (access_key, secret_key,
session_token), `hosted` (beside the zones, which are public: a list of id, name, private), `special` (record sets that no name server
has: name, type, alias or identifier), `page` (most items), `pending` (how often a change is looked at before it is in sync: 1)."""
import base, calendar, hashlib, hmac, re, time, urllib.parse
import xml.etree.ElementTree as tree
from xml.sax.saxutils import escape

SPACE = "https://route53.amazonaws.com/doc/2013-04-01/"
NAMES = {"CNAME": 0, "NS": 0, "MX": 1, "SRV": 3}  # the field that is a name
CODES = {
    400: "InvalidInput", 401: "MissingAuthenticationToken", 403: "AccessDenied", 404: "NoSuchHostedZone", 405: "UnknownOperation",
    409: "InvalidInput", 422: "InvalidInput", 429: "Throttling", 500: "InternalFailure", 503: "ServiceUnavailable",
}


def xml(name, *children):
    return "<%s>%s</%s>" % (name, "".join(child if child.startswith("<") else escape(child) for child in children), name)


def octal(text):
    """Octets that zone files have as three decimal digits, in octal ones."""
    return re.sub(r"\\(\d{3}|.)", lambda found: "\\%03o" % int(found[1]) if len(found[1]) == 3 else found[0], text)


def decimal(text):
    return re.sub(r"\\([0-7]{3}|.)", lambda found: "\\%03d" % int(found[1], 8) if len(found[1]) == 3 else found[0], text)


def order(name):
    return list(reversed(name.split(".")))


class Route53(base.Host):
    content_type = "text/xml"

    def __init__(self, settings):
        super().__init__(settings)
        self.hosted = [("Z" + name.upper().replace(".", ""), name, False) for name in sorted(self.zones)]
        self.hosted += [(one["id"], one["name"], one.get("private", False)) for one in settings.get("hosted", [])]
        self.pending = {}

    def write(self, data):
        return ('<?xml version="1.0"?>\n' + data).encode()

    def error(self, status, request):
        return self.told(status, CODES.get(status, "InternalFailure"), "as the test wants it")

    @staticmethod
    def told(status, code, message):
        return base.Answer(status, '<?xml version="1.0"?>\n<ErrorResponse xmlns="%s"><Error><Type>Sender</Type>%s%s</Error>%s</ErrorResponse>' % (
            SPACE, xml("Code", code), xml("Message", message), xml("RequestId", "b25f48e8-84fd-11e6-80d9-574e0c4664cb")))

    @staticmethod
    def response(name, *children, status=200):
        return base.Answer(status, '<?xml version="1.0"?>\n<%s xmlns="%s">%s</%s>' % (name, SPACE, "".join(children), name))

    # ---- who asks

    def authorize(self, request):
        known = self.settings["credentials"]
        form = r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/route53/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})"
        found = re.fullmatch(form, request.headers.get("authorization", ""))
        if not found:
            raise self.told(403, "IncompleteSignature", "Authorization header is not of the form that is wanted")
        key, day, region, names, signature = found.groups()
        if key != known["access_key"] or request.headers.get("x-amz-security-token") != known.get("session_token"):
            raise self.told(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
        if signature != self.signature(request, known["secret_key"], day, region, names):
            raise self.told(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
        self.check_time(request.headers["x-amz-date"])

    def check_time(self, text):
        apart = calendar.timegm(time.strptime(text, "%Y%m%dT%H%M%SZ")) - time.time()
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        if apart < -300:
            raise self.told(403, "SignatureDoesNotMatch", "Signature expired: %s is now earlier than … (%s - 5 min.)" % (text, now))
        if apart > 300:
            raise self.told(403, "SignatureDoesNotMatch", "Signature not yet current: %s is still later than … (%s + 5 min.)" % (text, now))

    @staticmethod
    def signature(request, secret, day, region, names):
        path, _, query = request.target.partition("?")
        pairs = sorted(tuple((pair + "=").split("=")[:2]) for pair in query.split("&") if pair)
        fields = "".join("%s:%s\n" % (name, " ".join(request.headers.get(name, "").split())) for name in names.split(";"))
        if not {"host", "x-amz-date"} <= set(names.split(";")):
            return None
        canonical = "\n".join([request.method, urllib.parse.quote(path, safe="/-_.~"), "&".join("%s=%s" % pair for pair in pairs), fields,
                               names, hashlib.sha256(request.body).hexdigest()])
        scope = "%s/%s/route53/aws4_request" % (day, region)
        text = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + secret).encode()
        for part in (day, region, "route53", "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    # ---- hosted zones

    @staticmethod
    def told_zone(number, name, private):
        return xml("HostedZone", xml("Id", "/hostedzone/" + number), xml("Name", name + "."), xml("CallerReference", "x"),
                   xml("Config", xml("PrivateZone", "true" if private else "false")), xml("ResourceRecordSetCount", "2"))

    @base.route("GET", "/2013-04-01/hostedzonesbyname")
    def by_name(self, request):
        first = order(request.query.get("dnsname", "").rstrip("."))
        found = sorted((one for one in self.hosted if order(one[1]) >= first), key=lambda one: (order(one[1]), one[0]))
        return self.response("ListHostedZonesByNameResponse", xml("HostedZones", *[self.told_zone(*one) for one in found]),
                             xml("IsTruncated", "false"), xml("MaxItems", request.query.get("maxitems", "100")))

    @base.route("GET", "/2013-04-01/hostedzone/{number}")
    def get_zone(self, request, number):
        for one in self.hosted:
            if one[0] == number:
                return self.response("GetHostedZoneResponse", self.told_zone(*one), xml("DelegationSet", xml("NameServers")))
        raise self.told(404, "NoSuchHostedZone", "No hosted zone found with ID: " + number)

    def zone(self, number):
        for found, name, private in self.hosted:
            if found == number and not private:
                return self.zones[name]
        raise self.told(404, "NoSuchHostedZone", "No hosted zone found with ID: " + number)

    # ---- record sets

    def sets(self, zone):
        """As they are told: by name and type, TTL and values."""
        found = {}
        for one in zone.records():
            ttl, values = found.setdefault((one.name, one.type), (one.ttl, []))
            values.append(octal(one.rdata) if one.type == "TXT" else one.rdata)
        return found

    def told_sets(self, zone):
        found = [(order(name), name, kind, xml("TTL", str(ttl)) + xml("ResourceRecords", *[
            xml("ResourceRecord", xml("Value", value)) for value in values])) for (name, kind), (ttl, values) in self.sets(zone).items()]
        for one in self.settings.get("special", []):
            if "alias" in one:
                inner = xml("AliasTarget", xml("HostedZoneId", "Z2"), xml("DNSName", one["alias"]), xml("EvaluateTargetHealth", "false"))
            else:
                inner = xml("SetIdentifier", one["identifier"]) + xml("Weight", "1") + xml("TTL", "60") + xml(
                    "ResourceRecords", xml("ResourceRecord", xml("Value", one["value"])))
            found.append((order(one["name"]), one["name"], one["type"], inner))
        return sorted(found)

    @base.route("GET", "/2013-04-01/hostedzone/{number}/rrset")
    def list_sets(self, request, number):
        first, kind = order(request.query.get("name", "").rstrip(".").replace("\\052", "*")), request.query.get("type", "")
        found = [one for one in self.told_sets(self.zone(number)) if (one[0], one[2]) >= (first, kind)]
        most = min(int(request.query.get("maxitems", 300)), self.settings.get("page", 300))
        told = [xml("ResourceRecordSet", xml("Name", one[1].replace("*", "\\052") + "."), xml("Type", one[2]), one[3]) for one in found[:most]]
        rest = found[most:]
        following = [xml("NextRecordName", rest[0][1].replace("*", "\\052") + "."), xml("NextRecordType", rest[0][2])] if rest else []
        return self.response("ListResourceRecordSetsResponse", xml("ResourceRecordSets", *told),
                             xml("IsTruncated", "true" if rest else "false"), *following, xml("MaxItems", str(most)))

    # ---- changes

    def read_batch(self, request):
        if request.headers.get("content-type") != "text/xml":
            raise self.told(400, "MalformedInput", "the content is no XML")
        try:
            root = tree.fromstring(request.body)
        except tree.ParseError:
            raise self.told(400, "MalformedInput", "the content is malformed")
        if root.tag != "{%s}ChangeResourceRecordSetsRequest" % SPACE:
            raise self.told(400, "MalformedInput", "another request was expected")
        known = {"ChangeBatch", "Changes", "Change", "Action", "ResourceRecordSet", "Name", "Type", "TTL", "ResourceRecords",
                 "ResourceRecord", "Value", "Comment"}
        for one in root.iter():
            if one is not root and one.tag not in {"{%s}%s" % (SPACE, name) for name in known}:
                raise self.told(400, "MalformedInput", "unexpected element " + one.tag)
        space = {"a": SPACE}
        changes = []
        for one in root.findall("a:ChangeBatch/a:Changes/a:Change", space):
            found = one.find("a:ResourceRecordSet", space)
            text = lambda path, node=found: node.findtext(path, default="", namespaces=space)
            values = [value.text or "" for value in found.findall("a:ResourceRecords/a:ResourceRecord/a:Value", space)]
            changes.append((text("a:Action", one), text("a:Name"), text("a:Type"), text("a:TTL"), values))
        return changes

    @base.route("POST", "/2013-04-01/hostedzone/{number}/rrset")
    def change(self, request, number):
        zone = self.zone(number)
        before, wrong = self.sets(zone), []
        now = {key: (ttl, list(values)) for key, (ttl, values) in before.items()}
        for action, name, kind, ttl, values in self.read_batch(request):
            words = self.take(now, action, name.rstrip(".").lower(), kind, ttl, values)
            wrong += [words] if words else []
        wrong += ["RRSet of type CNAME with DNS name %s. is not permitted as it conflicts with other records with the same DNS name in zone"
                  % name for name, kind in now if kind == "CNAME" and sum(other == name for other, _ in now) > 1]
        if wrong:
            messages = xml("Messages", *[xml("Message", words) for words in wrong])
            raise self.response("InvalidChangeBatch", messages, xml("RequestId", "x"), status=400)
        self.store(zone, before, now)
        number = "C%d" % self.new_id()
        self.pending[number] = self.settings.get("pending", 0)
        return self.response("ChangeResourceRecordSetsResponse", self.info(number))

    def take(self, now, action, name, kind, ttl, values):
        """Makes one change of a batch; says what is wrong with it."""
        shown = "[name='%s.', type='%s']" % (name, kind)
        if not ttl.isdigit() or not values or not all(self.is_value(kind, value) for value in values):
            return "Invalid Resource Record: FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) %s" % shown
        if action == "CREATE":
            if (name, kind) in now:
                return "Tried to create resource record set %s but it already exists" % shown
            now[(name, kind)] = (int(ttl), values)
        elif action == "DELETE":
            if (name, kind) not in now:
                return "Tried to delete resource record set %s but it was not found" % shown
            if (now[(name, kind)][0], sorted(now[(name, kind)][1])) != (int(ttl), sorted(values)):
                return "Tried to delete resource record set %s but the values provided do not match the current values" % shown
            del now[(name, kind)]
        else:
            raise self.told(400, "InvalidInput", "1 validation error detected: Value '%s' at 'action'" % action)

    @staticmethod
    def is_value(kind, value):
        if kind == "TXT":
            plain = decimal(value)
            strings = base.texts_of(plain)
            return bool(strings) and all(len(one) <= 255 for one in strings) and plain == base.rdata_of_strings(strings)
        fields = value.split(" ")
        return kind not in NAMES or len(fields) == NAMES[kind] + 1 and "." in fields[-1]

    @staticmethod
    def store(zone, before, now):
        changed = [key for key in set(before) | set(now) if before.get(key) != now.get(key)]
        removed = [one for one in zone.records() if (one.name, one.type) in changed]
        added = [(name, now[name, kind][0], kind, decimal(value) if kind == "TXT" else value)
                 for name, kind in changed if (name, kind) in now for value in now[name, kind][1]]
        zone.change(removed, added)

    def info(self, number):
        status = "PENDING" if self.pending[number] > 0 else "INSYNC"
        self.pending[number] -= 1
        return xml("ChangeInfo", xml("Id", "/change/" + number), xml("Status", status), xml("SubmittedAt", "2026-01-01T00:00:00Z"))

    @base.route("GET", "/2013-04-01/change/{number}")
    def get_change(self, request, number):
        if number not in self.pending:
            raise self.told(404, "NoSuchChange", "A change with the specified change ID does not exist.")
        return self.response("GetChangeResponse", self.info(number))


if __name__ == "__main__":
    base.serve(Route53)

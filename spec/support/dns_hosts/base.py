"""What the servers here have in common that stand for a DNS host's interface: each holds every request to what that host's documentation
tells, answers in its words, and keeps its zones in a real name server, Knot, which it reads by zone transfer and writes by dynamic update.

    python3 spec/support/dns_hosts/<host>.py DIRECTORY

DIRECTORY/settings.json tells `knot` (host, port, and control, the path of its control socket), `zones` (names) and what the host wants to know besides, such as `credentials`. The
server says its port on its first line and serves until its standard input ends. Each request becomes a line of JSON in
DIRECTORY/requests, with the status that it was answered with.

DIRECTORY/faults.json, which is read anew for each request, is a list of what is to go wrong: `serial` (unlike any before), `method`,
`not_method` and `path` (a regular expression that is searched for), all of which may be absent, `after` (so many such requests go well first), `times` (how many
then fail: 1), and of these requests: `made` (is it done all the same?), and `answer`: "none" (the connection is closed), "cut" (half of
the answer), "hang" (nothing comes for `seconds`), or `status` with `headers` and `body` (a text; without one the host's own words for
that status). After one with `for_good` the server answers nothing any more, until the list is another.
"""
import http.server, json, os, re, socket, struct, subprocess, sys, threading, time, traceback, urllib.parse
from collections import namedtuple


# ---- the zones


Record = namedtuple("Record", "id name ttl type rdata")  # names without the dot at the end; rdata as a zone file has it


class Knot:
    """A name server, its zones read and written."""

    def __init__(self, host, port, control):
        self.host, self.port, self.control, self.known = host, port, control, {}

    def state(self, zone):
        """The octets of the answer that has the zone's SOA: others after each change."""
        labels = [label.encode() for label in zone.split(".")]
        name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
        with socket.create_connection((self.host, self.port), timeout=10) as connection:
            query = struct.pack(">6H", 1, 0, 1, 0, 0, 0) + name + struct.pack(">2H", 6, 1)
            connection.sendall(struct.pack(">H", len(query)) + query)
            stream = connection.makefile("rb")
            return stream.read(struct.unpack(">H", stream.read(2))[0])

    def read(self, zone):
        state = self.state(zone)
        if self.known.get(zone, (None,))[0] != state:
            self.known[zone] = (state, self.transfer(zone))
        return self.known[zone][1]

    def transfer(self, zone):
        words = ["kdig", "@" + self.host, "-p", str(self.port), "+noall", "+answer", "+noidn", zone + ".", "AXFR"]
        text = subprocess.run(words, capture_output=True, check=True, timeout=30).stdout.decode("ascii")
        seen, records = set(), []
        for line in text.splitlines():
            if not line or line.startswith(";"):
                continue
            name, ttl, _, kind, rdata = re.split(r"\s+", line.strip(), maxsplit=4)
            one = (name.rstrip(".").lower(), int(ttl), kind, rdata)
            if one not in seen:  # the SOA stands at both ends
                seen.add(one)
                records.append(one)
        return records

    def write(self, zone, removed, added):
        """All of it, or nothing. `removed`: (name, type, rdata); `added`: (name, ttl, type, rdata)."""
        lines = ["server %s %d" % (self.host, self.port), "zone %s." % zone]
        lines += ["update delete %s. %s %s" % one for one in removed]
        lines += ["update add %s. %d %s %s" % one for one in added]
        done = subprocess.run(["knsupdate"], input="\n".join(lines + ["send", ""]).encode(), capture_output=True, timeout=30)
        if done.returncode != 0 or b"failed" in done.stderr + done.stdout:
            raise RuntimeError("knsupdate: %s %s" % (done.stdout, done.stderr))
        self.settle(zone)

    def settle(self, zone):
        """Secondaries are told a second after an update, and an update that comes in the next second, but before that, waits for it: now."""
        paths = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin")
        subprocess.run(["knotc", "-s", self.control, "zone-notify", zone + "."], capture_output=True, timeout=30, env=paths)


def texts_of(rdata):
    """The character-strings of a TXT record, as octets."""
    strings = []
    for quoted in re.findall(r'"((?:[^"\\]|\\.)*)"', rdata):
        out, at = bytearray(), 0
        while at < len(quoted):
            number = re.match(r"\\(\d{3})", quoted[at:])
            if number:
                out.append(int(number.group(1)))
                at += 4
            else:
                at += quoted[at] == "\\"
                out.append(ord(quoted[at]))
                at += 1
        strings.append(bytes(out))
    return strings


def rdata_of(octets):
    """The TXT record of a text, in strings of at most 255 octets."""
    pieces = [octets[i : i + 255] for i in range(0, len(octets), 255)] or [b""]
    return rdata_of_strings(pieces)


def rdata_of_strings(pieces):
    def escaped(octet):
        return "\\" + chr(octet) if octet in b'"\\' else chr(octet) if 32 <= octet < 127 else "\\%03d" % octet

    return " ".join('"%s"' % "".join(escaped(octet) for octet in piece) for piece in pieces)


class Zone:
    """A zone's records, each with an id that it keeps."""

    def __init__(self, knot, name, new_id):
        self.knot, self.name, self.new_id, self.ids = knot, name, new_id, {}

    def records(self):
        found = []
        for name, ttl, kind, rdata in self.knot.read(self.name):
            key = (name, kind, rdata)
            if key not in self.ids:
                self.ids[key] = self.new_id()
            found.append(Record(self.ids[key], name, ttl, kind, rdata))
        return found

    def find(self, record_id):
        return next((one for one in self.records() if str(one.id) == str(record_id)), None)

    def change(self, removed, added):
        """Removes records, adds (name, ttl, type, rdata): all of it, or nothing. Returns the records added."""
        self.knot.write(self.name, [(one.name, one.type, one.rdata) for one in removed], added)
        for one in removed:
            self.ids.pop((one.name, one.type, one.rdata), None)
        records = self.records()
        return [next(r for r in records if (r.name, r.type, same_rdata(r.rdata)) == (n, t, same_rdata(d))) for n, _, t, d in added]

    def edit(self, record, name, ttl, kind, rdata):
        """Makes of a record another with the same id."""
        added = self.change([record], [(name, ttl, kind, rdata)])[0]
        self.ids[(added.name, added.type, added.rdata)] = record.id
        return added._replace(id=record.id)


def same_rdata(rdata):
    return rdata if rdata.startswith('"') else rdata.lower()


# ---- requests and answers


class Answer(Exception):
    """An answer, which may be raised as well. `data`: what is sent as JSON; octets or a text as they are; None for no body."""

    def __init__(self, status, data=None, headers=None):
        super().__init__(status)
        self.status, self.data, self.headers = status, data, headers or {}


class Request:
    def __init__(self, method, target, headers, body):
        parts = urllib.parse.urlsplit(target)
        self.method, self.target, self.path, self.headers, self.body = method, target, parts.path, headers, body
        self.query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        self.raw_query = parts.query

    def json(self):
        """The body; ValueError where it is none."""
        return json.loads(self.body.decode("utf-8"))


def route(method, pattern):
    """Marks the method of a Host that answers requests with a path: `{word}` in it stands for what the method gets under that name."""

    def mark(function):
        expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        function.routes = getattr(function, "routes", []) + [(method, re.compile(expression + r"\Z"))]
        return function

    return mark


class Host:
    """A DNS host. Its own file has the routes, and what follows here."""

    content_type = "application/json"

    def __init__(self, settings):
        self.settings, self.counter = settings, 1000
        self.knot = Knot(**settings["knot"])
        self.zones = {name: Zone(self.knot, name, self.new_id) for name in settings["zones"]}
        marked = [getattr(self, name) for name in dir(type(self)) if hasattr(getattr(type(self), name), "routes")]
        self.routes = [(method, pattern, function) for function in marked for method, pattern in function.routes]

    def new_id(self):
        self.counter += 7
        return self.counter

    def authorize(self, request):
        """Raises the answer to who may not ask that."""

    def error(self, status, request):
        """The answer that has this status, in the host's own words."""
        return Answer(status, {"message": "as the test wants it"})

    def write(self, data):
        return json.dumps(data).encode()

    def answer(self, request):
        try:
            self.authorize(request)
            known = False
            for method, pattern, function in self.routes:
                found = pattern.match(request.path)
                known = known or found is not None
                if found and method == request.method:
                    return function(request, **{name: urllib.parse.unquote(part) for name, part in found.groupdict().items()})
            return self.error(405 if known else 404, request)
        except Answer as answer:
            return answer


def members(value, required, optional):
    """What is wrong with an object's members, in words; None where nothing is. Both tables: a Python type or a tuple of them by name."""
    if not isinstance(value, dict):
        return "an object is wanted"
    for name, item in value.items():
        kinds = required.get(name) or optional.get(name)
        if kinds is None:
            return "unknown member %s" % name
        if not isinstance(item, kinds) or isinstance(item, bool) and kinds is not bool:
            return "%s has the wrong type" % name
    missing = [name for name in required if name not in value]
    return "missing %s" % missing[0] if missing else None


# ---- the server


class Server:
    def __init__(self, host, directory):
        self.host, self.directory, self.lock, self.counts = host, directory, threading.Lock(), {}
        self.silenced_by = None

    def is_meant(self, fault, request):
        if fault.get("method", request.method) != request.method or fault.get("not_method") == request.method:
            return False
        return re.search(fault.get("path", ""), request.target) is not None

    def fault(self, request):
        try:
            with open(os.path.join(self.directory, "faults.json")) as file:
                faults = json.load(file)
        except FileNotFoundError:
            return None
        if self.silenced_by in [fault["serial"] for fault in faults or []]:
            return {"answer": "none"}
        for fault in faults or []:
            if self.is_meant(fault, request):
                count = self.counts[fault["serial"]] = self.counts.get(fault["serial"], 0) + 1
                after = fault.get("after", 0)
                if after < count <= after + fault.get("times", 1):
                    self.silenced_by = fault["serial"] if fault.get("for_good") else None
                    return fault
        return None

    def note(self, request, status):
        told = {"method": request.method, "path": request.target, "headers": request.headers, "status": status}
        told["body"] = request.body.decode("utf-8", "replace")
        with open(os.path.join(self.directory, "requests"), "a") as file:
            file.write(json.dumps(told) + "\n")

    def answer(self, request):
        """The answer, and the fault that it is to be sent with."""
        with self.lock:
            fault = self.fault(request)
            answer = None
            if not fault or fault.get("made"):
                try:
                    answer = self.host.answer(request)
                except Exception:
                    traceback.print_exc()
                    answer = self.host.error(500, request)
            if fault and "status" in fault:
                answer = self.host.error(fault["status"], request)
                answer.headers = dict(answer.headers, **fault.get("headers", {}))
                if "body" in fault:
                    answer.data = fault["body"]
            answer = answer or Answer(200, {})
            self.note(request, None if fault and fault.get("answer") == "none" else answer.status)
            return answer, fault


def handler_of(server):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body go together: a body of its own would wait for the head's acknowledgement, which is delayed

        def respond(self):
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, self.rfile.read(length))
            answer, fault = server.answer(request)
            kind = (fault or {}).get("answer")
            self.close_connection = True
            if kind == "hang":
                time.sleep(fault.get("seconds", 60))
            if kind not in ("none", "hang"):
                self.send(answer, kind == "cut")

        def send(self, answer, cut):
            data = answer.data
            body = b"" if data is None else data.encode() if isinstance(data, str) else data
            if not isinstance(body, bytes):
                body = server.host.write(data)
            self.send_response(answer.status)
            for name, value in dict({"Content-Type": server.host.content_type}, **answer.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) + (1 if cut and not body else 0)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond

        def log_message(self, *_):
            pass

    return Handler


def serve(make):
    """Runs the server of a host, whose class it is called with."""
    directory = sys.argv[1]
    with open(os.path.join(directory, "settings.json")) as file:
        settings = json.load(file)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler_of(Server(make(settings), directory)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()

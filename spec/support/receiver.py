"""receiver.py DIRECTORY [CERTIFICATE KEY]: an HTTP server that does what it is told, however bad, and notes what it was asked.

It says its port and serves until its standard input ends. DIRECTORY/behaviour.json, which is read anew for each request, tells by path
what to do ("*" for all others): `status`, `headers`, `body`, or `raw`, octets that are sent as they are; `delay`, seconds before
the answer; `drip`, seconds between two octets; `again`: `raw` is sent so many times; `hold`: seconds for which the connection stays open
then; `times`: after so many requests with that path `then` counts in its place; `when`: a list of a text and what to do where the
request's body has it. Each request is a line of JSON in DIRECTORY/requests.
"""
import json, os, socket, ssl, sys, threading, time

directory = sys.argv[1]
lock, counts = threading.Lock(), {}
mine = threading.local()  # the server's name that the client asked for, of this thread's connection


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
        if data[:1] == b"\x16":  # TLS, which is not spoken here
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return None
    head, body = data.split(b"\r\n\r\n", 1)
    lines = head.decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ")
    headers = {}
    for line in lines[1:]:
        name, value = line.split(":", 1)
        headers[name.lower()] = value.strip()
    while len(body) < int(headers.get("content-length", 0)):
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    found = {"method": method, "path": path, "headers": headers, "body": body.decode("utf-8", "replace"), "at": time.time()}
    found["server_name"] = getattr(mine, "server_name", None)
    return found


def behaviour_of(path, body):
    try:
        with open(os.path.join(directory, "behaviour.json")) as file:
            known = json.load(file)
    except FileNotFoundError:
        known = {}
    found = known.get(path.split("?")[0]) or known.get("*") or {}
    with lock:
        counts[path] = counts.get(path, 0) + 1
        if "times" in found and counts[path] > found["times"]:
            found = found["then"]
    for text, other in found.get("when", []):
        if text in body:
            return other
    return found


def note(request):
    with lock:
        with open(os.path.join(directory, "requests"), "a") as file:
            file.write(json.dumps(request) + "\n")


def octets_of(found):
    if "raw" in found:
        return found["raw"].encode("latin-1")
    body = found.get("body", "").encode("latin-1")
    lines = ["HTTP/1.1 %d Told" % found.get("status", 200), "Content-Length: %d" % len(body)]
    lines += ["%s: %s" % pair for pair in found.get("headers", {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def serve(connection, context):
    try:
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        request = read_request(connection)
        if request:
            found = behaviour_of(request["path"], request["body"])
            note(request)
            time.sleep(found.get("delay", 0))
            octets = octets_of(found)
            for _ in range(found.get("again", 1)):
                for i in range(0, len(octets), 1 if "drip" in found else len(octets) or 1):
                    connection.sendall(octets[i : i + 1] if "drip" in found else octets)
                    time.sleep(found.get("drip", 0))
            time.sleep(found.get("hold", 0))
    except OSError:
        pass
    finally:
        connection.close()


def accept(listener, context):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, context), daemon=True).start()


context = None
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    context.sni_callback = lambda _, name, __: setattr(mine, "server_name", name)
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(os.environ.get("RECEIVER_PORT", "0"))))
listener.listen(512)
threading.Thread(target=accept, args=(listener, context), daemon=True).start()
print(listener.getsockname()[1], flush=True)
sys.stdin.read()

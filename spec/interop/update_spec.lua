-- Updates and signatures beside those of others: what nsupdate (BIND) and knsupdate (Knot) send for the same, and what BIND, Knot and
-- PowerDNS make of ours.
local core = require "mailseal.core".dns
local made = require "spec.support.packet"
local named = require "spec.support.named"
local pdns = require "spec.support.pdns"
local knot = require "spec.support.knot"
local shell = require "spec.support.shell"
local socket = require "cqueues.socket"
local tsig = require "mailseal.dns.tsig"
local update = require "mailseal.dns.update"
local update_reader = require "spec.support.update_reader"

local SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
local ZONE = "example.test"
local SECONDS = 20 -- until a program must have done what it does

-- ---- what others send

-- What a program sends over TCP for these lines of its own language, with a key.
local function sent_by(program, algorithm, lines)
  local listener = socket.listen("127.0.0.1", 0)
  listener:listen(SECONDS)
  local _, _, port = listener:localname()
  local directory = shell.new_directory()
  shell.write(directory .. "/in", ("server 127.0.0.1 %d\nzone %s\n%s\nsend\n"):format(port, ZONE, table.concat(lines, "\n")))
  os.execute(("%s -v -y %s:K.example:%s <%s/in >/dev/null 2>&1 &"):format(program, algorithm, SECRET, directory))
  local connection = assert(listener:accept(SECONDS))
  connection:setmode("bn", "bn")
  connection:settimeout(SECONDS)
  local length = assert(connection:read(2))
  local message = assert(connection:read(length:byte(1) * 256 + length:byte(2)))
  connection:close()
  listener:close()
  shell.remove_directory(directory)
  return message
end

-- A message without the signature at its end.
local function bare(message, record)
  local count = message:byte(11) * 256 + message:byte(12) - 1
  return message:sub(1, 10) .. made.u16(count) .. message:sub(13, record.at)
end

local LINES = {
  "prereq nxdomain b.example.test", "prereq yxdomain a.example.test", "prereq nxrrset a.example.test TXT",
  "prereq yxrrset a.example.test A", 'prereq yxrrset c.example.test IN TXT "q"',
  'update add a.example.test 60 IN TXT "x" "y \\"z\\" \\255"',
  "update add example.test 3600 IN MX 10 mx.invalid.", "update del a.example.test MX", "update del c.example.test",
  "update del d.example.test IN A 192.0.2.1",
}
local EDITS = {
  { "unused", name = "b.example.test" }, { "used", name = "a.example.test" }, { "absent", name = "a.example.test", type = "TXT" },
  { "exists", name = "a.example.test", type = "A" }, { "holds", name = "c.example.test", type = "TXT", tokens = { "q" } },
  { "add", name = "a.example.test", type = "TXT", ttl = 60, tokens = { "x", 'y \\"z\\" \\255' } },
  { "add", name = "example.test", type = "MX", ttl = 3600, tokens = { "10", "mx.invalid." } },
  { "delete_set", name = "a.example.test", type = "MX" }, { "delete_name", name = "c.example.test" },
  { "delete", name = "d.example.test", type = "A", tokens = { "192.0.2.1" } },
}

describe("An update", function()
  for _, program in ipairs { "nsupdate", "knsupdate" } do
    for _, algorithm in ipairs { "hmac-sha256", "hmac-sha384", "hmac-sha512" } do
      it("says what that of " .. program .. " does, and is signed with " .. algorithm .. " to the last octet as that is", function()
        local theirs = sent_by(program, algorithm, LINES)
        local record = assert(core.tsig_find(theirs))
        local ours = assert(core.update(record.original_id, ZONE, EDITS))
        assert.same(update_reader.lines(bare(theirs, record)), (update_reader.lines(ours)))
        assert.equal(theirs:sub(1, 6), ours:sub(1, 6))
        local key = assert(tsig.key { name = "k.example", algorithm = algorithm, secret = SECRET })
        local signed = assert(key:sign(bare(theirs, record), record.time))
        assert.equal(theirs:sub(1, record.at), signed:sub(1, record.at))
        -- The key's name is as it was written there.
        assert.equal((theirs:sub(record.at + 1):gsub("^\1K", "\1k")), signed:sub(record.at + 1))
      end)
    end
  end
end)

-- ---- what others make of ours

local KEYS = {
  { name = "k.example", algorithm = "hmac-sha256", secret = SECRET }, { name = "k384.example", algorithm = "hmac-sha384", secret = SECRET },
  { name = "k512.example", algorithm = "hmac-sha512", secret = SECRET },
}
local RECORDS = 3000

local function zone_text()
  local lines = { "@ SOA ns hostmaster 1 60 60 600 5", "@ NS ns", "ns A 127.0.0.1", 'a TXT "x"', "c CNAME x.test." }
  for i = 1, RECORDS do lines[#lines + 1] = ('r%d TXT "%s"'):format(i, ("x"):rep(60)) end
  return table.concat(lines, "\n")
end

local function connect(server)
  local connection = assert(socket.connect(server.host, server.port))
  connection:setmode("bn", "bn")
  connection:settimeout(SECONDS)
  return connection
end

local function send(connection, message) assert(connection:write(made.u16(#message), message) and connection:flush()) end

local function receive(connection)
  local length = assert(connection:read(2))
  return (assert(connection:read(length:byte(1) * 256 + length:byte(2))))
end

local function exchange(server, message)
  local connection = connect(server)
  send(connection, message)
  local reply = receive(connection)
  connection:close()
  return reply
end

local function set(name, kind, value) return { name = name, type = kind, ttl = 60, values = { value } } end

local function change(label, kind, before, after)
  local name = label .. "." .. ZONE
  return { name = name, type = kind, before = before and set(name, kind, before), after = after and set(name, kind, after) }
end

-- The rcode of the reply to these changes, or why it is none; and details.
local function outcome(server, key, changes, now)
  now = now or os.time()
  local message, state = key:sign(assert(update.write { zone = ZONE, changes = changes }), now)
  local reply = exchange(server, message)
  local ok, _, code, details = key:verify(reply, state, now)
  if not ok then return code, details end
  assert.same(message:sub(1, 2), reply:sub(1, 2))
  return update.read(reply).rcode
end

-- The values at a name, asked with a signature.
local function values_at(server, key, label, kind)
  local query = assert(core.encode(label .. "." .. ZONE, kind, { no_recursion = true }))
  local message, state = key:sign(query, os.time())
  local reply = exchange(server, message)
  assert(key:verify(reply, state, os.time()))
  local answer = assert(core.decode(reply, label .. "." .. ZONE, kind))
  return answer.status == "ok" and (answer.text or { answer.records[1].target }) or answer.status
end

local servers = {
  { name = "BIND", kind = named, refuses = true }, { name = "Knot", kind = knot, refuses = true }, { name = "PowerDNS", kind = pdns },
}

for _, one in ipairs(servers) do
  describe(one.name, function()
    local server
    local key = assert(tsig.key(KEYS[1]))

    setup(function() server = assert(one.kind.start { zones = { [ZONE] = zone_text() }, keys = KEYS }) end)
    teardown(function() server:stop() end)

    it("makes signed changes, all or none", function()
      assert.equal("NOERROR", outcome(server, key, {
        change("a", "TXT", '"x"', '"y" "z"'), change("b", "TXT", nil, '"new \\" \\\\ \\233"'),
      }))
      assert.same({ "yz" }, values_at(server, key, "a", "TXT"))
      assert.same({ 'new " \\ \233' }, values_at(server, key, "b", "TXT"))
      assert.equal("NXRRSET", outcome(server, key, { change("d", "TXT", nil, '"d"'), change("a", "TXT", '"x"', '"q"') }))
      assert.equal("YXRRSET", outcome(server, key, { change("d", "TXT", nil, '"d"'), change("b", "TXT", nil, '"q"') }))
      assert.equal("nxdomain", values_at(server, key, "d", "TXT"))
      assert.same({ "yz" }, values_at(server, key, "a", "TXT"))
      assert.equal("NOERROR", outcome(server, key, {
        change("a", "TXT", '"y" "z"', '"x"'), change("b", "TXT", '"new \\" \\\\ \\233"'),
      }))
      assert.equal("nxdomain", values_at(server, key, "b", "TXT"))
    end)

    it("knows keys of each algorithm", function()
      for _, options in ipairs(KEYS) do
        assert.equal("NOERROR", outcome(server, assert(tsig.key(options)), { change("a", "TXT", '"x"', '"x"') }))
      end
    end)

    it("leaves nothing out silently beside a CNAME", function()
      assert.equal("YXDOMAIN", outcome(server, key, { change("a", "CNAME", nil, "y.test.") }))
      assert.equal("YXRRSET", outcome(server, key, { change("c", "TXT", nil, '"x"') }))
      assert.equal("NOERROR", outcome(server, key, { change("c", "CNAME", "x.test."), change("c", "TXT", nil, '"x"') }))
      assert.same({ "x" }, values_at(server, key, "c", "TXT"))
      assert.equal("NOERROR", outcome(server, key, { change("c", "TXT", '"x"'), change("c", "CNAME", nil, "y.test.") }))
      assert.same({ "y.test" }, values_at(server, key, "c", "CNAME"))
      assert.equal("NOERROR", outcome(server, key, { change("c", "CNAME", "y.test.", "x.test.") }))
      assert.same({ "x.test" }, values_at(server, key, "c", "CNAME"))
    end)

    it("refuses what is not signed as it should be, in its words or with none", function()
      local other = SECRET:gsub("A", "B", 1)
      local wrong = {
        bad_signature = { name = "k.example", secret = other }, bad_key = { name = "nobody.example", secret = SECRET },
      }
      for code, options in pairs(wrong) do
        local told, details = outcome(server, assert(tsig.key(options)), {})
        assert.equal(one.refuses and code or "not_signed", told)
        assert.same(one.refuses and { proven = false, tsig = code == "bad_key" and "BADKEY" or "BADSIG" } or { rcode = "REFUSED" }, details)
      end
    end)

    it("refuses the time of a clock that is ten minutes off", function()
      for _, seconds in ipairs { -600, 600 } do
        local told, details = outcome(server, key, {}, os.time() + seconds)
        assert.equal(one.refuses and "clock_off" or "not_signed", told)
        if one.refuses then
          assert.is_true(details.proven)
          assert.is_true(math.abs(details.seconds - seconds) < 60)
        end
      end
    end)

    it("sends a whole zone as a stream of messages that are genuine", function()
      local query = made.u16(7) .. made.u16(0) .. made.u16(1) .. ("\0"):rep(6) .. made.name(ZONE) .. made.u16(252) .. made.u16(1)
      local message, state = key:sign(query, os.time())
      local connection = connect(server)
      send(connection, message)
      local records, messages = 0, 0
      repeat
        local reply = receive(connection)
        -- Each of their messages is signed.
        assert.is_true((assert(key:verify(reply, state, os.time()))))
        records, messages = records + reply:byte(7) * 256 + reply:byte(8), messages + 1
      until records >= RECORDS + 6
      connection:close()
      assert.equal(RECORDS + 6, records)
      assert.is_true(messages > 1)
    end)
  end)
end

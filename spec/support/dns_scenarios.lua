-- What a resolver must make of a server's faults: the lines of the DNS section on bad input, each with what is asked of the
-- server of fault_server.lua, whose names choose the fault, and what is to come of it. Whatever transport there is has to do all this:
--
--     local started = scenarios.start()
--     for _, scenario in ipairs(scenarios.list) do
--       local servers = scenarios.servers(scenario, started)     -- nil where this machine has no IPv6
--       resolver = dns.resolver(scenarios.options(scenario, servers))
--       scenarios.check(scenario, resolver:query(scenario.name, scenario.type), took)
--     end
--     scenarios.stop(started)
local assert = require "luassert"
local fault_server = require "spec.support.fault_server"

local M = {}

-- ---- what is expected

local temporary = { servfail = true, refused = true, timeout = true, bogus = true }

-- Fields of the answer, by name.
local function fields(wanted)
  return function(answer) for name, value in pairs(wanted) do assert.same(value, answer[name], name) end end
end

local function found(...) return fields { status = "ok", text = { ... } } end

local function holds_nothing(answer)
  assert.is_true(temporary[answer.status] or false, answer.status)
  assert.same({}, answer.records)
  assert.same({}, answer.text)
  assert.is_nil(answer.ttl)
end

-- A temporary status, for one of some reasons.
local function failed(status, ...)
  local reasons = {}
  for _, reason in ipairs { ... } do reasons[reason] = true end
  return function(answer)
    holds_nothing(answer)
    assert.equal(status, answer.status)
    if next(reasons) then assert.is_true(reasons[answer.reason] or false, tostring(answer.reason)) end
  end
end

-- Some versions of c-ares drop what they cannot read, so that it counts as never come.
local function unreadable(answer)
  holds_nothing(answer)
  local outcome = answer.status .. " " .. tostring(answer.reason)
  local known = { ["servfail bad_message"] = true, ["timeout timeout"] = true, ["timeout tcp_failed"] = true }
  assert.is_true(known[outcome] or false, outcome)
end

local function chained(length, text)
  return function(answer)
    found(text)(answer)
    assert.equal(length, #answer.chain)
  end
end

local function dangles(answer)
  fields { status = "nxdomain", dangling = true }(answer)
  assert.equal(1, #answer.chain)
  assert.matches("^gone%.", answer.chain[1])
end

local function not_kept(answer)
  found("ok")(answer)
  assert.equal(0, answer.ttl)
  assert.is_nil(answer.expires_at)
end

-- ---- the list

local list = {}

-- `line`: that of the section. `name`: the name's first labels. `options`: `servers` ("one", two addresses of it: "two",
-- "no_tcp", "ipv6"), and settings of the resolver; `at_least`, `within`: seconds that it takes.
local function add(line, title, name, expect, options)
  options = options or {}
  list[#list + 1] = {
    line = line, title = title, name = ("%s.s%d.test"):format(name, #list + 1), type = "TXT", expect = expect,
    servers = options.servers or "one", timeout = options.timeout or 0.5, tries = options.tries or 2,
    at_least = options.at_least or 0, within = options.within or 4,
  }
end

for _, lie in ipairs {
  { "wrongid", "a reply with another ID" }, { "wrongquestion", "a reply to another question" },
  { "wrongtype", "a reply for another type" }, { "wrongport", "a reply from another port" },
  { "wrongaddress", "a reply from another address" }, { "garbage", "garbage" }, { "short", "a stump of a reply" },
  { "empty", "an empty datagram" },
} do
  add(1, lie[2] .. " is passed over for the true one", lie[1] .. ".ok", found "ok")
  add(1, lie[2] .. " alone is waited out", lie[1] .. ".silent", failed("timeout", "timeout"), { at_least = 0.45 })
end
add(1, "a reply in another letter case is none of these", "swapcase.ok", found "ok")
add(1, "nor is one that comes twice", "twice.ok", found "ok")

for _, packet in ipairs {
  { "pointer-self", "a pointer to itself" }, { "pointer-mutual", "two pointers to each other" },
  { "pointer-forward", "a pointer forward" }, { "pointer-beyond", "a pointer behind the message's end" },
  { "pointer-cut", "half a pointer" }, { "pointer-data", "a CNAME whose target points to itself" },
  { "tc.pointer-hops8000", "a chain of 8,000 pointers" }, { "name-long", "a name of over 255 octets" },
  { "label-reserved64", "a label of the reserved type 01" }, { "label-reserved128", "a label of the reserved type 10" },
  { "ancount65535", "ANCOUNT 65535" }, { "rdlength65535", "RDLENGTH 65535" }, { "rdlength3", "RDLENGTH one too large" },
  { "string-overrun", "a string longer than its record" }, { "record-cut", "a record cut off" },
} do
  add(2, packet[2] .. " is an error", packet[1], unreadable)
end

add(3, "silence is temporary", "silent", failed("timeout", "timeout"), { at_least = 0.45 })
add(3, "SERVFAIL is temporary", "rcode2", fields { status = "servfail", rcode = 2 })
add(3, "REFUSED is temporary", "rcode5", fields { status = "refused", rcode = 5 })
add(3, "NOTIMP is temporary", "rcode4", fields { status = "servfail", rcode = 4 })
add(3, "FORMERR is temporary", "rcode1", fields { status = "servfail", rcode = 1 })
add(3, "an rcode of the extended kind is temporary", "rcode23", fields { status = "servfail", rcode = 23 })
add(3, "a late reply is in time while the time is not over", "delay200.ok", found "ok", { timeout = 3, at_least = 0.19 })

add(3, "TC is asked again over TCP", "tc.text3000", function(answer) assert.equal(3000, #answer.text[1]) end)
add(3, "a long answer, too", "text3000", function(answer) assert.equal(3000, #answer.text[1]) end)
add(3, "a negation behind TC as well", "tc.gone", fields { status = "nxdomain", ttl = 30 })
add(3, "TC with a TCP leg that drips in time is whole", "tc.drip.ok", found "ok", { timeout = 4, within = 9 })
add(3, "TC with TCP refused is temporary", "tc.ok", failed("timeout", "tcp_failed"), { servers = "no_tcp" })
for _, leg in ipairs {
  { "tc.reset.ok", "that is reset" }, { "tc.close.ok", "that is closed" }, { "tc.silent", "that hangs" },
  { "tc.garbage.silent", "that is garbage" }, { "tc.length.ok", "that is closed after the length" },
  { "tc.half.text3000", "that hangs amidst the message" }, { "tc.halfclose.text3000", "that is closed amidst the message" },
  { "tc.drip.text3000", "that drips too slowly" },
} do
  add(3, "TC with a TCP leg " .. leg[2] .. " is temporary, in time", leg[1], failed("timeout", "tcp_failed"))
end
add(3, "TC with a TCP leg that hangs is asked over another", "tc.stall.text3000", function(answer)
  assert.equal(3000, #answer.text[1])
end, { timeout = 1.5, within = 8 })

for _, rest in ipairs {
  { "ok", "some records" }, { "nodata", "none" }, { "nodata-bare", "none, and no SOA" }, { "gone", "NXDOMAIN" },
  { "gone-bare", "NXDOMAIN, and no SOA" }, { "chain2", "a CNAME chain" },
} do
  add(3, "TC over TCP too is temporary, with " .. rest[2], "tc-always." .. rest[1], failed("timeout", "tcp_failed"))
end

add(3, "NXDOMAIN is definitive", "gone", fields { status = "nxdomain", ttl = 30, records = {}, chain = {} })
add(3, "NODATA is definitive, and told apart from it", "nodata", fields { status = "nodata", ttl = 30, records = {}, chain = {} })
add(3, "NXDOMAIN without a SOA may not be kept", "gone-bare", function(answer)
  fields { status = "nxdomain" }(answer)
  assert.is_nil(answer.ttl)
end)
add(3, "NODATA without a SOA may not be kept", "nodata-bare", function(answer)
  fields { status = "nodata" }(answer)
  assert.is_nil(answer.ttl)
end)
add(3, "NXDOMAIN with the SOA of another zone may not be kept, either", "gone-elsewhere", function(answer)
  fields { status = "nxdomain" }(answer)
  assert.is_nil(answer.ttl)
  assert.is_nil(answer.zone)
end)
add(3, "the SOA of another zone is not NODATA", "nodata-elsewhere", failed("servfail", "unrelated"))
add(3, "NXDOMAIN with the records is not missing", "gone-with", failed("servfail", "contradictory"))
add(3, "a referral is not NODATA", "referral", failed("servfail", "referral"))
add(3, "nor are records of another name", "unrelated", failed("servfail", "unrelated"))
add(3, "nor of another class", "chaos", failed("servfail", "unrelated"))
add(3, "nor is nothing at all from a server that neither recurses nor speaks for the name", "hollow", failed("servfail", "lame"))
add(3, "such a server among good ones: the others decide", "hollow1.ok", found "ok", { servers = "two" })

add(3, "a server that answers FORMERR to EDNS is asked without", "formerr-edns.ok", found "ok")
add(3, "one that answers FORMERR by a header alone, too", "formerr-stump.ok", found "ok")
add(3, "one that answers NOTIMP to EDNS, too", "notimp-edns.ok", found "ok")
add(3, "one that answers BADVERS to EDNS, too", "badvers-edns.ok", found "ok")
add(3, "one that drops EDNS, too", "drop-edns.ok", found "ok")
add(3, "one that passes over EDNS is understood", "ignore-edns.ok", found "ok")

add(3, "a CNAME chain of 5 is followed", "chain5", chained(5, "end"))
add(3, "a CNAME chain of 5 over several replies is followed", "hops5", chained(5, "end"))
add(3, "a CNAME chain of 8 is followed", "chain8", chained(8, "end"))
add(3, "a CNAME chain of 8 over several replies is followed", "hops8", chained(8, "end"))
add(3, "a CNAME chain of 9 is temporary, with its reason", "chain9", failed("servfail", "cname_chain_too_long"))
add(3, "a CNAME chain of 9 over several replies, too", "hops9", failed("servfail", "cname_chain_too_long"))
add(3, "a CNAME loop is temporary, with its reason", "loop", failed("servfail", "cname_loop"))
add(3, "a CNAME to itself, too", "selfloop", failed("servfail", "cname_loop"))
add(3, "a CNAME loop over several replies, too", "hoploop", failed("servfail", "cname_loop"))
add(3, "two CNAMEs that differ are temporary, with their reason", "conflict", failed("servfail", "cname_conflict"))
add(3, "two CNAMEs that differ at the end of another, too", "hopconflict", failed("servfail", "cname_conflict"))
add(3, "a CNAME to a name that does not exist is missing, with a warning", "dangling", dangles)
add(3, "a CNAME to a name that turns out not to exist, too", "hopdangling", dangles)
add(3, "the target of a CNAME is asked for where the SOA is of another zone", "hopelsewhere", chained(1, "ok"))
add(3, "with NXDOMAIN, too", "hopgone", chained(1, "ok"))
add(3, "a CNAME to a name that cannot be asked is temporary", "hopsilent", holds_nothing, { within = 6 })

add(3, "TTL 0 is usable, and not to be kept", "ttl0.ok", not_kept)
add(3, "a lame server among good ones: the others decide", "lame1.ok", found "ok", { servers = "two" })
add(3, "a silent server among good ones: the others decide", "mute1.ok", found "ok", { servers = "two" })
add(3, "all lame: temporary", "lame", failed "refused", { servers = "two" })
add(3, "a DNSSEC-bogus answer is temporary, with its reason", "bogus", failed("bogus", "dnssec_bogus"))
add(3, "and with the server's own, where it tells", "ede6.bogus", function(answer)
  failed("bogus", "dnssec_bogus")(answer)
  assert.same({ { code = 6, text = "made up" } }, answer.extended_errors)
end)
add(3, "an answer that the server validated is authentic", "ad.ok", fields { status = "ok", authentic = true })
add(3, "an IPv6-only server works", "ok", found "ok", { servers = "ipv6" })
add(3, "an IPv6-only server works over TCP", "tc.ok", found "ok", { servers = "ipv6" })

M.list = list

-- ---- how to run it

-- Starts the servers.
function M.start()
  return {
    two = assert(fault_server.start { listen = { "127.0.0.1", "127.0.0.2" } }),
    no_tcp = assert(fault_server.start { tcp = false }),
    ipv6 = fault_server.start { listen = { "::1" } },
  }
end

function M.stop(started)
  for _, server in pairs(started) do server:stop() end
end

-- The addresses of the servers that a scenario asks; nil where there are none on this machine.
function M.servers(scenario, started)
  if scenario.servers == "one" then return { started.two.addresses[1] } end
  local server = started[scenario.servers]
  return server and server.addresses
end

-- Options for a resolver.
function M.options(scenario, servers)
  return { servers = servers, timeout = scenario.timeout, tries = scenario.tries }
end

-- Raises where an answer, or the seconds that it took, are not as they should be.
function M.check(scenario, answer, took)
  assert.is_table(answer)
  scenario.expect(answer)
  -- What the checking itself may take is to spare.
  assert.is_true(answer.recheck_at > os.time() + 30, "recheck_at " .. tostring(answer.recheck_at))
  assert.is_true(took >= scenario.at_least and took <= scenario.within, "took " .. took)
end

return M

-- Zones that somebody garbled: whatever becomes of a text, it is a zone that answers, or an error of one line that says where.
-- The changes are drawn from a fixed seed.
local core = require "mailseal.core".dns
local zone = require "mailseal.dns.zone"

local master = [[
$TTL 1h
$ORIGIN example.com.
@       IN SOA ns1 hostmaster.example.com. ( 2024010101 2h 15m 1w 30 )
        IN NS  ns1 ; the first
        3600 IN MX 10 mx
ns1     A   192.0.2.53
        AAAA 2001:db8::1
s1._domainkey TXT ( "v=DKIM1\; p=" "AB\"C;\068" )
*.wild  CNAME s1._domainkey
old     DNAME example.net.
sub     NS ns.sub
ns.sub  A 192.0.2.54
@       CAA 0 issue "ca.example; x=y"
_25._tcp TLSA 3 1 1 00ff
x       TYPE65280 \# 2 AbCd
@       RRSIG A 8 2 300 20300101000000 20240101000000 1 example.com. AAAA
]]

local json = [[
{"example.com": [{"type": "SOA", "data": "ns1.example.com. h.example.com. 1 2 3 4 20"}, {"type": "NS", "data": "ns1.example.com."}],
 "s1._domainkey.example.com": [{"type": "TXT", "data": ["v=DKIM1; p=", "\\068"], "ttl": 300},
   {"type": "TXT", "data": "new", "servers": ["ns1.example.com", "192.0.2.2"]}],
 "ns1.example.com": [{"type": "A", "data": "192.0.2.53", "ttl": null}],
 "*.wild.example.com": [{"type": "CNAME", "data": "s1._domainkey.example.com."}],
 "x.example.com": [{"error": "timeout"}], "y.example.com": [{"type": "TXT", "error": "servfail", "servers": ["2001:db8::1"]}],
 "m.example.com": [{"type": "MX", "data": "10 mx.example.com."}, {"type": "DNAME", "data": "example.net."}]}
]]

local names = {
  "example.com", "s1._domainkey.example.com", "a.wild.example.com", "a.old.example.com", "a.sub.example.com", "x.example.com",
}

describe("A garbled zone", function()
  local seed

  local function random(most)
    seed = (seed * 16807) % 2147483647
    return 1 + seed % most
  end

  -- Octets that mean something in a zone come more often than others.
  local telling = "\n \t\"\\;()$@*.0\0\255{}[]:,-"
  local function octet()
    local i = random(2 * #telling)
    return i <= #telling and telling:sub(i, i) or string.char(random(256) - 1)
  end

  local function garble(text)
    for _ = 1, random(4) do
      local at, n = random(#text), random(12)
      local before, after = text:sub(1, at - 1), text:sub(at + n)
      local how = random(4)
      if how == 1 then
        text = before .. after
      elseif how == 2 then
        text = before .. text:sub(at, at + n - 1):rep(1 + random(20)) .. after
      elseif how == 3 then
        text = before .. octet() .. text:sub(at + 1)
      else
        text = before .. octet():rep(random(300)) .. text:sub(at)
      end
      if #text == 0 then return " " end
    end
    return text
  end

  -- Every name gets a reply that can be read, or a code; from a resolver and from a server.
  local function answers(transport)
    for _, name in ipairs(names) do
      for _, server in ipairs { false, "192.0.2.53:53", "192.0.2.2:53" } do
        local query = core.encode(name, "TXT", { no_recursion = server and true, dnssec_ok = true })
        local reply, _, code = transport:exchange(query, server)
        if reply then
          assert(core.decode(reply, name, "TXT"))
        else
          assert.is_truthy(code == "timeout" or code == "tcp_failed", code)
        end
      end
    end
  end

  local function read(text)
    local transport, message, code = zone.read(text)
    if transport then
      answers(transport)
      return 1, 0
    end
    assert.equal("bad_zone", code)
    assert.matches("^zone: [^%c]+$", message)
    assert.is_true(#message < 400)
    return 0, 1
  end

  for kind, text in pairs { ["master file"] = master, ["JSON object"] = json } do
    it(("that was a %s is a zone still, or refused with a message"):format(kind), function()
      seed = 4711
      assert.equal(1, (read(text)))
      local zones, refused = 0, 0
      for _ = 1, 1500 do
        local garbled = garble(text)
        local ok, one, other = pcall(read, garbled)
        if not ok then error(("%s: %q"):format(tostring(one), garbled)) end
        zones, refused = zones + one, refused + other
      end
      assert.is_true(zones > 50, zones)
      assert.is_true(refused > 50, refused)
    end)

    it(("that was a %s is one still, or refused, wherever it is cut off"):format(kind), function()
      for n = 0, #text - 1 do
        local cut = text:sub(1, n)
        local ok, wrong = pcall(read, cut)
        if not ok then error(("%s: %q"):format(tostring(wrong), cut)) end
      end
    end)
  end
end)

--- Zones as customers have them, right and wrong, and what a mail service wants there: for specs that hold what publishing never does.
local key = require "mailseal.key"
local planned = require "spec.support.planned"
local sets = require "mailseal.publish.sets"

local M = {}

-- A generator of its own, so that every seed is the same zone on every Lua.
local Random = {}
Random.__index = Random

--- Numbers of a seed.
function M.numbers(seed)
  local self = setmetatable({ state = seed * 7919 + 17 }, Random)
  for _ = 1, 5 do self:below(2) end
  return self
end

--- A number from 1 to `most`.
function Random:below(most)
  self.state = (self.state * 16807) % 2147483647
  return math.floor(self.state / 64) % most + 1
end

function Random:chance(percent) return self:below(100) <= percent end
function Random:one_of(list) return list[self:below(#list)] end

local KEYS = {}
local function keys()
  for i = 1, KEYS[1] and 0 or 3 do KEYS[i] = key.generate({ type = "ed25519" }):record() end
  return KEYS
end

-- The names where things stand, and what stands there: texts, and other sets.
local function pools()
  local all = keys()
  local dmarc = {
    "v=DMARC1; p=none", "v=DMARC1; p=reject; rua=mailto:a@b.example", "v=DMARC1;p=quarantine;sp=none", "v=DMARC1; p=reject; p=none",
    "v=DMARC1", "v=dmarc1; p=reject", "v=DMARC1; p=none; sp=reject", "v=DMARC1; rua=mailto:a@b.example", "google-site=1",
  }
  local spf = {
    "v=spf1 -all", "v=spf1 mx ~all", "v=spf1 include:a.example  ip4:192.0.2.1 ?all", "v=spf1 redirect=_spf.a.example",
    "v=spf1 include:esp.example -all", "v=spf1 a include:old.example exp=e.example -all", "v=spf1 include:a.example, -all", "v=spf1 mx",
    "v=spf1 -include:esp.example ~all", "spf1 include:a.example -all", "google-site=1", "MS=ms1", "\195\188 \"x\" \\ ;",
    "v=spf1 mx -all include:esp.example",
  }
  local key_texts = { all[1], all[2], all[3], "v=DKIM1; p=", "\"" .. all[1] .. "\"", "some text", "k1.esp.example." }
  return {
    { name = "example.com", texts = spf, apex = true }, { name = "mail.example.com", texts = spf },
    { name = "_dmarc.example.com", texts = dmarc }, { name = "_dmarc.mail.example.com", texts = dmarc },
    { name = "s1._domainkey.mail.example.com", texts = key_texts }, { name = "bounce.mail.example.com", texts = spf },
    { name = "go.mail.example.com", texts = { "x" } }, { name = "*.example.com", texts = { "v=spf1 -all", "v=DMARC1; p=reject", "x" } },
    { name = "_domainkey.mail.example.com", texts = { "x" } },
  }
end

local OTHERS = {
  { "A", { "192.0.2.1", "192.0.2.2" } }, { "AAAA", { "2001:db8::1" } },
  { "MX", { "10 mx.esp.example.", "10 mx.a.example.", "20 mx.a.example.", "0 .", "5 old.esp.example." } },
}
local TARGETS = { "k1.esp.example.", "k1.esp.example.example.com.", "old.esp.example.", "k9.esp.example.", "a.example." }
local TTLS = { 60, 300, 3600, 86400 }

local function some(random, list, most)
  local values, seen = {}, {}
  for _ = 1, random:below(most) do
    local value = random:one_of(list)
    if not seen[value] then values[#values + 1], seen[value] = value, true end
  end
  return values
end

-- A text in strings, cut anywhere.
local function split(random, text)
  if random:chance(70) or #text < 2 then return sets.text(text) end
  local at = random:below(math.min(#text - 1, 250))
  return sets.text { text:sub(1, at), text:sub(at + 1) }
end

local function sets_at(random, list, place)
  local function add(kind, values)
    list[#list + 1] = { name = place.name, type = kind, ttl = random:one_of(TTLS), values = values }
  end
  if place.apex then
    add("SOA", { "ns.example.net. h.example.net. 1 2 3 4 5" })
    add("NS", { "ns1.example.net.", "ns2.example.net." })
  elseif random:chance(25) then
    return
  elseif random:chance(12) then
    return add("CNAME", { random:one_of(TARGETS) })
  elseif random:chance(3) then
    add("NS", { "ns.other.example." })
  end
  if random:chance(70) then
    local values = {}
    for i, text in ipairs(some(random, place.texts, 3)) do values[i] = split(random, text) end
    add("TXT", values)
  end
  for _, other in ipairs(OTHERS) do
    if random:chance(place.name:find "^_" and 3 or 20) then add(other[1], some(random, other[2], 2)) end
  end
end

--- A zone: sets, in the order of their names and types.
function M.zone(random)
  local list = {}
  for _, place in ipairs(pools()) do
    if place.name:sub(1, 1) ~= "*" and place.name ~= "_domainkey.mail.example.com" or random:chance(20) then
      sets_at(random, list, place)
    end
  end
  table.sort(list, function(a, b) return a.name .. a.type < b.name .. b.type end)
  for _, set in ipairs(list) do table.sort(set.values) end
  return list
end

--- What a mail service wants there.
function M.records(random)
  local text = keys()[1]
  local alias = {
    id = "dkim", type = "CNAME", name = "s1._domainkey.mail.example.com", value = "k1.esp.example", target = "k1.esp.example",
    match = "cname_target", purpose = "dkim", migrations = { { from = "old.esp.example" } },
  }
  local dkim = {
    id = "dkim", type = "TXT", name = "s1._domainkey.mail.example.com", value = text, key = text, match = "dkim_key", purpose = "dkim",
  }
  local function spf(id, name)
    return { id = id, type = "TXT", name = name, value = "v=spf1 include:esp.example ~all", include = "esp.example", match = "spf_include",
      purpose = "spf", migrations = { { from = "include:old.example" } } }
  end
  local all = {
    random:chance(50) and alias or dkim, spf("spf", "mail.example.com"),
    { id = "token", type = "TXT", name = "mail.example.com", value = "esp=1", match = "exact", purpose = "ownership" },
    { id = "mx", type = "MX", name = "bounce.mail.example.com", value = "10 mx.esp.example", match = "mx", purpose = "return_path",
      migrations = { { from = "5 old.esp.example" } } },
    spf("bounce", "bounce.mail.example.com"),
    { id = "dmarc", type = "TXT", name = random:chance(50) and "_dmarc.mail.example.com" or "_dmarc.example.com",
      value = "v=DMARC1; p=none", match = "dmarc_any_valid", purpose = "dmarc" },
    { id = "links", type = "CNAME", name = "go.mail.example.com", value = "links.esp.example", target = "links.esp.example",
      match = "cname_target", purpose = "links" },
  }
  local list = {}
  for _, record in ipairs(all) do
    record.required = random:chance(75)
    list[#list + 1] = random:chance(90) and record or nil
  end
  return list
end

--- The zone with something that somebody else has done to it.
function M.changed(random, list)
  local copy = {}
  for i, set in ipairs(list) do
    local values = {}
    for j, value in ipairs(set.values) do values[j] = value end
    copy[i] = { name = set.name, type = set.type, ttl = set.ttl, values = values }
  end
  for _ = 1, random:below(3) do
    local set = copy[random:below(#copy)]
    if set.type == "TXT" and random:chance(50) then
      table.insert(set.values, sets.text("theirs " .. random:below(1000)))
    elseif set.type == "TXT" and set.values[1]:find "v=spf1 [^\"]*all\"$" then
      set.values[1] = set.values[1]:gsub("v=spf1 ", "v=spf1 ip4:198.51.100.7 ")
    elseif set.type == "CNAME" then
      set.values = { "theirs.example." }
    elseif set.type == "MX" then
      set.values[1] = "7 theirs.example."
    end
  end
  return copy
end

M.ZONE = planned.ZONE

return M

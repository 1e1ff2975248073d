--- The zones that situations begin with, of example.com. What is particular to a situation is added: records by their names;
-- those of a name that the zone has already stand behind what is there.
local M = {}

local function soa(server, ttl)
  return { type = "SOA", data = server .. ". hostmaster.example.com. 1 3600 600 86400 900", ttl = ttl }
end

local function with(zone, added)
  for name, records in pairs(added or {}) do
    zone[name] = zone[name] or {}
    for _, record in ipairs(records) do table.insert(zone[name], record) end
  end
  return zone
end

--- A zone with nothing in it, and no word of its name servers. A negative answer may be kept 900 seconds.
-- @tparam[opt] table added
-- @treturn table
function M.plain(added)
  return with({ ["example.com"] = { soa("ns1.example.com", 3600) } }, added)
end

--- A zone with name servers, at 192.0.2.1, 192.0.2.2 … A negative answer may be kept 300 seconds.
-- @tparam number|{string,...} servers their names; or how many, which are ns1.example.com, ns2.example.com …
-- @tparam[opt] table added
-- @treturn table
function M.served_by(servers, added)
  local names = {}
  for i = 1, type(servers) == "number" and servers or #servers do
    names[i] = type(servers) == "number" and ("ns%d.example.com"):format(i) or servers[i]
  end
  local zone = { ["example.com"] = { soa(names[1]) } }
  for i, name in ipairs(names) do
    table.insert(zone["example.com"], { type = "NS", data = name .. "." })
    zone[name] = { { type = "A", data = "192.0.2." .. i } }
  end
  return with(zone, added)
end

--- A zone that moves from one DNS host to another, ns.old.example and ns.new.example, and com, which delegates it to one of them.
-- The NS record may be kept 3600 seconds.
-- @tparam string server
-- @tparam[opt] table added
-- @treturn table
function M.delegated(server, added)
  return with({
    ["com"] = {
      { type = "SOA", data = "a.gtld.example. h.gtld.example. 1 3600 600 86400 900" }, { type = "NS", data = "a.gtld.example." },
    },
    ["a.gtld.example"] = { { type = "A", data = "192.0.2.55" } },
    ["example.com"] = { soa(server), { type = "NS", data = server .. ".", ttl = 3600 } },
    ["ns.old.example"] = { { type = "A", data = "192.0.2.1" } },
    ["ns.new.example"] = { { type = "A", data = "192.0.2.9" } },
  }, added)
end

return M

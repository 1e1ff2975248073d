--- What tests of SPF share: zones written short, resolvers that note what they are asked.
local dns = require "mailseal.dns"
local spf = require "mailseal.spf"

local M = {}

--- A zone in which a text stands for a TXT record, and beside it records are written "A 192.0.2.1".
-- @tparam {string=string|{string,...}} names
-- @treturn table what `dns.resolver { zone = … }` takes
function M.zone(names)
  local zone = {}
  for name, entries in pairs(names) do
    local records = {}
    for i, entry in ipairs(type(entries) == "table" and entries or { entries }) do
      local kind, data = entry:match("^(%u+) (.*)$")
      local fault = entry:match("^error (%l+)$")
      records[i] = fault and { error = fault } or { type = kind or "TXT", data = kind and data or entry }
    end
    zone[name] = records
  end
  return zone
end

--- A resolver over such a zone.
-- @tparam table names as of `zone`
-- @treturn table with the list `asked`: "TXT example.com", …
function M.resolver(names)
  local real = assert(dns.resolver { zone = M.zone(names) })
  local resolver = { asked = {} }
  function resolver:query(name, kind, options)
    self.asked[#self.asked + 1] = kind .. " " .. name
    return real:query(name, kind, options)
  end
  return resolver
end

--- Checks a@example.com from 192.0.2.1, unless told otherwise.
-- @tparam table names as of `zone`, or a resolver
-- @tparam[opt] table options as of `spf.check`
-- @treturn table the result
-- @treturn table the resolver
function M.check(names, options)
  local given = { ip = "192.0.2.1", sender = "a@example.com", helo = "mail.example.com" }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  given.resolver = names.asked and names or M.resolver(names)
  return assert(spf.check(given)), given.resolver
end

--- "permerror too_many_lookups"
-- @tparam table names as of `check`
-- @tparam[opt] table options as of `check`
-- @treturn string
function M.verdict(names, options)
  local result = M.check(names, options)
  return result.result .. (result.reason and " " .. result.reason or "")
end

return M

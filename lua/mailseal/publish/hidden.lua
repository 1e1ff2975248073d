--- What a wildcard would no longer answer for, once a record is published.
--
-- A wildcard is for names that do not exist (RFC 4592 §2.2, §3.3.1). A record makes its own name exist, and all names between that and the
-- zone as well: with `s1._domainkey.shop.example.com` published, `*.example.com` is for `shop.example.com` no longer, and a web site that
-- lived by it is gone.
-- @module mailseal.publish.hidden
local canonical = require "mailseal.dns.name".canonical
local is_within = require "mailseal.dns.name".is_within
local parent = require "mailseal.dns.name".parent
local record_of = require "mailseal.record"
local sets = require "mailseal.publish.sets"

local M = {}

-- What is missed where it is gone: a web site, mail that is received, whatever a CNAME leads to.
local MISSED = { "MX", "A", "AAAA", "CNAME" }

-- At names that are made for such records, nobody has come to count on anything but mail that is received. Keys are among these: some
-- providers have them at names of the domain's own, beside it and not below _domainkey. What proves a domain is often at the domain itself,
-- unless it is a CNAME.
local OWN = { return_path = true, links = true, dkim = true }

local function is_own(case, name)
  for _, record in ipairs(case.given.wanted) do
    local is_made_for = OWN[record.purpose] or record.purpose == "ownership" and record.type == "CNAME"
    if is_made_for and canonical(record.name) == name then
      return true
    end
  end
  return false
end

-- The policy that receivers find at a wildcard: it answers for `_dmarc` in front of the name as well.
local function policies_of(case, wildcard)
  local list = {}
  for _, value in ipairs(case.scene:values(case.zone, wildcard, "TXT")) do
    list[#list + 1] = record_of.parse("dmarc", sets.joined(value) or "") and value or nil
  end
  return list
end

-- What of a wildcard's would be missed at a name: the type, and the values.
local function missed(case, wildcard, name)
  for _, kind in ipairs(MISSED) do
    local values = case.scene:values(case.zone, wildcard, kind)
    if values[1] and (kind == "MX" or not is_own(case, name)) then
      return kind, values
    end
  end
  local policies = policies_of(case, wildcard)
  return policies[1] and "TXT", policies
end

--- What a case's record would hide.
-- @tparam table case see `mailseal.publish.case`
-- @treturn ?table `hidden`, the name that a wildcard is for now; `where`, the wildcard; `found`, what it answers there; nil where nothing
--   would be missed
function M.by(case)
  local at, lost = case.name, nil
  while at and at ~= case.zone and is_within(at, case.zone) do
    local wildcard = not ("." .. at):find("._", 1, true) and case.scene:wildcard(case.zone, at)
    local kind, values = nil, nil
    if wildcard then
      kind, values = missed(case, wildcard, at)
    end
    if kind then
      lost = { hidden = at, where = wildcard, found = kind .. " " .. table.concat(values, ", ") }
    end
    at = parent(at)
  end
  return lost
end

return M

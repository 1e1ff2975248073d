--- What a message's header says of its way: the return path, lists, forwarders, ARC seals.
--
-- None of it is proven: whoever sent the message on could write what he liked. It explains what else was found.
-- @module mailseal.check.message.facts
local authres = require "mailseal.authres"
local domains = require "mailseal.domain"
local mime = require "mailseal.check.message.mime"
local record = require "mailseal.core".record

local M = {}

-- ARC sets that are read (RFC 8617 §4.2.1 allows 50), fields of each kind that are shown, octets of an address.
local ARC_MOST, SHOWN, ADDRESS = 10, 20, 1000

--- The address of the Return-Path field, which the last relay wrote (RFC 5321 §4.4).
-- @tparam {table,...} fields as `mailseal.message.fields` has them
-- @treturn ?string "user@example.com"; empty for a null path; nil where there is none, or it cannot be read
function M.return_path(fields)
  local value = mime.field(fields, "return-path")
  if not value or #value > ADDRESS then
    return nil
  end
  local address = value:match "^<([^<>%s]*)>$" or value:match "^[^<>%s]+@[^<>%s]+$"
  if address == "" then
    return ""
  end
  local domain = address and address:match "@([^@]+)$"
  return domain and domains.to_ascii(domain) and address or nil
end

local list_fields = {
  ["mailing-list"] = true, ["x-mailing-list"] = true, ["x-beenthere"] = true, ["x-mailman-version"] = true, ["list-id"] = true,
  ["list-post"] = true, ["list-help"] = true, ["list-subscribe"] = true, ["list-archive"] = true, ["list-owner"] = true,
}
local forward_fields = {
  ["x-forwarded-to"] = true, ["x-forwarded-for"] = true, ["resent-from"] = true, ["resent-sender"] = true, ["resent-to"] = true,
  ["x-original-to"] = true, ["x-gm-original-to"] = true,
}

local function names_of(fields, wanted)
  local list, seen = {}, {}
  for _, field in ipairs(fields) do
    local name = field.name:lower()
    if wanted[name] and not seen[name] and #list < SHOWN then
      seen[name] = true
      list[#list + 1] = field.name
    end
  end
  return #list > 0 and list or nil
end

--- The mailing list that the message seems to have come through (RFC 2919, RFC 2369).
-- A sender's own mailings have List-Unsubscribe and perhaps List-Id, too: those that signed them are none.
-- @tparam {table,...} fields
-- @treturn ?table `id` (List-Id, where there is one) and `fields`, the names of those that say so
function M.list(fields)
  local names = names_of(fields, list_fields)
  if not names then
    return nil
  end
  local id = mime.field(fields, "list-id")
  return { id = id and (id:match "<([^<>]*)>[^<>]*$" or id), fields = names }
end

--- Signs that somebody forwarded the message.
-- @tparam {table,...} fields
-- @treturn ?{string,...} names of fields
function M.forwarded(fields)
  return names_of(fields, forward_fields)
end

-- ---- ARC (RFC 8617)

local function instance_of(value)
  return tonumber(value:match "^[ \t]*i[ \t]*=[ \t]*(%d%d?)[ \t]*;")
end

-- "dkim=pass, spf=fail" out of ARC-Authentication-Results.
local function claims_of(value)
  local parsed = authres.parse((value:gsub("^[ \t]*i[ \t]*=[ \t]*%d+[ \t]*;", "")))
  local claims = {}
  for i, result in ipairs(parsed and parsed.results or {}) do
    if i <= SHOWN then
      claims[i] = result.method .. "=" .. result.result
    end
  end
  return parsed and parsed.authserv_id, claims
end

local function seal_of(field)
  local seal = {}
  for _, tag in ipairs(record.tags(field.value) or {}) do
    seal[tag.name] = tag.value
  end
  return seal
end

--- The ARC sets of a message, and what each claims. Nobody has verified them.
-- @tparam {table,...} fields
-- @treturn ?{table,...} by instance, each with `instance`, `domain` (of the seal), `chain_validation` (cv=), `authserv_id`, and
--   `claims`: a list such as "dkim=pass"; nil where there are none
function M.arc(fields)
  local sets, found = {}, 0
  local function set_of(instance)
    if instance and instance > 0 and not sets[instance] and found < ARC_MOST then
      sets[instance], found = { instance = instance, claims = {} }, found + 1
    end
    return sets[instance]
  end
  for _, field in ipairs(fields) do
    local name = field.name:lower()
    if name == "arc-seal" then
      local seal = seal_of(field)
      local set = set_of(tonumber((seal.i or ""):match "^%d%d?$"))
      if set then
        set.domain, set.chain_validation = seal.d, seal.cv
      end
    elseif name == "arc-authentication-results" then
      local value = mime.field({ field }, name)
      local set = set_of(instance_of(value))
      if set then
        set.authserv_id, set.claims = claims_of(value)
      end
    end
  end
  local list = {}
  for _, set in pairs(sets) do
    list[#list + 1] = set
  end
  table.sort(list, function(a, b) return a.instance < b.instance end)
  return #list > 0 and list or nil
end

return M

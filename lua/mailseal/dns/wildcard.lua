--- Is what a name answers a wildcard's answer (RFC 4592)?
--
-- `*.example.com TXT` answers for `s1._domainkey.example.com` as well, and is no key. A name that nobody can have written into
-- the zone is asked beside it: what answers there, too, is a wildcard. Behind `resolver:synthesized`.
-- @module mailseal.dns.wildcard
local agreement = require "mailseal.dns.agreement"
local definitive = require "mailseal.dns.answer".definitive
local encode = require "mailseal.core".dns.encode
local inquiry = require "mailseal.dns.inquiry"
local parent = require "mailseal.dns.name".parent

local M = {}

local unpack = table.unpack or unpack -- luacheck: ignore

-- What is asked for, too, where there is nothing of the type in question.
local COMMON = { "A", "MX", "TXT", "AAAA" }

-- There is time for so many of these queries, should each take all the time of one.
local STEPS = 4

-- A label of 128 bits that nobody can guess: those of the IDs of eight queries.
local function unguessable_label()
  local label = {}
  for i = 1, 8 do
    local high, low = encode(".", "A"):byte(1, 2)
    label[i] = ("%02x%02x"):format(high, low)
  end
  return table.concat(label)
end

-- A name beside another one that nobody has thought of; nil where the longest of names leave no room for one.
local function sibling(name)
  local above, label = parent(name), unguessable_label()
  for _, length in ipairs { 32, 16, 8 } do
    local beside = above == "." and label or label:sub(1, length) .. "." .. above
    if encode(beside, "A") then return beside end
  end
end

local function unknown(name, reason, status)
  return nil, ("whether a wildcard answers for %s cannot be told: %s"):format(name, reason or status), status
end

-- Is there no such name?
local function is_absent(answer) return answer.status == "nxdomain" and #answer.chain == 0 end

-- Is there a name that has neither such records nor a CNAME?
local function is_empty(answer) return answer.status == "nodata" and #answer.chain == 0 end

-- Asks for a type at a name and at the one beside it, if there is one. As `ask`; nil alone where both have nothing of the type.
local function compare(asking, name, other, type)
  local answer = assert(asking:query(name, type))
  if is_absent(answer) then return false end
  if not definitive[answer.status] then return unknown(name, answer.reason, answer.status) end
  if not other then return unknown(name, "there is no room for a name beside it", "no_room") end
  local beside = assert(asking:query(other, type))
  if not definitive[beside.status] then return unknown(name, beside.reason, beside.status) end
  if is_absent(beside) then return false end
  if is_empty(answer) and is_empty(beside) then return nil end
  return agreement.key(answer, true) == agreement.key(beside, true)
end

--- Asks whether what a name answers is what a wildcard answers. See `resolver:synthesized`.
-- @tparam table resolver see `mailseal.dns.resolver`
-- @tparam string name as `encode` spells it
-- @tparam string type likewise
-- @tparam[opt] table options as of `resolver:synthesized`
-- @treturn ?boolean
-- @treturn ?string why it cannot be told
-- @treturn ?string a temporary status, `no_room` or `cannot_tell`
function M.ask(resolver, name, type, options)
  if name == "." then return false end
  local other, asking = sibling(name), inquiry.new(resolver, options, STEPS)
  -- That both have nothing of the type tells nothing: a name with records of other types has none of the wildcard's.
  for _, kind in ipairs { type, unpack(COMMON) } do
    local is, message, code = compare(asking, name, other, kind)
    if is ~= nil or code then return is, message, code end
  end
  return unknown(name, "neither it nor a name beside it has records of a common type", "cannot_tell")
end

return M

--- Record sets: what stands at one name with one type (RFC 2181 §5), as zones hold it.
--
-- A set is a table of `name` (lower case, no dot at its end), `type` ("TXT", …), `ttl` (seconds, one for all of it) and `values`, a list of
-- its records' data in the presentation form of a zone file, in one spelling each: of TXT every character-string in quotes, with `\"`,
-- `\\` and `\DDD`; names in lower case, with a dot at their end ("10 mx.example.com."). That is how most DNS hosts want it, and what the
-- core makes octets of. `proxied` is true of a set for which its DNS host answers something else: it is behind the host's proxy, and in a
-- zone as others see it, it does not stand.
--
-- A change is a table of `name`, `type`, `before` (the set as it was read; nil where there was none) and `after` (as it is to be; nil where
-- there is to be none).
-- @module mailseal.publish.sets
local hexadecimal = require "mailseal.printable".hexadecimal
local master = require "mailseal.dns.zone_master"
local rdata = require "mailseal.core".dns.rdata
local record = require "mailseal.record"

local M = {}

-- ---- texts

local function escaped(octet)
  return (octet == '"' or octet == "\\") and "\\" .. octet or ("\\%03d"):format(octet:byte())
end

--- The value of a TXT record.
-- @tparam string|{string,...} text octets, which are split where one string does not hold them; or its character-strings
-- @treturn string
function M.text(text)
  local strings = {}
  for i, piece in ipairs(type(text) == "table" and text or record.split(text)) do
    strings[i] = '"' .. piece:gsub('[%c"\\\127-\255]', escaped) .. '"'
  end
  return table.concat(strings, " ")
end

local function unescaped(token)
  return (token:gsub("\\(.)(%d?%d?)", function(first, digits)
    local octet = #digits == 2 and first:find "%d" and tonumber(first .. digits)
    return octet and octet < 256 and string.char(octet) or first .. digits
  end))
end

--- The text of a TXT record's value, as readers join it (RFC 7208 §3.3).
-- @tparam string value
-- @treturn ?string octets; nil where that is no such value
function M.joined(value)
  local tokens = master.tokens(value)
  for i, token in ipairs(tokens or {}) do
    tokens[i] = unescaped(token)
  end
  return tokens and table.concat(tokens)
end

-- ---- values

--- A value as octets on the wire.
-- @tparam string kind its type
-- @tparam string value
-- @treturn ?string octets
-- @treturn ?string what is wrong with it
-- @treturn ?string `bad_rdata`, `bad_name`, `bad_type`, `no_presentation`
function M.octets(kind, value)
  local tokens, message = master.tokens(value)
  if not tokens then
    return nil, message, "bad_rdata"
  end
  return rdata(kind, tokens)
end

-- Which token of a value is the name that it leads to.
local NAMED = { CNAME = 1, DNAME = 1, NS = 1, PTR = 1, MX = 2, SRV = 4 }

local function text_of(tokens)
  local strings = {}
  for _, token in ipairs(tokens) do
    local piece = unescaped(token)
    -- Some hosts show a long text as one string, which it cannot be.
    for _, one in ipairs(#piece > 255 and record.split(piece) or { piece }) do strings[#strings + 1] = one end
  end
  return M.text(strings)
end

--- A value in the one spelling, of one in the presentation form as somebody else spells it.
-- @tparam string kind its type
-- @tparam string value names in it are whole names, with a dot at their end or without
-- @treturn ?string nil where that is no such value
function M.spelled(kind, value)
  local tokens = master.tokens(value)
  if not tokens or not tokens[1] then return nil end
  if kind == "TXT" or kind == "SPF" then return text_of(tokens) end
  if kind == "CAA" and tokens[3] then return ("%s %s %s"):format(tokens[1], tokens[2]:lower(), M.text { unescaped(tokens[3]) }) end
  if kind == "A" or kind == "AAAA" then return tokens[1]:lower() end
  local place = NAMED[kind]
  if not place then return (value:gsub("^%s+", ""):gsub("%s+$", "")) end
  if not tokens[place] then return nil end
  tokens[place] = tokens[place]:lower():gsub("%.?$", ".", 1)
  return table.concat(tokens, " ")
end

-- A name as values have it.
local function whole(name) return name == "." and name or name .. "." end

local function aliased(one) return whole(one.target) end

-- What each type's value is made of, from a record as of `mailseal.dns.resolver`.
local of_record = {
  TXT = function(one) return M.text(one.strings) end,
  SPF = function(one) return M.text(one.strings) end,
  CNAME = aliased, DNAME = aliased, PTR = aliased,
  NS = function(one) return whole(one.host) end,
  MX = function(one) return ("%d %s"):format(one.preference, whole(one.exchange)) end,
  SRV = function(one) return ("%d %d %d %s"):format(one.priority, one.weight, one.port, whole(one.target)) end,
  CAA = function(one) return ("%d %s %s"):format(one.flags, one.tag, M.text { one.value }) end,
  TLSA = function(one) return ("%d %d %d %s"):format(one.usage, one.selector, one.matching_type, one.data) end,
  DS = function(one) return ("%d %d %d %s"):format(one.key_tag, one.algorithm, one.digest_type, one.digest) end,
  A = function(one) return one.address end,
  AAAA = function(one) return one.address end,
}

-- Of other types, in the form that all have (RFC 3597 §5).
local function generic(one)
  return ("\\# %d%s"):format(#one.data, one.data == "" and "" or " " .. hexadecimal(one.data))
end

--- The types whose records can be read from answers of DNS.
M.READ = { "TXT", "CNAME", "MX", "NS", "A", "AAAA", "SRV", "CAA", "DNAME" }

--- The set that an answer of DNS holds.
-- @tparam string name
-- @tparam string kind its type
-- @tparam {table,...} records as of `mailseal.dns.resolver`, of that name and type
-- @treturn ?table nil where there are none
function M.of_records(name, kind, records)
  if not records[1] then
    return nil
  end
  local set = { name = name, type = kind, ttl = records[1].ttl, values = {} }
  for i, one in ipairs(records) do
    set.values[i] = (of_record[kind] or generic)(one)
    set.ttl = math.min(set.ttl, one.ttl)
  end
  return set
end

--- Do two sets hold the same values, in whatever order? Two that are absent do.
-- @tparam ?table a
-- @tparam ?table b
-- @treturn boolean
function M.same(a, b)
  local left, count = {}, 0
  for _, value in ipairs(a and a.values or {}) do
    left[value], count = (left[value] or 0) + 1, count + 1
  end
  for _, value in ipairs(b and b.values or {}) do
    if not left[value] or left[value] == 0 then
      return false
    end
    left[value], count = left[value] - 1, count - 1
  end
  return count == 0
end

-- A set whose texts are what readers make of them.
local function read_out(set)
  if not set or set.type ~= "TXT" and set.type ~= "SPF" then return set end
  local values = {}
  for i, value in ipairs(set.values) do values[i] = M.joined(value) or value end
  return { values = values }
end

--- Do two sets say the same: values of texts however they are cut into strings?
-- @tparam ?table a
-- @tparam ?table b
-- @treturn boolean
function M.say_the_same(a, b) return M.same(read_out(a), read_out(b)) end

--- Puts sets in order: by their names, and those at one name by their types.
-- @tparam {table,...} list
-- @treturn {table,...} the same list
function M.in_order(list)
  table.sort(list, function(a, b)
    if a.name == b.name then return a.type < b.type end
    return a.name < b.name
  end)
  return list
end

--- Those values that a function says yes to, and the others.
-- @tparam {string,...} values
-- @tparam function is called with each
-- @treturn {string,...}
-- @treturn {string,...}
function M.parted(values, is)
  local yes, no = {}, {}
  for _, value in ipairs(values) do
    local list = is(value) and yes or no
    list[#list + 1] = value
  end
  return yes, no
end

--- The changes that take back what changes have made: in the order opposite to theirs.
-- @tparam {table,...} changes
-- @treturn {table,...}
function M.reversed(changes)
  local list = {}
  for i = #changes, 1, -1 do
    local change = changes[i]
    list[#list + 1] = { name = change.name, type = change.type, before = change.after, after = change.before }
  end
  return list
end

return M

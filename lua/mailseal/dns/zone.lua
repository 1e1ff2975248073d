--- The transport without a network: answers from a zone, faults included. Tests and demonstrations run on it.
--
-- A zone is a table from names to lists of records, as a JSON zone file holds it:
--
--     { ["s1._domainkey.example.com"] = { { type = "TXT", data = { "v=DKIM1; p=…", "rest" }, ttl = 300 } },
--       ["a.example"] = { { type = "CNAME", data = "b.example." } },
--       ["x.example"] = { { error = "timeout" } },                    -- whatever is asked there
--       ["y.example"] = { { type = "TXT", error = "servfail" } } }    -- for that type alone
--
-- `data` of TXT and SPF is a string, or the list of its character-strings; of any other type, the presentation form of a master
-- file, with names absolute. Everywhere `\DDD` is an octet and `\\` a backslash. `ttl` is 300 where it is absent. `error` is
-- timeout, servfail, refused, notimp, formerr, or bogus: servfail to all who do not ask with checking disabled.
--
-- In JSON a member that is null counts as absent.
--
-- The zone is all there is: a name that is absent does not exist, unless one below it does, or a wildcard covers it
-- (RFC 4592); CNAMEs are followed. It is read once; what is changed in the table afterwards goes unseen.
-- @module mailseal.dns.zone
local core = require "mailseal.core".dns

local question, make_reply = core.question, core.reply
local char, floor = string.char, math.floor

local M = {}
local Transport = {}
Transport.__index = Transport
Transport.__name = "mailseal.dns.zone"

local CNAME, SOA, ANY_TYPE = 5, 6, 0
local NOERROR, NXDOMAIN = 0, 3
local CHAIN_MAX = 10
local DEFAULT_TTL, TTL_MOST = 300, 2147483647
local rcodes = { servfail = 2, refused = 5, notimp = 4, formerr = 1, bogus = 2 }

local function parent(name) return name:match "%.(.+)$" end

local function pack16(number) return char(floor(number / 256) % 256, number % 256) end
local function pack32(number) return pack16(floor(number / 65536)) .. pack16(number % 65536) end

---- Compiling.

-- Cuts a TXT record's text into character-strings of at most 255 octets, an escape being one.
local function cut_text(text)
  local strings, part, octets, at = {}, {}, 0, 1
  while at <= #text do
    local unit = text:match("^\\%d%d%d", at) or text:match("^\\.", at) or text:sub(at, at)
    part[#part + 1], octets, at = unit, octets + 1, at + #unit
    if octets == 255 then
      strings[#strings + 1] = table.concat(part)
      part, octets = {}, 0
    end
  end
  if octets > 0 or #strings == 0 then strings[#strings + 1] = table.concat(part) end
  return strings
end

-- Adds a record to a node: kept as what follows its owner's name in a message.
-- `tokens` are its data's fields; the names among them are below `origin` where one is given.
local function add_record(node, number, tokens, ttl, origin)
  ttl = ttl or DEFAULT_TTL
  if type(ttl) ~= "number" or ttl < 0 or ttl > TTL_MOST or ttl ~= floor(ttl) then
    return nil, ("a TTL is a whole number of seconds, from 0 to %d"):format(TTL_MOST)
  end
  local data, message = core.rdata(number, tokens, origin)
  if not data then return nil, message end
  local set = node.sets[number] or { n = 0, tails = {} }
  local tail = pack16(number) .. pack16(1) .. pack32(ttl) .. pack16(#data) .. data
  set.n = set.n + 1
  set.tails[set.n] = tail
  if number == CNAME then set.target = core.name(tokens[1], origin) end
  node.sets[number] = set
  return true
end

-- The node at a name; it and all names above it exist from now on.
local function node_at(nodes, name)
  local node = nodes[name]
  if node then return node end
  node = { sets = {} }
  nodes[name] = node
  local above = parent(name)
  if above then node_at(nodes, above) end
  return node
end

---- A zone as a table.

-- Is it a list: a table with the keys 1 to n and no others?
local function is_list(value)
  if type(value) ~= "table" then return false end
  local n = 0
  for _ in pairs(value) do n = n + 1 end
  for i = 1, n do
    if value[i] == nil then return false end
  end
  return true
end

-- A record's data as tokens.
local function tokens_of(record, type_name)
  local data, is_text = record.data, type_name == "TXT" or type_name == "SPF"
  if is_text and is_list(data) and #data > 0 then
    for _, token in ipairs(data) do
      if type(token) ~= "string" then return nil, "data is not a list of strings" end
    end
    return data
  end
  if type(data) ~= "string" then return nil, is_text and "data is not text nor a list of strings" or "data is not text" end
  if is_text then return cut_text(data) end
  return require "mailseal.dns.zone_master".tokens(data)
end

-- The number and name of the type that a record or a fault is of; a fault may be of all.
local function type_of(record)
  if record.type == nil and record.error ~= nil then return ANY_TYPE end
  if type(record.type) ~= "string" then return nil, "a record has no type" end
  local number, name = core.type(record.type)
  if not number then return nil, record.type .. ": " .. name end
  return number, name
end

local function add_entry(node, record)
  if type(record) ~= "table" then return nil, "a record is not an object" end
  local number, type_name = type_of(record)
  if not number then return nil, type_name end
  if record.error == nil then
    local tokens, wrong = tokens_of(record, type_name)
    if not tokens then return nil, wrong end
    return add_record(node, number, tokens, record.ttl)
  end
  if type(record.error) ~= "string" then return nil, "error is not text" end
  if record.error ~= "timeout" and not rcodes[record.error] then
    return nil, record.error .. " is no error that a zone knows"
  end
  node.faults = node.faults or {}
  node.faults[number] = record.error
  return true
end

-- The nodes of a zone as a table; or nil and what is wrong, and at which name.
local function nodes_of(zone)
  local nodes = {}
  for name, records in pairs(zone) do
    if type(name) ~= "string" then return nil, ("%s is not a name"):format(tostring(name)) end
    local canonical, message = core.name(name)
    if not canonical then return nil, message end
    if not is_list(records) then return nil, canonical .. ": not a list of records" end
    local node = node_at(nodes, canonical)
    for _, record in ipairs(records) do
      local ok, wrong = add_entry(node, record)
      if not ok then return nil, canonical .. ": " .. wrong end
    end
  end
  return nodes
end

---- A zone as a text.

-- What editors on Windows put before UTF-8.
local BYTE_ORDER_MARK = "\239\187\191"

local function read_json(text)
  local zone, message, code = require "mailseal.dns.zone_json".read(text)
  if not zone then return nil, message, code end
  return nodes_of(zone)
end

local function read_master(text)
  local nodes = {}
  local ok, message = require "mailseal.dns.zone_master".read(text, function(owner, number, tokens, ttl, origin)
    local added, wrong = add_record(node_at(nodes, owner), number, tokens, ttl, origin)
    if not added then return nil, owner .. ": " .. wrong end
    return true
  end)
  if not ok then return nil, message end
  return nodes
end

-- The nodes of a zone as a text; or nil, what is wrong, and a code where it is not the zone that is. What begins with a
-- brace or a bracket is JSON: no record of a master file does.
local function read(text)
  if text:sub(1, #BYTE_ORDER_MARK) == BYTE_ORDER_MARK then text = text:sub(#BYTE_ORDER_MARK + 1) end
  if text:find "^%s*[{%[]" then return read_json(text) end
  return read_master(text)
end

-- The transport over nodes; or what is wrong, said of `source`.
local function transport_over(source, nodes, message, code)
  if not nodes then return nil, source .. ": " .. message, code or "bad_zone" end
  return setmetatable({ nodes = nodes, servers = { false }, tries = 1 }, Transport)
end

--- Makes the transport out of a zone as a table.
-- @tparam table zone see above
-- @treturn ?table the transport
-- @treturn ?string what is wrong, and at which name
-- @treturn ?string `bad_zone`
function M.new(zone) return transport_over("zone", nodes_of(zone)) end

--- Makes the transport out of a zone's text.
-- @tparam string text of a JSON or master file
-- @treturn ?table the transport
-- @treturn ?string what is wrong, and at which name or in which line
-- @treturn ?string `bad_zone`, or `no_module` where a JSON zone wants lua-cjson
function M.read(text) return transport_over("zone", read(text)) end

--- Makes the transport out of a zone file.
-- @tparam string path of a JSON or master file
-- @treturn ?table the transport
-- @treturn ?string what is wrong, and with which file
-- @treturn ?string `unreadable`; or as of `read`
function M.open(path)
  local file, message = io.open(path, "rb")
  local text
  if file then
    text, message = file:read "*a"
    file:close()
  end
  if not text then return nil, ("cannot read %s: %s"):format(path, (message:gsub("^.*: ", ""))), "unreadable" end
  return transport_over(path, read(text))
end

---- Answering.

-- What stands at a name, or at the wildcard that covers it (RFC 4592 §3.3.1).
local function find(nodes, name)
  local node = nodes[name]
  if node then return node end
  local encloser = parent(name)
  while encloser and not nodes[encloser] do encloser = parent(encloser) end
  return nodes[encloser and "*." .. encloser or "*"]
end

-- A set's records, their owner being the question's name, at octet 12. Joined when they are first asked for, once.
local function owned_here(set)
  if not set.here then set.here = "\192\012" .. table.concat(set.tails, "\192\012") end
  return set.here
end

-- A set's records, with their owner's name written out.
local function owned(set, name)
  local _, owner = core.name(name)
  return owner .. table.concat(set.tails, owner)
end

-- The SOA of the zone that a name is in, for negative answers.
local function authority(nodes, name)
  local at = name
  while at do
    local node = nodes[at]
    if node and node.sets[SOA] then return owned(node.sets[SOA], at), node.sets[SOA].n end
    at = parent(at)
  end
  return "", 0
end

local function fault_of(node, type, checking_disabled)
  local fault = node.faults and (node.faults[type] or node.faults[ANY_TYPE])
  if fault == "bogus" and checking_disabled then return nil end
  return fault
end

-- Answers by what is at the end of the CNAMEs that begin at the name.
local function answer_by_chain(nodes, query, name, type, checking_disabled)
  local answers, n, asked = "", 0, name
  while n <= CHAIN_MAX do
    local node = find(nodes, name)
    if not node then return make_reply(query, NXDOMAIN, answers, n, authority(nodes, name)) end
    local fault = fault_of(node, type, checking_disabled)
    if fault == "timeout" then return nil, "the zone keeps silent about " .. asked, "timeout" end
    if fault then return make_reply(query, rcodes[fault], "", 0, "", 0) end
    local set = node.sets[type]
    if set then return make_reply(query, NOERROR, answers .. owned(set, name), n + set.n, "", 0) end
    local alias = node.sets[CNAME]
    if not alias then return make_reply(query, NOERROR, answers, n, authority(nodes, name)) end
    answers, n = answers .. owned({ tails = { alias.tails[1] } }, name), n + 1
    name = alias.target
  end
  return make_reply(query, NOERROR, answers, n, "", 0)
end

--- Answers a query.
-- @tparam string query a DNS message
-- @treturn ?string the reply
-- @treturn ?string why there is none
-- @treturn ?string `timeout`, where the zone says so; `bad_message`
function Transport:exchange(query)
  local name, type, checking_disabled = question(query)
  if not name then return nil, type, checking_disabled end
  local nodes = self.nodes
  local node = nodes[name]
  local set = node and not node.faults and node.sets[type]
  if set then return make_reply(query, NOERROR, owned_here(set), set.n, "", 0) end
  return answer_by_chain(nodes, query, name, type, checking_disabled)
end

--- Nothing is to be closed.
function Transport:close() end

return M

--- What a zone holds, compiled: by name, the records as they stand in a message, and the faults. The formats are told in
-- `mailseal.dns.zone`.
--
-- `data.nodes` is by name, "." being the root; each node has `sets`, by the type's number, and perhaps `faults`, by the
-- type's number or `ANY_TYPE`. A name that has a node exists. A set has `n` records, `tails`, what follows the owner's name in a
-- message, and `targets`, the names in them, where there is one. `data.limited` is the list of what holds for some
-- servers only; `mailseal.dns.zone_view` makes nodes of it.
-- @module mailseal.dns.zone_data
local core = require "mailseal.core".dns
local parent = require "mailseal.dns.name".parent

local char, floor = string.char, math.floor

local M = {}

M.ANY_TYPE = 0

--- Where a record's data begins in its tail: behind type, class, TTL and length.
M.DATA_AT = 11

local NS, CNAME, DNAME = 2, 5, 39
local DEFAULT_TTL, TTL_MOST = 300, 2147483647

local faults = {
  timeout = true, truncated = true, lame = true, servfail = true, refused = true, notimp = true, formerr = true, bogus = true,
}

-- Types whose data is a name.
local has_target = { [NS] = true, [CNAME] = true, [DNAME] = true }

local function pack16(number) return char(floor(number / 256) % 256, number % 256) end
local function pack32(number) return pack16(floor(number / 65536)) .. pack16(number % 65536) end

-- ---- Records.

-- The name that stands in a record's data, uncompressed.
local function name_in(octets)
  local labels, at = {}, 1
  while octets:byte(at) > 0 do
    local length = octets:byte(at)
    labels[#labels + 1] = octets:sub(at + 1, at + length):gsub(".", function(c) return ("\\%03d"):format(c:byte()) end)
    at = at + length + 1
  end
  return (core.name(table.concat(labels, ".") .. "."))
end

-- One record: its type's `number`, its `tail`, perhaps its `target`. `tokens` are its data's fields; the names among them
-- are below `origin` where one is given.
local function make_record(number, tokens, ttl, origin)
  ttl = ttl or DEFAULT_TTL
  if type(ttl) ~= "number" or ttl < 0 or ttl > TTL_MOST or ttl ~= floor(ttl) then
    return nil, ("a TTL is a whole number of seconds, from 0 to %d"):format(TTL_MOST)
  end
  local data, message, code = core.rdata(number, tokens, origin)
  if not data then return nil, message, code end
  return {
    number = number,
    tail = pack16(number) .. pack16(1) .. pack32(ttl) .. pack16(#data) .. data,
    target = has_target[number] and (#tokens == 1 and core.name(tokens[1], origin) or name_in(data)) or nil,
  }
end

local function add_record(node, record)
  local set = node.sets[record.number] or { n = 0, tails = {} }
  set.n = set.n + 1
  set.tails[set.n] = record.tail
  if record.target then
    set.targets = set.targets or {}
    set.targets[set.n] = record.target
  end
  node.sets[record.number] = set
end

local function add_fault(node, number, fault)
  node.faults = node.faults or {}
  node.faults[number] = fault
end

--- Adds a record or a fault to a node.
-- @tparam table node
-- @tparam table what `number`, and `fault`, or `tail` and `target`
function M.add(node, what)
  if what.fault then
    add_fault(node, what.number, what.fault)
  else
    add_record(node, what)
  end
end

--- The node at a name; it and all names above it exist from now on.
-- @tparam table nodes
-- @tparam string name as answers spell it
-- @treturn table
function M.node_at(nodes, name)
  local node = nodes[name]
  if node then return node end
  node = { sets = {} }
  nodes[name] = node
  local above = parent(name)
  if above then M.node_at(nodes, above) end
  return node
end

-- ---- A zone as a table.

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

-- A record's data as tokens.
local function tokens_of(record, type_name)
  local data, is_text = record.data, type_name == "TXT" or type_name == "SPF"
  if is_text and is_list(data) then
    if #data == 0 then return { "" } end -- a record has one string at least (RFC 1035 §3.3.14)
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
  if record.type == nil and record.error ~= nil then return M.ANY_TYPE end
  if type(record.type) ~= "string" then return nil, "a record has no type" end
  local number, name = core.type(record.type)
  if not number then return nil, record.type .. ": " .. name end
  return number, name
end

--- How a server is known in a zone by its address: as octets behind one that no name begins with.
-- @tparam string text the address
-- @treturn ?string nil where it is none
-- @treturn ?string what is wrong
-- @treturn ?string `bad_rdata` or `no_memory`
function M.address_key(text)
  local octets, message, code = core.rdata(text:find(":", 1, true) and "AAAA" or "A", { text })
  if not octets then return nil, message, code end
  return "\0" .. octets
end

-- How it is known by its address or by its name, which is itself.
local function server_key(text)
  local key, message, code = M.address_key(text)
  if key or code == "no_memory" then return key, message, code end
  local name = not text:find ":" and not text:find "%.%d+%.?$" and core.name(text)
  if name then return name end
  return nil, ("%s is neither an address nor the name of a server"):format(text)
end

-- The servers that an entry is limited to, as keys; nil and no message where it holds for all.
local function servers_of(entry)
  if entry.servers == nil then return nil end
  if not is_list(entry.servers) then return nil, "servers is not a list of addresses and host names" end
  local keys = {}
  for i, server in ipairs(entry.servers) do
    if type(server) ~= "string" then return nil, "servers is not a list of addresses and host names" end
    local key, wrong, code = server_key(server)
    if not key then return nil, wrong, code end
    keys[i] = key
  end
  return keys
end

local members = { type = true, data = true, ttl = true, error = true, servers = true }

-- The member of an entry that means nothing: another one, misspelt. The first by the alphabet, if there are several.
local function unknown_member(entry)
  local unknown
  for member in pairs(entry) do
    local name = tostring(member)
    if not members[member] and (not unknown or name < unknown) then unknown = name end
  end
  return unknown
end

-- One entry of the table: a record, or a fault, of a type.
local function read_entry(entry)
  if type(entry) ~= "table" then return nil, "a record is not an object" end
  local unknown = unknown_member(entry)
  if unknown then return nil, ("a record has no member \"%s\""):format(unknown) end
  local number, type_name = type_of(entry)
  if not number then return nil, type_name end
  local fault = entry.error
  if fault == nil then
    local tokens, wrong = tokens_of(entry, type_name)
    if not tokens then return nil, wrong end
    return make_record(number, tokens, entry.ttl)
  end
  if type(fault) ~= "string" then return nil, "error is not text" end
  if not faults[fault] then return nil, fault .. " is no error that a zone knows" end
  return { number = number, fault = fault }
end

local function add_entry(data, name, node, entry)
  local what, wrong, code = read_entry(entry)
  if not what then return nil, wrong, code end
  local servers
  servers, wrong, code = servers_of(entry)
  if wrong then return nil, wrong, code end
  if servers then
    data.limited[#data.limited + 1] = { name = name, what = what, servers = servers }
  else
    M.add(node(), what)
  end
  return true
end

--- Compiles a zone as a table.
-- @tparam table zone
-- @treturn ?table the data
-- @treturn ?string what is wrong, and at which name
-- @treturn ?string `no_memory`, where it is that
function M.of_table(zone)
  local data = { nodes = {}, limited = {} }
  for name, records in pairs(zone) do
    if type(name) ~= "string" then return nil, ("%s is not a name"):format(tostring(name)) end
    -- No file's field ends here at a space, and SPF's macros make names with one.
    local canonical, message = core.name((name:gsub(" ", "\\032")))
    if not canonical then return nil, message end
    if not is_list(records) then return nil, canonical .. ": not a list of records" end
    local function node() return M.node_at(data.nodes, canonical) end
    if #records == 0 then node() end
    for _, entry in ipairs(records) do
      local ok, wrong, code = add_entry(data, canonical, node, entry)
      if not ok then return nil, canonical .. ": " .. wrong, code == "no_memory" and code or nil end
    end
  end
  return data
end

-- ---- A zone as a text.

-- What editors on Windows put before UTF-8.
local BYTE_ORDER_MARK = "\239\187\191"

local function of_json(text)
  local zone, message, code = require "mailseal.dns.zone_json".read(text)
  if not zone then return nil, message, code end
  return M.of_table(zone)
end

-- A record of a master file. Of some types, which whole zone files hold, only the name is known: to tell that there is
-- nothing of such a type would be false, to refuse the file a pity; so the zone does not implement that type there.
local function read_record(number, tokens, ttl, origin)
  local record, wrong, code = make_record(number, tokens, ttl, origin)
  if not record and code == "no_presentation" and not select(2, core.type(number)):find "^TYPE%d" then
    return { number = number, fault = "notimp" }
  end
  return record, wrong, code
end

local function of_master(text)
  local data, short = { nodes = {}, limited = {} }, nil
  local ok, message = require "mailseal.dns.zone_master".read(text, function(owner, number, tokens, ttl, origin)
    local record, wrong, code = read_record(number, tokens, ttl, origin)
    if not record then
      short = code == "no_memory" and code or nil
      return nil, owner .. ": " .. wrong
    end
    M.add(M.node_at(data.nodes, owner), record)
    return true
  end)
  if not ok then return nil, message, short end
  return data
end

--- Compiles a zone as a text. What begins with a brace or a bracket is JSON: no record of a master file does.
-- @tparam string text
-- @treturn ?table the data
-- @treturn ?string what is wrong, and where
-- @treturn ?string a code where it is not the zone that is wrong
function M.of_text(text)
  if text:sub(1, #BYTE_ORDER_MARK) == BYTE_ORDER_MARK then text = text:sub(#BYTE_ORDER_MARK + 1) end
  if text:find "^%s*[{%[]" then return of_json(text) end
  return of_master(text)
end

return M

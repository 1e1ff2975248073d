--- A zone as one of its servers has it, and which of its zones a server has.
--
-- Most of a zone is the same everywhere. What is limited to some servers is laid over it: a view is a table of nodes, those
-- that differ being its own and all others the zone's.
-- @module mailseal.dns.zone_view
local parent = require "mailseal.dns.name".parent
local zone_data = require "mailseal.dns.zone_data"

local unpack = table.unpack or unpack -- luacheck: ignore

local M = {}

local A, NS, SOA, AAAA = 1, 2, 6, 28
local DATA_AT = zone_data.DATA_AT

-- The keys of a host's addresses.
local function addresses_of(nodes, host)
  local keys, node = {}, nodes[host]
  for _, number in ipairs { A, AAAA } do
    for _, tail in ipairs(node and node.sets[number] and node.sets[number].tails or {}) do
      keys[#keys + 1] = "\0" .. tail:sub(DATA_AT)
    end
  end
  return keys
end

-- Notes all the keys by which the servers are known that something is limited to: a host goes by its addresses, too.
local function spread(data)
  local known = {}
  for _, entry in ipairs(data.limited) do
    entry.keys = {}
    for _, server in ipairs(entry.servers) do
      for _, key in ipairs { server, unpack(addresses_of(data.nodes, server)) } do
        entry.keys[key], known[key] = true, true
      end
    end
  end
  data.known, data.views = known, {}
end

-- A copy of a node, to be added to.
local function copy(node)
  local own = { sets = {} }
  for number, set in pairs(node.sets) do
    local tails, targets = {}, set.targets and {}
    for i = 1, set.n do
      tails[i] = set.tails[i]
      if targets then targets[i] = set.targets[i] end
    end
    own.sets[number] = { n = set.n, tails = tails, targets = targets }
  end
  for number, fault in pairs(node.faults or {}) do zone_data.add(own, { number = number, fault = fault }) end
  return own
end

-- The node of that name in a view, its own to be added to.
local function own_node(view, base, name)
  local node = rawget(view, name)
  if node then return node end
  if base[name] then
    view[name] = copy(base[name])
    return view[name]
  end
  return zone_data.node_at(view, name)
end

local function is_for(entry, keys)
  for _, key in ipairs(keys) do
    if entry.keys[key] then return true end
  end
  return false
end

-- The zone's nodes with what is limited to a server of these keys laid over them.
local function overlay(data, keys)
  local view = setmetatable({}, { __index = data.nodes })
  for _, entry in ipairs(data.limited) do
    if is_for(entry, keys) then
      local node, what = own_node(view, data.nodes, entry.name), entry.what
      zone_data.add(node, what)
      if what.fault and what.number == zone_data.ANY_TYPE then node.own_fault = what.fault end
    end
  end
  return view
end

--- The nodes as a server has them.
-- @tparam table data see `mailseal.dns.zone_data`
-- @tparam string key of an address or of a host
-- @treturn table nodes; one has `own_fault` where the server alone has that fault, whatever the type
function M.nodes(data, key)
  if #data.limited == 0 then return data.nodes end
  if not data.views then spread(data) end
  if data.views[key] then return data.views[key] end
  local keys, known = addresses_of(data.nodes, key), data.known[key]
  for _, address in ipairs(keys) do known = known or data.known[address] end
  if not known then return data.nodes end
  keys[#keys + 1] = key
  data.views[key] = overlay(data, keys)
  return data.views[key]
end

--- The apex of the zone that a name is in: the nearest name, it or one above it, with an SOA or NS record.
-- @tparam table nodes
-- @tparam ?string name as answers spell it
-- @treturn ?string nil where there is none
function M.apex(nodes, name)
  while name do
    local node = nodes[name]
    if node and (node.sets[SOA] or node.sets[NS]) then return name end
    name = parent(name)
  end
end

--- Is a server one of a zone's? Where the zone names none, all are.
-- @tparam table nodes as the server has them
-- @tparam string apex of the zone
-- @tparam string key of the server's address
-- @treturn boolean
function M.serves(nodes, apex, key)
  local servers = nodes[apex].sets[NS]
  if not servers then return true end
  for _, host in ipairs(servers.targets) do
    for _, address in ipairs(addresses_of(nodes, host)) do
      if address == key then return true end
    end
  end
  return false
end

--- The fault that a server has with all of the zone that a name is in.
-- @tparam table nodes as the server has them
-- @tparam string name
-- @treturn ?string
function M.zone_fault(nodes, name)
  if not getmetatable(nodes) then return nil end -- what all servers share, none has of its own
  local apex = M.apex(nodes, name)
  return apex and nodes[apex].own_fault
end

-- Has the server that has these nodes a fault with a name that the zone's other servers do not have?
local function is_faulty(data, nodes, name)
  local node = rawget(nodes, name)
  if M.zone_fault(nodes, name) then return true end
  if not node or not node.faults then return false end
  local base = data.nodes[name]
  for number in pairs(node.faults) do
    if not (base and base.faults and base.faults[number]) then return true end
  end
  return false
end

--- The nodes as a resolver finds them: as the first of the zone's servers has them that has no fault of its own at the name;
-- as the first does where all have one; as they are for every server where the zone names none.
-- @tparam table data see `mailseal.dns.zone_data`
-- @tparam string name
-- @treturn table nodes
function M.resolved(data, name)
  if #data.limited == 0 then return data.nodes end
  local apex = M.apex(data.nodes, name)
  local servers = apex and data.nodes[apex].sets[NS]
  if not servers then return data.nodes end
  for _, host in ipairs(servers.targets) do
    local nodes = M.nodes(data, host)
    if nodes == data.nodes or not is_faulty(data, nodes, name) then return nodes end
  end
  return M.nodes(data, servers.targets[1])
end

return M

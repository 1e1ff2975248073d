--- A stage for the operator's zone keys.example, to which CNAMEs of domains lead: that of `spec.support.publishing`, with a way into it.
local memory_zone = require "spec.support.memory_zone"
local sets = require "mailseal.publish.sets"
local shell = require "spec.support.shell"
local stage_of = require "spec.support.publishing"

local M = {}

--- The zone.
M.ZONE = "keys.example"

local SOA = {
  { type = "SOA", data = "ns1.dns.example. h.dns.example. 1 3600 600 86400 300" }, { type = "NS", data = "ns1.dns.example." },
}

--- What somebody else has there.
M.OTHERS = {
  { name = "keys.example", type = "TXT", ttl = 60, values = { '"somebody else\'s"' } },
  { name = "www.keys.example", type = "A", ttl = 60, values = { "192.0.2.80" } },
}

--- Opens a stage.
-- @tparam[opt] table options as of `spec.support.publishing.open`; `directory`, of the master key
-- @treturn table with `zones`, the target
function M.open(options)
  local given, directory = {}, options and options.directory or shell.new_directory()
  for name, value in pairs(options or {}) do given[name] = name ~= "directory" and value or nil end
  given.target = given.target or memory_zone.new { [M.ZONE] = M.OTHERS }
  given.sets = given.sets or function() return given.target.sets end
  given.master_key_file = directory .. "/master.key"
  given.operator_zones = given.operator_zones or { [M.ZONE] = { via = given.target } }
  local stage = stage_of.open(given)
  stage.directory = directory
  stage.apex[M.ZONE] = SOA
  stage_of.show(stage)
  stage:replace(M.ZONE, SOA)
  return stage
end

--- Ends it.
function M.close(stage)
  stage:close()
  shell.remove_directory(stage.directory)
end

--- Creates a domain whose keys stand in that zone.
-- @tparam table stage
-- @tparam[opt="example.com"] string domain
-- @treturn table
function M.create(stage, domain)
  return assert(stage.tenant:create { domain = domain or "example.com", provider = "own", vars = { cname_zone = M.ZONE } })
end

--- What the zone holds, texts by name, but for what others have there.
-- @tparam table stage
-- @treturn table
function M.held(stage)
  local list = {}
  for _, set in pairs(stage.sets()[M.ZONE]) do
    local label = set.name:match "^(%w+)%.keys%.example$"
    if label and #label == 32 then list[set.name] = sets.joined(set.values[1]) end
  end
  return list
end

--- What it is to hold, by the registry.
-- @tparam table stage
-- @treturn table texts by name
function M.wanted(stage)
  local list = {}
  for _, record in ipairs((assert(stage.registry:zone_records()))) do list[record.name] = record.value end
  return list
end

--- Does the zone hold what is others'?
-- @tparam table stage
-- @treturn boolean
function M.has_others(stage)
  for _, set in ipairs(M.OTHERS) do
    if not sets.same(stage.sets()[M.ZONE][set.name .. " " .. set.type], set) then return false end
  end
  return true
end

--- Lets time pass, as of `spec.support.publishing.pass`, some hours at a time, so that names that are due are looked at.
-- @tparam table stage
-- @tparam number seconds
-- @tparam[opt=6] number hours
function M.pass(stage, seconds, hours)
  local ends = stage.now + seconds
  while stage.now < ends do
    stage_of.pass(stage, math.min((hours or 6) * 3600, ends - stage.now))
    assert(stage.registry:work { until_idle = true })
  end
end

--- The events of a kind.
-- @tparam table stage
-- @tparam string kind
-- @tparam[opt] table tenant
-- @treturn {table,...} their data
function M.told(stage, kind, tenant)
  local list = {}
  for _, event in ipairs(assert((tenant or stage.tenant):events { limit = 1000 })) do
    if event.kind == kind then list[#list + 1] = event.data end
  end
  return list
end

return M

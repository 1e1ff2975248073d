--- The ways into operators' zones: given once, when the registry is opened, and kept in memory alone.
-- @module mailseal.onboard.publishing.operator_access
local access = require "mailseal.onboard.publishing.access"
local domain_names = require "mailseal.domain"
local fields = require "mailseal.onboard.fields"
local kinds = require "mailseal.dns.options"
local printable = require "mailseal.printable".line
local publish = require "mailseal.publish"

local M = {}

-- The TTL of a key's record, where none is named.
local TTL = 3600

-- Options of a way that are not the target's.
local OWN = { via = true, ttl = true, fetch = true }
local own = {
  ttl = kinds.count(0, 2147483647), fetch = kinds.of_type("table", "options of mailseal.fetch"),
  via = kinds.either { kinds.of_type("string", "a target's id"), kinds.of_type("table", "a target") },
}

-- The target's own options among those that were given; nil, a message and a code where there is one that it does not have.
local function options_of(module, given)
  local known, options = {}, {}
  for _, list in ipairs { module.settings, module.credentials } do
    for _, one in ipairs(list) do known[one.name] = true end
  end
  for name, value in pairs(given) do
    if not OWN[name] and not known[name] then
      return nil, ("%s has no setting \"%s\""):format(module.id, printable(tostring(name):sub(1, 60))), "bad_setting"
    end
    options[name] = not OWN[name] and value or nil
  end
  return options
end

local function way_of(zone, given, level)
  local checked = { via = given.via, ttl = given.ttl, fetch = given.fetch }
  kinds.check("operator_zones", checked, own)
  if not given.via then error(("operator_zones: \"%s\" wants the way, via"):format(printable(zone)), level + 1) end
  local is_open = type(given.via) == "table"
  local module, message, code = given.via.module, nil, nil
  if not is_open then module, message, code = publish.find(given.via) end
  if is_open then module = module or { id = "object", settings = {}, credentials = {} } end
  if not module then return nil, message, code end
  local options
  options, message, code = options_of(module, given)
  if not options then return nil, message, code end
  return {
    zone = zone, via = module.id, module = module, options = options, target = is_open and given.via or nil, fetch = given.fetch,
    ttl = math.max(given.ttl or TTL, module.least_ttl or 0), scope = access.scope(module.id, options),
  }
end

--- The ways by the zones that they lead into.
-- @tparam ?table given by zone, as `cname_zone` of domains names it: `via`, the id of a target or one that is open; its settings and
--   credentials; `ttl` of what is written (3600); `fetch`, options of `mailseal.fetch` (private networks are allowed: it is the
--   operator's own server)
-- @tparam[opt=1] number level whose error it is, as of `error`
-- @treturn[1] table by zone, in A-labels, for @{open}
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_name`, `no_target`, `bad_setting`
-- @raise where that is no such table
function M.of(given, level)
  local ways = {}
  for zone, one in pairs(given or {}) do
    if type(zone) ~= "string" or type(one) ~= "table" then error("operator_zones is a table of ways by zone", (level or 1) + 1) end
    local name = domain_names.to_ascii((zone:gsub("%.$", "")))
    if not name then return nil, ("\"%s\" is no zone's name"):format(printable(zone:sub(1, 80))), "bad_name" end
    local way, message, code = way_of(name, one, (level or 1) + 1)
    if not way then return nil, message, code end
    ways[name] = way
  end
  return ways
end

--- Opens a target.
-- @tparam table registry
-- @tparam table way as of @{of}
-- @treturn[1] table see `mailseal.publish.target`
-- @treturn[2] nil
-- @treturn[2] string what went wrong
-- @treturn[2] string a code, as of `mailseal.publish.open`
function M.open(registry, way)
  if way.target then return way.target end
  local resolver, message, code = registry:resolver()
  if not resolver then return nil, message, code end
  local options = fields.joined(way.options)
  options.resolver, options.now = resolver, function() return registry:now() end
  options.fetch = fields.joined({
    allow_private = true, allow_plain = tostring(options.endpoint or ""):find "^http://" ~= nil or nil,
    ca_file = registry.policy.publishing.ca_file,
  }, way.fetch)
  return publish.open(way.via, options)
end

--- Closes it, unless it is somebody else's.
-- @tparam table way
-- @tparam table target
function M.close(way, target)
  if not way.target then target:close() end
end

return M

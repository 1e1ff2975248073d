--- The ways in which a domain's records can come into its DNS, the easiest first: by an access that is kept, by a link of Domain Connect,
-- by the interface of its DNS host, by DNS's own protocol for changes; and by hand, which always remains.
--
-- Pure: it asks neither DNS nor a host.
-- @module mailseal.publish.ways
local publish = require "mailseal.publish"

local M = {}

--- Of a target's settings, those that whoever runs a service decides upon, and not who uses it: they lead elsewhere, or name files.
M.OPERATORS = {
  endpoint = true, ca_file = true, fetch = true, resolver = true, now = true, allow_private = true, allow_plain = true,
}

-- What is to be told of fields, without those that are not the user's to choose.
local function fields_of(list)
  local told = {}
  for _, field in ipairs(list or {}) do
    if not M.OPERATORS[field.name] then
      told[#told + 1] = {
        name = field.name, text = field.text, required = field.required or false, environment = field.environment, file = field.file,
      }
    end
  end
  return told
end

--- A way through a target.
-- @tparam table module of a target, see `mailseal.publish.target`
-- @treturn table `via`, `name`, `host`, `atomic`, `settings`, `credentials`
function M.of_target(module)
  return {
    via = module.id, name = module.name, host = module.host, atomic = module.atomic or false,
    settings = fields_of(module.settings), credentials = fields_of(module.credentials),
  }
end

local function modules()
  local list = {}
  for i, id in ipairs(publish.ids()) do
    list[i] = assert(publish.find(id))
  end
  return list
end

-- Does a target write to where a domain's DNS is? Of a host that is not known any of them may: name servers can bear another's name.
local function suits(module, host)
  return module.host == nil or host == nil or module.host == host
end

-- What stands before what: an access that is kept, the host's own, what goes with any host, and what may be the host's own.
local function rank(way, host)
  if way.kept then
    return 1
  elseif way.via == "domain-connect" then
    return 2
  end
  return way.host ~= nil and (way.host == host and 3 or 5) or 4
end

--- All of them.
-- @tparam table about
--
-- - `host`: the id of the domain's DNS host, nil where it is not known
-- - `kept`: a set of the ids of targets (`via`) to which an access is kept for the domain
-- - `connect`: what was found by Domain Connect, `provider_name`; nil where it is not to be had
-- - `targets`: modules of targets (those of `mailseal.publish`)
-- @treturn {table,...} each `via` ("domain-connect" and "manual" among them), `name`, `automatic`, `kept`, `settings` and `credentials`
--   (lists of `name`, `text`, `required`)
function M.of(about)
  local list, kept = {}, about.kept or {}
  for place, module in ipairs(about.targets or modules()) do
    if kept[module.id] or suits(module, about.host) then
      local way = M.of_target(module)
      way.kept, way.automatic, way.place = kept[module.id] or false, true, place
      list[#list + 1] = way
    end
  end
  if about.connect then
    list[#list + 1] = {
      via = "domain-connect", name = about.connect.provider_name, automatic = true, kept = false, settings = {}, credentials = {},
      place = 0,
    }
  end
  table.sort(list, function(a, b)
    local first, second = rank(a, about.host), rank(b, about.host)
    if first ~= second then
      return first < second
    end
    return a.place < b.place
  end)
  list[#list + 1] = { via = "manual", name = "by hand", automatic = false, kept = false, settings = {}, credentials = {} }
  for _, way in ipairs(list) do
    way.place = nil
  end
  return list
end

--- The one of some ways that has an id.
-- @tparam {table,...} ways
-- @tparam string via
-- @treturn ?table
function M.find(ways, via)
  for _, way in ipairs(ways) do
    if way.via == via then
      return way
    end
  end
end

return M

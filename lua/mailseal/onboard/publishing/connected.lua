--- What became of a plan by Domain Connect (`mailseal.onboard.publishing.connecting`), as DNS shows it.
-- @module mailseal.onboard.publishing.connected
local planning = require "mailseal.publish.plan"
local reading = require "mailseal.onboard.publishing.reading"
local seen = require "mailseal.onboard.publishing.seen"

local M = {}

--- What of that which a DNS host was asked to set DNS shows by now. It waits for DNS.
-- @tparam table registry
-- @tparam table one a publication, as of `mailseal.store.publications`
-- @tparam table known as of `mailseal.onboard.publishing.steps.load`
-- @treturn ?table by zone, what was changed; nil where DNS does not say
-- @treturn boolean is that all of it?
function M.look(registry, one, known)
  local resolver, zone = registry:resolver(), next(one.changes)
  if not resolver or not known.domain or not zone then return nil, false end
  local reader = seen.open(zone, resolver)
  local given = reading.read(reader, registry, { domain = one.domain, known = known, way = { via = one.via, module = {} } })
  if not given then return nil, false end
  given.left = {}
  local is_right, found, changes, is_all = {}, {}, {}, true
  for _, step in ipairs(planning.make(given).steps) do is_right[step.name .. " " .. step.type] = step.action == "keep" end
  for _, set in ipairs(given.zones[zone] or {}) do found[set.name .. " " .. set.type] = set end
  for _, change in ipairs(one.changes[zone]) do
    local key = change.name .. " " .. change.type
    is_all = is_all and is_right[key] ~= false -- what is wanted no more, as a challenge that was met, is not waited for
    if is_right[key] ~= false and found[key] then
      changes[#changes + 1] = { name = change.name, type = change.type, before = change.before, after = found[key] }
    end
  end
  return { [zone] = changes[1] and changes or nil }, is_all
end

return M

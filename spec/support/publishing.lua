--- A stage for publishing: that of `spec.support.onboarding`, whose zones are written to by a target of `spec.support.memory_zone`. What
-- is written there DNS shows at once, unless `hidden` is true.
local memory_zone = require "spec.support.memory_zone"
local onboarding = require "spec.support.onboarding"
local sets = require "mailseal.publish.sets"

local M = {}

-- A value of a set as the stage's zones have it.
local function shown(kind, value) return { type = kind, data = kind == "TXT" and sets.joined(value) or value } end

--- Has the stage's DNS show what the target's zones hold.
-- @tparam table stage
function M.show(stage)
  local names = {}
  for _, zone in pairs(stage.sets()) do
    for _, set in pairs(zone) do
      names[set.name] = names[set.name] or {}
      for _, value in ipairs(set.values) do
        local record = shown(set.type, value)
        record.ttl = set.ttl
        table.insert(names[set.name], record)
      end
    end
  end
  for name in pairs(stage.written or {}) do stage.records[name] = stage.apex[name] end
  for name, records in pairs(names) do
    local all = {}
    for _, record in ipairs(stage.apex[name] or {}) do all[#all + 1] = record end
    for _, record in ipairs(records) do all[#all + 1] = record end
    stage.records[name] = all
  end
  stage.written, stage.opened = names, nil
end

local own = { zones = true, target = true, sets = true }

--- Opens a stage.
-- @tparam[opt] table options as of `spec.support.onboarding.open`, and `zones`: what the target's zones hold, by zone (nothing in
--   example.com); or `target`, another one, and `sets`, a function that returns what its zones hold, by zone
-- @treturn table with `zones`, the target; `hidden`
function M.open(options)
  options = options or {}
  local given = {}
  for name, value in pairs(options) do given[name] = not own[name] and value or nil end
  given.policy = given.policy or { publishing = { wait = 0 }, keys = { type = "ed25519" } }
  local stage = onboarding.open(given)
  stage.zones, stage.apex = options.target or memory_zone.new(options.zones or { ["example.com"] = {} }), {}
  stage.sets = options.sets or function() return stage.zones.sets end
  for name, records in pairs(stage.records) do stage.apex[name] = records end
  local apply = stage.zones.apply
  function stage.zones.apply(...)
    local ok, message, code, details = apply(...)
    if not stage.hidden then M.show(stage) end
    return ok, message, code, details
  end
  M.show(stage)
  return stage
end

--- The values that a set of the target's has.
-- @tparam table stage
-- @tparam string name
-- @tparam string kind
-- @treturn ?{string,...}
function M.values(stage, name, kind)
  for _, zone in pairs(stage.sets()) do
    local set = zone[name .. " " .. kind]
    if set then return set.values end
  end
end

return M

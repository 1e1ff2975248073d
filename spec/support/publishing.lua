--- A stage for publishing: that of `spec.support.onboarding`, whose zones are written to by a target of `spec.support.memory_zone`. What
-- is written there DNS shows at once, unless `hidden` is true.
local memory_zone = require "spec.support.memory_zone"
local onboarding = require "spec.support.onboarding"
local publish = require "mailseal.publish"
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


--- Makes a DNS host of the stage's target: by `via = "memory"` and the token "secret-token" anybody writes to it.
-- @tparam table stage
-- @treturn function undoes it
function M.host(stage)
  local find, open = publish.find, publish.open
  local module = {
    id = "memory", name = "a table", atomic = true, least_ttl = 0,
    settings = { { name = "account", text = "an account" }, { name = "endpoint", text = "an address" } },
    credentials = { { name = "token", text = "a token", required = true } },
  }
  stage.opened_with = {}
  function publish.find(id) -- luacheck: ignore
    if id == "memory" then return module end
    return find(id)
  end
  function publish.open(id, options) -- luacheck: ignore
    if id ~= "memory" then return open(id, options) end
    if not options.token then return nil, "a token is wanted", "credentials_missing" end
    table.insert(stage.opened_with, { token = options.token, account = options.account })
    if options.token == "secret-token" then return stage.zones end
    local function refuse() return nil, "the token is not known", "bad_credentials" end
    return { zone_of = refuse, read = refuse, apply = refuse, undo = refuse, close = function() end }
  end
  return function() publish.find, publish.open = find, open end
end

--- Lets time pass, and the worker do all that comes to be due meanwhile, each at its time.
-- @tparam table stage
-- @tparam number seconds
function M.pass(stage, seconds)
  local moment = stage.now + seconds
  while true do
    local due = stage.registry.db:read(function(tx)
      return { at = tx:row([[SELECT min(at) AS at FROM (SELECT min(next_check_at) AS at FROM domains
        UNION ALL SELECT min(next_at) FROM keys UNION ALL SELECT min(due_at) FROM accesses
        UNION ALL SELECT min(due_at) FROM publications) AS all_of_them]]).at }
    end).at
    if not due or due > moment then break end
    local at = math.max(stage.now, due)
    stage.now = at == stage.now and due < at and stage.worked == at and at + 1 or at
    stage.worked = stage.now
    assert(stage.registry:work { until_idle = true })
  end
  stage.now = moment
end

return M

--- What runs in the threads of nginx: the steps of `mailseal.onboard` that work on the database, or sign.
--
-- Each call that is under way has a Lua VM of its own, which nginx keeps and uses again; and with it what is opened here, a registry
-- for each settings. `ngx.run_worker_thread` loads this module before it goes to a thread, so whatever takes long to load is loaded
-- when it is called.
-- @module mailseal.http.thread
local unpack = table.unpack or unpack -- luacheck: ignore

local M = {}

-- By the settings' id, the registry.
local registries = {}

-- What the call that runs has changed: a list of tenant, domain, tenant, domain…
local changed = {}

local function note(tenant, domain)
  changed[#changed + 1] = tenant
  changed[#changed + 1] = domain
end

-- The user's own rules, where there are any.
local function rules_of(settings)
  local rules
  for _, path in ipairs(settings.rules or {}) do
    local found, message, code = require "mailseal.provider".load_directory(path)
    if not found then
      return nil, message, code
    end
    rules = rules or {}
    for id, rule in pairs(found) do
      rules[id] = rule
    end
  end
  return rules or false
end

-- MB of an SQLite file that each VM keeps in memory: there are several in each worker, and the system keeps it, too.
local CACHE = 8

local function open(settings)
  if registries[settings.id] then
    return registries[settings.id]
  end
  local rules, wrong, why = rules_of(settings)
  if rules == nil then
    return nil, wrong, why
  end
  local db, message, code = require "mailseal.store".open(settings.db, { cache = CACHE, make = not settings.is_made })
  if not db then
    return nil, message, code
  end
  local registry
  registry, message, code = require "mailseal.onboard".open {
    db = db, master_key_file = settings.master_key_file, policy = settings.policy, providers = rules or nil,
    -- Of the other threads' changes nobody tells this one: decisions are kept where all see them, by `mailseal.http.registry`.
    decision_age = 0, changed = note,
  }
  if not registry then
    db:close()
  end
  registries[settings.id] = registry
  return registry, message, code
end

local function perform(settings, module, step, ...)
  local registry, message, code = open(settings)
  if not registry then
    -- What is wrong with the master key, or with rules, is no answer to whoever asked for something.
    return nil, message, code and code:find "^store_" and code or "no_registry"
  end
  return registry:perform(module, step, ...)
end

-- An error of the program: its message, without values, which a traceback would not have either.
local function as_text(problem) return { raised = tostring(problem) } end

-- What is told of a call: did it end well; what it changed, nil for nothing; then what it returned, or the error's message.
local function told(ok, ...)
  local list = changed[1] and changed or nil
  changed = {}
  if ok then
    return true, list, ...
  end
  return false, list, (...).raised
end

--- Takes a step of `mailseal.onboard`. See `perform` of `mailseal.onboard.registry`.
-- @tparam table settings of `mailseal.http.registry`
-- @tparam string module
-- @tparam string step
-- @tparam any ... plain data
-- @treturn boolean false where an error was raised
-- @treturn ?{string,...} what was changed: tenant, domain, tenant, domain…
-- @treturn any what the step returned; or the error's message
function M.perform(settings, module, step, ...)
  local arguments, n = { ... }, select("#", ...)
  return told(xpcall(function() return perform(settings, module, step, unpack(arguments, 1, n)) end, as_text))
end

return M

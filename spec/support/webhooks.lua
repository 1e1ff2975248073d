--- A stage for webhooks: a registry whose events go to receivers on loopback, and a clock that the test moves.
local events = require "mailseal.store.events"
local onboarding = require "spec.support.onboarding"
local sending = require "mailseal.onboard.sending"
local shell = require "spec.support.shell"

local M = {}
local Stage = {}
Stage.__index = Stage

--- Opens one.
-- @tparam string url of the database
-- @tparam[opt] table policy numbers of `mailseal.onboard.webhook_rules`
-- @tparam[opt] string key the file of the master key, where that is there already
-- @treturn table `registry`, `tenant`, `now` (of `stage`), `key`
function M.open(url, policy, key)
  local directory = not key and shell.new_directory() or nil
  local given = { allow_private = true, timeout = 5, jitter = 0 }
  for name, value in pairs(policy or {}) do given[name] = value end
  local self = setmetatable({ directory = directory, key = key or directory .. "/master.key" }, Stage)
  self.stage = onboarding.open { db = url, master_key_file = self.key, policy = { webhooks = given } }
  self.stage:replace("hooks.example", { { type = "A", data = "127.0.0.1" } })
  self.registry, self.tenant = self.stage.registry, self.stage.tenant
  return self
end

--- Makes a webhook to a receiver.
-- @tparam table receiver
-- @tparam[opt] table given more, as of `tenant:make_webhook`; `path`
-- @tparam[opt] table tenant
-- @treturn table
function Stage:hook(receiver, given, tenant)
  local all = { url = ("http://hooks.example:%d%s"):format(receiver.port, given and given.path or "/") }
  for name, value in pairs(given or {}) do all[name] = name ~= "path" and value or nil end
  return assert((tenant or self.tenant):make_webhook(all))
end

--- Lets something happen.
-- @tparam string words "a.example verified", or several such, separated by commas
-- @tparam[opt] table tenant
function Stage:happen(words, tenant)
  assert(self.registry.db:write(function(tx)
    for domain, kind in words:gmatch "([%w.-]+) ([%w_]+)" do
      events.add(tx, (tenant or self.tenant).id, domain ~= "-" and domain or nil, kind, { reason = "test" }, { at = self.stage.now })
    end
  end))
end

--- Sends what is due, after so many seconds.
-- @tparam[opt] number seconds
-- @treturn number how many messages
function Stage:send(seconds)
  self.stage.now = self.stage.now + (seconds or 0)
  return assert(sending.work(self.registry))
end

--- Lets time pass, in steps, sending what is due.
-- @tparam number seconds
-- @tparam number step
function Stage:pass(seconds, step)
  for _ = 1, seconds / step do self:send(step) end
end

--- What receivers got, as texts: "a.example verified".
-- @tparam {table,...} requests
-- @treturn {string,...}
function M.told(requests)
  local list = {}
  for i, request in ipairs(requests) do
    local body = require "cjson".decode(request.body)
    list[i] = ("%s %s"):format(body.domain or "-", body.type)
  end
  return list
end

--- Ends it.
function Stage:close()
  self.stage:close()
  if self.directory then shell.remove_directory(self.directory) end
end

return M

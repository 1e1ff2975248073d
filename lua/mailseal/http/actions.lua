--- What an embedder lets be done with a domain besides: each action is a button on the domain's page, and a route.
--
--     local service = http.new {
--       db = "sqlite:mailseal.db",
--       actions = { {
--         id = "set-up", label = "Set it up for me", text = "We enter the records at your DNS host.",
--         is_offered = function(call, domain) return domain.dns_host == "example-dns" and domain.status == "pending" end,
--         run = function(call, domain) return enter_records(domain) end,
--       } },
--     }
--
-- Without such actions there are neither buttons nor routes.
-- @module mailseal.http.actions
local kinds = require "mailseal.dns.options"
local reply = require "mailseal.http.reply"

local M = {}

local Actions = { __name = "mailseal.http.actions" }
Actions.__index = Actions

local text, fn = kinds.of_type("string", "a text"), kinds.of_type("function", "a function")
local known = {
  id = {
    function(value) return type(value) == "string" and value:find "^%l[%l%d-]*$" ~= nil end, "lower-case letters, digits and hyphens",
  },
  label = text, text = text, is_offered = fn, run = fn,
}

--- Makes them.
-- @tparam {table,...} list each with
--
-- - `id`: lower-case letters, digits and hyphens, for the address
-- - `label`: what the button says; `text`: a sentence beside it
-- - `is_offered(call, domain)`: may it be done with this domain now? (It may, without such a function.) `call` is as handlers get it,
--   `domain` as of `mailseal.onboard.view`
-- - `run(call, domain)`: does it; returns a sentence about what was done; or nil, a message, a code, and, where there are any, members of
--   the problem. A code of `mailseal.http.codes` has the status that it has there; one of the action's own is 422, unless `status` is
--   among the members
-- @treturn table
-- @raise where one of them makes no sense
function M.new(list)
  local self = setmetatable({ list = list, by_id = {} }, Actions)
  for _, action in ipairs(list) do
    kinds.check("an action", action, known)
    if not action.id or not action.label or not action.run then
      error("an action wants an id, a label and a function `run`", 3)
    elseif self.by_id[action.id] then
      error(("there are two actions %s"):format(action.id), 3)
    end
    self.by_id[action.id] = action
  end
  return self
end

local function is_offered(action, call, domain)
  return not action.is_offered or action.is_offered(call, domain) and true
end

--- What may be done with a domain now.
-- @tparam table call as handlers get it
-- @tparam table domain as of `mailseal.onboard.view`
-- @treturn {table,...} each with `id`, `label` and `text`
function Actions:offered(call, domain)
  local list = {}
  for _, action in ipairs(self.list) do
    if is_offered(action, call, domain) then
      list[#list + 1] = { id = action.id, label = action.label, text = action.text }
    end
  end
  return list
end

--- Does one.
-- @tparam table call as handlers get it: `tenant`; `path` with `domain` and `action`
-- @treturn[1] string what was done
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `not_found`: there is no such domain; `no_action`: nor such an action, or it is not offered now; a code of the
--   action's own
-- @treturn[2] ?table members of the problem, of the action's own
function Actions:run(call)
  local domain, message, code = call.tenant:get(call.path.domain)
  if not domain then
    return nil, message, code
  end
  local action = self.by_id[call.path.action]
  if not action or not is_offered(action, call, domain) then
    return nil, ("there is no \"%s\" to be done with %s now"):format(call.path.action, domain.domain), "no_action"
  end
  return action.run(call, domain)
end

--- The routes: none where there are no actions.
-- @treturn {table,...}
function Actions:routes()
  if not self.list[1] then
    return {}
  end
  return {
    { method = "GET", path = "/v1/domains/{domain}/actions", id = "listActions", handler = function(call)
      local domain, message, code = call.tenant:get(call.path.domain)
      if not domain then
        return nil, message, code
      end
      return reply.json(200, { actions = self:offered(call, domain) })
    end },
    { method = "POST", path = "/v1/domains/{domain}/actions/{action}", id = "runAction", handler = function(call)
      local done, message, code, members = self:run(call)
      if not done then
        return nil, message, code, members
      end
      return reply.json(200, { done = done })
    end },
  }
end

return M

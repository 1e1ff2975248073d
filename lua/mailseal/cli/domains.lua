--- `mailseal domains`: a tenant's sending domains, from a typed name to signed mail.
--
-- What it can do is in `domains_<group>`, each a list of actions: `name`, `summary` and `run(tenant, given)`, which does it, tells it and
-- returns an exit status; where they are wanted, `describe(command)`, which declares the arguments, `check(given)`, which ends the command
-- where the options do not fit one another, `makes_database`, whether it makes one where there is none, and `makes_key(given, own)`,
-- whether it makes a private key (`own`: the user's own rules of providers).
-- @module mailseal.cli.domains
local command = require "mailseal.cli.command"
local registry_face = require "mailseal.cli.registry"

local M = {}

local GROUPS = { "life", "gate", "keys", "log" }

local epilog = [[
The exit status of add, verify and restart is 0 where the domain is verified,
75 where it is pending and 1 where it has failed; of decide, 0 for send, 75 for
hold and 1 for refuse. An action that cannot be done, since there is no such
domain or since it is in use, ends with 1; 69 and 75 tell of the database and
of DNS.]]

local function actions()
  local list = {}
  for _, group in ipairs(GROUPS) do
    for _, action in ipairs(require("mailseal.cli.domains_" .. group).actions) do
      list[#list + 1] = action
    end
  end
  return list
end

--- Declares the actions.
-- @tparam table parent argparse's command
function M.describe(parent)
  parent:summary "Take customers' domains from a typed name to signed mail."
  parent:description "Takes customers' domains from a typed name to signed mail, and keeps them so."
  parent:epilog(epilog)
  parent:command_target "action"
  for _, action in ipairs(actions()) do
    local declared = command.add(parent, action.name)
    declared:summary(action.summary)
    declared:description(action.summary)
    if action.describe then
      action.describe(declared)
    end
    registry_face.describe_tenant(declared)
    registry_face.describe(declared)
    declared:flag("--json", "Print one JSON object a line on standard output, and nothing else.")
  end
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  for _, action in ipairs(actions()) do
    if action.name == given.action then
      if action.check then
        action.check(given)
      end
      local id = registry_face.tenant(given)
      local registry = registry_face.open(given, { makes_database = action.makes_database, makes_key = action.makes_key and function(own)
        return action.makes_key(given, own)
      end })
      local ok, result = pcall(action.run, registry:tenant(id), given)
      registry:close()
      return ok and result or error(result, 0)
    end
  end
  error("there is no action " .. tostring(given.action))
end

return M

--- Commands that have actions, such as `mailseal tokens add`: each works on a registry, for a tenant.
--
-- An action is a table of `name`, `summary` and `run(tenant, given)`, which does it, tells it and returns an exit status, or nothing
-- where all is well; where they are wanted, `describe(command)`, which declares the arguments, `check(given)`, which ends the command
-- where the options do not fit one another, `makes_database`, whether it makes one where there is none, and `makes_key(given, own)`,
-- whether it makes a private key (`own`: the user's own rules of providers).
-- @module mailseal.cli.actions
local command = require "mailseal.cli.command"
local registry_face = require "mailseal.cli.registry"
local status = require "mailseal.cli.status"

local M = {}

--- Declares the actions of a command.
-- @tparam table parent argparse's command
-- @tparam {table,...} actions
-- @tparam function ... each called with an action's command: declares the options that all of them have
function M.describe(parent, actions, ...)
  parent:command_target "action"
  for _, action in ipairs(actions) do
    local declared = command.add(parent, action.name)
    declared:summary(action.summary)
    declared:description(action.summary)
    if action.describe then
      action.describe(declared)
    end
    registry_face.describe_tenant(declared)
    for _, describe in ipairs { ... } do
      describe(declared)
    end
    declared:flag("--json", "Print one JSON object a line on standard output, and nothing else.")
  end
end

local function find(actions, name)
  for _, action in ipairs(actions) do
    if action.name == name then
      return action
    end
  end
  error("there is no action " .. tostring(name))
end

--- Runs the one that was asked for.
-- @tparam table given the options
-- @tparam {table,...} actions
-- @tparam function open opens the registry, as `open` of `mailseal.cli.registry` does
-- @treturn number exit status
function M.run(given, actions, open)
  local action = find(actions, given.action)
  if action.check then
    action.check(given)
  end
  local id = registry_face.tenant(given)
  local registry = open(given, { makes_database = action.makes_database, makes_key = action.makes_key and function(own)
    return action.makes_key(given, own)
  end })
  -- Events name the command as the one who did it.
  local ok, result = pcall(action.run, registry:tenant(id, "mailseal " .. given.command), given)
  registry:close()
  if not ok then
    error(result, 0)
  end
  return result or status.OK
end

return M

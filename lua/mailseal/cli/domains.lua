--- `mailseal domains`: a tenant's sending domains, from a typed name to signed mail.
--
-- What it can do is in `domains_<group>`, each a list of actions as of `mailseal.cli.actions`.
-- @module mailseal.cli.domains
local actions = require "mailseal.cli.actions"
local registry_face = require "mailseal.cli.registry"

local M = {}

local GROUPS = { "life", "gate", "keys", "log" }

local epilog = [[
The exit status of add, verify and restart is 0 where the domain is verified,
75 where it is pending and 1 where it has failed; of decide, 0 for send, 75 for
hold and 1 for refuse. An action that cannot be done, since there is no such
domain or since it is in use, ends with 1; 69 and 75 tell of the database and
of DNS.]]

local function all()
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
  actions.describe(parent, all(), registry_face.describe)
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  return actions.run(given, all(), registry_face.open)
end

return M

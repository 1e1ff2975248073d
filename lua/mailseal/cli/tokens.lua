--- `mailseal tokens add|list|revoke`: by what a tenant's programs, and people at the page, say who they are to the service.
-- @module mailseal.cli.tokens
local actions = require "mailseal.cli.actions"
local json = require "mailseal.json"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local registry_face = require "mailseal.cli.registry"
local text = require "mailseal.cli.text"

local M = {}

local want = registry_face.want

local function add(tenant, given)
  local made = want(tenant:make_token { name = given.name })
  if given.json then
    output.line(json.encode(json.pick(made, { "id", "tenant", "name", "token", "created_at" })))
  else
    output.line(made.token)
    output.complain("mailseal tokens add", ('%s, of the tenant "%s": it is told this once'):format(made.id, made.tenant))
  end
end

local function list(tenant, given)
  for _, token in ipairs(want(tenant:tokens())) do
    if given.json then
      output.line(json.encode(json.pick(token, { "id", "name", "created_at" })))
    else
      output.line(("%s  %s  %s"):format(token.id, paint.time(token.created_at), text.printable(token.name)))
    end
  end
end

local function revoke(tenant, given)
  want(tenant:revoke_token(given.id))
  output.line(given.json and json.encode(json.object("revoked", given.id)) or given.id .. ": revoked")
end

-- What there is to do, as of `mailseal.cli.actions`.
local list_of_actions = {
  {
    name = "add", run = add, makes_database = true,
    summary = "Make a token, and print it, once.",
    describe = function(declared)
      declared:option("--name", "What it is called in lists (token)."):argname "NAME"
    end,
  },
  { name = "list", run = list, summary = "List the tokens: their ids, when they were made, and their names." },
  {
    name = "revoke", run = revoke,
    summary = "Revoke a token: a running service turns it away within a second.",
    describe = function(declared) declared:argument("id", "Its id, which `list` tells."):argname "ID" end,
  },
}

--- Declares the actions.
-- @tparam table parent argparse's command
function M.describe(parent)
  parent:summary "Make and revoke the tokens that the service is asked with."
  parent:description "Makes, lists and revokes the tokens that the service is asked with."
  actions.describe(parent, list_of_actions, registry_face.describe_database)
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  return actions.run(given, list_of_actions, registry_face.open_store)
end

return M

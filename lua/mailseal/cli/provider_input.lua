--- What commands are told of providers: which, what its vars are, and rules of one's own.
-- @module mailseal.cli.provider_input
local rules = require "mailseal.cli.rules"
local status = require "mailseal.cli.status"

local M = {}

--- Declares `--var`.
-- @tparam table command argparse's command
function M.describe_vars(command)
  command
    :option("--var", "What the provider's rule asks for; may be repeated. Of a list, the items are separated by commas.")
    :argname("NAME=VALUE")
    :count("*")
end

--- Declares `--var` and `--rules`.
-- @tparam table command argparse's command
function M.describe(command)
  M.describe_vars(command)
  rules.describe(command)
end

--- The user's own rules.
-- @tparam table given the options
-- @treturn table as of `mailseal.provider.load_directory`
function M.own(given)
  local own = {}
  for _, path in ipairs(rules.directories(given.rules, "provider")) do
    local found, cause = require("mailseal.provider").load_directory(path)
    if not found then
      status.stop(status.DATA, cause)
    end
    for id, rule in pairs(found) do
      own[id] = rule
    end
  end
  return own
end

--- A provider's rule; ends the command where there is none.
-- @tparam string id
-- @tparam table own as of @{own}
-- @treturn table
function M.rule(id, own)
  local rule, cause = require("mailseal.provider").find(id, own)
  return rule or status.stop(status.USAGE, cause)
end

--- What `--var` has given.
-- @tparam table rule
-- @tparam {string,...} given texts such as "region=eu-west-1"
-- @tparam table own as of @{own}
-- @treturn table as `mailseal.provider.records` takes them
function M.vars(rule, given, own)
  local vars, cause = require("mailseal.provider").read_vars(rule, given, own)
  return vars or status.stop(status.USAGE, "--var: " .. cause)
end

--- The organizational domain of a domain, where this system has the list that tells.
-- @tparam string domain in A-labels
-- @treturn ?string
function M.organization(domain)
  local list = require("mailseal.onboard.public_suffix").system()
  return list and list:registrable(domain) or nil
end

--- The domain in lower-case A-labels; ends the command where it is none.
-- @tparam string domain
-- @treturn string
function M.domain(domain)
  local domains = require "mailseal.domain"
  local ascii, cause = domains.to_ascii((domain:gsub("%.$", "")))
  if not ascii or not domains.valid(ascii) then
    status.stop(status.USAGE, ("'%s': %s"):format(domain, cause or "that is no name of a domain"))
  end
  return ascii
end

--- The records of a provider for a domain; ends the command where there are none.
-- @tparam table rule
-- @tparam string domain in A-labels
-- @tparam table given the options
-- @tparam table own as of @{own}
-- @treturn {table,...} records
-- @treturn {table,...} advice
-- @treturn {table,...} what is missing
-- @treturn table the rule that they are of: that of a variant, where it has one of its own
function M.records(rule, domain, given, own)
  local records, advice, missing, used = require("mailseal.provider").records(rule, domain, M.vars(rule, given.var, own), {
    org_domain = M.organization(domain), partial = true, rules = own,
  })
  if not records then
    status.stop(missing == "not_applicable" and status.NO or status.USAGE, advice)
  end
  return records, advice, missing, used
end

return M

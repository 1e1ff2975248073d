--- `mailseal spf`: says whether an address may send mail for a domain, and how that was decided.
-- @module mailseal.cli.spf
local json = require "mailseal.json"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local report = require "mailseal.cli.spf_report"
local resolver = require "mailseal.cli.resolver"
local status = require "mailseal.cli.status"

local M = {}

local epilog = [[
It prints the result, the way to it term by term, and what all terms of the
domain's record and of those that it includes would cost a receiver, which
gives up at more than 10 look-ups.

The exit status is 0 where the address may send (pass), 75 where DNS gave no
answer and a later try may tell (temperror), and 1 otherwise.]]

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary("Say whether an address may send mail for a domain (SPF).")
  command:description("Evaluates the SPF record of a sender's domain for the address that the mail comes from.")
  command:epilog(epilog)
  command:option("--ip", "The address that the mail comes from."):argname("IP"):count(1)
  command
    :option("--sender", "The envelope sender (MAIL FROM); where it is empty, the name of --helo is checked.")
    :convert(options.sender)
    :argname("ADDR")
  command:option("--helo", "The name that the sending host gives itself."):argname("NAME")
  resolver.describe(command)
  command
    :option("--time", "The time to check at, in seconds since 1970.")
    :convert(options.whole("--time", 0, options.LAST_SECOND))
    :argname("N")
  command:flag("--json", "Print one JSON object on standard output, and nothing else.")
end

local function exit_status(result)
  if result.result == "pass" then
    return status.OK
  end
  return result.result == "temperror" and status.TEMPORARY or status.NO
end

-- Is there anything to draw a tree of? Not of what is no domain, nor where DNS gave no answer at all: it would be waited for again.
local function has_tree(result)
  return result.reason ~= "bad_domain" and (result.result ~= "temperror" or result.trace[1].record ~= nil)
end

--- The result, and the tree of the same domain where there is one.
local function evaluate(given)
  local spf = require "mailseal.spf"
  local asked = resolver.open(given, given.time and { now = function() return given.time end })
  local result, cause = spf.check {
    ip = given.ip, sender = given.sender, helo = given.helo, now = given.time, resolver = asked, prefetch = true,
  }
  if not result then
    status.stop(status.USAGE, cause)
  elseif not has_tree(result) then
    return result
  end
  local tree = spf.tree(result.domain, {
    ip = given.ip, sender = result.sender, helo = result.helo, now = given.time, resolver = asked,
  })
  return result, tree
end

local function says_who(identity)
  return identity and identity ~= "" and identity ~= "<>"
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  if not says_who(given.sender) and not says_who(given.helo) then
    status.stop(status.USAGE, "who sends? --sender ADDR, or --helo NAME, or both")
  end
  local result, tree = evaluate(given)
  if given.json then
    output.line(json.encode(report.object(result, tree)))
  else
    report.tell(result, tree)
  end
  return exit_status(result)
end

return M

--- `mailseal explain`: what a finding means, what causes it and how it is mended.
-- @module mailseal.cli.explain
local json = require "mailseal.json"
local nearest = require "mailseal.nearest"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local status = require "mailseal.cli.status"

local M = {}

local epilog = [[
error      receivers do not use the record, or mail fails
pending    nothing can be told yet: not visible yet, or DNS did not answer
warning    it works today, and is to be mended
advice     it works, and something would be better

A code never changes its meaning: programs may compare it. In the sentences,
<name>, <found> and the like stand for what was found.]]

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary("Say what a finding means, and how it is mended.")
  command:description("Says what a finding of record, check and the others means; without a code, lists all of them.")
  command:epilog(epilog)
  command:argument("code", "The code of a finding, such as dkim_revoked."):args("?")
  command:flag("--json", "Print one JSON object a finding on standard output, a line each, and nothing else.")
end

--- A sentence of the catalogue without its braces.
local function sentence(text)
  return (text:gsub(" %({}%)", ""):gsub("{}", "<found>"):gsub("{([%a_]+)}", "<%1>"))
end

local function tell_json(kind)
  output.line(json.encode(json.object(
    "code", kind.code,
    "severity", kind.severity,
    "cause", sentence(kind.cause),
    "fix", sentence(kind.fix)
  )))
end

local function tell(kind)
  paint.finding { severity = kind.severity, code = kind.code, message = sentence(kind.cause), fix = sentence(kind.fix) }
end

--- A line for each kind: its code, how bad it is, and the cause.
local function tell_list(kinds)
  local longest = 0
  for _, kind in ipairs(kinds) do
    longest = math.max(longest, #kind.code)
  end
  for _, kind in ipairs(kinds) do
    local code = paint.paint("strong", kind.code) .. (" "):rep(longest - #kind.code)
    paint.line(("%s  %s"):format(code, paint.word(kind.severity, 8)), longest + 10, sentence(kind.cause))
  end
end

local LONGEST = 100 -- octets

local function unknown(kinds, code)
  local known = {}
  for i, kind in ipairs(kinds) do
    known[i] = kind.code
  end
  local codes = nearest.words(known, (code:lower():gsub("%-", "_")))
  local hint = #codes > 0 and "do you mean " .. table.concat(codes, ", ") .. "?" or "mailseal explain lists them all"
  status.stop(status.USAGE, ("there is no finding called '%s': %s"):format(code:sub(1, LONGEST), hint))
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  local record = require "mailseal.record"
  local kinds = record.kinds()
  if given.code then
    local kind = record.explain(given.code) or unknown(kinds, given.code)
    kinds = { kind }
  end
  if given.json then
    for _, kind in ipairs(kinds) do
      tell_json(kind)
    end
  elseif given.code then
    tell(kinds[1])
  else
    tell_list(kinds)
  end
  return status.OK
end

return M

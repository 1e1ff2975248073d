--- `mailseal explain`: what a finding means, what causes it and how it is mended.
-- @module mailseal.cli.explain
local json = require "mailseal.cli.json"
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

-- ---- Codes that are almost the one asked for.

local NEAREST = 5

--- How many characters must be added, removed or replaced to make one word of the other (Levenshtein).
local function distance(a, b)
  local row = {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      local best = math.min(row[j] + 1, row[j - 1] + 1, diagonal + (same and 0 or 1))
      diagonal, row[j] = row[j], best
    end
  end
  return row[#b]
end

--- The codes nearest to what was asked for: those that it is a part of, and those that it is a misspelling of.
local function nearest(kinds, code)
  local list = {}
  for place, kind in ipairs(kinds) do
    local contained = code ~= "" and kind.code:find(code, 1, true)
    local far = contained and 0 or distance(code, kind.code)
    if far <= math.max(2, #code / 3) then
      list[#list + 1] = { code = kind.code, far = far, place = place }
    end
  end
  table.sort(list, function(a, b)
    if a.far ~= b.far then
      return a.far < b.far
    end
    return a.place < b.place
  end)
  local codes = {}
  for i = 1, math.min(NEAREST, #list) do
    codes[i] = list[i].code
  end
  return codes
end

local LONGEST = 100 -- octets; nobody's code is longer

local function unknown(kinds, code)
  local codes = #code <= LONGEST and nearest(kinds, code:lower():gsub("%-", "_")) or {}
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

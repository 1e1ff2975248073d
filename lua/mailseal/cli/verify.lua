--- `mailseal verify`: verifies the signatures of messages.
-- @module mailseal.cli.verify
local input = require "mailseal.cli.input"
local json = require "mailseal.json"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local resolver = require "mailseal.cli.resolver"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"
local told = require "mailseal.authres.told"

local M = {}

local epilog = [[
A message whose first line ends in a bare LF, as Unix keeps text files, is
verified as if every line ended in CRLF, as it did when it was sent.

The exit status is 0 where every message has a signature and all signatures
pass, 1 where one does not or a message has none, 75 where DNS did not answer
and a later try may tell.]]

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary("Verify the signatures of messages.")
  command:description("Verifies every DKIM signature of each message, and prints the results.")
  command:epilog(epilog)
  command:argument("files", "Messages; none or - is standard input."):args("*"):argname("FILE")
  resolver.describe(command)
  command
    :option("--time", "The time to verify at, in seconds since 1970.")
    :convert(options.whole("--time", 0, options.LAST_SECOND))
    :argname("N")
  command
    :option("--authserv-id", "The name for the Authentication-Results field.")
    :convert(options.authserv_id("--authserv-id"))
    :argname("NAME")
  command:flag("--json", "Print one JSON object per message on standard output, and nothing else.")
end

local function verify(path, given, dns_resolver)
  local dkim = require "mailseal.dkim"
  local stream
  local function start(first)
    local verifier = dkim.verifier { resolver = dns_resolver, normalize = told.has_unix_lines(first) }
    stream = verifier:stream { now = given.time }
  end
  for chunk in input.chunks(path) do
    if not stream then
      start(chunk)
    end
    local taken, cause = stream:write(chunk)
    if not taken then
      status.stop(status.DATA, input.name(path) .. ": " .. cause)
    end
  end
  if not stream then
    status.stop(status.DATA, input.name(path) .. ": the message is empty")
  end
  local results, cause = stream:finish()
  if not results then
    status.stop(status.DATA, input.name(path) .. ": " .. cause)
  end
  return results
end

local function tell_json(path, results, line)
  output.line(
    json.encode(
      json.object(
        "file", path,
        "results", told.objects(results),
        "ignored", results.ignored, -- signatures beyond those that one message may have evaluated
        "authentication_results", line
      )
    )
  )
end

--- "example.com s1 rsa-sha256 2048 bits: the signature is good"
local function describe(result)
  local what = {}
  for _, field in ipairs { "domain", "selector", "algorithm" } do
    what[#what + 1] = result[field]
  end
  if result.key_bits then
    what[#what + 1] = ("%d bits"):format(result.key_bits)
  end
  return ("%s: %s"):format(table.concat(what, " "), result.text or result.reason or "")
end

--- What else was seen and matters to a reader, a line each.
local function remarks(result)
  local list = {}
  if result.header_intact and result.result == "fail" then
    list[#list + 1] = "the signed header fields are as they were: only the body was changed on the way"
  end
  if result.octets_unsigned and result.octets_unsigned > 0 then
    list[#list + 1] = ("%d octets at the end of the body are not signed (l=)"):format(result.octets_unsigned)
  end
  if result.testing then
    list[#list + 1] = "the domain says that it is only testing DKIM (t=y in its key record)"
  end
  if result.in_future then
    list[#list + 1] = "the signature says that it was made in the future (t=): one of the two clocks is wrong"
  end
  return list
end

-- Columns in front of what is said of a result.
local RESULT = 12

local function tell(path, results, line)
  output.line(text.printable(input.name(path)))
  for _, result in ipairs(results) do
    paint.line("  " .. paint.word(result.result, 9) .. " ", RESULT, describe(result))
    for _, remark in ipairs(remarks(result)) do
      paint.line((" "):rep(RESULT), RESULT, remark)
    end
  end
  if #results == 0 then
    output.line("  ", paint.word("none", 9), " the message has no DKIM signature")
  elseif results.ignored then
    output.line(("  %d more signatures were not looked at"):format(results.ignored))
  end
  output.line("  ", (line:gsub("\r?\n%s+", " ")))
end

--- What one message's results mean for the exit status.
local function verdict(results)
  local worst = #results == 0 and status.NO or status.OK
  for _, result in ipairs(results) do
    if result.result == "temperror" then
      worst = worst == status.OK and status.TEMPORARY or worst
    elseif result.result ~= "pass" then
      worst = status.NO
    end
  end
  return worst
end

--- Verifies one message and tells its results. A message that cannot be read is told, and keeps no other from its turn.
local function verify_and_tell(path, given, dns_resolver)
  local ok, results = pcall(verify, path, given, dns_resolver)
  if not ok then
    if not status.is_stop(results) then
      error(results, 0)
    end
    output.complain("mailseal verify", results.message)
    return results.status
  end
  local line = told.field(results, given.authserv_id)
  local show = given.json and tell_json or tell
  show(path, results, line)
  return verdict(results)
end

--- Of two messages' statuses, the one that the command ends with: what needs the user's hand first comes first.
local rank = { [status.OK] = 0, [status.TEMPORARY] = 1, [status.NO] = 2, [status.DATA] = 3 }

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  local dns_resolver = resolver.open(given)
  local files = #given.files > 0 and given.files or { "-" }
  local worst = status.OK
  for _, path in ipairs(files) do
    local outcome = verify_and_tell(path, given, dns_resolver)
    if rank[outcome] > rank[worst] then
      worst = outcome
    end
  end
  return worst
end

return M

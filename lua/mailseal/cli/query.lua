--- `mailseal query`: asks DNS.
-- @module mailseal.cli.query
local answers = require "mailseal.cli.answer"
local json = require "mailseal.json"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local resolver = require "mailseal.cli.resolver"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"

local M = {}

local epilog = [[
An address in place of a name is asked for its names (PTR), and each of them
for its addresses: the exit status is 0 where a name has the address.

With --authoritative the exit status is 0 where all name servers that answer
have the record, and 1 where none has it, or not all of them have the same.

Records are printed as lines of a zone file, and what else there is to say of
them as comments. The fields of the JSON are those of the library's answers,
which mailseal.dns.resolver documents.]]

--- Declares the options.
-- @tparam table command argparse's command
function M.describe(command)
  command:summary("Ask DNS.")
  command:description("Asks DNS for the records of a name, or for the names of an address.")
  command:epilog(epilog)
  command:argument("name", "The name to ask for, or an address.")
  command:argument("type", "The type of record (TXT unless told; PTR of an address)."):args("?")
  resolver.describe(command)
  command:flag("--authoritative", "Ask each name server of the zone that the name is in, and say what each says.")
  command
    :option("--port", "The port of those name servers (53 unless told).")
    :argname("N")
    :convert(options.whole("--port", 1, 65535))
  command:flag("--json", "Print one JSON object on standard output, and nothing else.")
end

--- The name as DNS knows it: in A-labels.
local function to_ascii(name)
  if not name:find("[\128-\255]") then
    return name
  end
  local ascii, cause = require("mailseal.domain").to_ascii(name)
  if not ascii then
    status.stop(status.USAGE, ("'%s' is no domain name: %s"):format(name, cause))
  end
  return ascii
end

--- What was found; where there is nothing, the name or the type was none.
local function want(found, cause)
  return found or status.stop(status.USAGE, cause)
end

--- An answer as text. That something was not to be had is a result; that it could not be asked for is an error.
local function tell(answer)
  answers.stop_on_fault(answer)
  answers.tell(answer, function(words)
    output.line(text.printable(words))
  end)
end

local function plain(asked, name, kind)
  return want(asked:query(name, kind)), { tell = tell, object = answers.object }
end

local function reverse(asked, address)
  return want(asked:reverse(address)), require "mailseal.cli.query_reverse"
end

local function authoritative(asked, name, kind, given)
  return want(asked:authoritative(name, kind, { port = given.port })), require "mailseal.cli.query_authoritative"
end

--- What was found, and what shows it.
local function ask(given)
  local asked = resolver.open(given)
  local name, kind = to_ascii(given.name), given.type and given.type:upper()
  local pointer = (not kind or kind == "PTR") and require("mailseal.dns.reverse").name(name)
  if given.authoritative then
    return authoritative(asked, pointer or name, pointer and "PTR" or kind or "TXT", given)
  elseif pointer then
    return reverse(asked, name)
  end
  return plain(asked, name, kind or "TXT")
end

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  if given.port and not given.authoritative then
    status.stop(status.USAGE, "--port is the name servers' that --authoritative asks")
  end
  local found, face = ask(given)
  if given.json then
    output.line(json.encode(face.object(found)))
  else
    face.tell(found)
  end
  return answers.exit_status(found.status, found.reason)
end

return M

--- The command `mailseal`: reads the command line, runs the command it names, and ends with a status of sysexits.h.
--
-- A command is a module `mailseal.cli.<name>` (with `_` for a hyphen) with `describe(command)`, which declares its options to argparse, and
-- `run(options)`, which does it and returns an exit status. It ends early by `status.stop`. Whatever goes wrong is
-- told in one line on standard error; standard output holds results alone. One that has commands of its own declares them by
-- `mailseal.cli.command`.
-- @module mailseal.cli
local command = require "mailseal.cli.command"
local output = require "mailseal.cli.output"
local status = require "mailseal.cli.status"

local M = {}

--- The version that `mailseal --version` tells.
M.VERSION = "0.1.0"

local commands = {
  "keygen", "sign", "verify", "record", "query", "spf", "dmarc", "check", "provider", "host", "explain", "domains", "publish",
  "domain-connect", "worker", "serve", "tokens", "webhooks",
}

local purpose = [[
Makes DKIM keys, signs messages and verifies them; says what is wrong with what
a domain publishes for its mail (DKIM, SPF, DMARC and what belongs to them), and
how to mend it; takes customers' domains from a typed name to signed mail.]]

local epilog = [[
Exit status:
   0   all is well
   1   the answer is no: a signature does not pass, a record or a check has an
       error, an address may not send, there is no DMARC policy, a DNS host is
       not known, a name does not exist, a domain of the registry has failed or
       is in use
  64   wrong usage
  65   input that cannot be read as what it should be
  69   no DNS server answers a query, no database is reached, or a module is
       not installed
  70   an error in mailseal itself
  73   the output file may not be written
  74   writing failed
  75   a temporary failure, for verify also that no DNS server answers, for
       check that something cannot be told yet: try again]]

--- The module of a command.
local function module_of(name)
  return require("mailseal.cli." .. name:gsub("%-", "_"))
end

--- The parser of the whole command line.
local function make_parser(argparse)
  local parser = command.prepare(argparse("mailseal", purpose, epilog), "mailseal")
  parser:help_max_width(80)
  parser:command_target("command")
  command.telling_flag(parser, "--version", "Show the version and exit.", function()
    return "mailseal " .. M.VERSION
  end)
  for _, name in ipairs(commands) do
    module_of(name).describe(command.add(parser, name))
  end
  --- argparse would print the usage and exit with a status of its own.
  function parser.error(where, message)
    local line = message:gsub("\n", ". ")
    status.stop(status.USAGE, ("%s (see %s --help)"):format(line, command.name(where)))
  end
  return parser
end

--- The arguments, with `--time -1` as `--time=-1`: no option is called by a number, so that it is the value of the one
-- before it, and that says what it wants.
local function join_numbers(argv)
  local joined, literal = {}, false
  for i, argument in ipairs(argv) do
    literal = literal or argument == "--"
    if not literal and argument:find("^%-%d") and (argv[i - 1] or ""):find("^%-%-%a[^=]*$") then
      joined[#joined] = joined[#joined] .. "=" .. argument
    else
      joined[#joined + 1] = argument
    end
  end
  return joined
end

local function run_command(argv)
  local found, argparse = pcall(require, "argparse")
  if not found then
    status.stop(
      status.UNAVAILABLE,
      "mailseal's command line needs argparse: apt install lua-argparse, or luarocks install argparse"
    )
  end
  local options = make_parser(argparse):parse(join_numbers(argv))
  local result = module_of(options.command).run(options)
  output.flush()
  return result
end

local INTERRUPTED = 130 -- what a shell tells of a program that Ctrl-C has ended

--- The status and the message of an error: a command's own, or one that none has foreseen.
local function judge(failure)
  if status.is_stop(failure) then
    return failure.status, failure.message
  end
  local line = tostring(failure):match("^[^\n]*")
  if line:find("interrupted!$") then
    return INTERRUPTED
  end
  return status.INTERNAL, "internal error: " .. line
end

local function who(argv)
  for _, name in ipairs(commands) do
    if argv[1] == name then
      return "mailseal " .. name
    end
  end
  return "mailseal"
end

--- Runs one command.
-- @tparam {string,...} argv the arguments, without the program's name
-- @treturn number the exit status
function M.run(argv)
  io.stdout:setvbuf("full")
  local ok, result = pcall(run_command, argv)
  if ok then
    return result
  end
  local code, message = judge(result)
  if message then
    output.complain(who(argv), message)
  end
  return code
end

return M

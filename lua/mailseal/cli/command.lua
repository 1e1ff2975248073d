--- What every command of `mailseal` has: its name in messages, its help, and no option twice; also one that has commands of its own.
-- @module mailseal.cli.command
local output = require "mailseal.cli.output"
local status = require "mailseal.cli.status"

local M = {}

-- The name of each parser, as messages call it.
local names = setmetatable({}, { __mode = "k" })

--- What a parser is called in messages.
-- @tparam table parser argparse's parser or command
-- @treturn string such as "mailseal domains add"
function M.name(parser)
  return names[parser] or "mailseal"
end

--- A flag that prints something and ends the command.
-- @tparam table parser
-- @tparam string flags such as "-h --help"
-- @tparam string description
-- @tparam function tell returns what is printed
function M.telling_flag(parser, flags, description, tell)
  parser:flag(flags, description):action(function()
    output.line(tell())
    output.flush()
    status.stop(status.OK)
  end)
end

--- An option that is given twice, and is not one that may be, is a mistake; argparse would take the last silently.
local function refuse_repetition(command)
  local declare = command.option
  function command:option(...)
    return declare(self, ...):overwrite(false)
  end
end

--- Prepares a parser, before it is given its options.
-- @tparam table parser
-- @tparam string name as messages call it
-- @treturn table the parser
function M.prepare(parser, name)
  names[parser] = name
  parser:add_help(false)
  M.telling_flag(parser, "-h --help", "Show this help and exit.", function()
    return parser:get_help()
  end)
  refuse_repetition(parser)
  return parser
end

--- Declares a command of a parser: `mailseal domains add` is one of `mailseal domains`.
-- @tparam table parser one that was prepared
-- @tparam string name such as "add"
-- @treturn table argparse's command
function M.add(parser, name)
  return M.prepare(parser:command(name), M.name(parser) .. " " .. name)
end

return M

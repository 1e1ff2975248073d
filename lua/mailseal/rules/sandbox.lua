--- Loads rules out of files that somebody else has written: a user's own directory of them.
--
-- Nothing of such a file is run: see `mailseal.rules.literal`. That is stricter than an empty environment with a limit of instructions,
-- and needs neither. What a rule must look like is the matter of whoever loads it (`mailseal.rules.schema`).
-- @module mailseal.rules.sandbox
local core = require "mailseal.core".file
local literal = require "mailseal.rules.literal"
local printable = require "mailseal.printable".line

local M = {}

--- The most octets of a file.
M.FILE_MAX = 64 * 1024

--- The most files of a directory.
M.FILES_MAX = 1000

local function fail(path, words, code)
  return nil, ("%s: %s"):format(printable(path), words), code
end

local function octets_of(path)
  local kind = path:find("\0", 1, true) and "nowhere" or core.kind(path)
  if kind == "other" or kind == "directory" then -- a pipe would keep one waiting
    return fail(path, "that is no plain file", "bad_rule")
  elseif kind ~= "file" then
    return fail(path, "there is no such file", "not_found")
  end
  local file, cause = io.open(path, "rb")
  local octets = file and (file:read(M.FILE_MAX + 1) or "")
  if file then
    file:close()
  end
  if not octets then
    return nil, printable(cause), "unreadable"
  elseif #octets > M.FILE_MAX then
    return fail(path, ("a rule has %d octets at most"):format(M.FILE_MAX), "bad_rule")
  end
  return octets
end

--- Reads a rule's text.
-- @tparam string text of a Lua file
-- @tparam string path what messages call it
-- @treturn[1] table what it returns: plain data
-- @treturn[2] nil
-- @treturn[2] string what is wrong, and where
-- @treturn[2] string `bad_rule`
function M.read(text, path)
  if #text > M.FILE_MAX then
    return fail(path, ("a rule has %d octets at most"):format(M.FILE_MAX), "bad_rule")
  end
  local value, problem = literal.read(text)
  if problem or type(value) ~= "table" then
    return fail(path, problem or "a rule is a table, and this is none", "bad_rule")
  end
  return value
end

--- Reads a rule's file.
-- @tparam string path
-- @treturn[1] table what it returns: plain data
-- @treturn[2] nil
-- @treturn[2] string what is wrong, and where
-- @treturn[2] string `bad_rule`, `not_found`, `unreadable`
function M.file(path)
  local text, message, code = octets_of(path)
  if not text then
    return nil, message, code
  end
  return M.read(text, path)
end

--- Reads each file of a directory whose name ends in `.lua`. A rule's `id` is to be the name of its file.
-- @tparam string path
-- @treturn[1] {table,...} in the order of their names: `id` (the file's name without its end), `path`, `rule` (plain data, which may be
--   anything but for its `id`)
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the first file that is no rule, or with the directory
-- @treturn[2] string `bad_rule`, `not_found`, `not_permitted`, `unreadable`, `too_many`
function M.directory(path)
  if path:find("\0", 1, true) then
    return fail(path, "there is no such directory", "not_found")
  end
  local names, message, code = core.names(path, M.FILES_MAX)
  if not names then
    return nil, message, code
  end
  table.sort(names)
  local list = {}
  for _, name in ipairs(names) do
    local id, place = name:match "^(.*)%.lua$", path:gsub("/*$", "/", 1) .. name
    if id then
      local rule
      rule, message, code = M.file(place)
      if not rule then
        return nil, message, code
      elseif rule.id ~= id then
        return fail(place, "the rule's id is to be the name of its file, without .lua", "bad_rule")
      end
      list[#list + 1] = { id = id, path = place, rule = rule }
    end
  end
  return list
end

return M

--- What `mailseal publish` opens a target with: settings from options and the environment; credentials from the environment or a file that
-- nobody else may read, and never from arguments, which every user of the machine sees.
--
-- Such a file has lines of `NAME=VALUE`, each NAME as the target or the environment calls it, or is JSON with these names. Where it is
-- neither, all of it is the one credential that the target wants first: the file that a host lets its customers download, the one that
-- `tsig-keygen` has written, or a token and nothing else. What is no credential ends the command before anybody is asked.
-- @module mailseal.cli.publish_access
local core = require "mailseal.core".file
local json = require "mailseal.json.reader"
local nearest = require "mailseal.nearest"
local sorted = require "mailseal.rules.sorted"
local status = require "mailseal.cli.status"
local ways = require "mailseal.publish.ways"

local M = {}

-- Octets that a file of credentials has at most.
local MOST = 65536

local function variable(name)
  local value = name and os.getenv(name)
  return value ~= "" and value or nil
end

-- The fields of a target by whatever they may be called.
local function by_name(fields)
  local named = {}
  for _, field in ipairs(fields) do
    named[field.name] = field
    if field.environment then named[field.environment] = field end
  end
  return named
end

-- ---- a file of credentials

-- Lines of NAME=VALUE, and comments. Nil where there is a line that is none of them.
local function of_lines(text, named)
  local values = {}
  for line in text:gmatch "[^\r\n]+" do
    local name, value = line:match "^%s*([%w_%-]+)%s*=%s*(.-)%s*$"
    if name and named[name] then
      values[named[name].name] = value:match '^"(.*)"$' or value
    elseif line:find "^%s*[^#%s]" then
      return nil
    end
  end
  return values
end

-- An object with the names of credentials, and nothing else: a host's own file has names of its own.
local function of_json(text, named)
  local object = json.decode(text)
  if type(object) ~= "table" then return nil end
  local values = {}
  for name, value in pairs(object) do
    if type(name) ~= "string" or not named[name] or type(value) ~= "string" then return nil end
    values[named[name].name] = value
  end
  return values
end

local function of_text(text, credentials)
  local first = credentials[1]
  return first and { [first.name] = (text:gsub("^%s+", ""):gsub("%s+$", "")) } or {}
end

local function spelled(fields)
  local words = {}
  for i, field in ipairs(fields) do
    words[i] = field.environment and ("%s (or %s)"):format(field.name, field.environment) or field.name
  end
  return table.concat(words, ", ")
end

-- A line of NAME=VALUE under a name that is none: no whole credential has such lines, for base64 has its "=" at the end alone. What stands
-- in it is not repeated, for it may be secret all the same.
local function check_names(text, credentials, named)
  local count = 0
  for line in (text:gsub("\r\n", "\n") .. "\n"):gmatch "(.-)\n" do
    count = count + 1
    local name, value = line:match "^%s*([%a_][%w_%-]*)%s*=%s*(.-)%s*$"
    if name and value:find "^[^=]" and not named[name] then
      status.stop(status.DATA, ("the credentials: line %d has a name that is none: %s is expected before its ="):format(count,
        spelled(credentials)))
    end
  end
end

--- What a file of credentials holds.
-- @tparam string text
-- @tparam {table,...} credentials of a target: `name`, `environment`
-- @treturn table values by the target's names; a line with another name ends the command
function M.parse(text, credentials)
  local named = by_name(credentials)
  local values = of_json(text, named) or of_lines(text, named)
  if values then return values end
  check_names(text, credentials, named)
  return of_text(text, credentials)
end

-- `whose`: what has named it, for people.
local function read(path, whose)
  local text, message, code = core.read_secret(path, MOST)
  if not text then
    local cure = code == "not_private" and (" (chmod 600 %s, as its owner)"):format(path) or ""
    status.stop(status.DATA, ("%s: %s%s"):format(whose, message, cure))
  end
  return text
end

local function is_file(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

-- A credential of the environment: it, or where the target says that it comes in files, the name of one: of any that there is, and of one
-- with a slash in front, for no credential begins so.
local function credential(field)
  local value = variable(field.environment)
  if not (value and field.file and (value:find "^%.?%.?/" or is_file(value))) then return value end
  return M.parse(read(value, field.environment), { field })[field.name]
end

-- ---- settings

local function mistaken(name, module)
  for _, field in ipairs(module.credentials) do
    if field.name == name or field.environment == name then
      local place = field.environment and ("the environment (%s), or by --credentials"):format(field.environment) or "--credentials"
      status.stop(status.USAGE, ("--set: %s is secret, and what stands in arguments is seen by all: tell it by %s"):format(name, place))
    end
  end
  local near = nearest.words(sorted.names(by_name(module.settings)), name)[1]
  status.stop(status.USAGE, ("--set: %s has no setting \"%s\"%s"):format(module.name, name,
    near and (": do you mean %s?"):format(near) or ""))
end

-- What arguments say goes before the environment, also where one setting says what another one could.
local function with_environment(module, said)
  local values = {}
  for _, field in ipairs(module.settings) do
    local other = field.also_in
    local elsewhere = other and said[other.name]
    local is_said = said[field.name] or elsewhere and other.test(elsewhere)
    values[field.name] = said[field.name] or not is_said and variable(field.environment) or nil
  end
  return values
end

local function settings_of(module, given)
  local named, values = by_name(module.settings), {}
  for _, text in ipairs(given) do
    local name, value = text:match "^([^=]+)=(.*)$"
    if not name then status.stop(status.USAGE, ("--set: '%s' is not NAME=VALUE"):format(text)) end
    if not named[name] then mistaken(name, module) end
    values[named[name].name] = value
  end
  return with_environment(module, values)
end

-- ---- both

local NONE = { bad_credentials = true, weak_key = true }

-- What can be told to be no credential without asking anybody: opening a target connects to nobody yet.
local function check_values(module, values)
  local options, is_given = { resolver = {} }, false
  for name, value in pairs(values) do options[name] = value end
  for _, field in ipairs(module.credentials) do is_given = is_given or values[field.name] ~= nil end
  if not (module.open and is_given) then return end
  local target, message, code = module.open(options)
  if target then target:close() end
  if NONE[code] then status.stop(status.DATA, message) end
end

--- The options that a target is opened with. What is no credential ends the command.
-- @tparam table module of the target, as of `mailseal.publish.target`
-- @tparam table given `set`, texts of NAME=VALUE; `credentials`, a file's name
-- @treturn table values by name: settings, and credentials
function M.options(module, given)
  local values, secret = settings_of(module, given.set or {}), {}
  if given.credentials then secret = M.parse(read(given.credentials, "--credentials"), module.credentials) end
  for _, field in ipairs(module.credentials) do
    values[field.name] = secret[field.name] or credential(field)
  end
  check_values(module, values)
  return values
end

--- What a target wants to know and was not told.
-- @tparam table module
-- @tparam table values as of @{options}
-- @treturn {table,...} fields
function M.missing(module, values)
  local list = {}
  for _, fields in ipairs { module.settings, module.credentials } do
    for _, field in ipairs(fields) do
      if field.required and not values[field.name] then list[#list + 1] = field end
    end
  end
  return list
end

--- Ends the command where a target wants to know something that it was not told.
-- @tparam table module
-- @tparam table values as of @{options}
function M.want(module, values)
  local list = M.missing(module, values)
  if not list[1] then return end
  local words = {}
  for i, field in ipairs(list) do
    words[i] = field.environment and ("%s (%s)"):format(field.text, field.environment) or field.text
  end
  status.stop(status.USAGE, ("%s wants to know: %s"):format(module.name, table.concat(words, ", ")))
end

--- As of `mailseal.publish.ways`, for lists.
-- @tparam table module
-- @treturn table
M.way = ways.of_target

return M

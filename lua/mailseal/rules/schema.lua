--- What a rule must look like, said as data, and what is wrong with one that does not.
--
--     local record = schema.record {
--       id = schema.text { pattern = "^[a-z][a-z0-9_]*$" },
--       required = schema.optional(schema.flag),
--     }
--     schema.problem(schema.list(record), value)  --> "[2].id is missing"
--
-- Values are looked at without their metatables, and one that has any is refused: a rule is plain data. A kind goes no deeper than it was
-- written, so that a table that holds itself ends as any other too deep does.
-- @module mailseal.rules.schema
local printable = require "mailseal.printable".line
local sorted = require "mailseal.rules.sorted"

local M = {}

local floor, huge = math.floor, math.huge

-- Octets of a text, and items of a list, where nothing else is told.
local TEXT_MAX, LIST_MAX = 1000, 100

-- A kind is a table: `look(value, path)` returns what is wrong, or nil; `optional` where the value may be absent.
local function kind(look) return { look = look } end

-- Where something is wrong: "records[2].type".
local function at(path, key)
  if type(key) == "number" then
    return ("%s[%d]"):format(path, key)
  end
  return path == "" and tostring(key) or path .. "." .. tostring(key)
end

local function wrong(path, words) return (path == "" and "it" or path) .. " " .. words end

-- A value as a sentence may hold it.
local function shown(value)
  if type(value) ~= "string" then
    return type(value) == "table" and "a table" or type(value) == "function" and "a function" or tostring(value)
  end
  return '"' .. printable(#value > 60 and value:sub(1, 60) .. "..." or value) .. '"'
end

local function plain_table(value, path)
  if type(value) ~= "table" then
    return wrong(path, "is no table, but " .. shown(value))
  elseif getmetatable(value) ~= nil then
    return wrong(path, "has a metatable: a rule is plain data")
  end
end

--- True or false.
M.flag = kind(function(value, path)
  return type(value) ~= "boolean" and wrong(path, "is neither true nor false") or nil
end)

--- A text, printable and not empty.
-- @tparam[opt] table limits `pattern` (of Lua; the rule's author writes no patterns of this kind), `words` (what it must be, where the
-- pattern does not hold), `longest` (octets, 1000)
-- @treturn table the kind
function M.text(limits)
  limits = limits or {}
  local longest = limits.longest or TEXT_MAX
  return kind(function(value, path)
    if type(value) ~= "string" then
      return wrong(path, "is no text, but " .. shown(value))
    elseif value == "" then
      return wrong(path, "is empty")
    elseif #value > longest then
      return wrong(path, ("has %d octets, and may have %d"):format(#value, longest))
    elseif printable(value) ~= value then
      return wrong(path, "has characters that cannot be printed: " .. shown(value))
    elseif limits.pattern and not value:find(limits.pattern) then
      return wrong(path, ("is %s, and must be %s"):format(shown(value), limits.words or "like " .. limits.pattern))
    end
  end)
end

--- A whole number.
-- @tparam number least
-- @tparam number most
-- @treturn table the kind
function M.count(least, most)
  return kind(function(value, path)
    if type(value) ~= "number" or value ~= value or value == huge or floor(value) ~= value or value < least or value > most then
      return wrong(path, ("is %s, and must be a whole number from %d to %d"):format(shown(value), least, most))
    end
  end)
end

--- One of some texts.
-- @tparam {string,...} choices
-- @treturn table the kind
function M.one_of(choices)
  local known = {}
  for _, choice in ipairs(choices) do known[choice] = true end
  return kind(function(value, path)
    if type(value) ~= "string" or not known[value] then
      return wrong(path, ("is %s, and must be one of %s"):format(shown(value), table.concat(choices, ", ")))
    end
  end)
end

--- A value that may be absent.
-- @tparam table of a kind
-- @treturn table the kind
function M.optional(of) return { look = of.look, optional = true } end

--- What one of two kinds is: tables and whatever is none.
-- @tparam table simple the kind of what is no table
-- @tparam table compound the kind of a table
-- @treturn table the kind
function M.either(simple, compound)
  return kind(function(value, path)
    return (type(value) == "table" and compound or simple).look(value, path)
  end)
end

--- A list.
-- @tparam table of the kind of its items
-- @tparam[opt] table limits `least` (1), `most` (100)
-- @treturn table the kind
function M.list(of, limits)
  local least, most = limits and limits.least or 1, limits and limits.most or LIST_MAX
  return kind(function(value, path)
    local problem = plain_table(value, path)
    if problem then return problem end
    local count = 0
    for key in next, value do
      count = count + 1
      if type(key) ~= "number" then
        return wrong(path, ("is to be a list, and has %s"):format(shown(key)))
      elseif count > most then
        return wrong(path, ("has more than %d items"):format(most))
      end
    end
    if count < least then return wrong(path, ("has %d items, and is to have %d at least"):format(count, least)) end
    for i = 1, count do
      local item = rawget(value, i)
      problem = item == nil and wrong(path, ("is to be a list, and has no item %d"):format(i)) or of.look(item, at(path, i))
      if problem then return problem end
    end
  end)
end

-- The keys of a table in one order, so that of several mistakes always the same is told; nil and what is wrong where they are no texts.
local function sorted_keys(value, path, most)
  local keys = {}
  for key in next, value do
    if type(key) ~= "string" then
      return nil, wrong(path, ("has %s among its names"):format(shown(key)))
    elseif #keys == most then
      return nil, wrong(path, ("has more than %d members"):format(most))
    end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

--- Values by names that the rule chooses.
-- @tparam table key the kind of the names
-- @tparam table of the kind of the values
-- @tparam[opt=100] number most
-- @treturn table the kind
function M.map(key, of, most)
  return kind(function(value, path)
    local problem = plain_table(value, path)
    if problem then return problem end
    local keys
    keys, problem = sorted_keys(value, path, most or LIST_MAX)
    for _, name in ipairs(keys or {}) do
      problem = key.look(name, path == "" and "a name" or "a name in " .. path) or of.look(rawget(value, name), at(path, name))
      if problem then break end
    end
    return problem
  end)
end

--- A table with these members and no others.
-- @tparam table members kinds, by name
-- @tparam[opt] function more called with a table whose members are right, and with its path; what is wrong with them together, or nil
-- @treturn table the kind
function M.record(members, more)
  local names = sorted.names(members)
  return kind(function(value, path)
    local problem = plain_table(value, path)
    if problem then return problem end
    local keys
    keys, problem = sorted_keys(value, path, #names + LIST_MAX)
    if problem then return problem end
    for _, key in ipairs(keys) do
      if not members[key] then
        return wrong(at(path, printable(key)), "is nothing that a rule has there: it has " .. table.concat(names, ", "))
      end
    end
    for _, name in ipairs(names) do
      local item = rawget(value, name)
      if item ~= nil then
        problem = members[name].look(item, at(path, name))
      elseif not members[name].optional then
        problem = wrong(at(path, name), "is missing")
      end
      if problem then return problem end
    end
    return more and more(value, path)
  end)
end

--- What is wrong with a value.
-- @tparam table of its kind
-- @tparam any value
-- @treturn ?string a sentence without its full stop, such as `records[2].type is missing`; nil where all is right
function M.problem(of, value) return of.look(value, "") end

-- ---- What all rules have.

local MONTHS = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

--- A day, such as "2026-11-22".
M.date = kind(function(value, path)
  local month, day = (type(value) == "string" and value or ""):match "^20%d%d%-(%d%d)%-(%d%d)$"
  if not month or not MONTHS[tonumber(month)] or tonumber(day) < 1 or tonumber(day) > MONTHS[tonumber(month)] then
    return wrong(path, ("is %s, and must be a day such as 2026-11-22"):format(shown(value)))
  end
end)

--- How sure a fact is: a document of whom it concerns says so; only others' guides do; or it was not looked up.
M.confidence = M.one_of { "confirmed", "third-party", "general-knowledge" }

--- The id of a rule, which its file has for its name.
M.id = M.text { pattern = "^%l[%l%d]*[%l%d-]*$", words = "of lower-case letters, digits and hyphens", longest = 40 }

--- Members that each rule has: `id`, `name`, `source` (a list: where its facts are from), `checked_on` (the day when they were compared
-- with it), `confidence`, and, where it is so, `aliases` (other ids that it is found by) and `less_sure` (what the confidence does not
-- hold for: by that in words, which confidence does, or "unknown").
-- @tparam table members more of them
-- @treturn table kinds, by name
function M.with_common(members)
  local all = {
    id = M.id,
    name = M.text { longest = 80 },
    aliases = M.optional(M.list(M.id)),
    source = M.list(M.text()),
    checked_on = M.date,
    confidence = M.confidence,
    less_sure = M.optional(M.map(M.text(), M.one_of { "third-party", "general-knowledge", "unknown" })),
  }
  for name, of in next, members do all[name] = of end
  return all
end

local YEAR = 365 * 86400

--- Is it over a year since a rule was checked?
-- @tparam table rule
-- @tparam number now seconds since 1970
-- @treturn boolean
function M.is_stale(rule, now)
  return rule.checked_on < os.date("!%Y-%m-%d", now - YEAR)
end

return M

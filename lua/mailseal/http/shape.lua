--- What a body or a query may hold: shapes, which read values of JSON and texts of queries alike, and tell what is wrong by its place.
--
--     local new_domain = shape.object({ domain = shape.text(), provider = shape.text(), vars = shape.map(vars) }, { "domain", "provider" })
--     shape.read(new_domain, { domain = "example.com", provder = "own" }, "body")
--       -->  nil, 'body has no "provder": do you mean "provider"?', "bad_body"
--
-- A shape is a table of `words` (what is wanted), and functions: `read(value, place)` for what JSON held, which returns a value, or nil
-- and what is wrong with it; `parse(text, place)` for a text out of a query, where that makes sense.
-- @module mailseal.http.shape
local decode = require "mailseal.json.reader"
local nearest = require "mailseal.nearest"
local printable = require "mailseal.printable"
local sorted = require "mailseal.rules.sorted"

local M = {}

local null = decode.null

local function must_be(place, words) return nil, ("%s must be %s"):format(place, words) end

-- A shape of one value: a test of what JSON held, which returns what else is to be said of it; and what makes a value of a text.
local function single(words, test, of_text)
  local self = { words = words }
  function self.read(value, place)
    local is_one, more = test(value)
    if is_one then return value end
    return must_be(place, more and words .. more or words)
  end
  function self.parse(text, place)
    local value = text
    if of_text then value = of_text(text) end
    return self.read(value, place)
  end
  return self
end

--- A text, without a NUL.
-- @tparam[opt=1000] number most octets
-- @tparam[opt] string words what it is called, for messages
-- @treturn table
function M.text(most, words)
  most = most or 1000
  return single(words or most == 1000 and "a text" or ("a text of at most %d octets"):format(most), function(value)
    if type(value) ~= "string" or #value > most then return false end
    return not value:find("\0", 1, true), ", and has a NUL in it"
  end)
end

--- A whole number.
-- @tparam number least
-- @tparam number most
-- @treturn table
function M.count(least, most)
  local words = most >= 2 ^ 53 and ("a whole number, %d or more"):format(least) or ("a whole number from %d to %d"):format(least, most)
  return single(words, function(value)
    return type(value) == "number" and value % 1 == 0 and value >= least and value <= most
  end, function(text) return text:find "^%-?%d+$" and #text <= 16 and tonumber(text) or nil end)
end

--- A text, or a whole number, which is read as the text of it.
-- @tparam number most octets of the text
-- @treturn table
function M.setting(most)
  local text, number = M.text(most), M.count(0, 2 ^ 53)
  local self = { words = text.words .. ", or a whole number" }
  function self.read(value, place)
    if number.read(value, place) then return ("%.0f"):format(value) end
    local read = text.read(value, place)
    if read == nil then return must_be(place, self.words) end
    return read
  end
  return self
end

--- A moment, in whole seconds since 1970.
-- @treturn table
function M.moment() return M.count(0, 2 ^ 53) end

--- True or false.
-- @treturn table
function M.flag()
  local words = { ["true"] = true, ["false"] = false }
  return single("true or false", function(value) return type(value) == "boolean" end, function(text) return words[text] end)
end

--- One of some words.
-- @tparam {string,...} list
-- @treturn table
function M.one_of(list)
  local known = {}
  for _, word in ipairs(list) do known[word] = true end
  local words = #list == 1 and list[1] or table.concat(list, ", ", 1, #list - 1) .. " or " .. list[#list]
  return single(words, function(value) return type(value) == "string" and known[value] or false end)
end

--- A list. In a query the name is given several times.
-- @tparam table item the shape of each
-- @tparam number most how many
-- @tparam[opt=0] number least
-- @treturn table
function M.list(item, most, least)
  least = least or 0
  local words = ("a list of %s%d"):format(least > 0 and least .. " to " or "at most ", most)
  local self = { words = words, item = item, is_list = true, most = most }
  function self.read(value, place)
    if type(value) ~= "table" or getmetatable(value) == decode.OBJECT or value == null then return must_be(place, words) end
    if #value > most or #value < least or next(value) ~= nil and #value == 0 then return must_be(place, words) end
    local list = {}
    for i, one in ipairs(value) do
      local read, message = item.read(one, ("%s[%d]"):format(place, i - 1))
      if read == nil then return nil, message end
      list[i] = read
    end
    return list
  end
  return self
end

--- A value that may be one, or a list of such.
-- @tparam table one
-- @tparam table many
-- @treturn table
function M.either(one, many)
  local self = { words = ("%s, or %s"):format(one.words, many.words) }
  function self.read(value, place)
    if type(value) == "table" then return many.read(value, place) end
    local read = one.read(value, place)
    if read == nil then return must_be(place, self.words) end
    return read
  end
  return self
end

local function is_object(value)
  return type(value) == "table" and value[1] == nil and value ~= null and getmetatable(value) ~= decode.LIST
end

--- Values of one shape, under names that whoever sends them chooses.
-- @tparam table item
-- @tparam[opt=100] number most how many
-- @treturn table
function M.map(item, most)
  most = most or 100
  local words = ("an object of at most %d members"):format(most)
  local self = { words = words }
  function self.read(value, place)
    if not is_object(value) then return must_be(place, words) end
    local map, count = {}, 0
    for name, one in pairs(value) do
      count = count + 1
      if count > most then return must_be(place, words) end
      if one ~= null then
        local read, message = item.read(one, ("%s.%s"):format(place, printable.line(name:sub(1, 60))))
        if read == nil then return nil, message end
        map[name] = read
      end
    end
    return map
  end
  return self
end

-- What is said of a name that is none, with the nearest one that is.
local function unknown(place, name, names)
  local near = nearest.words(names, name)[1]
  local there_are = names[1] and ("there are %s"):format(table.concat(names, ", ")) or "it has none at all"
  return nil, ("%s has no \"%s\": %s"):format(place, printable.line(name:sub(1, 60)),
    near and ("do you mean \"%s\"?"):format(near) or there_are)
end

local function missing(place, name, field) return nil, ("%s.%s is missing: %s is wanted"):format(place, name, field.words) end

--- An object of named fields, and no others. null is as if the field were not there.
-- @tparam table fields shapes by name
-- @tparam[opt] {string,...} required those that must be there
-- @treturn table
function M.object(fields, required)
  local names = sorted.names(fields)
  local self = { words = "an object", fields = fields, required = required or {} }
  function self.read(value, place)
    if not is_object(value) then return must_be(place, self.words) end
    for name in pairs(value) do
      if not fields[name] then return unknown(place, name, names) end
    end
    local object = {}
    for _, name in ipairs(names) do
      if value[name] ~= nil and value[name] ~= null then
        local read, message = fields[name].read(value[name], ("%s.%s"):format(place, name))
        if read == nil then return nil, message end
        object[name] = read
      end
    end
    for _, name in ipairs(self.required) do
      if object[name] == nil then return missing(place, name, fields[name]) end
    end
    return object
  end
  return self
end

--- Reads a body.
-- @tparam table of a shape
-- @tparam any value as `mailseal.json.reader` makes it
-- @treturn[1] any the value, of which all is as the shape has it
-- @treturn[2] nil
-- @treturn[2] string what is wrong, and where: "body.vars.region must be a text"
-- @treturn[2] string `bad_body`
function M.read(of, value)
  local read, message = of.read(value, "body")
  if read == nil then return nil, message, "bad_body" end
  return read
end

local function parse_list(field, texts, place)
  if #texts > field.most then return must_be(place, field.words) end
  local list = {}
  for i, text in ipairs(texts) do
    local read, message = field.item.parse(text, place)
    if read == nil then return nil, message end
    list[i] = read
  end
  return list
end

--- Reads a query.
-- @tparam table fields shapes by name; a list is a name that may be given several times
-- @tparam table given by name, lists of the texts that were given
-- @treturn[1] table values by name
-- @treturn[2] nil
-- @treturn[2] string what is wrong, and where: "query.limit must be a whole number from 1 to 1000"
-- @treturn[2] string `bad_query`
function M.query(fields, given)
  local values = {}
  for name, texts in pairs(given) do
    local field, place = fields[name], "query." .. name
    local read, message
    if not field then
      read, message = unknown("query", name, sorted.names(fields))
    elseif field.is_list then
      read, message = parse_list(field, texts, place)
    elseif #texts > 1 then
      read, message = nil, place .. " is given more than once"
    else
      read, message = field.parse(texts[1], place)
    end
    if read == nil then return nil, message, "bad_query" end
    values[name] = read
  end
  return values
end

return M

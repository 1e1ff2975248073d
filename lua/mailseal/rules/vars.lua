--- What a customer has given for a rule's vars: brought into one form, and held to what the rule says of them.
-- @module mailseal.rules.vars
local printable = require "mailseal.printable".line
local sorted = require "mailseal.rules.sorted"
local template = require "mailseal.rules.template"
local var_kind = require "mailseal.rules.var"

local M = {}

-- A value as it is compared: without the white space and the dot that come along when it is pasted; names in lower case.
local function plain(var, text)
  text = text:gsub("^%s+", ""):gsub("%s+$", "")
  if var.choices or (var.form or "label") == "label" or var.form == "name" then
    text = text:gsub("%.$", ""):lower()
  end
  return text
end

local function plain_value(var, value)
  if type(value) ~= "table" then
    return type(value) == "string" and plain(var, value) or value
  end
  local items = {}
  for i, item in ipairs(value) do
    if type(item) ~= "string" then
      return nil
    end
    items[i] = plain(var, item)
  end
  return items
end

local function bad(rule, name, words)
  return nil, printable(("%s: %s %s"):format(rule.id, name, words)), "bad_var"
end

-- The names of vars that a rule's records cannot do without, in one order.
local function names_in(rule)
  local names, wanted = {}, {}
  for _, record in ipairs(rule.records) do
    for _, text in ipairs { record.name, record.target or record.value, record.include } do
      for _, placeholder in ipairs(template.placeholders(text)) do
        local name = placeholder.name
        local var = not names[name] and rule.vars[name]
        wanted[#wanted + 1] = var and not var.optional and name or nil
        names[name] = true
      end
    end
  end
  table.sort(wanted)
  return wanted
end

local wanted_of = setmetatable({}, { __mode = "k" })

-- What is missing of what the records want to know.
local function missing_in(rule, values)
  local missing = {}
  wanted_of[rule] = wanted_of[rule] or names_in(rule)
  for _, name in ipairs(wanted_of[rule]) do
    local var = rule.vars[name]
    if not values[name] then
      missing[#missing + 1] = {
        name = name, text = var.text, issued_by = var.issued_by, where = var.where, example = var.example, count = var.count,
      }
    end
  end
  return missing
end

--- Reads what was given.
-- @tparam table rule with the members of its variant
-- @tparam table given by name, texts and lists of them
-- @treturn[1] table by name, what counts: what was given, and the defaults
-- @treturn[1] {table,...} what is missing, in the order of the names: `name`, `text`, `issued_by`, `where`, `example`, `count`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_var`
function M.read(rule, given)
  local values = {}
  for _, name in ipairs(sorted.names(given)) do
    local var = rule.vars[name]
    if not var then
      local known = sorted.names(rule.vars)
      return bad(rule, '"' .. name .. '"', known[1] and "is none of its vars, which are " .. table.concat(known, ", ")
        or "is no var of it: it has none")
    end
    local value = plain_value(var, given[name])
    local problem = value == nil and "is neither a text nor a list of texts" or var_kind.problem_of_value(var, value)
    if problem then
      return bad(rule, name, problem)
    end
    values[name] = value
  end
  for name, var in next, rule.vars do
    values[name] = values[name] or var.default
  end
  return values, missing_in(rule, values)
end

-- One that is missing, in words.
local function words_of(one)
  local example = type(one.example) == "table" and table.concat(one.example, ", ") or one.example
  local count = one.count and (" (%d of them)"):format(one.count) or ""
  local where = one.where and ("; shown %s"):format(one.where) or ""
  return ("%s%s: %s%s%s"):format(one.name, count, one.text, example and ", such as " .. example or "", where)
end

--- Says what is missing, and where it is to be had.
-- @tparam table rule
-- @tparam {table,...} missing as of @{read}
-- @treturn string
function M.missing(rule, missing)
  local list = {}
  for i, one in ipairs(missing) do
    list[i] = words_of(one)
  end
  return ("%s needs %s"):format(rule.name, table.concat(list, " | "))
end

return M

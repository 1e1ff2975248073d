--- A var of a provider's rule: what it looks like in the rule, and which values it takes. See `mailseal.rules.provider`.
-- @module mailseal.rules.var
local patterns = require "mailseal.pattern"
local schema = require "mailseal.rules.schema"

local M = {}

local text, list, optional = schema.text, schema.list, schema.optional

local VALUE_MAX = 1000 -- octets

-- What a form is where nothing more is told of it.
local forms = { label = "[%w_][%w_-]*", name = "[%w_][%w_.-]*", text = ".+", key = ".+" }

--- The pattern of a var, or of an item of it: its own, or that of its form.
-- @tparam table var
-- @treturn string without anchors, so that it can be a part of another one
function M.pattern_of(var)
  return var.pattern or var.choices and ".+" or forms[var.form or "label"]
end

-- The items of a var's value.
local function items_of(value) return type(value) == "table" and value or { value } end

--- Is a value one of a var's choices, where it has any?
-- @tparam table var
-- @tparam string item
-- @treturn boolean
function M.is_choice(var, item)
  for _, choice in ipairs(var.choices or {}) do
    if choice == item then
      return true
    end
  end
  return not var.choices
end

-- Patterns made ready, by their vars.
local ready = setmetatable({}, { __mode = "k" })

local function matcher_of(var)
  ready[var] = ready[var] or assert(patterns.compile(M.pattern_of(var)))
  return ready[var]
end

-- What a value is to be, in words. An example that is none itself is told the pattern.
local function form_of(var, item)
  local example = items_of(var.example or var.default or "v=DKIM1; k=rsa; p=MIIB...")[1]
  return example == item and "of the form " .. M.pattern_of(var) or "like " .. example
end

--- What is wrong with a value for a var.
-- @tparam table var
-- @tparam string|{string,...} value
-- @treturn ?string a sentence's end, such as `is "x", and not as eu-west-1 is`; nil where all is right
function M.problem_of_value(var, value)
  local many = var.count or var.least
  if many and type(value) ~= "table" then
    return "is to be a list"
  elseif not many and type(value) ~= "string" then
    return type(value) == "table" and "is to be a text, and no list of several" or "is to be a text"
  elseif many and (#value < (var.count or var.least) or #value > (var.count or var.most)) then
    return ("is to have %s items, and has %d"):format(var.count or var.least .. " to " .. var.most, #value)
  end
  local matches, seen = matcher_of(var), {}
  for _, item in ipairs(items_of(value)) do
    if #item > VALUE_MAX then
      return ("has %d octets, and may have %d"):format(#item, VALUE_MAX)
    elseif not M.is_choice(var, item) then
      return ('is "%s", and is to be one of %s'):format(item:sub(1, 60), table.concat(var.choices, ", "))
    elseif item:find "[^ -~]" or not matches(item) then
      return ('is "%s", and is to be %s'):format(item:sub(1, 60), form_of(var, item))
    elseif seen[item] then
      return ('has "%s" twice'):format(item)
    end
    seen[item] = true
  end
end

local function problem_of_var(var, path)
  if var.pattern then
    local compiled, problem = patterns.compile(var.pattern)
    if not compiled or var.pattern:find "^%^" or var.pattern:find "%$$" then
      return ("%s.pattern %s"):format(path, problem or "stands for the whole value, and has no ^ and $")
    end
  end
  if var.least and not var.most or var.count and var.least then
    return path .. " is to have either a count, or both least and most"
  elseif var.issued_by == "provider" and not var.where then
    return path .. ".where is missing: where does the provider show it?"
  elseif not (var.example or var.choices or var.default or var.form == "key") then
    return path .. ".example is missing"
  end
  for _, member in ipairs { "example", "default" } do
    local problem = var[member] and M.problem_of_value(var, var[member])
    if problem then
      return ("%s.%s %s"):format(path, member, problem)
    end
  end
end

local one_or_more = schema.either(text(), list(text(), { most = 20 }))

--- The kind of a var, for a schema.
M.kind = schema.record({
  text = text(), issued_by = schema.one_of { "provider", "customer", "mailseal" }, where = optional(text()),
  form = optional(schema.one_of { "label", "name", "text", "key" }), pattern = optional(text { longest = 200 }),
  example = optional(one_or_more), default = optional(one_or_more), choices = optional(list(text(), { least = 2, most = 20 })),
  count = optional(schema.count(2, 20)), least = optional(schema.count(1, 20)), most = optional(schema.count(1, 20)),
  optional = optional(schema.flag),
}, problem_of_var)

return M

--- Makes records out of a provider's rule, a domain and what its vars are.
-- @module mailseal.rules.records
local domains = require "mailseal.domain"
local patterns = require "mailseal.pattern"
local printable = require "mailseal.printable".line
local record_texts = require "mailseal.record"
local template = require "mailseal.rules.template"
local var_kind = require "mailseal.rules.var"

local M = {}

--- Do conditions hold?
-- @tparam ?table when by the name of a var, its value
-- @tparam table values
-- @treturn boolean
function M.holds(when, values)
  for name, value in next, when or {} do
    if values[name] ~= value then
      return false
    end
  end
  return true
end

-- The pattern of a text whose placeholders have not all values: what is known stands for itself, the rest for what a var may be.
local function form_of(text, rule, values)
  local at, parts = 1, {}
  for first, placeholder, last in text:gmatch "(){([%l%d_.]+)}()" do
    parts[#parts + 1] = patterns.escape(text:sub(at, first - 1))
    local known = template.fill("{" .. placeholder .. "}", values)
    local var = rule.vars[placeholder:match "^[%l%d_]+"]
    parts[#parts + 1] = known and patterns.escape(known) or var_kind.pattern_of(var)
    at = last
  end
  parts[#parts + 1] = patterns.escape(text:sub(at))
  return table.concat(parts)
end

-- The same for people: "s1.domainkey.<user>.<wl>.sendgrid.net".
local function shown_of(text, values)
  local filled, missing = template.fill(text, values)
  if filled then
    return filled
  end
  local words = setmetatable({}, { __index = values })
  for _, name in ipairs(missing) do
    local list, place = name:match "^(.-)%.(%d+)$"
    if list then
      words[list] = words[list] or {}
      words[list][tonumber(place)] = "<" .. name .. ">"
    else
      words[name] = "<" .. name .. ">"
    end
  end
  return (template.fill(text, words))
end

M.shown = shown_of

-- What is right as well, and what is all that is known.
local function add_forms(made, record, source, rule, values)
  local list = {}
  if not made.value and source ~= "" then
    list[1], made.shown = form_of(source, rule, values), shown_of(source, values)
  end
  for _, accepted in ipairs(record.accept or {}) do
    list[#list + 1] = form_of(accepted, rule, values)
  end
  made.pattern = list[2] and list or list[1]
end

-- What each way to look for a record wants to know beside the value.
local details = {
  cname_target = function(made, record, rule, values)
    made.target = made.value
    add_forms(made, record, record.target, rule, values)
  end,
  exact = function(made, record, rule, values)
    add_forms(made, record, record.value, rule, values)
  end,
  dkim_key = function(made)
    made.key = made.value
  end,
  spf_include = function(made, record, _, values)
    made.include = record.include and template.fill(record.include, values)
    made.shown = shown_of(record.value, values)
  end,
  mx = function(made, record, rule, values)
    made.alternatives = record.alternatives
    if not made.value then
      add_forms(made, record, record.value:match "^%d+ (.*)$", rule, values)
      made.shown = shown_of(record.value, values)
    end
  end,
  dmarc_any_valid = function() end,
  ns_delegation = function() end,
}

local function migrations_of(rule, id)
  local list = {}
  for _, migration in ipairs(rule.migrations or {}) do
    if migration.record == id then
      list[#list + 1] = { from = migration.from, to = migration.to }
    end
  end
  return list[1] and list or nil
end

-- A value whose letters mean nothing is in lower case.
local function value_of(record, values)
  local value = template.fill(record.target or record.value, values)
  return value and record.type ~= "TXT" and value:lower() or value
end

-- A name as providers show some of them whole: what was pasted has the domain at its end already.
local function without_doubling(name, record, values)
  local domain = "." .. values[record.name:match "{(%l+_?%l*)}$"]
  local short = name:sub(1, -1 - #domain)
  return short:sub(-#domain) == domain and short or name
end

-- A record; nil where its name cannot be known yet.
local function make(record, rule, values, number)
  local name = template.fill(record.name, values)
  if not name then
    return nil
  end
  name = without_doubling(name:lower(), record, values)
  local made = {
    id = record.id .. (number or ""), type = record.type, name = name, value = value_of(record, values),
    purpose = record.purpose, required = record.required, match = record.match,
    note = record.note and shown_of(record.note, values), migrations = migrations_of(rule, record.id),
  }
  details[record.match](made, record, rule, values)
  return made
end

-- The names of optional vars that a record hangs on.
local function optional_in(record, rule)
  local names = {}
  for _, text in ipairs { record.name, record.target or record.value } do
    for _, placeholder in ipairs(template.placeholders(text)) do
      local var = rule.vars[placeholder.name]
      names[#names + 1] = var and var.optional and placeholder.name or nil
    end
  end
  return names
end

local optional_of = setmetatable({}, { __mode = "k" })

-- Does a record hang on an optional var that was not given?
local function is_left_out(record, rule, values)
  local by_record = optional_of[rule] or {}
  optional_of[rule] = by_record
  by_record[record] = by_record[record] or optional_in(record, rule)
  for _, name in ipairs(by_record[record]) do
    if not values[name] then
      return true
    end
  end
  return not M.holds(record.when, values)
end

-- A record for each item of a list.
local function make_each(list, record, rule, values)
  for i, item in ipairs(values[record.each] or {}) do
    local own = setmetatable({ [record.each] = item }, { __index = values })
    list[#list + 1] = make(record, rule, own, i)
  end
end

-- Records of a kind that share a name are looked for side by side: MX records, and the name servers of a delegation.
local function set_neighbours(list)
  for _, record in ipairs(list) do
    local beside, hosts = {}, {}
    for _, other in ipairs(list) do
      if other.match == record.match and other.name == record.name and other.value then
        hosts[#hosts + 1] = other.value
        beside[#beside + 1] = other ~= record and other.value:match "%S+$" or nil
      end
    end
    record.beside = record.match == "mx" and beside[1] and beside or nil
    record.hosts = record.match == "ns_delegation" and hosts or nil
  end
end

-- What is wrong with a key: it is none, or none that the provider takes.
local function problem_of_key(key, limits)
  local parsed, message = record_texts.parse("dkim", key)
  if not parsed then
    return "the key is none: " .. message
  end
  local bits = parsed.type == "rsa" and parsed.bits
  if bits and (bits < (limits.least or bits) or bits > (limits.most or bits)) then
    local range = limits.most and (limits.least and "%d to %d" or "%d at most") or "%d at least"
    return ("the key has %d bits, and is to have %s"):format(bits, range:format(limits.least or limits.most, limits.most))
  end
end

-- What is wrong with a record that was made: a var that is a name was none, or a key no key.
local function problem_of(record, limits)
  if not domains.valid(record.name) then
    return ("%s is no name that a record can have"):format(record.name)
  elseif record.type == "CNAME" and record.value and not domains.valid(record.value) then
    return ("%s is no name that a CNAME can lead to"):format(record.value)
  elseif record.key then
    return problem_of_key(record.key, limits)
  end
end

--- Makes the records.
-- @tparam table rule with the members of its variant
-- @tparam table values of its vars and of what else there are placeholders for
-- @treturn[1] {table,...} the records of which at least the name is known, see `mailseal.provider.records`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_var`
function M.make(rule, values)
  local list = {}
  for _, record in ipairs(rule.records) do
    if not is_left_out(record, rule, values) then
      if record.each then
        make_each(list, record, rule, values)
      else
        list[#list + 1] = make(record, rule, values)
      end
    end
  end
  set_neighbours(list)
  for _, record in ipairs(list) do
    local problem = problem_of(record, rule.key or {})
    if problem then
      return nil, printable(("%s: %s"):format(rule.id, problem)), "bad_var"
    end
  end
  return list
end

return M

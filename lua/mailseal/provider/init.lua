--- What mail services want published: a rule each (`lua/mailseal/provider/<id>.lua`), and the records that come of it for a domain.
--
--     local provider = require "mailseal.provider"
--     local vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } }
--     local records, advice = assert(provider.records("kraiter", "mail.example.com", vars, { org_domain = "example.com" }))
--     for _, record in ipairs(records) do print(record.type, record.name, record.value, record.required) end
--
-- What a rule looks like is told in `mailseal.rules.provider`.
-- @module mailseal.provider
local domains = require "mailseal.domain"
local ids = require "mailseal.provider.ids"
local making = require "mailseal.rules.making"
local nearest = require "mailseal.nearest"
local printable = require "mailseal.printable".line
local rules = require "mailseal.rules.provider"
local sandbox = require "mailseal.rules.sandbox"

local M = {}

-- ---- Rules.

local is_ours = {}
for _, id in ipairs(ids) do
  is_ours[id] = true
end

local function load_ours(id) return require("mailseal.provider." .. id) end

local by_alias

-- The id of one of mailseal's own rules by an alias. To know them, all rules are loaded once.
local function id_of_alias(alias)
  if not by_alias then
    by_alias = {}
    for _, id in ipairs(ids) do
      for _, name in ipairs(load_ours(id).aliases or {}) do
        by_alias[name] = id
      end
    end
  end
  return by_alias[alias]
end

local function find_among(own, id)
  if own[id] then
    return own[id]
  end
  for _, rule in next, own do
    for _, alias in ipairs(rule.aliases or {}) do
      if alias == id then
        return rule
      end
    end
  end
end

-- What to do about a name that is none: ids, and after them aliases, that are almost it, or where all stand.
local function advice_on(asked, own)
  local names, aliases = {}, {}
  for _, one in ipairs(M.list(own)) do
    names[#names + 1] = one.id
    for _, alias in ipairs(one.aliases) do
      aliases[#aliases + 1] = alias
    end
  end
  for _, alias in ipairs(aliases) do
    names[#names + 1] = alias
  end
  local near = nearest.words(names, (asked:lower():gsub("[ _.]", "-")))
  return near[1] and ("do you mean %s?"):format(table.concat(near, ", ")) or "mailseal provider list tells them all"
end

--- Finds a rule.
-- @tparam string id or one of its aliases, in letters of either case
-- @tparam[opt] table own as of @{load_directory}: these go before mailseal's own
-- @treturn[1] table the rule, not to be written to
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string `no_provider`
function M.find(id, own)
  if type(id) ~= "string" then
    error("provider.find wants an id", 2)
  end
  local asked = id
  id = id:lower()
  local rule = own and find_among(own, id)
  local ours = not rule and (is_ours[id] and id or id_of_alias(id))
  if rule or ours then
    return rule or load_ours(ours)
  end
  return nil, ("there is no provider \"%s\": %s"):format(printable(asked:sub(1, 60)), advice_on(asked, own)), "no_provider"
end

--- The providers that there are rules for.
-- @tparam[opt] table own as of @{load_directory}
-- @treturn {table,...} in the order of their ids: `id`, `name`, `aliases` (a list), `confidence`, `checked_on`
function M.list(own)
  local list, seen = {}, {}
  local function add(rule)
    list[#list + 1] = {
      id = rule.id, name = rule.name, aliases = rule.aliases or {}, confidence = rule.confidence, checked_on = rule.checked_on,
    }
    seen[rule.id] = true
  end
  for _, rule in next, own or {} do
    add(rule)
  end
  for _, id in ipairs(ids) do
    if not seen[id] then
      add(load_ours(id))
    end
  end
  table.sort(list, function(a, b) return a.id < b.id end)
  return list
end

-- Each alias is that of one rule, and no other's id, or it would be chance which is found by it.
local function problem_of_names(rule, owner)
  for _, alias in ipairs(rule.aliases or {}) do
    if owner[alias] then
      return ("the alias %s is that of %s, too"):format(alias, owner[alias])
    end
    owner[alias] = rule.id
  end
end

--- Loads a directory of rules that somebody else has written. Nothing in it is run.
-- @tparam string path
-- @treturn[1] table rules by id, for the other functions
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the first file that is no rule, or with the directory
-- @treturn[2] string as of `mailseal.rules.sandbox`
function M.load_directory(path)
  local list, message, code = sandbox.directory(path)
  if not list then
    return nil, message, code
  end
  local own, owner = {}, {}
  for _, entry in ipairs(list) do
    owner[entry.id] = entry.id
  end
  for _, entry in ipairs(list) do
    local problem = rules.problem(entry.rule) or problem_of_names(entry.rule, owner)
    if problem then
      return nil, ("%s: %s"):format(printable(entry.path), problem), "bad_rule"
    end
    own[entry.id] = entry.rule
  end
  return own
end

--- What is wrong with a rule.
-- @tparam any rule
-- @treturn ?string nil where all is right
function M.problem(rule) return rules.problem(rule) end

-- ---- What is asked for.

-- Is a var of a rule, or of one that is a variant of it, a list?
local function is_list(rule, name, own)
  local function among(vars)
    local var = vars and vars[name]
    return var and (var.count or var.least)
  end
  if among(rule.vars) then
    return true
  end
  for _, variant in pairs(rule.variants or {}) do
    local other = variant.rule and M.find(variant.rule, own)
    if among(variant.vars) or other and among(other.vars) then
      return true
    end
  end
  return false
end

--- What a rule asks for, of texts such as "region=eu-west-1". Of a list the items are separated by commas, or come one by one.
-- @tparam table rule
-- @tparam {string,...} texts
-- @tparam[opt] table own as of @{load_directory}
-- @treturn[1] table as @{records} takes them
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_var`
function M.read_vars(rule, texts, own)
  local vars = {}
  for _, text in ipairs(texts) do
    local name, value = text:match "^([^=]+)=(.*)$"
    if not name then
      return nil, ("'%s' is not like region=eu-west-1"):format(printable(text:sub(1, 100))), "bad_var"
    elseif is_list(rule, name, own) then
      vars[name] = vars[name] or {}
      for item in (value .. ","):gmatch "%s*(.-)%s*," do
        table.insert(vars[name], item)
      end
    elseif vars[name] then
      return nil, ("'%s' is given twice"):format(printable(name:sub(1, 100))), "bad_var"
    else
      vars[name] = value
    end
  end
  return vars
end

-- ---- Records.

-- Rules that have been looked at.
local is_right = setmetatable({}, { __mode = "k" })

-- A rule given by its id or as a table.
local function rule_of(given, own)
  if type(given) == "string" then
    return M.find(given, own)
  end
  if not is_right[given] then
    local problem = not (is_ours[given.id] and load_ours(given.id) == given) and rules.problem(given)
    if problem then
      return nil, "the rule is none: " .. problem, "bad_rule"
    end
    is_right[given] = true
  end
  return given
end

--- The records that a domain needs for a provider.
-- @tparam string|table id a provider's id or alias, or a rule
-- @tparam string domain in lower-case A-labels
-- @tparam[opt] table vars what the rule asks for, by name: texts, and lists of them; `variant`, which of the rule's variants
-- @tparam[opt] table options `org_domain`, the organizational domain (the domain itself); `rules`, as of @{load_directory}; `partial`:
--   where something is missing, return what can be told without it
-- @treturn[1] {table,...} the records, in the rule's order: `id`, `type` ("CNAME", "TXT", "MX", "NS"), `name` (without a dot at its end),
--   `value` (in presentation form, names without a dot at their end; of TXT the text; nil where it is unknown), `purpose` ("dkim", "spf",
--   "return_path", "dmarc", "ownership", "inbound", "links", "delegation"), `required`, `note`, and `match` with what that wants to know:
--   see @{expectation}
-- @treturn[1] {table,...} advice: `code`, `text`
-- @treturn[1] {table,...} what is missing (`partial`), as below
-- @treturn[1] table the rule that they are of: that of a variant, where it has one of its own
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `no_provider`, `bad_rule`, `bad_name`, `bad_var`, `not_applicable` or `vars_missing`
-- @treturn[2] {table,...} of `vars_missing`: `name`, `text`, `issued_by`, `where` (it is shown), `example`, `count`
function M.records(id, domain, vars, options)
  if type(id) ~= "string" and type(id) ~= "table" or type(domain) ~= "string" then
    error("provider.records wants an id or a rule, and a domain", 2)
  elseif vars ~= nil and type(vars) ~= "table" then
    error("provider.records wants vars as a table", 2)
  end
  options = options or {}
  local rule, message, code = rule_of(id, options.rules)
  if not rule then
    return nil, message, code
  end
  for _, name in ipairs { domain, options.org_domain } do
    if name ~= name:lower() or not domains.valid(name) then
      return nil, ("%s is no name of a domain, in lower-case A-labels"):format(printable(name:sub(1, 253))), "bad_name"
    end
  end
  local above = options.org_domain and "." .. options.org_domain or ""
  if ("." .. domain):sub(-#above) ~= above and above ~= "" then
    return nil, ("%s is not within %s"):format(domain, options.org_domain), "bad_name"
  end
  return making.make(rule, domain, vars or {}, options, function(other) return M.find(other, options.rules) end)
end

local expected = {
  "id", "type", "name", "match", "required", "migrations", "pattern", "shown", "beside", "alternatives", "key", "target", "include",
}
local valued = { exact = true, mx = true }

--- What `mailseal.check` is to be told to find a record.
-- @tparam table record as of @{records}
-- @treturn table an expectation, see `mailseal.check.expect`
function M.expectation(record)
  local expectation = {}
  for _, member in ipairs(expected) do
    expectation[member] = record[member]
  end
  expectation.value = valued[record.match] and record.value or record.hosts
  return expectation
end

-- ---- Words.

--- The provider's own word for how a domain stands.
-- @tparam table rule
-- @tparam string status "pending", "verified", "failed"
-- @treturn string the same where the rule knows no other
function M.status(rule, status) return rule.statuses and rule.statuses[status] or status end

--- The provider's own word for how a record stands.
-- @tparam table rule
-- @tparam string status as of `mailseal.check`: "found", "missing", "mismatch" and so on
-- @treturn string the same where the rule knows no other
function M.record_status(rule, status) return rule.record_statuses and rule.record_statuses[status] or status end

return M

--- All rules of DNS hosts: those that come with mailseal, each loaded from its file, and a user's own out of a directory.
--
-- A user's rule stands before those that come along: one of the same id takes its place, and where the patterns of both fit a name
-- server, the user's counts.
-- @module mailseal.rules.host.catalogue
local pattern = require "mailseal.rules.host.pattern"
local rule_schema = require "mailseal.rules.host"
local sandbox = require "mailseal.rules.sandbox"
local sorted = require "mailseal.rules.sorted"

local M = {}
local Catalogue = {}
Catalogue.__index = Catalogue
Catalogue.__name = "mailseal.rules.host.catalogue"

-- An entry: `rule`, its `patterns`, and `own` where it is a user's.
local function make_entry(rule, own)
  local patterns = {}
  for i, text in ipairs(rule.name_servers or {}) do
    patterns[i] = assert(pattern.read(text))
  end
  return { rule = rule, patterns = patterns, own = own }
end

--- A catalogue.
-- @tparam {string,...} own_ids the ids of the rules that come with mailseal
-- @tparam function load gets an id, and returns its rule
-- @treturn table
function M.new(own_ids, load)
  return setmetatable({ own_ids = own_ids, load = load }, Catalogue)
end

-- The entries by id. Those of mailseal's own rules are made when any is first asked for.
local function all(self)
  if not self.entries then
    self.entries = {}
    for _, id in ipairs(self.own_ids) do
      self.entries[id] = make_entry(self.load(id), false)
    end
  end
  return self.entries
end

--- The ids of all rules there are.
-- @treturn {string,...} sorted
function Catalogue:ids()
  return sorted.names(all(self))
end

--- A rule.
-- @tparam string id
-- @treturn ?table
function Catalogue:find(id)
  local entry = all(self)[id]
  return entry and entry.rule
end

local function names(list, id)
  for _, other in ipairs(list or {}) do
    if other == id then
      return true
    end
  end
  return false
end

--- Does one rule stand before another, where the patterns of both fit?
-- @tparam string id
-- @tparam string other
-- @treturn boolean
function Catalogue:is_before(id, other)
  local entries = all(self)
  local a, b = entries[id], entries[other]
  if a.own ~= b.own then
    return a.own
  end
  return names(a.rule.before, other)
end

--- The ids of the rules with a pattern that fits a name server.
-- @tparam string name_server as answers spell it
-- @treturn table a set
function Catalogue:candidates(name_server)
  local set = {}
  for id, entry in pairs(all(self)) do
    for _, one in ipairs(entry.patterns) do
      if pattern.fits(one, name_server) then
        set[id] = true
        break
      end
    end
  end
  return set
end

-- ---- Rules that contradict each other.

-- The first two patterns with a name in common.
local function common(a, b)
  for i, one in ipairs(a.patterns) do
    for j, other in ipairs(b.patterns) do
      if (a ~= b or i < j) and pattern.overlap(one, other) then
        return one.text, other.text
      end
    end
  end
end

local function is_settled(a, b)
  return names(a.rule.before, b.rule.id) ~= names(b.rule.before, a.rule.id)
    or names(a.rule.ambiguous_with, b.rule.id) and names(b.rule.ambiguous_with, a.rule.id)
end

local function problem_between(a, b)
  local one, other = common(a, b)
  if one and a == b then
    return ("%s: the patterns %s and %s fit the same name servers: one of them will do"):format(a.rule.id, one, other)
  elseif one and not is_settled(a, b) then
    return ("%s and %s: the patterns %s and %s have name servers in common: say before in one, or ambiguous_with in both"):format(
      a.rule.id, b.rule.id, one, other
    )
  end
end

--- Says of rules whether patterns of theirs fit the same name servers, and nothing says what then holds: `before` in one of two, or
-- `ambiguous_with` in both.
-- @tparam {table,...} rules that are right by themselves
-- @treturn ?string the first fault
function M.contradiction(rules)
  local list = {}
  for i, rule in ipairs(rules) do
    list[i] = make_entry(rule)
  end
  for i, a in ipairs(list) do
    for j = i, #list do
      local problem = problem_between(a, list[j])
      if problem then
        return problem
      end
    end
  end
end

-- ---- A user's own.

local function read_directory(path)
  local found, message, code = sandbox.directory(path)
  if not found then
    return nil, message, code
  end
  local rules = {}
  for i, file in ipairs(found) do
    local problem = rule_schema.problem(file.rule)
    if problem then
      return nil, ("%s: %s"):format(file.path, problem), "bad_rule"
    end
    rules[i] = file.rule
  end
  return rules
end

-- These rules, and those of other directories that none of them takes the place of.
local function with_earlier(self, rules)
  local list, is_new = {}, {}
  for i, rule in ipairs(rules) do
    list[i], is_new[rule.id] = rule, true
  end
  for _, id in ipairs(self:ids()) do
    local entry = all(self)[id]
    if entry.own and not is_new[id] then
      list[#list + 1] = entry.rule
    end
  end
  return list
end

--- Adds the rules of a directory. See `mailseal.host`.
-- @tparam string path
-- @treturn ?number how many there are; nil where one is wrong, and then none is added
-- @treturn ?string what is wrong
-- @treturn ?string a code
function Catalogue:load_directory(path)
  local rules, message, code = read_directory(path)
  if not rules then
    return nil, message, code
  end
  local contradiction = M.contradiction(with_earlier(self, rules))
  if contradiction then
    return nil, ("%s: %s"):format(path, contradiction), "bad_rule"
  end
  local known = all(self)
  for _, rule in ipairs(rules) do
    known[rule.id] = make_entry(rule, true)
  end
  return #rules
end

--- Forgets the rules of directories.
function Catalogue:forget_directories()
  self.entries = nil
end

return M

--- All rules of DNS hosts: those that come with mailseal, a file each beside this one, and a user's own out of a directory.
--
-- A user's rule stands before those that come along: one of the same id takes its place, and where the patterns of both fit a name
-- server, the user's counts.
-- @module mailseal.host.catalogue
local pattern = require "mailseal.host.pattern"
local rule_schema = require "mailseal.host.schema"
local sandbox = require "mailseal.rules.sandbox"

local M = {}

--- The ids of the rules that come with mailseal.
M.IDS = {
  "alidns", "allinkl", "azure-dns", "bluehost", "cloudflare", "cpanel", "desec", "digitalocean", "dnsimple", "dnsmadeeasy", "dreamhost",
  "dynadot", "enom", "fastmail", "gandi", "godaddy", "google-cloud-dns", "he", "hetzner", "hostgator", "hostinger", "hover", "infomaniak",
  "inmotion", "ionos", "linode", "liquidweb", "loopia", "m365dns", "namecheap", "namecom", "namesilo", "netlify", "networksolutions", "ns1",
  "onecom", "ovh", "plesk", "porkbun", "registercom", "route53", "shopify", "siteground", "spaceship", "squarespace", "strato", "transip",
  "udag", "vercel", "wix", "wordpresscom",
}

-- An entry: `rule`, its `patterns`, and `own` where it is a user's.
local function make_entry(rule, own)
  local patterns = {}
  for i, text in ipairs(rule.name_servers or {}) do
    patterns[i] = assert(pattern.read(text))
  end
  return { rule = rule, patterns = patterns, own = own }
end

-- By id; made when first asked for.
local entries

local function all()
  if not entries then
    entries = {}
    for _, id in ipairs(M.IDS) do
      entries[id] = make_entry(require("mailseal.host." .. id), false)
    end
  end
  return entries
end

local function sorted_ids(set)
  local ids = {}
  for id in pairs(set) do
    ids[#ids + 1] = id
  end
  table.sort(ids)
  return ids
end

--- The ids of all rules there are.
-- @treturn {string,...} sorted
function M.ids()
  return sorted_ids(all())
end

--- A rule.
-- @tparam string id
-- @treturn ?table
function M.find(id)
  local entry = all()[id]
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
function M.is_before(id, other)
  local a, b = all()[id], all()[other]
  if a.own ~= b.own then
    return a.own
  end
  return names(a.rule.before, other)
end

--- The ids of the rules with a pattern that fits a name server.
-- @tparam string name_server as answers spell it
-- @treturn table a set
function M.candidates(name_server)
  local set = {}
  for id, entry in pairs(all()) do
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
  local contradiction = M.contradiction(rules)
  if contradiction then
    return nil, ("%s: %s"):format(path, contradiction), "bad_rule"
  end
  return rules
end

--- Adds the rules of a directory. See `mailseal.host`.
-- @tparam string path
-- @treturn ?number how many there are; nil where one is wrong, and then none is added
-- @treturn ?string what is wrong
-- @treturn ?string a code
function M.load_directory(path)
  local rules, message, code = read_directory(path)
  if not rules then
    return nil, message, code
  end
  local known = all()
  for _, rule in ipairs(rules) do
    known[rule.id] = make_entry(rule, true)
  end
  return #rules
end

--- Forgets the rules of directories.
function M.reset()
  entries = nil
end

return M

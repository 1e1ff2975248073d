--- What a check expects to be published, as data: brought into one form.
--
-- An expectation is a table:
--
-- - `match`: how the record is held to it, and by which aspect of the check:
--   - "dkim_key": a DKIM key is published there, `key` where that is given ("dkim");
--   - "cname_target": a CNAME leads to `target`, or to a name of the form `pattern` ("dkim" where the name is below `_domainkey`, else
--     "expected");
--   - "exact": a record of that `type` with `value`, in presentation form, or one of the form `pattern`, is there ("expected");
--   - "ns_delegation": the name is delegated to the name servers `value`, a list ("expected");
--   - "spf_include": the SPF record has `include`, a domain; without it, any record will do ("spf");
--   - "dmarc_any_valid": a DMARC record is there; where `name` is that of a domain above, one that applies to the domain will do
--     ("dmarc");
--   - "mx": MX records lead to the hosts of `value` (see `mailseal.check.mx_expect`), or to one of the form `pattern`; any will do
--     without either ("mx").
-- - `name`: the whole name; of a "dkim_key", `selector` does. Without either it is the domain's own, or with `_dmarc` before it.
-- - `type`: "TXT", "CNAME", …; told by `match` where it is absent.
-- - `pattern`: a pattern of `mailseal.pattern`, or a list of them, for what is right as well, or all that is known; names have lower
--   case and no dot at their end there. `shown` is what messages say is expected where there is nothing but a pattern; of "spf_include",
--   the record to publish where there is none.
-- - `beside`: hosts that may have MX records beside those of an expectation of "mx"; `alternatives`: a list of values any of which is right
--   in the place of `value`.
-- - `id`: what the report calls it; the name where it is absent.
-- - `required`: false where nothing is wrong if the record is not there.
-- - `migrations`: a list of `{ from =, to = }`: a record as of `from` (a target, a value, a key) was right once and is to be changed,
--   to `to` or to what is expected.
--
-- @module mailseal.check.expect
local canonical = require "mailseal.dns.name".canonical
local core = require "mailseal.core".dns
local domains = require "mailseal.domain"
local patterns = require "mailseal.pattern"
local record = require "mailseal.record"

local M = {}

local types = {
  dkim_key = "TXT", cname_target = "CNAME", exact = "TXT", spf_include = "TXT", dmarc_any_valid = "TXT", mx = "MX",
  ns_delegation = "NS",
}

local members = {
  id = "string", match = "string", type = "string", name = "string", selector = "string", value = "any", key = "any",
  target = "string", include = "string", required = "boolean", migrations = "table", pattern = "any", shown = "string", beside = "table",
  alternatives = "table",
}

-- A key that is given as an object or as a record's text: the text, and what it says; nil, a message and a code where it is none.
local function read_key(key)
  local text = key
  if getmetatable(key) == "mailseal.key" then
    text = key:record()
  elseif type(key) ~= "string" then
    return nil, "the key expected is neither a key of mailseal.key nor the text of a record", "bad_key"
  end
  local parsed, message = record.parse("dkim", text)
  if not parsed then
    return nil, "the key expected is no key record: " .. message, "bad_key"
  end
  return text, parsed
end

-- The name that an expectation is for.
local function name_of(given, domain)
  if given.name then
    return canonical(given.name)
  elseif given.selector then
    return canonical(given.selector .. "._domainkey." .. domain)
  end
  return given.match == "dmarc_any_valid" and "_dmarc." .. domain or domain
end

-- Is it a list of at least one string?
local function is_list_of_names(value)
  if type(value) ~= "table" or value[1] == nil then
    return false
  end
  for _, item in ipairs(value) do
    if type(item) ~= "string" then
      return false
    end
  end
  return true
end

-- What each `match` cannot do without: what is said where it is not there, and how it is seen.
local needs = {
  dkim_key = { 'a "selector" or a "name"', function(given)
    return given.selector or given.name
  end },
  cname_target = { 'a "target", the name that the CNAME leads to, or a "pattern"', function(given)
    return given.target or given.pattern
  end },
  exact = { 'a "value", the text of the record, or a "pattern"', function(given)
    return type(given.value) == "string" or given.value == nil and given.pattern
  end },
  ns_delegation = { 'a "value", the list of the name servers', function(given)
    return is_list_of_names(given.value)
  end },
}

local function problem_of_migrations(given)
  for _, migration in ipairs(given.migrations or {}) do
    local from = type(migration) == "table" and migration.from
    if not from or given.match ~= "dkim_key" and type(from) ~= "string" then
      return 'has a migration without a "from" that could be compared'
    end
  end
end

-- The patterns of an expectation, in a list.
local function patterns_of(given)
  return type(given.pattern) == "string" and { given.pattern } or given.pattern or {}
end

local function problem_of_pattern(given)
  if given.pattern ~= nil and type(given.pattern) ~= "string" and not is_list_of_names(given.pattern) then
    return 'has a "pattern" that is no string and no list of strings'
  end
  for _, pattern in ipairs(patterns_of(given)) do
    local compiled, problem = patterns.compile(pattern)
    if not compiled then
      return 'has a "pattern" that ' .. problem
    end
  end
end

local function problem_of_hosts(given)
  if given.beside and given.beside[1] ~= nil and not is_list_of_names(given.beside) then
    return 'has a "beside" that is no list of strings'
  end
  for _, value in ipairs(given.alternatives or {}) do
    if type(value) ~= "string" and not is_list_of_names(value) then
      return 'has one among its "alternatives" that is no string and no list of strings'
    end
  end
end

-- What is wrong with its members, each by itself.
local function problem_of_members(given)
  for member, value in pairs(given) do
    local kind = members[member]
    if not kind then
      return ("has a \"%s\", which there is not"):format(tostring(member))
    elseif kind ~= "any" and type(value) ~= kind then
      return ("has a \"%s\" that is no %s"):format(member, kind)
    end
  end
  if given.value ~= nil and type(given.value) ~= "string" and not is_list_of_names(given.value) then
    return 'has a "value" that is no string and no list of strings'
  elseif given.type and not core.encode("example", given.type) then
    return ('has a "type" that DNS does not have: %s'):format(given.type)
  end
  return problem_of_migrations(given) or problem_of_pattern(given) or problem_of_hosts(given)
end

--- What is wrong with an expectation, whatever the domain: a member that is none, or one that its `match` cannot do without.
-- @tparam any given
-- @treturn ?string words to stand behind "an expectation", such as `has no "match"`; nil where it is one
function M.problem(given)
  if type(given) ~= "table" then
    return "is no object"
  end
  local problem = problem_of_members(given)
  if problem then
    return problem
  elseif not given.match then
    return 'has no "match"'
  elseif not types[given.match] then
    return ('has a "match" that there is not: %s'):format(given.match)
  end
  local need = needs[given.match]
  return need and not need[2](given) and ("of %s needs %s"):format(given.match, need[1]) or nil
end

-- Raises in the name of whoever called the check.
local function check_members(given, level)
  local problem = M.problem(given)
  if problem then
    error("an expectation " .. problem, level + 1)
  end
end

-- Migrations in the form in which what is found is compared with them.
local function migrations_of(given)
  local list = {}
  for i, migration in ipairs(given.migrations or {}) do
    local from = migration.from
    if given.match == "cname_target" then
      from = canonical(from)
    elseif given.match == "dkim_key" then
      local text, parsed = read_key(from)
      from = text and parsed or from
    end
    list[i] = { from = from, to = migration.to }
  end
  return list
end

local function hosts_of(value)
  local hosts = {}
  for i, host in ipairs(value) do
    hosts[i] = canonical(host)
  end
  table.sort(hosts)
  return hosts
end

-- Has a text one of the forms? nil where there are none.
local function form_of(given)
  local list = {}
  for i, pattern in ipairs(patterns_of(given)) do
    list[i] = patterns.compile(pattern)
  end
  return list[1] and function(text)
    for _, matches in ipairs(list) do
      if matches(text) then
        return true
      end
    end
    return false
  end
end

-- One of them in full; nil, a message and a code where its name or its key is none.
local function complete(given, domain, level)
  check_members(given, level + 1)
  local name = name_of(given, domain)
  if #name > 253 or not domains.valid((name:gsub("^%*%.", ""))) then
    return nil, name .. " is no name that a record can have", "bad_name"
  end
  local text, parsed, code
  if given.match == "dkim_key" and given.key then
    text, parsed, code = read_key(given.key)
    if not text then
      return nil, parsed, code
    end
  end
  return {
    id = given.id or name, match = given.match, type = given.type or types[given.match], name = name,
    selector = name:match "^(.-)%._domainkey%.", record = text, key = parsed,
    value = given.match == "ns_delegation" and hosts_of(given.value) or given.value,
    target = given.target and canonical(given.target), include = given.include and canonical(given.include),
    required = given.required ~= false, migrations = migrations_of(given), form = form_of(given), shown = given.shown or given.pattern,
    beside = given.beside or {}, alternatives = given.alternatives or {},
  }
end

-- A selector without what people write behind it; nil where that is another domain.
local function selector_of(written, domain)
  local selector, behind = canonical(written):match "^(.-)%._domainkey(.*)$"
  if not selector then
    return (written:gsub("%.$", ""))
  end
  return (behind == "" or behind == "." .. domain) and selector or nil
end

--- The expectations of a check in full, those of its selectors first.
-- A selector whose name an expectation has is that expectation's.
-- @tparam string domain in lower-case A-labels
-- @tparam table options of the check: `selectors`, `key`, `expect`
-- @tparam[opt=1] number level where a fault in the options is said to be, as of `error`
-- @treturn ?{table,...} expectations with all that is told above; of a key, `key` is what its record says (see
--   `mailseal.record.dkim`) and `record` its text; `selector` where the name is below `_domainkey`; `form`, a function that tells whether a
--   text has one of the forms of `pattern`
-- @treturn ?string what is wrong with a name or a key
-- @treturn ?string `bad_name` or `bad_key`
-- @raise where one has a member that is none, or lacks what its `match` needs
function M.list(domain, options, level)
  level = (level or 1) + 1
  local list, selectors, named = {}, {}, {}
  for _, given in ipairs(options.expect or {}) do
    local expectation, message, code = complete(given, domain, level)
    if not expectation then
      return nil, message, code
    end
    list[#list + 1], named[expectation.name] = expectation, true
  end
  for _, written in ipairs(options.selectors or {}) do
    local selector = selector_of(written, domain)
    if not selector then
      return nil, ("the selector %s is another domain's than %s"):format(written, domain), "bad_name"
    end
    local given = { id = selector, match = "dkim_key", selector = selector, key = options.key }
    local expectation, message, code = complete(given, domain, level)
    if not expectation then
      return nil, message, code
    elseif not named[expectation.name] then
      selectors[#selectors + 1], named[expectation.name] = expectation, true
    end
  end
  for _, expectation in ipairs(list) do
    selectors[#selectors + 1] = expectation
  end
  return selectors
end

return M

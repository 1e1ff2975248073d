--- Runs a provider's rule against zones made for it: what it wants published is found, and what is not there, wrong, or as it was
-- before is seen to be so.
-- @module mailseal.cli.provider_trial
local check = require "mailseal.check"
local dns = require "mailseal.dns"
local key = require "mailseal.key"
local provider = require "mailseal.provider"

local M = {}

local DOMAIN, ORGANIZATION, ADDRESS = "mail.example.com", "example.com", "192.0.2.1"
local NOW = 1800000000

-- ---- What the rule is run with.

local function new_record()
  return assert(key.generate { type = "ed25519" }):record()
end

-- Values for vars: their examples, and what lets as many records in as there are.
local function example_vars(rule, variant, key_record)
  local vars = {}
  for _, of in ipairs { rule.vars or {}, variant and variant.vars or {} } do
    for name, var in pairs(of) do
      vars[name] = var.form == "key" and key_record or var.example or var.default or var.choices and var.choices[1]
    end
  end
  for _, record in ipairs(variant and variant.records or rule.records) do
    for name, value in pairs(record.when or {}) do
      vars[name] = vars[name] and value
    end
  end
  return vars
end

-- The domain to try it with: not all rules take subdomains.
local function domain_for(rule)
  for _, reason in ipairs(rule.not_applicable or {}) do
    if reason.when.subdomain == "yes" then
      return ORGANIZATION
    end
  end
  return DOMAIN
end

-- ---- Zones.

local function add(zone, name, kind, data)
  zone[name] = zone[name] or {}
  table.insert(zone[name], { type = kind, data = data })
end

local others = {
  dkim_key = function(trial) return { "TXT", trial.other_key } end,
  spf_include = function() return { "TXT", "v=spf1 ip4:999.1.1.1 -all" } end,
  exact = function(_, record) return { "TXT", '"' .. record.value .. '"' } end,
  dmarc_any_valid = function() return { "TXT", "v=DMARC1; p=nothing" } end,
  cname_target = function() return { "CNAME", "other.example.org." } end,
  mx = function() return { "MX", "10 other.example.org." } end,
  ns_delegation = function() return { "NS", "other.example.org." } end,
}

-- What a record's name has: the record as it is to be, or what `change` makes of it.
local function put_record(zone, trial, record, change)
  local kind, data = record.type, record.value
  if change == "other" then
    local other = others[record.match](trial, record)
    kind, data = other[1], other[2]
  elseif change then
    data = change
  end
  add(zone, record.name, kind, kind == "TXT" and data or data:gsub("%.?$", ".", 1))
end

-- What is at the ends of CNAMEs, MX records and includes.
local function put_ends(zone, trial, record, value)
  local host = record.type ~= "TXT" and value:match "%S+$"
  if host and not zone[host] then
    add(zone, host, "A", ADDRESS)
    add(zone, host, "TXT", trial.key)
  elseif record.include and not zone[record.include] then
    add(zone, record.include, "TXT", "v=spf1 ip4:192.0.2.0/24 -all")
  end
end

-- The zone in which all is published, but that `changes` says otherwise of some records, by id: false (it is not there), "other", or a
-- value.
local function zone_of(trial, changes)
  local zone = {}
  for _, name in ipairs { trial.domain, ORGANIZATION, "other.example.org" } do
    if not zone[name] then
      add(zone, name, "A", ADDRESS)
    end
  end
  add(zone, "other.example.org", "TXT", trial.key)
  for _, record in ipairs(trial.records) do
    local change = changes[record.id]
    if change ~= false then
      put_record(zone, trial, record, change)
    end
    put_ends(zone, trial, record, record.value)
    if change and change ~= "other" then
      put_ends(zone, trial, record, change)
    end
  end
  return zone
end

-- How it stands with each record in a zone, by its id.
local function look(trial, records, changes)
  local expect, states = {}, {}
  for i, record in ipairs(records) do
    expect[i] = provider.expectation(record)
  end
  local resolver = assert(dns.resolver { zone = zone_of(trial, changes), now = function() return NOW end })
  local report = assert(check.domain(trial.domain, {
    resolver = resolver, expect = expect, name_servers = false, only = { "dkim", "expected", "spf", "dmarc", "mx" }, now = NOW,
  }))
  for _, entry in ipairs(report.records) do
    states[entry.id] = entry.status
  end
  resolver:close()
  return states
end

-- ---- Trying.

local function note(trial, case, record, expected, found)
  trial.results[#trial.results + 1] = {
    case = case, record = record.id, expected = expected, found = found or "nothing told", ok = expected == found,
  }
end

-- Changes one record, and sees what is told of it, and that the others are found all the same. Name servers are told of together.
local function try_change(trial, case, record, change, expected)
  local states = look(trial, trial.records, { [record.id] = change })
  note(trial, case, record, expected, states[record.id])
  for _, other in ipairs(case == "missing" and record.match ~= "ns_delegation" and trial.records or {}) do
    if other ~= record then
      note(trial, ("without %s"):format(record.id), other, "found", states[other.id])
    end
  end
end

local function try_record(trial, record)
  local several = record.match == "ns_delegation" and #record.hosts > 1
  try_change(trial, "missing", record, false, several and "mismatch" or "missing")
  try_change(trial, "mismatch", record, "other", "mismatch")
  for _, migration in ipairs(record.migrations or {}) do
    try_change(trial, "migrating", record, migration.from, "migrating")
  end
end

local function try_all(trial)
  local states = look(trial, trial.records, {})
  for _, record in ipairs(trial.records) do
    note(trial, "published", record, "found", states[record.id])
  end
  for _, record in ipairs(trial.records) do
    try_record(trial, record)
  end
end

-- What can be told before anything is known is found as well.
local function try_forms(trial, rule, options)
  local vars = { variant = options.variant }
  for name, value in pairs(options.vars) do -- what chooses the records is no secret
    local var = (rule.vars or {})[name]
    vars[name] = var and var.choices and value or vars[name]
  end
  options.partial = true
  local records, message = provider.records(rule, trial.domain, vars, options)
  if not records then
    return nil, message
  end
  local states = look(trial, records, {})
  for _, record in ipairs(records) do
    note(trial, "by its form", record, "found", states[record.id])
  end
  return trial.results
end

local function run(rule, variant_name, own)
  local variant = variant_name and rule.variants[variant_name]
  local trial = { domain = domain_for(rule), key = new_record(), other_key = new_record(), results = {} }
  local options = { org_domain = ORGANIZATION, rules = own }
  local vars = example_vars(rule, variant, trial.key)
  vars.variant = variant_name
  local records, message = provider.records(rule, trial.domain, vars, options)
  if not records then
    return nil, message
  end
  trial.records = records
  try_all(trial)
  return try_forms(trial, rule, { org_domain = ORGANIZATION, rules = own, variant = variant_name, vars = vars })
end

-- What is wrong with the other rules that a rule names; nil where nothing is.
local function problem_of_names(rule, own)
  for name, variant in pairs(rule.variants or {}) do
    if variant.rule and not provider.find(variant.rule, own) then
      return ("variants.%s.rule is %s, which there is not"):format(name, variant.rule)
    end
  end
  for i, reason in ipairs(rule.not_applicable or {}) do
    if reason.see and not provider.find(reason.see, own) then
      return ("not_applicable[%d].see is %s, which there is not"):format(i, reason.see)
    end
  end
end

--- Tries a rule, and each of its variants that is no rule of its own.
-- @tparam table rule without a fault (`provider.problem`)
-- @tparam[opt] table own as of `mailseal.provider.load_directory`
-- @treturn[1] {table,...} what was seen: `variant`, `case` ("published", "missing", "mismatch", "migrating", "without <id>", "by its
--   form"), `record` (its id), `expected`, `found` (as of `mailseal.check`), `ok`
-- @treturn[2] nil
-- @treturn[2] string why the rule gives no records with its own examples, or which rule it names that there is not
function M.run(rule, own)
  local problem = problem_of_names(rule, own)
  if problem then
    return nil, problem
  end
  local all, names = {}, { false }
  for name, variant in pairs(rule.variants or {}) do
    if not variant.rule then
      names[#names + 1] = name
    end
  end
  for _, name in ipairs(names) do
    local results, message = run(rule, name or nil, own)
    if not results then
      return nil, (name and "variant " .. name .. ": " or "") .. message
    end
    for _, result in ipairs(results) do
      result.variant = name or nil
      all[#all + 1] = result
    end
  end
  return all
end

return M

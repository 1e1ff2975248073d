--- What a provider's rule comes to for a domain: its variant, its vars, whether it applies, its records and its advice.
-- @module mailseal.rules.making
local maker = require "mailseal.rules.records"
local rules = require "mailseal.rules.provider"
local sorted = require "mailseal.rules.sorted"
local vars_of = require "mailseal.rules.vars"

local M = {}

-- The variant of a rule that was asked for, or that a var chooses; nil where there is none; false and a message where it is unknown.
local function variant_of(rule, vars)
  local variants = rule.variants or {}
  if vars.variant ~= nil then
    local known = sorted.names(variants)
    return type(vars.variant) == "string" and variants[vars.variant] or false, ("%s: variant %s"):format(rule.id,
      known[1] and "is to be one of " .. table.concat(known, ", ") or "is of no use: it has none")
  end
  for _, variant in next, variants do
    if variant.chosen_by and vars[variant.chosen_by] ~= nil then
      return variant
    end
  end
end

local function without_variant(vars)
  local rest = {}
  for name, value in next, vars do
    rest[name] = name ~= "variant" and value or nil
  end
  return rest
end

-- What placeholders stand for.
local function values_of(rule, read, domain, organization)
  local values = {
    domain = domain, org_domain = organization or domain, domain_dashed = domain:gsub("%.", "-"),
    subdomain = organization and (domain ~= organization and "yes" or "no"),
  }
  for _, of in ipairs { rule.values, read } do
    for name, value in next, of do
      values[name] = value
    end
  end
  return values
end

-- Why there is nothing to be done with this rule; nil where there is.
local function refusal(rule, values)
  for _, reason in ipairs(rule.not_applicable or {}) do
    if maker.holds(reason.when, values) then
      local see = reason.see and (" (see provider %s)"):format(reason.see) or ""
      return ("%s: %s%s"):format(rule.name, maker.shown(reason.text, values), see)
    end
  end
end

local function advice_of(rule, values)
  local list = {}
  for _, advice in ipairs(rule.advice or {}) do
    if maker.holds(advice.when, values) then
      list[#list + 1] = { code = advice.code, text = maker.shown(advice.text, values) }
    end
  end
  return list
end

-- Rules with the members of one of their variants, by both.
local joined = setmetatable({}, { __mode = "k" })

local function join(rule, variant)
  local by_variant = joined[rule] or {}
  joined[rule] = by_variant
  local name = variant or "none"
  by_variant[name] = by_variant[name] or rules.with_variant(rule, variant or {})
  return by_variant[name]
end

--- The name of the variant of a rule that was asked for, or that a var chooses.
-- @tparam table rule without a fault
-- @tparam table vars
-- @treturn ?string nil where it is none
function M.variant(rule, vars)
  local chosen = variant_of(rule, vars)
  for name, variant in next, rule.variants or {} do
    if variant == chosen then
      return name
    end
  end
end

--- Makes everything that a rule comes to for a domain.
-- @tparam table rule without a fault
-- @tparam string domain
-- @tparam table vars
-- @tparam table options `org_domain`, `partial`: see `mailseal.provider.records`
-- @tparam function find returns a rule by its id, or nil, a message and a code
-- @treturn ?{table,...} all as of `mailseal.provider.records`
-- @treturn {table,...}|string
-- @treturn {table,...}|string
-- @treturn ?{table,...}|table
function M.make(rule, domain, vars, options, find)
  local variant, problem = variant_of(rule, vars)
  if variant == false then
    return nil, problem, "bad_var"
  elseif variant and variant.rule then
    local other, message, code = find(variant.rule)
    if not other then
      return nil, message, code
    end
    rule, variant = other, nil
  end
  local all = join(rule, variant)
  local read, missing, code = vars_of.read(all, without_variant(vars))
  if not read then
    return nil, missing, code
  end
  local values = values_of(all, read, domain, options.org_domain)
  local refused = refusal(rule, values)
  if refused then
    return nil, refused, "not_applicable"
  elseif missing[1] and not options.partial then
    return nil, vars_of.missing(rule, missing), "vars_missing", missing
  end
  local records
  records, problem, code = maker.make(all, values)
  if not records then
    return nil, problem, code
  end
  return records, advice_of(rule, values), missing, rule
end

return M

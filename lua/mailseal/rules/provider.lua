--- What a provider's rule looks like.
--
-- To write one, copy the file of a provider that wants records of the same kinds, under the new provider's id, and change what is
-- otherwise; `mailseal provider test ./acme.lua` says what is wrong with it, and then tries it against zones made for it. It is used
-- from a directory of one's own (`--rules`, MAILSEAL_RULES); one of mailseal's own has its id in `mailseal.provider.ids` as well.
--
-- A rule (`mailseal.provider.kraiter`, or a file in a user's own directory) is a plain table. Its texts may have placeholders
-- (`mailseal.rules.template`): `{domain}`, the sending domain; `{org_domain}`, the organizational domain that it belongs to;
-- `{domain_dashed}`, the domain with hyphens for its dots; and the names of `vars` and `values`. Its members are, beside those that all
-- rules have (`mailseal.rules.schema`):
--
-- - `vars`: what must be known of a customer's domain or account, by name: `text`, what it is; `issued_by`, who knows it ("provider",
--   "customer", who chooses it, or "mailseal"); `where` the provider shows it; `form` ("label" of a name, unless told; "name", "text" or
--   "key", the text of a DKIM record); `pattern` of its value (`mailseal.pattern`); `example`; `count`, where it is a list of so many, or
--   `least` and `most`; `choices`, where it is one of these; `default`; `optional`. What a provider issues has no default unless its own
--   documents name one: it is asked for, and never guessed.
-- - `values`: texts that several records share, by name.
-- - `records`, each with `id`, `type`, `name`, `purpose`, `required`, and `match`, how it is looked for (`mailseal.check.expect`): of
--   "cname_target" a `target`; of "spf_include" a `value`, and mostly an `include`; of the others a `value`. `accept`: targets that are
--   right as well; `alternatives`: lists of MX hosts that are; `note`; `each`: the name of a list in `vars`, for each item of which there
--   is a record; `when`: the record is there if these vars have these values (`{ inbound = "yes" }`; `subdomain` is "yes" or "no"). A
--   record of an optional var that is not given is left out.
-- - `statuses`, `record_statuses`: the provider's words for a domain that is `pending`, `verified`, `failed` and so on.
-- - `window`: seconds that the provider goes on looking for. `retry`, `automatic`: how it looks again, and what it does by itself.
-- - `migrations`: `record` (its id), `from` what it was before, `to`, and `before` which day it was set up.
-- - `variants`: by name, what is otherwise there: `text`, and either `rule` (the id of another rule) or `values`, `vars` and
--   `records`, which go before the rule's own. `chosen_by`: a var that chooses it by being given. A var that none of the variant's
--   records has a placeholder for is not asked for.
-- - `not_applicable`: when there is nothing to be done with this rule: `when`, `text`, and `see`, the id of the rule to be used.
-- - `advice`: `code`, `text`, `when`.
-- - `key`: what it takes for a key: `least`, `most`, `usual` bits. `generates`: "key", where mailseal makes it.
-- @module mailseal.rules.provider
local schema = require "mailseal.rules.schema"
local template = require "mailseal.rules.template"
local vars = require "mailseal.rules.var"

local M = {}

local text, list, optional = schema.text, schema.list, schema.optional

local name_kind = text { pattern = "^%l[%l%d_]*$", words = "of lower-case letters, digits and _", longest = 40 }
local word_kind = text { pattern = "^[%w_-]+$", words = "a word", longest = 80 }
local conditions = schema.map(name_kind, text(), 10)

--- The placeholders that there are in any case.
M.GIVEN = { domain = true, org_domain = true, domain_dashed = true }

-- ---- Records.

-- The types that each way to look for a record is for.
local types = {
  cname_target = "CNAME", exact = "TXT", dkim_key = "TXT", spf_include = "TXT", dmarc_any_valid = "TXT", mx = "MX", ns_delegation = "NS",
}

local function problem_of_record(record, path)
  if record.type ~= types[record.match] then
    return ("%s.match is %s, which is for a %s record"):format(path, record.match, types[record.match])
  elseif record.match == "cname_target" and (not record.target or record.value) then
    return path .. " is to have a target, and no value"
  elseif record.match ~= "cname_target" and (not record.value or record.target or record.accept) then
    return path .. " is to have a value, and neither a target nor accept"
  elseif record.match ~= "spf_include" and record.include or record.match ~= "mx" and record.alternatives then
    return path .. " has an include or alternatives, which it has no use for"
  elseif not record.name:find "{domain}$" and not record.name:find "{org_domain}$" then
    return path .. ".name is to end in {domain} or {org_domain}"
  elseif record.type ~= "TXT" and (record.target or record.value):find "%.$" then
    return ("%s.%s has a dot at its end: names are written without"):format(path, record.target and "target" or "value")
  elseif record.match == "mx" and not record.value:find "^%d+ [^ ]+$" then
    return path .. '.value is to be like "10 mx.example.net"'
  end
end

local record_kind = schema.record({
  id = word_kind, type = schema.one_of { "CNAME", "TXT", "MX", "NS" }, name = text { longest = 253 },
  purpose = schema.one_of { "dkim", "spf", "return_path", "dmarc", "ownership", "inbound", "links", "delegation" },
  required = schema.flag,
  match = schema.one_of { "exact", "cname_target", "dkim_key", "spf_include", "dmarc_any_valid", "mx", "ns_delegation" },
  target = optional(text()), value = optional(text()), include = optional(text()), accept = optional(list(text(), { most = 5 })),
  alternatives = optional(list(list(text(), { most = 20 }), { most = 5 })), note = optional(text()), each = optional(name_kind),
  when = optional(conditions),
}, problem_of_record)

local records_kind = list(record_kind, { least = 0, most = 30 })
local values_kind = schema.map(name_kind, text(), 20)
local vars_kind = schema.map(name_kind, vars.kind, 20)

-- ---- All of it.

local states = {}
for _, state in ipairs { "pending", "verified", "failed", "temporary", "not_started" } do
  states[state] = optional(text())
end
local record_states = {}
for _, state in ipairs { "found", "missing", "mismatch", "migrating", "conflicting", "propagating", "unknown" } do
  record_states[state] = optional(text())
end

-- A rule with the members of one of its variants in front of its own.
local function with_variant(rule, variant)
  local all = {
    records = variant.records or rule.records, vars = {}, values = {}, id = rule.id, migrations = rule.migrations, key = rule.key,
  }
  for _, of in ipairs { rule, variant } do
    for _, member in ipairs { "vars", "values" } do
      for name, value in next, of[member] or {} do
        all[member][name] = value
      end
    end
  end
  return all
end

M.with_variant = with_variant

-- Where a text has a placeholder of which nothing is known.
local function problem_of_text(written, rule, path, each)
  local placeholders, problem = template.placeholders(written)
  if not placeholders then
    return ("%s: %s"):format(path, problem)
  end
  for _, placeholder in ipairs(placeholders) do
    local name, var = placeholder.name, rule.vars[placeholder.name]
    local many = var and (var.count or var.most)
    if not M.GIVEN[name] and not rule.values[name] and not var then
      return ("%s has {%s}, which is none of vars and values"):format(path, name)
    elseif placeholder.place and (not many or placeholder.place > (var.count or var.least)) then
      return ("%s has {%s.%d}, and there are not so many"):format(path, name, placeholder.place)
    elseif many and not placeholder.place and name ~= each then
      return ("%s has {%s}, which is a list: {%s.1}"):format(path, name, name)
    end
  end
end

local function problem_of_condition(when, rule, path)
  for name, value in next, when or {} do
    local var = rule.vars[name]
    if name ~= "subdomain" and not (var and var.choices) then
      return ("%s.when has %s, which is no var with choices"):format(path, name)
    elseif not vars.is_choice(var or { choices = { "yes", "no" } }, value) then
      return ('%s.when.%s is "%s", which it cannot be'):format(path, name, value)
    end
  end
end

-- The ids that come of a record: that of a list has one an item.
local function ids_of(record, rule)
  local ids, var = { record.id }, rule.vars[record.each]
  for i = 1, var and var.most or 0 do
    ids[i] = record.id .. i
  end
  return ids
end

-- Is one of a record's ids another one's already? The record of a domain's proof of ownership (`mailseal.onboard.ownership`) stands
-- beside a rule's, and is told from them by its id.
local function problem_of_id(record, rule, seen)
  for _, id in ipairs(ids_of(record, rule)) do
    if id == "ownership" then
      return ".id is that of the record which proves the domain to mailseal: verification, for example"
    elseif seen[id] then
      return ".id is another record's, too"
    end
    seen[id] = true
  end
end

local function problem_of_records(rule, path)
  local seen = {}
  for i, record in ipairs(rule.records) do
    local at = ("%srecords[%d]"):format(path, i)
    local problem = problem_of_id(record, rule, seen)
    problem = problem and at .. problem or problem_of_condition(record.when, rule, at)
    for _, member in ipairs { "name", "target", "value", "include", "note" } do
      problem = problem or record[member] and problem_of_text(record[member], rule, at .. "." .. member, record.each)
    end
    for k, accepted in ipairs(record.accept or {}) do
      problem = problem or problem_of_text(accepted, rule, ("%s.accept[%d]"):format(at, k))
    end
    if not problem and record.each and not (rule.vars[record.each] and rule.vars[record.each].least) then
      problem = at .. ".each is no list among vars with least and most"
    end
    if problem then
      return problem
    end
  end
  for name, value in next, rule.values do
    if value:find "[{}]" then
      return ("%svalues.%s has a brace: there are no placeholders in it"):format(path, name)
    end
  end
  for name in next, rule.vars do
    if M.GIVEN[name] or rule.values[name] or name == "subdomain" or name == "variant" then
      return ("%svars.%s has a name that is taken"):format(path, name)
    end
  end
end

local function problem_of_variants(rule)
  for name, variant in next, rule.variants or {} do
    local path = ("variants.%s."):format(name)
    if variant.rule and (variant.values or variant.vars or variant.records) then
      return path .. "rule leaves nothing for values, vars and records"
    end
    local all = with_variant(rule, variant)
    local problem = problem_of_records(all, path)
    if problem or variant.chosen_by and not variant.rule and not all.vars[variant.chosen_by] then
      return problem or path .. "chosen_by is none of vars"
    end
  end
end

local function problem_of_parts(rule)
  local all, ids = with_variant(rule, {}), {}
  local problem = problem_of_records(all, "") or problem_of_variants(rule)
  for _, record in ipairs(rule.records) do
    ids[record.id] = true
  end
  for i, migration in ipairs(rule.migrations or {}) do
    problem = problem or not ids[migration.record] and ("migrations[%d].record is the id of none"):format(i)
  end
  for _, member in ipairs { "not_applicable", "advice" } do
    for i, item in ipairs(rule[member] or {}) do
      local at = ("%s[%d]"):format(member, i)
      problem = problem or problem_of_condition(item.when, all, at) or problem_of_text(item.text, all, at .. ".text")
    end
  end
  return problem or nil
end

M.kind = schema.record(schema.with_common {
  generates = optional(schema.one_of { "key" }), key = optional(schema.record {
    least = optional(schema.count(512, 8192)), most = optional(schema.count(512, 8192)), usual = optional(schema.count(512, 8192)),
  }),
  vars = optional(vars_kind), values = optional(values_kind), records = records_kind,
  statuses = optional(schema.record(states)), record_statuses = optional(schema.record(record_states)),
  window = optional(schema.count(60, 90 * 86400)), retry = optional(text()), automatic = optional(text()),
  migrations = optional(list(schema.record {
    record = word_kind, from = text(), to = optional(text()), before = optional(schema.date), text = optional(text()),
  })),
  variants = optional(schema.map(word_kind, schema.record {
    text = text(), rule = optional(schema.id), chosen_by = optional(name_kind), vars = optional(vars_kind),
    values = optional(values_kind), records = optional(records_kind),
  })),
  not_applicable = optional(list(schema.record { when = conditions, text = text(), see = optional(schema.id) })),
  advice = optional(list(schema.record { code = name_kind, text = text(), when = optional(conditions) })),
}, problem_of_parts)

--- What is wrong with a rule.
-- @tparam any rule
-- @treturn ?string where and what, such as `records[2].type is missing`; nil where all is right
function M.problem(rule) return schema.problem(M.kind, rule) end

return M

--- Templates of Domain Connect for mail services: made of their rules (`mailseal.provider`), so that there is one place for the facts.
--
-- A template belongs to whoever offers the service to customers, the one who runs mailseal: he gives it to the DNS hosts, with his name
-- on it and the domain that his key is published at. Each of its records is a group of its own, by the record's id: so a request can leave
-- out what is there already, an existing DMARC policy above all, which a template would replace.
-- @module mailseal.domain_connect.templates
local drafts = require "mailseal.domain_connect.drafts"
local ids = require "mailseal.domain_connect.ids"
local json = require "mailseal.json"
local making = require "mailseal.rules.making"
local provider = require "mailseal.provider"
local rules = require "mailseal.rules.provider"
local sorted = require "mailseal.rules.sorted"
local vars_of = require "mailseal.rules.vars"

local M = {}

local TTL, NAME, SERVICE = 3600, 64, 255

-- ---- which rule, and which of its variants

-- The rule, with the members of its variant, the id of its service, and the variant's name.
local function find(given, vars, own)
  local rule = given
  if type(given) ~= "table" then
    local found, message, code = provider.find(given, own)
    if not found then return nil, message, code end
    rule = found
  end
  local name = making.variant(rule, vars)
  local variant = name and rule.variants[name]
  if vars.variant and not name then
    return nil, ("%s has no variant \"%s\""):format(rule.id, tostring(vars.variant):sub(1, 60)), "bad_var"
  elseif variant and variant.rule then
    return find(variant.rule, {}, own)
  end
  return rules.with_variant(rule, variant or {}), rule.id .. (name and "-" .. name or ""), rule, name
end

-- ---- the template

local function text_of(value, name, most)
  if type(value) ~= "string" or value == "" or #value > most or value:find "%c" then
    error(("a template wants %s, a text of at most %d octets"):format(name, most), 4)
  end
  return value
end

local function check(options)
  if type(options) ~= "table" or not ids.valid(options.provider_id) then error("provider_id is wanted, such as mailer.example", 3) end
  text_of(options.provider_name, "provider_name", NAME)
  if options.service_id and not ids.valid(options.service_id) then error("service_id is no id of Domain Connect", 3) end
  if options.version and (type(options.version) ~= "number" or options.version < 1 or options.version % 1 ~= 0) then
    error("version is a whole number from 1 on", 3)
  end
  if options.logo_url and not tostring(options.logo_url):find "^https://" then error("logo_url is an address of https", 3) end
end

-- The day on which the rule was held against its sources: what changes with it.
local function version_of(rule)
  return tonumber((rule.checked_on:gsub("%-", "")))
end

local function description_of(list, all)
  local words, seen = {}, {}
  for _, draft in ipairs(list) do
    for _, variable in ipairs(sorted.names(draft.needs)) do
      local var = all.vars[draft.needs[variable].name]
      if var and not seen[variable] then
        words[#words + 1], seen[variable] = ("%s: %s"):format(variable, var.text), true
      end
    end
  end
  return words[1] and table.concat(words, "; "):sub(1, 2048) or nil
end

-- The records, each in its group where there are several; and does one of them stand where the zone's own name must have others?
local function records_of(list, ttl)
  local records, host_required = {}, nil
  for i, draft in ipairs(list) do
    local record = {}
    for name, value in pairs(draft.record) do record[name] = value end
    record.groupId = list[2] and draft.id or nil
    record.ttl = record.type ~= "SPFM" and ttl or nil
    host_required = host_required or (record.host == "@" and (record.type == "CNAME" or record.type == "NS")) or nil
    records[i] = record
  end
  return records, host_required
end

-- What a careful DNS host may take exception to.
local function doubts_of(records)
  local list = {}
  local bare = "^%%[%w_-]+%%$"
  for _, record in ipairs(records) do
    if record.host:find(bare) and (record.pointsTo or ""):find(bare) then
      list[#list + 1] = ("record %s: both its host and where it points to are variables alone, so a DNS host cannot tell what it allows")
        :format(record.groupId or record.type)
    end
  end
  return list
end

--- The template of a rule.
-- @tparam string|table rule a provider's id, or its rule
-- @tparam table options
--
-- - `provider_id` (mostly the operator's domain), `provider_name`: whose template it is
-- - `variant`, of the rule; `rules`, as of `provider.load_directory`
-- - `service_id` (the rule's id, and the variant's), `service_name` (the rule's name), `version` (the rule's date)
-- - `sync_pub_key_domain`: where the keys of requests are published; with it, DNS hosts take signed requests alone
-- - `sync_redirect_domain`: domains that a customer may be sent back to, a text or a list
-- - `logo_url`; `ttl` (3600); `ownership`: false leaves out the proof of ownership's record
-- @treturn[1] table as its JSON is
-- @treturn[1] {string,...} what a DNS host may take exception to
-- @treturn[2] nil
-- @treturn[2] string why there is none
-- @treturn[2] string `no_provider`, `bad_var` (no such variant), `no_template`
function M.template(rule, options)
  check(options)
  local all, service, found, variant = find(rule, { variant = options.variant }, options.rules)
  if not all then return nil, service, found end
  local list, message, code = drafts.of(all, options.ownership ~= false, found.generates == "key")
  if not list then return nil, message, code end
  local records, host_required = records_of(list, options.ttl or TTL)
  local redirects = options.sync_redirect_domain
  local name = variant and ("%s (%s)"):format(found.name, found.variants[variant].text) or found.name
  return {
    providerId = options.provider_id, providerName = options.provider_name, serviceId = options.service_id or service,
    serviceName = text_of(options.service_name or name, "service_name", SERVICE), version = options.version or version_of(found),
    logoUrl = options.logo_url, description = ("What %s wants published for mail from a domain."):format(found.name),
    variableDescription = description_of(list, all), syncBlock = false, hostRequired = host_required,
    syncPubKeyDomain = options.sync_pub_key_domain,
    syncRedirectDomain = type(redirects) == "table" and table.concat(redirects, ",") or redirects, records = records,
  }, doubts_of(records)
end

local MEMBERS = {
  "providerId", "providerName", "serviceId", "serviceName", "version", "logoUrl", "description", "variableDescription", "syncBlock",
  "hostRequired", "syncPubKeyDomain", "syncRedirectDomain",
}
local FIELDS = {
  "type", "groupId", "essential", "host", "pointsTo", "data", "priority", "spfRules", "ttl", "txtConflictMatchingMode",
  "txtConflictMatchingPrefix",
}

--- A template as JSON, its members in the order of the specification.
-- @tparam table template as of @{template}
-- @treturn string
function M.json(template)
  local records = {}
  for i, record in ipairs(template.records) do records[i] = json.pick(record, FIELDS) end
  return json.encode(json.add(json.pick(template, MEMBERS), "records", records))
end

--- All rules that there are templates for, and their variants.
-- @tparam[opt] table own as of `provider.load_directory`
-- @treturn {table,...} `rule` (its id), `variant` (its name, or nil)
function M.services(own)
  local list = {}
  for _, entry in ipairs(provider.list(own)) do
    local rule = provider.find(entry.id, own)
    list[#list + 1] = drafts.of(rules.with_variant(rule, {}), false) and { rule = rule.id } or nil
    for _, name in ipairs(sorted.names(rule.variants)) do
      local variant = rule.variants[name]
      list[#list + 1] = not variant.rule and drafts.of(rules.with_variant(rule, variant), false) and { rule = rule.id, variant = name }
        or nil
    end
  end
  return list
end

--- Which template is a domain's.
-- @tparam string|table rule a provider's id, or its rule
-- @tparam table vars what the rule asks for: it may be one of them that chooses a variant
-- @tparam[opt] table own as of `provider.load_directory`
-- @treturn[1] string its service's id
-- @treturn[2] nil
-- @treturn[2] string why there is none
-- @treturn[2] string `no_provider`, `bad_var` (no such variant)
function M.service(rule, vars, own)
  local all, service, code = find(rule, vars, own)
  if not all then return nil, service, code end
  return service
end

-- ---- what a domain needs of it

local function host_of(domain, zone)
  if domain == zone then return nil end
  if domain:sub(-#zone - 1) ~= "." .. zone then error(("%s is not within %s"):format(domain, zone), 3) end
  return domain:sub(1, -#zone - 2)
end

local function values_of(all, vars, domain, challenge)
  local given = {}
  for name, value in pairs(vars) do given[name] = name ~= "variant" and value or nil end
  local values, message, code = vars_of.read(all, given)
  if not values then return nil, message, code end
  values.domain_dashed, values.challenge = domain:gsub("%.", "-"), challenge
  return values
end

-- The ids of the records that the domain is to have.
local function wanted_of(records, options)
  local wanted = {}
  for _, record in ipairs(records) do wanted[record.id] = true end
  wanted.ownership = options.challenge and true or nil
  wanted.dkim_2 = options.second and true or nil
  for _, id in ipairs(options.without or {}) do wanted[id] = nil end
  return wanted
end

--- What of a rule's template a domain needs: for `apply_url`.
-- @tparam string|table rule a provider's id, or its rule
-- @tparam string domain in lower-case A-labels
-- @tparam table vars what the rule asks for, as of `provider.records`
-- @tparam table options `zone` (as of `discover`); `org_domain`; `challenge`, of the proof of ownership; `without`: ids of records that
--   are left alone, an existing DMARC policy among them; `first`: vars of a key in the place of those, which are not looked at: it may be
--   revoked; `second`: the vars of a second key, where keys are made here (its record is `dkim_2`); `ownership`: false where the template
--   is without; `rules`
-- @treturn[1] table `service_id`, `host`, `variables`, `groups` (nil where all of the template is wanted); `left_out`: ids of wanted
--   records that this request cannot set, being in another zone
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string of `provider.records`; `no_template`; `nothing_wanted`
function M.parameters(rule, domain, vars, options)
  if type(options) ~= "table" or type(options.zone) ~= "string" then error("parameters wants the zone", 2) end
  local host = host_of(domain, options.zone)
  local records, message, code, details = provider.records(rule, domain, vars, { org_domain = options.org_domain, rules = options.rules })
  if not records then return nil, message, code, details end
  local all, service, found = find(rule, vars, options.rules)
  if not all then return nil, service, found end
  local list
  list, message, code = drafts.of(all, options.ownership ~= false, found.generates == "key")
  if not list then return nil, message, code end
  local values
  values, message, code = values_of(all, vars, domain, options.challenge)
  if not values then return nil, message, code end
  for name, value in pairs(options.first or {}) do values[name] = value end
  values.second = options.second
  local wanted, groups, variables, left_out = wanted_of(records, options), {}, {}, {}
  local elsewhere = (options.org_domain or domain) ~= options.zone
  for _, draft in ipairs(list) do
    if wanted[draft.id] and draft.in_zone and elsewhere then
      left_out[#left_out + 1] = draft.id
    elseif wanted[draft.id] and drafts.fill(draft, values, domain, variables) then
      groups[#groups + 1] = draft.id
    end
  end
  if not groups[1] then return nil, ("%s: nothing is left to be set"):format(all.id), "nothing_wanted" end
  return {
    service_id = service, host = host, variables = variables, groups = groups[#list] == nil and groups or nil, left_out = left_out,
  }
end

return M

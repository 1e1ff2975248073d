--- What a DNS host is asked to set by Domain Connect (`mailseal.onboard.publishing.connecting`): of the template's records, those that are
-- not there yet, with what belongs into them.
-- @module mailseal.onboard.publishing.request
local domain_connect = require "mailseal.domain_connect"
local fields = require "mailseal.onboard.fields"
local key_records = require "mailseal.onboard.key_records"
local provider = require "mailseal.provider"

local M = {}

-- ---- our own keys

-- A template has room for two of them, that one may come while another one is still signed with. Each has its place and keeps it: keys come
-- one after the other, and are remembered when they have gone.
local function places_of(rule, known)
  local numbers, list, places = {}, {}, {}
  for i, key in ipairs(known.keys) do numbers[key.selector] = i end
  for _, record in ipairs(rule.generates == "key" and known.records or {}) do
    if record.id:find "^dkim_" or record.id:find "^revoked_" then list[#list + 1] = record end
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  for i, record in ipairs(list) do
    local selector = record.name:match "^(.-)%._domainkey%."
    local number = record.type == "TXT" and numbers[selector] or i
    places[record.id] = { id = number % 2 == 1 and "dkim" or "dkim_2", record = record, selector = selector }
  end
  return places
end

local function vars_of_key(one)
  if one.record.type == "TXT" then return { selector = one.selector, key_record = one.record.value } end
  return { selector = one.selector, cname_label = one.record.value:match "^[^.]+" }
end

-- What was told of the rule's vars when the domain was created.
local function given_vars(known) return known.domain.vars.given or {} end

-- The vars that the domain's rule wants, with a key that is one; and those of the keys in the first place and the second. Of two in one
-- place that counts which is to be set. A key that is revoked has a record that says so: no rule takes that for a key.
local function vars_of(known, places, wanted)
  local at = {}
  for id, one in pairs(places) do
    if wanted[id] or not at[one.id] then at[one.id] = vars_of_key(one) end
  end
  local first, second = at.dkim, at.dkim_2
  local is_revoked = first and first.key_record == key_records.REVOKED
  return fields.joined(given_vars(known), is_revoked and second or first or second), first, second
end

-- ---- what is asked for

-- Ids of the records that are to be set. A policy that is there already is the customer's: a template would replace it.
local function wanted_of(pure, known)
  local purposes, wanted = {}, {}
  for _, record in ipairs(known.records) do purposes[record.id] = record.purpose end
  for _, step in ipairs(pure.steps) do
    local is_change = step.action == "change" and purposes[step.record] ~= "dmarc"
    if step.record and (step.action == "add" or is_change) then wanted[step.record] = true end
  end
  return wanted
end

-- Ids of the template's records that are left out: what is there already, and what nobody has agreed to change.
local function left_out(known, places, wanted)
  local list, done = { "dkim", "dkim_2" }, {}
  for id in pairs(wanted) do done[places[id] and places[id].id or id] = true end
  for _, record in ipairs(known.records) do list[#list + 1] = record.id end
  local without = {}
  for _, id in ipairs(list) do without[#without + 1] = not done[id] and id or nil end
  return without
end

--- The template's id.
-- @tparam table registry
-- @tparam table known as of `mailseal.onboard.publishing.steps.load`
-- @tparam table options `service_id`, where that is told
-- @treturn ?string
-- @treturn ?string a message
-- @treturn ?string a code of `mailseal.domain_connect`
function M.service(registry, known, options)
  if options.service_id then return options.service_id end
  return domain_connect.service(known.domain.provider, given_vars(known), registry.providers)
end

--- The address that the customer is led to.
-- @tparam table inner `registry`, `domain`, `known`, `options` (of the plan), `settings` (of `mailseal.domain_connect.discover`),
--   `service_id`, `key`
-- @tparam table pure the plan, of `mailseal.publish.plan`
-- @treturn ?string nil alone where nothing is left to be set
-- @treturn ?string a message
-- @treturn ?string `no_provider`; a code of `mailseal.domain_connect`
function M.url(inner, pure)
  local known, options, settings = inner.known, inner.options, inner.settings
  local row, providers = known.domain, inner.registry.providers
  local rule = provider.find(row.provider, providers)
  if not rule then return nil, "the domain's provider is not known any more", "no_provider" end
  local places, wanted = places_of(rule, known), wanted_of(pure, known)
  local vars, first, second = vars_of(known, places, wanted)
  local found, message, code = domain_connect.parameters(rule, inner.domain, vars, {
    zone = settings.zone, org_domain = row.vars.registrable, challenge = not row.owned_at and row.challenge or nil,
    first = first, second = second, without = left_out(known, places, wanted), rules = providers,
  })
  if code == "nothing_wanted" then return nil end
  if not found then return nil, message, code end
  return domain_connect.apply_url {
    settings = settings, provider_id = options.provider_id, service_id = inner.service_id, domain = settings.zone, host = found.host,
    variables = found.variables, groups = found.groups, redirect_uri = options.redirect_uri, state = options.state,
    provider_name = options.provider_name, service_name = options.service_name, key = inner.key, key_name = options.key_name,
    allow_plain = options.allow_plain,
  }
end

--- The changes that the DNS host is asked for.
-- @tparam table pure the plan
-- @tparam table known as of `mailseal.onboard.publishing.steps.load`
-- @treturn table by zone
function M.changes(pure, known)
  local wanted, is_asked, by_zone = wanted_of(pure, known), {}, {}
  for _, step in ipairs(pure.steps) do
    if step.record and wanted[step.record] then is_asked[step.name .. " " .. step.type] = true end
  end
  for zone, list in pairs(pure.changes) do
    for _, one in ipairs(list) do
      if is_asked[one.name .. " " .. one.type] then
        by_zone[zone] = by_zone[zone] or {}
        table.insert(by_zone[zone], one)
      end
    end
  end
  return by_zone
end

return M

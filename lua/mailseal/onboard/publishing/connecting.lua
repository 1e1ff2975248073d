--- A plan by Domain Connect: the customer's DNS host asks him, and sets the records itself (`mailseal.domain_connect`).
--
--     local plan = assert(tenant:plan("mail.example.com", {
--       via = "domain-connect", provider_id = "mailer.example", redirect_uri = "https://app.mailer.example/back", key = key,
--       key_name = "_dck1",
--     }))
--     print(plan:diff(), plan.url)
--
-- What stands there is read from DNS, as nobody is asked for access. Nothing is done from here: the customer's browser is led to `url`, and
-- what he comes back with is not believed. `tenant:verify` looks whether the records are there.
-- @module mailseal.onboard.publishing.connecting
local diff = require "mailseal.publish.diff"
local domain_connect = require "mailseal.domain_connect"
local fields = require "mailseal.onboard.fields"
local key_records = require "mailseal.onboard.key_records"
local keys = require "mailseal.key"
local kinds = require "mailseal.dns.options"
local letters = require "mailseal.onboard.letters"
local planning = require "mailseal.publish.plan"
local policies = require "mailseal.onboard.publishing.policy"
local provider = require "mailseal.provider"
local reading = require "mailseal.onboard.publishing.reading"
local seen = require "mailseal.onboard.publishing.seen"

local M = {}

--- The way's name.
M.VIA = "domain-connect"

--- What it wants to know, as targets say it (`mailseal.publish.target`).
M.WAY = {
  id = M.VIA, name = "Domain Connect", settings = {
    { name = "provider_id", text = "the id under which DNS hosts have the templates", environment = "MAILSEAL_CONNECT_PROVIDER",
      required = true },
    { name = "service_id", text = "the template's id (without it: that of the provider's rule)" },
    { name = "redirect_uri", text = "where the customer is led back to", environment = "MAILSEAL_CONNECT_REDIRECT" },
    { name = "state", text = "what comes back with him" },
    { name = "key_name", text = "the label at which the key's public half is published", environment = "MAILSEAL_CONNECT_KEY_NAME" },
  },
  credentials = {
    { name = "key", text = "the private key that requests are signed by (PEM)", environment = "MAILSEAL_CONNECT_KEY", file = true },
  },
}

-- ---- the request

local own_kinds = {
  via = kinds.of_type("string", "the name of a way"), provider_id = kinds.of_type("string", "the id of the templates' owner"),
  service_id = kinds.of_type("string", "the id of a template"), provider_name = kinds.of_type("string", "a name"),
  service_name = kinds.of_type("string", "a name"), redirect_uri = kinds.of_type("string", "an address"),
  state = kinds.of_type("string", "a text"), key = kinds.any, key_name = kinds.of_type("string", "a label"),
  allow_plain = kinds.flag, consent = kinds.of_type("table", "a list"), fetch = kinds.of_type("table", "options of mailseal.fetch"),
  ttl = kinds.any, zone = kinds.any, keep = kinds.any, wait = kinds.any, patience = kinds.any, dry_run = kinds.any,
}

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

-- The id of the template; nil, a message and a code where there is none.
local function service_of(registry, known, options)
  if options.service_id then return options.service_id end
  return domain_connect.service(known.domain.provider, given_vars(known), registry.providers)
end

-- The address; nil where nothing is left to be set; nil, a message and a code.
local function url_of(inner, pure)
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

-- ---- the plan

local Plan = { __name = "mailseal.onboard.publishing.connecting.plan" }
Plan.__index = Plan

local inner_of = setmetatable({}, { __mode = "k" })

--- What the DNS host would be asked to set, in lines.
-- @treturn string
function Plan:diff() return diff.text(self) end

local function waits_for(pure)
  local list = {}
  for _, step in ipairs(pure.steps) do
    if step.action == "add" or step.action == "change" then
      list[#list + 1] = { record = step.record, name = step.name, type = step.type }
    end
  end
  return list
end

-- The changes that the DNS host is asked for: of the template's records, those that are wanted.
local function asked_of(pure, known)
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

-- Notes that the customer is led to his DNS host, and with which records.
local function note(inner, pure)
  local consents, tenant = {}, inner.tenant
  for _, step in ipairs(pure.steps) do
    if step.consented then consents[#consents + 1] = step.code .. "@" .. step.name end
  end
  return inner.registry:perform("publishing.steps", "lead", tenant.id, tenant.actor, {
    id = "pub_" .. letters.new(16), domain = inner.domain, via = M.VIA, kind = "connect", consents = consents,
    changes = asked_of(pure, inner.known),
  })
end

--- Cannot be done from here: says where the customer is to be led, and what is waited for then.
-- @tparam[opt] table options `consent`: a list of what is agreed to; what is not is left out of the request
-- @treturn[1] table `changed` (false), `url` (nil where nothing is to be set), `waits_for` (a list of `record`, `name` and `type`), `shown`
--   (is nothing waited for?), `not_shown` (empty), `publication` (its id, where something is to be set), `text`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.domain_connect` or of `mailseal.store`
function Plan:apply(options)
  local inner = inner_of[self]
  local given = fields.joined(inner.pure.given, { consents = {} })
  for _, list in ipairs { inner.options.consent or {}, options and options.consent or {} } do
    for _, consent in ipairs(list) do table.insert(given.consents, consent) end
  end
  local pure = planning.make(given)
  local url, message, code = url_of(inner, pure)
  if code then return nil, message, code end
  local list, publication = url and waits_for(pure) or {}, nil
  if url then
    publication, message, code = note(inner, pure)
    if not publication then return nil, message, code end
  end
  return {
    changed = false, url = url, publication = publication, waits_for = list, shown = not list[1], not_shown = {},
    text = url and ("%s asks the customer, and sets the records: lead him to the address, and look when he is back."):format(
      inner.settings.provider_name) or "All of it is there: nothing is to be set.",
  }
end

--- Cannot be done from here.
-- @treturn nil
-- @treturn string what to remove, and where
-- @treturn string `not_undoable`
-- @treturn {table,...} the records: `name`, `type`, `value`
function Plan:undo()
  local inner = inner_of[self]
  return M.not_undoable(inner.known, inner.settings.provider_name)
end

--- What is answered to who wants to take back what a DNS host has set.
-- @tparam table known as of `mailseal.onboard.publishing.steps.load`
-- @tparam ?string host its name, for people
-- @treturn nil
-- @treturn string what to remove, and where
-- @treturn string `not_undoable`
-- @treturn {table,...} the records: `name`, `type`, `value`
function M.not_undoable(known, host)
  local list, words = {}, {}
  for i, record in ipairs(known.records) do
    list[i] = { name = record.name, type = record.type, value = record.value }
    words[i] = record.name .. " " .. record.type
  end
  return nil, ("what %s has set is removed in its panel: %s"):format(host or "the DNS host", table.concat(words, ", ")),
    "not_undoable", list
end

local function key_of(given)
  if type(given) ~= "string" then return given end
  return keys.load(given)
end

-- The DNS host, where it takes part; and with which options it was asked.
local function find_host(registry, domain, options)
  local resolver, message, code = registry:resolver()
  if not resolver then return nil, message, code end
  -- That interfaces of DNS hosts may be reached by http:// says nothing of this: Domain Connect is https alone.
  local fetch = policies.fetch(registry.policy.publishing)
  fetch.allow_plain = false
  local ask_with = { resolver = resolver, fetch = fields.joined(fetch, options.fetch) }
  local settings
  settings, message, code = domain_connect.discover(domain, ask_with)
  if not settings then return nil, message, code end
  return settings, ask_with
end

--- The DNS host of a domain, where it takes part and knows the domain's template. It waits for DNS, and for the host.
-- @tparam table registry
-- @tparam string domain as it is stored
-- @tparam table known as of `mailseal.onboard.publishing.steps.load`
-- @tparam table options as of @{plan}
-- @treturn[1] table as of `mailseal.domain_connect.discover`
-- @treturn[1] table options of `mailseal.domain_connect`, with which it was asked
-- @treturn[1] string the id of the template
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.domain_connect`
function M.host(registry, domain, known, options)
  local service, message, code = service_of(registry, known, options)
  if not service then return nil, message, code end
  local settings, ask_with, why = find_host(registry, domain, options)
  if not settings then return nil, ask_with, why end
  local is_known
  is_known, message, code = domain_connect.supports(settings, options.provider_id, service, ask_with)
  if not is_known then return nil, message, code end
  return settings, ask_with, service
end

-- What was told to sign requests with, whether it can be. Returns nil, a message and a code where it cannot.
local function check_options(options)
  if not options.provider_id then return nil, "Domain Connect wants provider_id, the owner of the templates", "bad_setting" end
  if options.keep then return nil, "Domain Connect is given no access: there is none to keep", "bad_setting" end
  local key, message, code = key_of(options.key)
  if options.key ~= nil and not key then return nil, message, code end
  if key and (key:type() ~= "rsa" or key:bits() < 2048) then
    return nil, "requests of Domain Connect are signed by a key of RSA, of 2048 bits or more", "bad_setting"
  elseif (key == nil) ~= (options.key_name == nil) then
    return nil, "of a key that requests are signed by, Domain Connect wants key_name, too", "bad_setting"
  end
  return true, key
end

--- Plans it. See `tenant:plan`.
-- @tparam table tenant
-- @tparam string domain as it is stored
-- @tparam table known as of `mailseal.onboard.publishing.steps.load`
-- @tparam table options `provider_id`, under which DNS hosts have our templates; `redirect_uri`, `state`, `key` (of RSA, or its PEM),
--   `key_name`, `service_id`, `provider_name`, `service_name`, `allow_plain`: as of `mailseal.domain_connect.apply_url`; `consent`, `fetch`
-- @treturn[1] table `domain`, `via`, `zones`, `steps`, `conflicts`, `changes` (which the DNS host makes), `provider_name`, `url`
--   (nil where nothing is to be set); `diff()`, `apply()`, `undo()`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.domain_connect`, or of `mailseal.key`
function M.plan(tenant, domain, known, options)
  kinds.check("tenant:plan by domain-connect", options, own_kinds)
  local ok, key, code = check_options(options)
  if not ok then return nil, key, code end
  local registry = tenant.registry
  local settings, ask_with, service = M.host(registry, domain, known, options)
  if not settings then return nil, ask_with, service end
  local given, message, details
  given, message, code, details = reading.read(seen.open(settings.zone, ask_with.resolver), registry, {
    domain = domain, known = known, way = { via = M.VIA, module = {} },
  })
  if not given then return nil, message, code, details end
  given.left, given.consents = {}, options.consent or {}
  local inner = {
    registry = registry, tenant = tenant, domain = domain, known = known, options = options, settings = settings, service_id = service,
    key = key,
    pure = planning.make(given),
  }
  local url
  url, message, code = url_of(inner, inner.pure)
  if code then return nil, message, code end
  local plan = setmetatable({
    domain = domain, via = M.VIA, zones = { settings.zone }, steps = inner.pure.steps, conflicts = inner.pure.conflicts,
    changes = inner.pure.changes, provider_name = settings.provider_name, url = url,
  }, Plan)
  inner_of[plan] = inner
  return plan
end

return M

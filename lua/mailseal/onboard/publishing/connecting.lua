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
local async = require "mailseal.async"
local diff = require "mailseal.publish.diff"
local domain_connect = require "mailseal.domain_connect"
local fields = require "mailseal.onboard.fields"
local key_records = require "mailseal.onboard.key_records"
local keys = require "mailseal.key"
local kinds = require "mailseal.dns.options"
local planning = require "mailseal.publish.plan"
local policies = require "mailseal.onboard.publishing.policy"
local provider = require "mailseal.provider"
local reading = require "mailseal.onboard.publishing.reading"
local sets = require "mailseal.publish.sets"

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

-- ---- what DNS shows, as a target reads it

local Seen = { __name = "mailseal.onboard.publishing.connecting.seen" }
Seen.__index = Seen

-- Types of sets that matter beside our records; names that are asked for side by side.
local TYPES, SIDE_BY_SIDE = { "TXT", "MX", "NS", "A", "AAAA" }, 8

--- The zone of a name, see `mailseal.publish.target`: that which the DNS host has.
-- @tparam string name
-- @treturn ?string
-- @treturn ?string a message
-- @treturn ?string `no_zone`
function Seen:zone_of(name)
  if name == self.zone or name:sub(-#self.zone - 1) == "." .. self.zone then return self.zone end
  return nil, ("%s is not in the zone %s"):format(name, self.zone), "no_zone"
end

local gone = { nodata = true, nxdomain = true }

-- The set of one name and type, as most of the zone's name servers have it, past all caches; false where there is none, nil where DNS does
-- not say. What a wildcard says there is not there.
local function ask(resolver, name, kind)
  local found, message, code = resolver:authoritative(name, kind)
  if not found then return nil, message, code end
  local group = found.groups[1]
  if group and group.alias then
    return kind == "CNAME" and { name = name, type = kind, ttl = 3600, values = { group.alias .. "." } } or false
  end
  local status = group and group.answer.status or found.status
  if gone[status] then return false end
  if status ~= "ok" then return nil, ("%s: DNS does not answer for now (%s)"):format(name, found.summary or status), "dns_failed" end
  if resolver:synthesized(name, kind) then return false end
  return sets.of_records(name, kind, group.answer.records) or false
end

-- A name's sets. Where it is an alias, that is all.
local function ask_all(resolver, name)
  local alias, message, code = ask(resolver, name, "CNAME")
  if alias == nil then return nil, message, code end
  if alias then return { alias } end
  local list = {}
  for _, kind in ipairs(TYPES) do
    local set
    set, message, code = ask(resolver, name, kind)
    if set == nil then return nil, message, code end
    list[#list + 1] = set or nil
  end
  return list
end

--- What DNS shows at some names.
-- @tparam string _ the zone
-- @tparam {string,...} names
-- @treturn ?{table,...} sets
-- @treturn ?string a message
-- @treturn ?string `dns_failed`; a code of `mailseal.dns`
function Seen:read(_, names)
  local list, failure = {}, nil
  async.map(names, SIDE_BY_SIDE, function(name)
    if name:find("*", 1, true) then return true end -- a wildcard does not answer for what is about to be there
    local found, message, code = ask_all(self.resolver, name)
    failure = failure or not found and { message, code } or nil
    for _, set in ipairs(found or {}) do list[#list + 1] = set end
    return true
  end)
  if failure then return nil, failure[1], failure[2] end
  return list
end

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

-- The vars that the domain's rule wants, with a key that is one; and those of the keys in the first place and the second. Of two in one
-- place that counts which is to be set. A key that is revoked has a record that says so: no rule takes that for a key.
local function vars_of(known, places, wanted)
  local at = {}
  for id, one in pairs(places) do
    if wanted[id] or not at[one.id] then at[one.id] = vars_of_key(one) end
  end
  local first, second = at.dkim, at.dkim_2
  local is_revoked = first and first.key_record == key_records.REVOKED
  return fields.joined(known.domain.vars.given or {}, is_revoked and second or first or second), first, second
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

-- The address; nil where nothing is left to be set; nil, a message and a code.
local function url_of(inner, pure)
  local rule = provider.find(inner.known.domain.provider, inner.registry.providers)
  if not rule then return nil, "the domain's provider is not known any more", "no_provider" end
  local row, options, settings = inner.known.domain, inner.options, inner.settings
  local places, wanted = places_of(rule, inner.known), wanted_of(pure, inner.known)
  local vars, first, second = vars_of(inner.known, places, wanted)
  local found, message, code = domain_connect.parameters(rule, inner.domain, vars, {
    zone = settings.zone, org_domain = row.vars.registrable, challenge = not row.owned_at and row.challenge or nil,
    first = first, second = second, without = left_out(inner.known, places, wanted), rules = inner.registry.providers,
  })
  if code == "nothing_wanted" then return nil end
  if not found then return nil, message, code end
  return domain_connect.apply_url {
    settings = settings, provider_id = options.provider_id, service_id = options.service_id or found.service_id, domain = settings.zone,
    host = found.host, variables = found.variables, groups = found.groups, redirect_uri = options.redirect_uri, state = options.state,
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

--- Cannot be done from here: says where the customer is to be led, and what is waited for then.
-- @tparam[opt] table options `consent`: a list of what is agreed to; what is not is left out of the request
-- @treturn[1] table `changed` (false), `url` (nil where nothing is to be set), `waits_for` (a list of `record`, `name` and `type`), `shown`
--   (is nothing waited for?), `not_shown` (empty), `text`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of `mailseal.domain_connect`
function Plan:apply(options)
  local inner = inner_of[self]
  local given = fields.joined(inner.pure.given, { consents = {} })
  for _, list in ipairs { inner.options.consent or {}, options and options.consent or {} } do
    for _, consent in ipairs(list) do table.insert(given.consents, consent) end
  end
  local pure = planning.make(given)
  local url, message, code = url_of(inner, pure)
  if code then return nil, message, code end
  local list = url and waits_for(pure) or {}
  return {
    changed = false, url = url, waits_for = list, shown = not list[1], not_shown = {},
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

-- The DNS host, where it takes part and knows the template's owner.
local function find_host(registry, domain, options)
  local resolver, message, code = registry:resolver()
  if not resolver then return nil, message, code end
  local ask_with = { resolver = resolver, fetch = fields.joined(policies.fetch(registry.policy.publishing), options.fetch) }
  local settings
  settings, message, code = domain_connect.discover(domain, ask_with)
  if not settings then return nil, message, code end
  return settings, ask_with
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
  if not options.provider_id then return nil, "Domain Connect wants provider_id, the owner of the templates", "bad_setting" end
  local key, message, code = key_of(options.key)
  if options.key ~= nil and not key then return nil, message, code end
  if key and (key:type() ~= "rsa" or key:bits() < 2048) then
    return nil, "requests of Domain Connect are signed by a key of RSA, of 2048 bits or more", "bad_setting"
  elseif (key == nil) ~= (options.key_name == nil) then
    return nil, "of a key that requests are signed by, Domain Connect wants key_name, too", "bad_setting"
  end
  local registry = tenant.registry
  local settings, ask_with, why = find_host(registry, domain, options)
  if not settings then return nil, ask_with, why end
  local inner = { registry = registry, domain = domain, known = known, options = options, settings = settings, key = key }
  local given, details
  given, message, code, details = reading.read(setmetatable({ zone = settings.zone, resolver = ask_with.resolver }, Seen), registry, {
    domain = domain, known = known, way = { via = M.VIA, module = {} },
  })
  if not given then return nil, message, code, details end
  given.left, given.consents = {}, options.consent or {}
  inner.pure = planning.make(given)
  local url
  url, message, code = url_of(inner, inner.pure)
  if code then return nil, message, code end
  if url then
    local is_known
    local service = options.service_id or url:match "/services/([^/]+)/apply"
    is_known, message, code = domain_connect.supports(settings, options.provider_id, service, ask_with)
    if not is_known then return nil, message, code end
  end
  local plan = setmetatable({
    domain = domain, via = M.VIA, zones = { settings.zone }, steps = inner.pure.steps, conflicts = inner.pure.conflicts,
    changes = inner.pure.changes, provider_name = settings.provider_name, url = url,
  }, Plan)
  inner_of[plan] = inner
  return plan
end

return M

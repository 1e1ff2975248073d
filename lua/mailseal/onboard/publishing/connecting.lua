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
local keys = require "mailseal.key"
local kinds = require "mailseal.dns.options"
local letters = require "mailseal.onboard.letters"
local planning = require "mailseal.publish.plan"
local policies = require "mailseal.onboard.publishing.policy"
local reading = require "mailseal.onboard.publishing.reading"
local request = require "mailseal.onboard.publishing.request"
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

local own_kinds = {
  via = kinds.of_type("string", "the name of a way"), provider_id = kinds.of_type("string", "the id of the templates' owner"),
  service_id = kinds.of_type("string", "the id of a template"), provider_name = kinds.of_type("string", "a name"),
  service_name = kinds.of_type("string", "a name"), redirect_uri = kinds.of_type("string", "an address"),
  state = kinds.of_type("string", "a text"), key = kinds.any, key_name = kinds.of_type("string", "a label"),
  allow_plain = kinds.flag, consent = kinds.of_type("table", "a list"), fetch = kinds.of_type("table", "options of mailseal.fetch"),
  ttl = kinds.any, zone = kinds.any, keep = kinds.any, wait = kinds.any, patience = kinds.any, dry_run = kinds.any,
}

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

-- Notes that the customer is led to his DNS host, and with which records.
local function note(inner, pure)
  local consents, tenant = {}, inner.tenant
  for _, step in ipairs(pure.steps) do
    if step.consented then consents[#consents + 1] = step.code .. "@" .. step.name end
  end
  return inner.registry:perform("publishing.steps", "lead", tenant.id, tenant.actor, {
    id = "pub_" .. letters.new(16), domain = inner.domain, via = M.VIA, kind = "connect", consents = consents,
    changes = request.changes(pure, inner.known),
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
  local url, message, code = request.url(inner, pure)
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
  local service, message, code = request.service(registry, known, options)
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
  url, message, code = request.url(inner, inner.pure)
  if code then return nil, message, code end
  local plan = setmetatable({
    domain = domain, via = M.VIA, zones = { settings.zone }, steps = inner.pure.steps, conflicts = inner.pure.conflicts,
    changes = inner.pure.changes, provider_name = settings.provider_name, url = url,
  }, Plan)
  inner_of[plan] = inner
  return plan
end

return M

--- The other side of Domain Connect: a DNS host that takes up templates, asks its customers, and sets what they agree to.
--
--     local host = assert(provider.new {
--       id = "host.example", name = "Host", url = "https://dc.host.example", templates = { template, … },
--       target = publish.open("rfc2136", { … }), resolver = resolver, applied = applied.files "/var/lib/host/templates",
--     })
--     host:settings "example.com"                              -- what GET /v2/example.com/settings answers
--     host:supports("mailer.example", "kraiter")               -- … /v2/domainTemplates/providers/mailer.example/services/kraiter
--     local request = host:request("mailer.example", "kraiter", query)      -- what a customer's browser brings to …/apply
--     local plan = host:plan(request)                          -- to be shown to him, once he is signed in and the domain is his
--     host:apply(request, plan.digest)                         -- when he has agreed to that very plan
--     host:back(request)                                       -- where his browser goes then, or nil
--
-- Who signs in, whose a domain is, and what a page looks like is the host's own: see `examples/domain_connect_provider.lua`. The library
-- verifies the request's signature, renders the template, finds what is in the way, has the target make the changes, knows which templates
-- were applied, replaces the former version of one, and takes one back (`withdraw`).
-- @module mailseal.domain_connect.provider
local applied_templates = require "mailseal.domain_connect.provider.applied"
local catalogue = require "mailseal.domain_connect.provider.catalogue"
local changes = require "mailseal.domain_connect.provider.changes"
local hexadecimal = require "mailseal.printable".hexadecimal
local json = require "mailseal.json"
local render = require "mailseal.domain_connect.provider.render"
local requests = require "mailseal.domain_connect.provider.request"
local seal = require "mailseal.core".seal
local warnings = require "mailseal.domain_connect.provider.warnings"

local M = {}

local Provider = { __name = "mailseal.domain_connect.provider" }
Provider.__index = Provider

--- Makes a DNS host's side.
-- @tparam table options
--
-- - `id` (mostly the host's domain), `name`, for people: what the settings tell
-- - `url`: https://, what all addresses begin with
-- - `templates`: a list of templates as their JSON was read
-- - `target`: see `mailseal.publish.target`; `resolver`, by which keys of signed requests are found
-- - `applied`: where it is kept which templates were applied (`mailseal.domain_connect.provider.applied`; in memory)
-- - `name_servers`, a list; `control_panel`, an address with %domain% in it: told in the settings
-- - `all`: what a new SPF record ends in ("~all"); `now`: a clock (`os.time`)
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_template`
function M.new(options)
  for _, member in ipairs { "id", "name", "url", "templates", "target", "resolver" } do
    if not (type(options) == "table" and options[member]) then error("provider.new wants " .. member, 2) end
  end
  if not options.url:find "^https://[^?#]*[^?#/]$" then error("provider.new wants a url of https, with no slash at its end", 2) end
  local known, message, code = catalogue.new(options.templates)
  if not known then return nil, message, code end
  return setmetatable({
    options = options, known = known, target = options.target, resolver = options.resolver, all = options.all or "~all",
    applied = options.applied or applied_templates.memory(), now = options.now or os.time,
  }, Provider)
end

-- ---- what is asked without a customer

local function not_ours(domain)
  return nil, ("%s is no zone here"):format(domain), "not_ours"
end

-- Is a domain a zone of the target's?
local function check_zone(self, domain)
  local zone, message, code = self.target:zone_of(domain)
  if zone == domain then return true end
  if not zone and code ~= "no_zone" then return nil, message, code end
  return not_ours(domain)
end

--- The settings of a domain.
-- @tparam string domain in lower-case A-labels
-- @treturn[1] string JSON
-- @treturn[2] nil
-- @treturn[2] string why there are none
-- @treturn[2] string `not_ours`, which is answered 404; a code of the target's
function Provider:settings(domain)
  local ok, message, code = check_zone(self, domain)
  if not ok then return nil, message, code end
  local options = self.options
  return json.encode(json.object(
    "providerId", options.id, "providerName", options.name, "providerDisplayName", options.name, "urlSyncUX", options.url,
    "urlAPI", options.url, "urlControlPanel", options.control_panel, "nameServers", options.name_servers
  ))
end

--- Is a template known?
-- @tparam string provider_id
-- @tparam string service_id
-- @treturn ?string JSON with its version; nil where it is not, which is answered 404
function Provider:supports(provider_id, service_id)
  local template = catalogue.find(self.known, provider_id, service_id)
  return template and json.encode(json.object("version", tonumber(template.version)))
end

-- ---- a customer's request

--- Reads a request.
-- @tparam string provider_id
-- @tparam string service_id
-- @tparam string query what stands behind the question mark, octet for octet
-- @treturn[1] table see `mailseal.domain_connect.provider.request`
-- @treturn[2] nil
-- @treturn[2] string what is wrong with it
-- @treturn[2] string `no_template`; `bad_request`, `not_signed`, `bad_key`, `bad_signature`; `dns_failed`: later may go well
-- @treturn[2] ?table what @{back} can be asked about
function Provider:request(provider_id, service_id, query)
  local template = catalogue.find(self.known, provider_id, service_id)
  if not template then return nil, "there is no such template here", "no_template" end
  return requests.read(template, query, self.resolver)
end

local function digest_of(request, made)
  local services = {}
  for i, instance in ipairs(made.services) do services[i] = instance.id end
  return hexadecimal(seal.sha256(json.encode(json.plain {
    request.text, request.template.providerId, request.template.serviceId, made.changes, services,
  })))
end

-- What a request makes of its zone now.
local function compute(self, request)
  local ok, message, code = check_zone(self, request.domain)
  if not ok then return nil, message, code end
  local rendered
  rendered, message, code = render.records(request)
  if not rendered then return nil, message, code end
  local instances, at = self.applied:load(request.domain)
  if not instances then return nil, at, "not_kept" end
  local list
  list, message, code = self.target:read(request.domain, changes.names(request.domain, rendered, instances))
  if not list then return nil, message, code end
  local made = changes.apply(request, rendered, list, instances, {
    now = self.now(), id = hexadecimal(seal.random(8)), all = self.all,
  })
  return made, instances, at
end

-- What is taken out of sets, and put in: records, for people.
local function lines_of(list)
  local added, removed = {}, {}
  local function tell(into, set, other)
    for _, value in ipairs(set and set.values or {}) do
      local there = false
      for _, one in ipairs(other and other.values or {}) do there = there or one == value end
      into[#into + 1] = not there and { name = set.name, type = set.type, value = value, ttl = set.ttl } or nil
    end
  end
  for _, change in ipairs(list) do
    tell(added, change.after, change.before)
    tell(removed, change.before, change.after)
  end
  return added, removed
end

--- What a request would change, to be shown to the customer.
-- @tparam table request as of @{Provider:request}
-- @treturn[1] table `added`, `removed`: records (`name`, `type`, `value`, `ttl`), and `services`, templates that would go (`provider_name`,
--   `service_name`); `warnings` (`code`, `text`); `changes` (`mailseal.publish.sets`); `digest`, of all this
-- @treturn[2] nil
-- @treturn[2] string why it cannot be
-- @treturn[2] string `not_ours`, `bad_request`, `not_kept`; a code of the target's
function Provider:plan(request)
  local made, message, code = compute(self, request)
  if not made then return nil, message, code end
  local added, removed = lines_of(made.changes)
  local services = {}
  for i, instance in ipairs(made.services) do
    services[i] = { provider_name = instance.provider_name, service_name = instance.service_name }
  end
  return {
    added = added, removed = removed, services = services, warnings = warnings.of(request, added, removed), changes = made.changes,
    digest = digest_of(request, made),
  }
end

local function joined(a, b)
  local list = {}
  for _, of in ipairs { a, b } do
    for _, one in ipairs(of) do list[#list + 1] = one end
  end
  return list
end

-- The instances as they are while changes are made: as they were and as they will be. A record that is not there is none to take out.
local function meanwhile(before, after)
  local list, former = {}, {}
  for _, instance in ipairs(before) do former[instance.id] = instance end
  for _, instance in ipairs(after) do
    local between, old = {}, former[instance.id]
    for name, value in pairs(instance) do between[name] = value end
    if old then
      between.records, between.rules = joined(instance.records, old.records), joined(instance.rules, old.rules)
      former[instance.id] = nil
    end
    list[#list + 1] = between
  end
  for _, instance in ipairs(before) do
    list[#list + 1] = former[instance.id]
  end
  return list
end

-- Makes changes, and keeps what is so then. Should all end in between, what comes is known already.
local function carry_out(self, zone, made, instances, at)
  local between = meanwhile(instances, made.instances)
  local ok, message, code = self.applied:save(zone, between, at)
  if not ok then return nil, message, code == "moved" and "changed" or "not_kept" end
  local _, now_at = self.applied:load(zone)
  local details
  ok, details = true, nil
  if made.changes[1] then ok, message, code, details = self.target:apply(zone, made.changes) end
  if not ok then
    if not (details and details.unsure) and code ~= "half_done" then self.applied:save(zone, instances, now_at) end
    return nil, message, code, details
  end
  self.applied:save(zone, made.instances, now_at)
  return true
end

--- Makes the changes that a customer has agreed to.
-- @tparam table request
-- @tparam string digest of the plan that he saw
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what went wrong
-- @treturn[2] string `changed`: it would change something else by now, so that he is to be asked anew; `not_ours`, `bad_request`,
--   `not_kept`; a code of the target's
-- @treturn[2] ?table details of the target's
function Provider:apply(request, digest)
  local made, instances, at = compute(self, request)
  if not made then return nil, instances, at end
  if not seal.same(digest_of(request, made), digest) then
    return nil, "what it would change is not what was agreed to any more", "changed"
  end
  return carry_out(self, request.domain, made, instances, at)
end

--- Where the customer's browser goes in the end. It leads nowhere but where the template's owner says.
-- @tparam table request as of @{Provider:request}, or what came with its failure
-- @tparam[opt] string code why it was not done: `cancelled`, or that of the failure
-- @treturn ?string nil where it goes nowhere
function Provider:back(request, code) return requests.back(request, code) end

-- ---- what was applied

--- The templates that were applied to a zone.
-- @tparam string zone
-- @treturn[1] {table,...} see `mailseal.domain_connect.provider.changes`
-- @treturn[2] nil
-- @treturn[2] string why that is not known
-- @treturn[2] string a code of where they are kept
function Provider:instances(zone)
  local list, message, code = self.applied:load(zone)
  if not list then return nil, message, code end
  return list
end

--- Takes an applied template back: its records that are still as it made them, and its terms of SPF records.
-- @tparam string zone
-- @tparam string id of the instance
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what went wrong
-- @treturn[2] string `no_instance`, `not_ours`, `not_kept`, `changed`; a code of the target's
-- @treturn[2] ?table details of the target's
function Provider:withdraw(zone, id)
  local ok, message, code = check_zone(self, zone)
  if not ok then return nil, message, code end
  local instances, at = self.applied:load(zone)
  if not instances then return nil, at, "not_kept" end
  local list
  list, message, code = self.target:read(zone, changes.names(zone, nil, instances))
  if not list then return nil, message, code end
  local made = changes.withdraw(zone, id, list, instances)
  if not made then return nil, "there is no such template", "no_instance" end
  return carry_out(self, zone, made, instances, at)
end

return M

--- The registry of domains: a database, what DNS is asked by, a clock, and the numbers that all goes by.
-- @module mailseal.onboard.registry
local decisions = require "mailseal.onboard.decisions"
local kinds = require "mailseal.dns.options"
local loaded_keys = require "mailseal.onboard.loaded_keys"
local master_key = require "mailseal.onboard.master_key"
local operator_access = require "mailseal.onboard.publishing.operator_access"
local operator_zone = require "mailseal.onboard.publishing.operator_zone"
local policies = require "mailseal.onboard.policies"
local rotation = require "mailseal.onboard.rotation"
local store = require "mailseal.store"
local tenants = require "mailseal.onboard.tenant"
local worker = require "mailseal.onboard.worker"

local M = {}

--- A registry, as `onboard.open` returns it. It belongs to one Lua state.
-- @type registry
local Registry = { __name = "mailseal.onboard.registry" }
Registry.__index = Registry

local open_options = {
  db = kinds.either { kinds.of_type("string", "a database's URL"), kinds.of_type("table", "a database of mailseal.store") },
  master_key_file = kinds.of_type("string", "a file's name"),
  resolver = kinds.of_type("table", "a resolver"),
  clock = kinds.of_type("function", "a function that returns seconds since 1970"),
  policy = kinds.of_type("table", "a table of numbers"),
  suffixes = kinds.of_type("table", "a list of public suffixes"),
  providers = kinds.of_type("table", "rules of provider.load_directory"),
  decision_age = kinds.count(0, 86400),
  changed = kinds.of_type("function", "a function"),
  operator_zones = kinds.of_type("table", "a table of ways by zone"),
}

local function nothing() end

--- Opens a registry.
-- @tparam table options
--
-- - `db`: the URL of a database, see `mailseal.store.open`; or one that is open
-- - `resolver`: what to ask (`mailseal.dns`; the system's servers without it)
-- - `clock`: a function that returns the time, in seconds since 1970 (`os.time`)
-- - `policy`: by part, numbers in place of the ordinary ones: `schedule` (`mailseal.onboard.schedule`), `health`
--   (`mailseal.onboard.health_rules`), `keys` (`mailseal.onboard.key_life`), `webhooks` (`mailseal.onboard.webhook_rules`),
--   `publishing` (`mailseal.onboard.publishing.policy`)
-- - `master_key_file`: the file of the key under which private keys are sealed, see `mailseal.onboard.master_key`; it is made where
--   there is none. Without it no key is made here, nor signed with
-- - `providers`: rules of one's own, see `mailseal.provider.load_directory`
-- - `decision_age`: for how many seconds a decision of `tenant:decide` is kept in memory, in which another process may have changed
--   something (1)
-- - `changed`: a function, called with the tenant's id and the domain whenever something of it has changed here, and is committed
-- - `operator_zones`: ways into the zones to which CNAMEs of customers' domains lead (`cname_zone` of the provider `own`), by their names,
--   see `mailseal.onboard.publishing.operator_access`: the worker keeps those as the keys want them
-- - `suffixes`: a list of public suffixes, see `mailseal.onboard.public_suffix` (the system's)
-- @treturn ?table the registry: see `registry`
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.store`, of `mailseal.onboard.master_key`, or of `operator_zones`
function M.open(options)
  kinds.check("onboard.open", options, open_options)
  if not options.db then
    error("onboard.open wants a database", 2)
  end
  local policy, db = policies.of(options.policy, 2), options.db
  local ways, problem, why = operator_access.of(options.operator_zones, 2)
  if not ways then
    return nil, problem, why
  end
  if type(db) == "string" then
    local opened, message, code = store.open(db)
    if not opened then
      return nil, message, code
    end
    db = opened
  end
  local self = setmetatable({
    db = db, owns_db = db ~= options.db, policy = policy, clock = options.clock or os.time, given_resolver = options.resolver,
    suffixes = options.suffixes, providers = options.providers, changed = options.changed or nothing,
    operator_zones = ways,
  }, Registry)
  self.loaded_keys = loaded_keys.new(policy.keys.loaded)
  self.decisions = decisions.new { now = function() return self:now() end, age = options.decision_age }
  if options.master_key_file then
    local key, message, code = master_key.open(db, options.master_key_file)
    if not key then
      self:close()
      return nil, message, code
    end
    self.master_key = key
  end
  return self
end

--- The time.
-- @treturn number whole seconds since 1970, UTC
function Registry:now()
  return math.floor(self.clock())
end

--- What DNS is asked by; made the first time where none was given.
-- @treturn ?table
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.dns`
function Registry:resolver()
  if not self.asked then
    local resolver, message, code = self.given_resolver, nil, nil
    if not resolver then
      resolver, message, code = require "mailseal.dns".resolver {}
    end
    if not resolver then
      return nil, message, code
    end
    self.asked = resolver
  end
  return self.asked
end

--- A tenant: whoever has domains of his own, which nobody else sees. It need not be known before.
-- @tparam string id printable ASCII, 1 to 200 octets
-- @tparam[opt] string actor who does it, for the events: a text of up to 255 octets
-- @treturn table see `mailseal.onboard.tenant`
-- @raise where that is no such id, or no such actor
function Registry:tenant(id, actor)
  return (tenants.new(self, id, actor))
end

--- Takes a step: a function of the `steps` of one of onboarding's modules, which gets the registry and what is given here. Plain data
-- goes in and comes out, and no step waits for DNS: so `mailseal.http.registry` can have them taken in another thread. Whatever waits
-- for DNS does it between steps.
-- @tparam string module the last part of its name
-- @tparam string step
-- @tparam any ... nil, booleans, numbers, strings, and tables of these
-- @treturn any what the step returns: where it fails nil, a message and a code
function Registry:perform(module, step, ...)
  return require("mailseal.onboard." .. module).steps[step](self, ...)
end

--- Does what is due, for ever or until nothing is. See `mailseal.onboard.worker`.
-- @tparam[opt] table options as of `mailseal.onboard.worker.work`
-- @treturn ?number how many domains were looked at
-- @treturn ?string what went wrong
-- @treturn ?string its code
function Registry:work(options)
  return worker.work(self, options)
end

--- What the zone is to hold in which keys of domains stand (`cname_zone` of the provider `own`), a page at a time.
-- @function Registry:zone_records
-- @tparam[opt] table options as of `mailseal.onboard.rotation.zone_records`
-- @treturn ?{table,...} records, and what `after` is to be for the next page
-- @treturn ?string what went wrong
-- @treturn ?string its code
Registry.zone_records = rotation.zone_records

--- Compares an operator's zone with what the keys of all domains want it to hold, and mends what differs. The worker does so by itself,
-- by and by; this is for who wants to know.
-- @function Registry:reconcile_zone
-- @tparam string zone one of `operator_zones`
-- @tparam[opt] table options as of `mailseal.onboard.publishing.operator_zone.reconcile`
-- @treturn ?table what was found
-- @treturn ?string what went wrong
-- @treturn ?string its code
Registry.reconcile_zone = operator_zone.reconcile

--- Ends it: closes what it has opened itself.
function Registry:close()
  if self.owns_db then
    self.db:close()
  end
  if self.asked and self.asked ~= self.given_resolver then
    self.asked:close()
  end
  self.asked = nil
end

return M

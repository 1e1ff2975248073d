--- The registry as a worker of nginx has it: what works on the database, or signs, is done in nginx's threads; DNS is asked here, over
-- cosockets, and nothing blocks the worker.
--
-- It has of `mailseal.onboard.registry` what those modules need that wait for DNS, so that they are the same in a script and here. Its
-- tenants have the methods of `mailseal.onboard.tenant`: see `mailseal.http.tenant`.
--
-- nginx.conf says how many threads there are:
--
--     thread_pool mailseal_db threads=6;     # outside of http { }
--     thread_pool mailseal_rsa threads=2;
--     lua_shared_dict mailseal 10m;          # within http { }: what is known of domains, for all workers
--     lua_shared_dict mailseal_dns 10m;      # within http { }: answers of DNS
-- @module mailseal.http.registry
local kinds = require "mailseal.dns.options"
local knowledge = require "mailseal.http.known"
local operator_access = require "mailseal.onboard.publishing.operator_access"
local policies = require "mailseal.onboard.policies"
local tenants = require "mailseal.http.tenant"
local threads = require "mailseal.http.threads"
local worker = require "mailseal.onboard.worker"

local M = {}

--- A registry in nginx, as `new` makes it. It belongs to one worker.
-- @type registry
local Registry = { __name = "mailseal.http.registry" }
Registry.__index = Registry

-- Calls at a time: as many VMs there are, of which nginx may allow as few as ten. And how many calls may wait.
local DB, RSA, QUEUE = 6, 2, 512

local many = kinds.count(1, 100000)
local thread_options = { db = many, rsa = many, queue = many }

-- Values as one text, the same for the same.
local function spelled(value)
  if type(value) ~= "table" then
    return type(value) == "number" and ("%.17g"):format(value) or ("%q"):format(tostring(value))
  end
  local parts = {}
  for name, item in pairs(value) do
    parts[#parts + 1] = spelled(name) .. "=" .. spelled(item)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

-- What a thread opens the registry with.
local function settings_of(options)
  local settings = {
    db = options.db, master_key_file = options.master_key_file, policy = options.policy, rules = options.rules,
  }
  settings.id = spelled(settings)
  return settings
end

--- Makes a registry.
-- @tparam table options
--
-- - `db`, `master_key_file`, `policy`: as of `mailseal.onboard.open`
-- - `rules`: a list of directories with rules of providers, see `mailseal.provider.load_directory`
-- - `resolver`: options of `mailseal.dns.resolver`; or a resolver
-- - `operator_zones`: as of `mailseal.onboard.open`; no thread gets to know them
-- - `threads`: `db` and `rsa`, how many calls at a time, no more than nginx.conf gives threads to `mailseal_db` (6) and to
--   `mailseal_rsa` (2); `queue`, how many may wait for each (512)
-- @treturn table
-- @raise where one of `threads` is none, or no such number; where a way into an operator's zone makes no sense
function M.new(options)
  local given = options.threads or {}
  kinds.check("threads", given, thread_options)
  local self = setmetatable({
    known = knowledge.new(ngx.shared.mailseal), settings = settings_of(options), given_resolver = options.resolver,
    clock = options.clock or os.time, policy = policies.of(options.policy),
    operator_zones = assert(operator_access.of(options.operator_zones)),
  }, Registry)
  local function changed(list)
    for i = 1, #list, 2 do
      self:changed(list[i], list[i + 1])
    end
  end
  self.db_threads = threads.new { name = "mailseal_db", slots = given.db or DB, queue = given.queue or QUEUE, changed = changed }
  self.rsa_threads = threads.new { name = "mailseal_rsa", slots = given.rsa or RSA, queue = given.queue or QUEUE, changed = changed }
  return self
end

--- The time.
-- @treturn number whole seconds since 1970, UTC
function Registry:now()
  return math.floor(self.clock())
end

--- Forgets what is known of a domain, in all workers: called when something of it has changed, in whichever thread.
-- @tparam string tenant
-- @tparam string domain as it is stored
function Registry:changed(tenant, domain)
  self.known:forget(tenant, domain)
end

-- The options, with the cache that all workers share, where nginx.conf has it. Over a zone there is none.
local function with_cache(options)
  if options.cache ~= nil or options.zone or options.zone_text or not ngx.shared.mailseal_dns then
    return options
  end
  local more = { cache = "mailseal_dns" }
  for name, value in pairs(options) do
    more[name] = value
  end
  return more
end

--- What DNS is asked by.
-- @treturn ?table
-- @treturn ?string what went wrong
-- @treturn ?string a code of `mailseal.dns`
function Registry:resolver()
  if not self.asked then
    local given, message, code = self.given_resolver or {}, nil, nil
    if not given.query then
      given, message, code = require "mailseal.dns".resolver(with_cache(given))
    end
    if not given then
      return nil, message, code
    end
    self.asked = given
  end
  return self.asked
end

-- Once something has been read the database is there: no thread that opens it later makes another where it is gone.
local function note(self, result, ...)
  self.settings.is_made = self.settings.is_made or result ~= nil
  return result, ...
end

local function perform(self, pool, ...)
  return note(self, pool:call("perform", self.settings, ...))
end

--- Takes a step in a thread: see `perform` of `mailseal.onboard.registry`.
-- @tparam string module
-- @tparam string step
-- @tparam any ... plain data
-- @treturn any what it returns
-- @treturn ?string a message
-- @treturn ?string `busy`, `no_threads`, or the step's
-- @raise what the step raises, as a text
function Registry:perform(module, step, ...)
  return perform(self, self.db_threads, module, step, ...)
end

--- Takes a step that needs a processor for a while, and not the database for more than a moment, in a thread of those for that.
-- @tparam string module
-- @tparam string step
-- @tparam any ... plain data
-- @treturn any as of @{perform}
-- @treturn ?string
-- @treturn ?string
-- @raise as of @{perform}
function Registry:reckon(module, step, ...)
  return perform(self, self.rsa_threads, module, step, ...)
end

--- A tenant.
-- @tparam string id printable ASCII, 1 to 200 octets
-- @tparam[opt] string actor as of `mailseal.onboard.registry`
-- @treturn table see `mailseal.http.tenant`
-- @raise where that is no such id, or no such actor
function Registry:tenant(id, actor)
  return tenants.new(self, id, actor)
end

--- Does what is due: see `mailseal.onboard.worker.work`.
-- @tparam[opt] table options
-- @treturn ?number how many domains were looked at
-- @treturn ?string what went wrong
-- @treturn ?string its code
function Registry:work(options)
  return worker.work(self, options)
end

return M

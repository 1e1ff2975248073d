--- A stage for the life of domains: a registry over a clock and a zone that the test moves.
--
-- The zone has example.com with two name servers, and com above it. Records are put into it and taken out by name.
local M = {}

local onboard = require "mailseal.onboard"
local resolver = require "mailseal.dns.resolver"
local zone = require "mailseal.dns.zone"

--- The time at which everything begins.
M.NOW = 1800000000

--- The providers' rules that tests have of their own.
M.rules = {
  ["test-cname"] = {
    id = "test-cname", name = "Test", source = { "https://provider.example/" }, checked_on = "2026-11-22", confidence = "confirmed",
    vars = {}, statuses = { pending = "Pending validation", verified = "Connected", failed = "Failed" }, window = 259200,
    record_statuses = { found = "Valid" },
    records = {
      {
        id = "dkim", type = "CNAME", name = "s1._domainkey.{domain}", purpose = "dkim", required = true, match = "cname_target",
        target = "k1.provider.example",
      },
      { id = "bounce", type = "MX", name = "bounce.{domain}", purpose = "return_path", required = true, match = "mx",
        value = "10 mx.provider.example" },
      { id = "dmarc", type = "TXT", name = "_dmarc.{domain}", purpose = "dmarc", required = false, match = "dmarc_any_valid",
        value = "v=DMARC1; p=none" },
    },
  },
}

--- The record of the key at the end of the rule's CNAME.
M.KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

local Stage = {}
Stage.__index = Stage

-- The zones as they are at the beginning.
local function zones(domains)
  local all = {
    com = { { type = "SOA", data = "a.gtld.example. h.gtld.example. 1 3600 600 86400 900" }, { type = "NS", data = "a.gtld.example." } },
    ["a.gtld.example"] = { { type = "A", data = "192.0.2.55" } },
    ["k1.provider.example"] = { { type = "TXT", data = M.KEY } },
    ["provider.example"] = { { type = "SOA", data = "ns1.provider.example. h.provider.example. 1 3600 600 86400 300" } },
    ["mx.provider.example"] = { { type = "A", data = "192.0.2.77" } },
    ["ns1.dns.example"] = { { type = "A", data = "192.0.2.1" } },
    ["ns2.dns.example"] = { { type = "A", data = "192.0.2.2" } },
  }
  for _, domain in ipairs(domains) do
    all[domain] = {
      { type = "SOA", data = "ns1.dns.example. hostmaster.dns.example. 1 3600 600 86400 300" },
      { type = "NS", data = "ns1.dns.example." }, { type = "NS", data = "ns2.dns.example." },
    }
  end
  return all
end

-- A resolver over the stage's zone as it is at the time.
local function resolver_of(stage)
  local transport = { servers = { false }, tries = 1 }
  function transport.exchange(_, query, server)
    stage.queries = stage.queries + 1
    local meanwhile = stage.meanwhile
    if meanwhile then
      stage.meanwhile = nil
      meanwhile()
    end
    if stage.broken or server and stage.silent then
      return nil, "no answer", stage.broken or "timeout"
    elseif not server and stage.lies then
      return assert(zone.new(stage.lies)):exchange(query, server)
    end
    stage.opened = stage.opened or assert(zone.new(stage.records))
    return stage.opened:exchange(query, server)
  end
  function transport.close() end
  return resolver.new(transport, { now = function() return stage.now end })
end

--- Opens a stage.
-- @tparam[opt] table options `db`: a URL; `domains`: the zones that there are (example.com); and options of `onboard.open`
-- @treturn table `registry`, `tenant` ("acme"), `now`, `records` (the zones, by name), `queries` (how many there were);
--   `silent`, true where the zones' name servers do not answer; `lies`, records that the resolver has in place of the zones';
--   `meanwhile`, where it is set, a function that is called once, while DNS is being asked
function M.open(options)
  local given = { providers = M.rules }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  local stage = setmetatable({ now = M.NOW, records = zones(given.domains or { "example.com" }), queries = 0 }, Stage)
  given.domains, given.db = nil, given.db or "sqlite::memory:"
  given.clock = function() return stage.now end
  given.resolver = resolver_of(stage)
  stage.registry = assert(onboard.open(given))
  stage.tenant = stage.registry:tenant "acme"
  return stage
end

--- Publishes records.
-- @tparam {table,...} records of a domain: those of the kinds that tests have
-- @treturn table the stage
function Stage:publish(records)
  for _, record in ipairs(records) do
    local dot = (record.type == "CNAME" or record.type == "MX") and "." or ""
    self.records[record.name] = { { type = record.type, data = record.value .. dot, ttl = 300 } }
  end
  self.opened = nil
  return self
end

--- Takes away what is at a name; or puts something else there.
-- @tparam string name
-- @tparam ?{table,...} records
-- @treturn table the stage
function Stage:replace(name, records)
  self.records[name], self.opened = records, nil
  return self
end

--- Lets every question end so: "timeout", "servfail"; nil ends that.
-- @tparam ?string fault
-- @treturn table the stage
function Stage:fail(fault)
  self.broken = fault
  return self
end

--- Lets time pass, and the worker do all that comes to be due meanwhile, each at its time.
-- @tparam number seconds
-- @treturn number how many looks there were
function Stage:pass(seconds)
  local moment, count = self.now + seconds, 0
  while true do
    local due = assert(self.registry.db:read(function(tx)
      return { at = require "mailseal.store.domains".next_due(tx) }
    end)).at
    if not due or due > moment then
      break
    end
    self.now = math.max(self.now, due)
    local looks = assert(self.registry:work { until_idle = true })
    assert(looks > 0, "what is due was not looked at")
    count = count + looks
  end
  self.now = moment
  return count
end

--- The kinds of a tenant's events, in order.
-- @tparam[opt] table tenant
-- @treturn {string,...}
function Stage:kinds(tenant)
  local list = {}
  for i, event in ipairs(assert((tenant or self.tenant):events { limit = 1000 })) do
    list[i] = event.kind
  end
  return list
end

--- The row of a domain of the tenant's.
-- @tparam[opt="example.com"] string domain
-- @treturn table
function Stage:row(domain)
  return assert(self.registry.db:read(function(tx)
    return require "mailseal.store.domains".get(tx, self.tenant.id, domain or "example.com")
  end))
end

--- Ends it.
function Stage:close()
  self.registry:close()
end

return M

-- A hundred days of some hundred domains, the whole of it: registry, store, worker, and a resolver with its caches over zones that
-- change. Only the clock is not real. Each domain has a fate, and of each is known which events it is to have.
local json = require "mailseal.store.json"
local next_due = require "mailseal.store.domains".next_due
local onboarding = require "spec.support.onboarding"

local MINUTE, HOUR, DAY = 60, 3600, 86400
local MANY, FEW, TENANTS = 12, 3, 7 -- domains of a fate by which they are looked at seldom, and often; tenants that they are of
local POLICY = { pending_every = 3 * HOUR } -- looks that see nothing are most of the work
local NEGATIVE_TTLS = { 60, 300, 3600, 10800 }

local KEY = onboarding.KEY
local OTHER_KEY = "v=DKIM1; k=ed25519; p=wKaHa1LhrTz7TgQNsHrzWzVPCY7JLe1o2hB2yLwNEYk="

local rules = {
  ["test-cname"] = { window = 172800 },
  ["test-key"] = {
    id = "test-key", name = "Test", source = { "https://provider.example/" }, checked_on = "2026-11-22", confidence = "confirmed",
    vars = { key = { text = "the DKIM record", issued_by = "provider", form = "key", where = "in its settings" } },
    statuses = { pending = "Waiting", verified = "Ready", failed = "Given up" }, window = 172800,
    records = {
      {
        id = "dkim", type = "TXT", name = "s1._domainkey.{domain}", value = "{key}", purpose = "dkim", required = true, match = "dkim_key",
      },
    },
  },
}

for field, value in pairs(onboarding.rules["test-cname"]) do
  rules["test-cname"][field] = rules["test-cname"][field] or value
end

local words = {
  ["test-cname"] = { pending = "Pending validation", verified = "Connected", failed = "Failed" },
  ["test-key"] = { pending = "Waiting", verified = "Ready", failed = "Given up" },
}

-- ---- What customers and their DNS do.

local Customer = {}
Customer.__index = Customer

function Customer:put(name, records) self.stage:replace(name, records) end
function Customer:key_name() return "s1._domainkey." .. self.domain end

-- Publishes what the domain asks for by now.
function Customer:publish()
  self.stage:publish(assert(self.tenant:records(self.domain)))
end

-- Every question about the domain goes wrong, or no longer does.
function Customer:dead(fault)
  local before = self.alive
  self.alive = fault and {} or nil
  for _, label in ipairs { "", "_mailseal-challenge.", "s1._domainkey.", "_domainkey.", "bounce.", "_dmarc." } do
    local name = label .. self.domain
    if fault then
      self.alive[name] = self.stage.records[name]
      self:put(name, { { error = fault } })
    else
      self:put(name, before[name])
    end
  end
end

-- One of two name servers has the key's record, and the other has not.
function Customer:differ()
  self:put(self:key_name(), { { type = "CNAME", data = "k1.provider.example.", servers = { "ns1.dns.example" } } })
end

function Customer:whole() self:put(self:key_name(), { { type = "CNAME", data = "k1.provider.example." } }) end

local publish = Customer.publish
local begun = { "created", "ownership_proven", "verified" }

local function with(list, ...)
  local all = { (table.unpack or unpack)(list) } -- luacheck: ignore
  for _, kind in ipairs { ... } do all[#all + 1] = kind end
  return all
end

-- Each fate: what happens when (in hours, as a function of the customer), and which events the domain has in the end. `lost_from`: the
-- hour from which on something is truly missing, before which it must not be lost; without it, it must never be.
local fates = {
  prompt = { acts = { [3] = publish }, events = begun, by = { verified = { 3, 6.5 } } },
  never = { often = true, acts = {}, events = { "created", "failed" }, reason = "window_over", by = { failed = { 48, 51.5 } } },
  wrong = {
    often = true,
    acts = {
      [1] = function(self)
        publish(self)
        self:put(self:key_name(), { { type = "CNAME", data = "k1.provider.example." .. self.domain .. "." } })
      end,
      [30] = Customer.whole,
    },
    events = begun, by = { verified = { 30, 34.5 } },
  },
  deletes = {
    often = true,
    acts = { [3] = publish, [480] = function(self) self:put(self:key_name(), nil) end, [528] = Customer.whole },
    events = with(begun, "drift record_missing", "lost", "verified"), lost_from = 480,
  },
  leaves = {
    often = true,
    acts = { [3] = publish, [600] = function(self) self:put("bounce." .. self.domain, nil) end },
    events = with(begun, "drift record_missing", "lost", "ownership_released", "failed"), lost_from = 600, reason = "window_over",
  },
  blinks = { -- a record is gone for less than six hours
    acts = {
      [3] = publish,
      [500] = function(self) self:put("bounce." .. self.domain, nil) end,
      [505] = function(self) self:put("bounce." .. self.domain, { { type = "MX", data = "10 mx.provider.example." } }) end,
    },
    events = begun, may = { ["drift record_missing"] = true, recovered = true },
  },
  replaces = {
    often = true,
    provider = "test-key", vars = { key = KEY },
    acts = { [3] = publish, [720] = function(self) self:put(self:key_name(), { { type = "TXT", data = OTHER_KEY } }) end },
    events = with(begun, "drift key_replaced", "lost", "ownership_released", "failed"), lost_from = 720, reason = "window_over",
  },
  revokes = {
    often = true,
    provider = "test-key", vars = { key = KEY },
    acts = { [3] = publish, [720] = function(self) self:put(self:key_name(), { { type = "TXT", data = "v=DKIM1; p=" } }) end },
    events = with(begun, "drift key_revoked", "lost", "ownership_released", "failed"), lost_from = 720, reason = "window_over",
  },
  dead = { -- its DNS is, for nine days, of a verified one
    acts = {
      [3] = publish, [700] = function(self) self:dead "timeout" end, [916] = function(self) self:dead(nil) end,
    },
    events = begun,
  },
  dead_and_changed = { -- and what has changed meanwhile is told when it is over
    often = true,
    acts = {
      [3] = publish,
      [700] = function(self) self:dead "servfail" end,
      [800] = function(self)
        self:dead(nil)
        self:put("bounce." .. self.domain, nil)
      end,
    },
    events = with(begun, "drift record_missing", "lost", "ownership_released", "failed"), lost_from = 800, reason = "window_over",
  },
  dead_at_first = {
    often = true,
    acts = {
      [1] = function(self)
        publish(self)
        self:dead "servfail"
      end,
      [217] = function(self) self:dead(nil) end,
      [240] = function(self)
        assert(self.tenant:restart(self.domain))
        publish(self)
      end,
    },
    events = { "created", "failed", "restarted", "ownership_proven", "verified" }, by = { failed = { 96, 99.5 } },
    failed_for = "no_answer",
  },
  flaps = {
    acts = {
      [3] = publish, [900] = Customer.differ, [930] = Customer.whole, [940] = Customer.differ, [1000] = Customer.whole,
    },
    events = begun,
  },
  never_agrees = {
    often = true,
    acts = {
      [3] = function(self)
        publish(self)
        self:differ()
      end,
    },
    events = { "created", "ownership_proven", "ownership_released", "failed" }, reason = "servers_differ", by = { failed = { 48, 51.5 } },
  },
  removed = {
    acts = { [3] = publish, [1200] = function(self) assert(self.tenant:remove(self.domain)) end },
    events = with(begun, "ownership_released", "removed"), gone = true,
  },
  policy = {
    acts = {
      [3] = publish,
      [1440] = function(self) self:put("_dmarc." .. self.domain, { { type = "TXT", data = "v=DMARC1; p=reject" } }) end,
    },
    events = with(begun, "drift record_changed"),
  },
}

-- ---- The play.

local Play = {}
Play.__index = Play

local function sorted(set)
  local list = {}
  for key in pairs(set) do list[#list + 1] = key end
  table.sort(list)
  return list
end

local function enrol(play, name, number, fate)
  local customer = setmetatable({
    domain = name, fate = fate, provider = fate.provider or "test-cname", stage = play.stage,
    tenant = play.stage.registry:tenant("t" .. number % TENANTS), looks = 0, status = "pending", retry_at = 0,
  }, Customer)
  play.customers[name] = customer
  assert(customer.tenant:create { domain = name, provider = customer.provider, vars = fate.vars })
  for hour, act in pairs(fate.acts) do
    play.acts[hour] = play.acts[hour] or {}
    table.insert(play.acts[hour], function() act(customer) end)
  end
end

local function begin()
  local names, of = {}, {}
  for _, title in ipairs(sorted(fates)) do
    for i = 1, fates[title].often and FEW or MANY do
      names[#names + 1] = ("%s%02d.com"):format(title:gsub("_", "-"), i)
      of[names[#names]] = fates[title]
    end
  end
  local stage = onboarding.open { domains = names, providers = rules, policy = { schedule = POLICY } }
  local play = setmetatable({ stage = stage, customers = {}, acts = {}, hours = {}, begun = stage.now, looks = 0 }, Play)
  for i, name in ipairs(names) do
    local soa = stage.records[name][1]
    soa.data, soa.ttl = ("ns1.dns.example. h.dns.example. 1 3600 600 86400 %d"):format(NEGATIVE_TTLS[i % #NEGATIVE_TTLS + 1]), DAY
    enrol(play, name, i, of[name])
  end
  -- All of DNS is out of order for a day.
  play.acts[1700] = { function() stage:fail "timeout" end }
  play.acts[1724] = { function() stage:fail(nil) end }
  play.hours = sorted(play.acts)
  return play
end

local LOOKED_AT = [[SELECT tenant_id, domain, status, reason, checked_at, next_check_at, lease_owner, report, provider FROM domains
  WHERE checked_at = ?]]
local LEASED = "SELECT COUNT(*) AS n FROM domains WHERE lease_owner IS NOT NULL"

local function check_status(play, customer, row)
  local hour = (play.stage.now - play.begun) / HOUR
  local fate = customer.fate
  if row.status ~= customer.status then
    assert(row.status ~= "pending" or row.reason == "lost" or row.reason == "restarted", row.domain .. " came to be pending")
    if row.reason == "lost" and row.status == "pending" then
      assert(fate.lost_from and hour >= fate.lost_from + 6, row.domain .. " was lost after " .. hour)
    end
    local span = fate.by and fate.by[row.status]
    assert(not span or customer["was_" .. row.status] or hour >= span[1] and hour <= span[2], row.domain .. " " .. hour)
    assert(row.status ~= "failed" or row.reason == (fate.failed_for or fate.reason), row.domain .. " failed for " .. tostring(row.reason))
    customer["was_" .. row.status] = true
  end
  assert((row.next_check_at == nil) == (row.status == "failed"), row.domain)
  assert(not row.next_check_at or row.next_check_at > row.checked_at and row.next_check_at <= row.checked_at + 1.1 * DAY, row.domain)
end

-- What must hold of each domain that was looked at just now.
function Play:check()
  local rows = assert(self.stage.registry.db:read(function(tx)
    assert(tx:row(LEASED).n == 0, "leased still")
    return tx:rows(LOOKED_AT, self.stage.now)
  end))
  for _, row in ipairs(rows) do
    local customer = self.customers[row.domain]
    assert(row.checked_at >= customer.retry_at, row.domain .. " was looked at before a cached answer can have expired")
    check_status(self, customer, row)
    if row.status ~= customer.status then
      assert(customer.tenant:get(row.domain).provider_status == words[row.provider][row.status], row.domain)
    end
    local report = row.status ~= "verified" and json.decode(row.report) or {}
    for id, known in pairs((customer.alive or self.stage.broken) and report.records or {}) do
      assert(known.status ~= "missing", row.domain .. ": a fault is told as missing, of " .. id)
    end
    customer.status, customer.retry_at, customer.looks = row.status, report.retry_at or 0, customer.looks + 1
  end
  return #rows
end

function Play:act()
  while self.hours[1] and self.begun + self.hours[1] * HOUR <= self.stage.now do
    for _, act in ipairs(self.acts[table.remove(self.hours, 1)]) do act() end
  end
end

-- How often the worker comes by: every five minutes at first, then once in an hour.
local function tick(age) return age < 4 * DAY and 5 * MINUTE or HOUR end

-- The worker comes by at the next of those moments at which something is due.
function Play:run(days)
  local ends = self.begun + days * DAY
  while true do
    local due = assert(self.stage.registry.db:read(function(tx) return { at = next_due(tx) } end)).at or ends
    local act = self.hours[1] and self.begun + self.hours[1] * HOUR or ends
    local moment = math.max(self.stage.now + 1, math.min(due, act))
    local every = tick(moment - self.begun)
    moment = self.begun + math.ceil((moment - self.begun) / every) * every
    if moment > ends then break end
    self.stage.now = moment
    self:act()
    assert(self.stage.registry:work { until_idle = true, tell = error })
    self.looks = self.looks + self:check()
  end
end

function Play:events_of(customer)
  local list = {}
  for _, event in ipairs(assert(customer.tenant:events { domain = customer.domain, limit = 1000 })) do
    local kind = event.kind == "drift" and "drift " .. event.data.what or event.kind
    if not (customer.fate.may or {})[kind] then list[#list + 1] = kind end
  end
  return list
end

describe("a hundred days of the whole of onboarding", function()
  local play

  setup(function()
    play = begin()
    play:run(100)
  end)
  teardown(function() play.stage:close() end)

  for title, fate in pairs(fates) do
    it("tell each change of a domain that has this fate once: " .. title:gsub("_", " "), function()
      for _, name in ipairs(sorted(play.customers)) do
        local customer = play.customers[name]
        if customer.fate == fate then assert.same(fate.events, play:events_of(customer), name) end
      end
    end)

    it("leave it as it ought to be: " .. title:gsub("_", " "), function()
      local last = fate.events[#fate.events]
      for name, customer in pairs(play.customers) do
        if customer.fate == fate then
          local domain = customer.tenant:get(name)
          assert.equal(fate.gone, domain == nil or nil)
          if domain then
            assert.equal(last == "failed" and "failed" or "verified", domain.status, name)
            assert.equal(last == "failed" and "refuse" or "send", (customer.tenant:decide(name)))
          end
        end
      end
    end)
  end

  it("look at each domain about daily, and at none without need", function()
    for name, customer in pairs(play.customers) do
      if customer.fate == fates.prompt then assert.is_true(customer.looks >= 90 and customer.looks <= 150, name .. customer.looks) end
      if customer.fate == fates.never then assert.is_true(customer.looks >= 15 and customer.looks <= 40, name .. customer.looks) end
    end
    assert.is_true(play.looks > 7000)
  end)

  it("number each tenant's events without a gap", function()
    for i = 0, TENANTS - 1 do
      for n, event in ipairs(play.stage.registry:tenant("t" .. i):events { limit = 1000 }) do assert.equal(n, event.id) end
    end
  end)
end)

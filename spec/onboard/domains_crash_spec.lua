-- Processes that onboard domains are killed at random. What they were told is done is done, once; the events tell what the rows
-- say; and whatever they had leased is leased again.
local crash = require "spec.support.crash"
local databases = require "spec.support.databases"
local domains = require "mailseal.store.domains"
local events = require "mailseal.store.events"
local onboarding = require "spec.support.onboarding"
local shell = require "spec.support.shell"

-- Seconds that pass from round to round: longer than a lease.
local ROUND = 1000

-- What each kind of event makes of a domain, as it is known from its events alone.
local TOLD = {
  created = function(told, name) told[name] = { status = "pending", enabled = true, used = false } end,
  removed = function(told, name) told[name] = nil end,
  disabled = function(told, name) told[name].enabled = false end,
  enabled = function(told, name) told[name].enabled = true end,
  used = function(told, name) told[name].used = true end,
  use_ended = function(told, name) told[name].used = false end,
}

-- What is known from outside: `last`, the id of the last event; `told`, the domains as the events have them; `count`, how often
-- each change was acknowledged; `seen`, how often there is an event of it.
local function new_ledger() return { last = 0, told = {}, count = {}, seen = {}, log_at = 0 } end

-- Reads on in the log. Returns the change that was under way at the end, if any.
local function read_log(ledger, path)
  local file = assert(io.open(path, "rb"))
  file:seek("set", ledger.log_at)
  local text = file:read "*a"
  file:close()
  ledger.log_at = ledger.log_at + #text
  local open
  for line in text:gmatch "([^\n]*)\n" do
    if line == "done" then ledger.count[open] = (ledger.count[open] or 0) + 1 end
    open = line ~= "done" and line ~= "nothing" and line or nil
  end
  return open
end

-- Reads on in the events: no id is missing.
local function read_events(ledger, tx)
  repeat
    local list = events.after(tx, "acme", ledger.last, 1000)
    for _, event in ipairs(list) do
      assert.equal(ledger.last + 1, event.id)
      ledger.last = event.id
      local change = ("%s %s"):format(event.kind, event.domain)
      ledger.seen[change] = (ledger.seen[change] or 0) + 1
      if TOLD[event.kind] then
        TOLD[event.kind](ledger.told, event.domain)
      elseif event.data.to then
        assert.equal(ledger.told[event.domain].status, event.data.from)
        ledger.told[event.domain].status = event.data.to
      end
    end
  until #list < 1000
end

-- Every change that was acknowledged has its event, and no other has one, but that which was under way.
local function check_changes(ledger, open)
  for change, seen in pairs(ledger.seen) do
    if TOLD[change:match "^%S+"] or change:find "^restarted" then
      local done = ledger.count[change] or 0
      assert.is_true(seen == done or change == open and seen == done + 1, ("%s: %d times, told %d times"):format(change, done, seen))
      ledger.count[change] = seen
    end
  end
  for change, done in pairs(ledger.count) do assert.equal(done, ledger.seen[change] or 0, change) end
end

-- The rows say what the events say.
local function check_rows(ledger, tx)
  local rows = {}
  for _, row in ipairs(domains.list(tx, "acme")) do
    rows[row.domain] = { status = row.status, enabled = row.enabled, used = false }
  end
  for _, use in ipairs(tx:rows "SELECT domain FROM uses WHERE tenant_id = 'acme'") do rows[use.domain].used = true end
  assert.same(ledger.told, rows)
end

-- All that is ever due is leased again when the leases of the dead have ended.
local function check_leases(tx, now)
  local waiting = tx:row("SELECT count(*) AS n FROM domains WHERE next_check_at IS NOT NULL").n
  assert.equal(waiting, #domains.lease(tx, { owner = "heir", now = now + 86400 * 365, ends = now + 86400 * 366, limit = 1000 }))
  local longest = tx:row("SELECT max(lease_until) AS ends FROM domains WHERE lease_owner <> 'heir'").ends
  assert.is_true(not longest or longest <= now + ROUND)
end

describe("the life of domains", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database, kind, server)
    local url, directory, stage, ledger, loader, worker

    before_each(function()
      url, directory = new_database(), shell.new_directory()
      stage, ledger = onboarding.open { db = url }, new_ledger()
      for _, name in ipairs { "log", "errors" } do shell.write(("%s/%s"):format(directory, name), "") end
    end)
    after_each(function()
      for _, process in pairs { loader, worker } do process:kill() end
      stage:close()
      shell.remove_directory(directory)
    end)

    local function launch(seed)
      return crash.launch("onboarder", { url, directory .. "/log", tostring(seed), ("%d"):format(stage.now) }, directory .. "/errors")
    end

    -- Kills the two processes; now and then the server before, of which they may end, or one of its processes, which they may
    -- survive.
    local function kill(number)
      if server and number % 20 == 0 then
        loader:let(math.random() * 0.1)
        server():crash()
        server():restart()
      elseif server and number % 10 == 5 then
        loader:let(math.random() * 0.1)
        server():kill_backend()
      end
      loader:kill(math.random() * 0.05)
      worker:kill(math.random() * 0.01)
    end

    local function check(open)
      local ok, message = stage.registry.db:write(function(tx)
        read_events(ledger, tx)
        check_changes(ledger, open)
        check_rows(ledger, tx)
        check_leases(tx, stage.now)
        return nil, "nothing of this is to be kept"
      end)
      assert.same({ nil, "nothing of this is to be kept" }, { ok, message })
    end

    local function round(number)
      loader, worker = launch(number), launch "worker"
      loader:ready()
      worker:ready()
      kill(number)
      stage.now = stage.now + ROUND
      stage.registry.db:read(function() end) -- finds whether its connection is gone
      if server then crash.settle(stage.registry.db) end
      -- A server's farewells may stand there.
      local errors = shell.read(directory .. "/errors")
      assert.is_nil(errors:find("traceback", 1, true), errors)
      check(read_log(ledger, directory .. "/log"))
    end

    it("goes on as it was told, in whatever moment a process is killed (Sure)", function()
      math.randomseed(5)
      local rounds, number = crash.rounds(20, kind == "sqlite" and 1 or 0.2), 0
      -- On a slow machine a process may be killed before it has done much.
      while number < rounds or not (ledger.seen["verified d02.example.com"] and ledger.last > 100) do
        number = number + 1
        round(number)
      end
      stage.now = stage.now + 86400 * 30
      assert(stage.registry:work { until_idle = true })
      local left = stage.registry.db:read(function(tx)
        return tx:row("SELECT count(*) AS n FROM domains WHERE lease_owner IS NOT NULL OR next_check_at <= ?", stage.now)
      end)
      assert.equal(0, left.n)
    end)
  end)
end)

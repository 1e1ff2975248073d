local crash = require "spec.support.crash"
local databases = require "spec.support.databases"
local gate = require "mailseal.onboard.gate"
local gates = require "spec.support.gates"
local holds = require "mailseal.store.holds"
local shell = require "spec.support.shell"

local DOMAIN = "mail.example.com"

-- What is known of the mails from outside: `certain` (held, as was acknowledged), `doubtful` (its holding or its end was under way
-- when the program was killed), `gone` (called off); and `fed`, the last one that came out of the feed.
local function new_ledger() return { certain = {}, doubtful = {}, gone = {}, first = 1, fed = 0, id = 0, log_at = 0, feed_at = 0 } end

-- What a file has got since, in lines.
local function read_on(path, from)
  local file = assert(io.open(path, "rb"))
  file:seek("set", from)
  local text = file:read "*a"
  file:close()
  return text, from + #text
end

local function settle(ledger, verb, from, to, word)
  for mail = from, to do
    if verb == "hold" then
      -- What is held again, as its answer was lost, may have come out of the feed meanwhile.
      if mail > ledger.fed then (word == "done" and ledger.certain or ledger.doubtful)[mail] = true end
      if word == "done" then ledger.doubtful[mail] = nil end
    elseif word == "done" then
      ledger.certain[mail], ledger.doubtful[mail], ledger.gone[mail] = nil, nil, true
    elseif not word and ledger.certain[mail] then
      ledger.certain[mail], ledger.doubtful[mail] = nil, true
    end
  end
end

-- Reads on in the log: each change is followed by its end, or by nothing where the program was killed.
local function read_log(ledger, path)
  local text
  text, ledger.log_at = read_on(path, ledger.log_at)
  local verb, from, to
  for line in text:gmatch "([^\n]*)\n" do
    local word = line:match "^%l+"
    if word == "done" or word == "nothing" then
      settle(ledger, verb, from, to, word)
      verb = nil
    else
      verb, from, to = line:match "^(%l+) (%d+) ?(%d*)$"
      from, to = tonumber(from), tonumber(to) or tonumber(from)
      if verb == "hold" then ledger.first = to + 1 end
    end
  end
  if verb then settle(ledger, verb, from, to) end
end

-- Reads on in the feed: ids without gaps, mails in the order in which they were held, so that none comes twice.
local function read_feed(ledger, path)
  local text
  text, ledger.feed_at = read_on(path, ledger.feed_at)
  local released = 0
  for id, mail in text:gmatch "(%d+) (%d+)\n" do
    id, mail = tonumber(id), tonumber(mail)
    assert.equal(ledger.id + 1, id)
    assert.is_true(mail > ledger.fed, ("mail %d came after %d"):format(mail, ledger.fed))
    assert.is_true(ledger.certain[mail] or ledger.doubtful[mail] or false, "what was never held came out: " .. mail)
    ledger.id, ledger.fed, released = id, mail, released + 1
    ledger.certain[mail], ledger.doubtful[mail] = nil, nil
  end
  return released
end

-- All that is held, and all that was released and is not in the feed yet.
local function in_store(ledger, tenant)
  local held, released
  assert(tenant.registry.db:read(function(tx)
    held, released = holds.list(tx, tenant.id, DOMAIN, 0, 1e6), holds.released(tx, tenant.id, ledger.id, 1e6)
    return true
  end))
  return held, released
end

-- In the store each mail that is certain is held or released, not both; what was called off is neither.
local function check_store(ledger, tenant)
  local where = {}
  local held, released = in_store(ledger, tenant)
  for what, list in pairs { held = held, released = released } do
    for _, row in ipairs(list) do
      local mail = tonumber(row.mail)
      assert.is_nil(where[mail])
      where[mail] = what
      assert.is_true(ledger.certain[mail] or ledger.doubtful[mail] or false, ("%s, though it should not be: %d"):format(what, mail))
    end
  end
  for mail in pairs(ledger.certain) do assert.is_string(where[mail], "lost: " .. mail) end
end

describe("held mail", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database, kind, server)
    local url, directory, registry, tenant, started

    before_each(function()
      url, directory, started = new_database(), shell.new_directory(), {}
      registry = gates.registry { url = url }
      tenant = registry:tenant "acme"
      gates.add(tenant, DOMAIN)
      for _, name in ipairs { "log", "feed", "errors" } do shell.write(("%s/%s"):format(directory, name), "") end
    end)
    after_each(function()
      for _, process in ipairs(started) do process:kill() end
      registry.db:close()
      shell.remove_directory(directory)
    end)

    local function launch(first, seed)
      local function path(name) return ("%s/%s"):format(directory, name) end
      local process = crash.launch("holder", { url, path "log", path "feed", tostring(first), tostring(seed) }, path "errors")
      started[#started + 1] = process
      return process
    end

    -- One round: two programs at work, each killed in its time, or the server under them.
    local function round(ledger, number)
      local errors = shell.read(directory .. "/errors")
      started = {}
      local holder, worker = launch(ledger.first, number), launch("worker", number)
      holder:ready()
      worker:ready()
      if server and number % 20 == 0 then
        server():crash()
        holder:wait()
        worker:wait()
        server():restart()
        registry.db:read(function() end) -- finds that its connection is gone
        shell.write(directory .. "/errors", errors)
      else
        holder:kill(math.random() * 0.04)
        worker:kill(math.random() * 0.01)
        assert.equal(errors, shell.read(directory .. "/errors"))
      end
      if server then crash.settle(registry.db) end
      read_log(ledger, directory .. "/log")
      local released = read_feed(ledger, directory .. "/feed")
      check_store(ledger, tenant)
      return released
    end

    it("is neither lost nor released twice, in whatever moment a process is killed (requirement 15)", function()
      math.randomseed(15)
      local ledger, released = new_ledger(), 0
      for number = 1, crash.rounds(20, kind == "sqlite" and 1 or 0.2) do released = released + round(ledger, number) end
      assert.is_true(released > 0)
      assert(tenant:enable(DOMAIN))
      assert(gate.work(registry))
      local feed = assert(io.open(directory .. "/feed", "ab"))
      for _, row in ipairs((select(2, in_store(ledger, tenant)))) do
        feed:write(("%d %s\n"):format(row.id, row.mail))
      end
      feed:close()
      read_feed(ledger, directory .. "/feed")
      assert.is_nil(next(ledger.certain))
      assert.same({}, tenant:held(DOMAIN))
    end)
  end)
end)

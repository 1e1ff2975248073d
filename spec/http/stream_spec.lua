local async = require "mailseal.async"
local dictionary = require "mailseal.http.dictionary"
local events = require "mailseal.store.events"
local onboarding = require "spec.support.onboarding"
local streams = require "mailseal.http.stream"
local tokens = require "mailseal.onboard.tokens"

describe("streams of events", function()
  local stage, dict

  before_each(function()
    stage, dict = onboarding.open(), dictionary.new()
  end)
  after_each(function() stage.registry:close() end)

  local function worker(number, options)
    options = options or {}
    return streams.new {
      dict = dict, limits = options.limits, worker = function() return number end, workers = function() return 2 end,
      registry = function() return options.registry or stage.registry end,
      spawn = options.spawn or function() return true end, -- the tests poll
      tell = options.tell or error, heartbeat = options.heartbeat,
    }
  end

  local function happen(tenant, count, domain)
    assert(stage.registry.db:write(function(tx)
      for _ = 1, count do events.add(tx, tenant, domain, "test", {}, { at = 1 }) end
      return true
    end))
  end

  -- Runs a stream as a task; what was sent is in `sent`, and its ids in `ids`.
  local function listen(made, from, send)
    local stream = assert(made:open(from))
    local heard = { sent = {}, stream = stream }
    heard.task = async.start(function()
      stream:run(function(text)
        heard.sent[#heard.sent + 1] = text
        return not send and true or send(text)
      end)
      heard.over = true
    end)
    function heard.ids()
      local list = {}
      for id in table.concat(heard.sent):gmatch "id: (%d+)\ndata: " do list[#list + 1] = tonumber(id) end
      return list
    end
    async.sleep(0.001)
    return heard
  end

  local function range(first, last)
    local list = {}
    for id = first, last do list[#list + 1] = id end
    return list
  end

  local function poll(made)
    made.feeds:poll()
    async.sleep(0.01)
  end

  it("begin with what happens from now on, and say where that is", function()
    happen("acme", 3)
    async.run(function()
      local made = worker(0)
      local heard = listen(made, { tenant = "acme" })
      assert.matches("^retry: %d+\nid: 3\n\n$", heard.sent[1])
      happen("acme", 2)
      poll(made)
      assert.same({ 4, 5 }, heard.ids())
    end)
  end)

  it("hold each event as one line of JSON", function()
    async.run(function()
      local made = worker(0)
      local heard = listen(made, { tenant = "acme" })
      assert(stage.registry.db:write(function(tx)
        events.add(tx, "acme", "mail.example.com", "verified", { text = "one\r\ntwo\0" }, { at = 5, actor = "me" })
        return true
      end))
      poll(made)
      local data = heard.sent[2]:match "^id: 1\ndata: ([^\r\n]+)\n\n$"
      assert.same({
        id = 1, domain = "mail.example.com", at = 5, kind = "verified", actor = "me", data = { text = "one\r\ntwo\0" },
      }, require "cjson".decode(data))
    end)
  end)

  it("go on behind the last event that was seen, without a gap and without a double", function()
    happen("acme", 450)
    async.run(function()
      local made = worker(0)
      local heard = listen(made, { tenant = "acme", after = 20 })
      async.sleep(0.05)
      happen("acme", 5)
      poll(made)
      assert.same(range(21, 455), heard.ids())
    end)
  end)

  it("send nothing twice where another worker was ahead of this one", function()
    async.run(function()
      local made = worker(0)
      local first = listen(made, { tenant = "acme" })
      happen("acme", 4)
      local ahead = listen(made, { tenant = "acme", after = 3 }) -- which another worker has told
      poll(made)
      assert.same(range(1, 4), first.ids())
      assert.same({ 4 }, ahead.ids())
    end)
  end)

  it("wait for what there is yet to be where a client tells of an event that there never was", function()
    happen("acme", 2)
    async.run(function()
      local made = worker(0)
      local heard = listen(made, { tenant = "acme", after = 5000 })
      happen("acme", 1)
      poll(made)
      assert.same({ 3 }, heard.ids())
    end)
  end)

  it("are of one tenant", function()
    async.run(function()
      local made = worker(0)
      local heard, other = listen(made, { tenant = "acme" }), listen(made, { tenant = "other" })
      happen("acme", 2)
      poll(made)
      assert.same({ 1, 2 }, heard.ids())
      assert.same({}, other.ids())
    end)
  end)

  it("may be of one domain, of old events and of new ones", function()
    for _ = 1, 3 do
      happen("acme", 1, "a.example")
      happen("acme", 1, "b.example")
    end
    async.run(function()
      local made = worker(0)
      local heard = listen(made, { tenant = "acme", domain = "b.example", after = 0 })
      happen("acme", 1, "a.example")
      happen("acme", 1, "b.example")
      poll(made)
      assert.same({ 2, 4, 6, 8 }, heard.ids())
    end)
  end)

  it("give a sign of life where nothing happens, and say with it where they are", function()
    async.run(function()
      local made = worker(0, { heartbeat = 0.05 })
      local heard = listen(made, { tenant = "acme", domain = "a.example" })
      happen("acme", 1, "b.example")
      poll(made)
      async.sleep(0.2)
      assert.same({}, heard.ids())
      assert.equal(":\nid: 1\n\n", heard.sent[#heard.sent])
    end)
  end)

  it("let a slow reader read at his pace, keeping nothing back for him", function()
    async.run(function()
      local made, gate = worker(0), false
      local slow = listen(made, { tenant = "acme" }, function()
        while not gate do async.sleep(0.01) end
        return true
      end)
      local quick = listen(made, { tenant = "acme" })
      for _ = 1, 12 do
        happen("acme", 100)
        poll(made)
      end
      local feed = made.feeds.of.acme
      assert.is_true(feed.last - feed.first < 520)
      gate = true
      async.sleep(0.3)
      assert.same(range(1, 1200), quick.ids())
      assert.same(range(1, 1200), slow.ids())
    end)
  end)

  it("ask the store once for all who listen", function()
    local asked = 0
    local registry = setmetatable({ perform = function(_, ...)
      asked = asked + 1
      return stage.registry:perform(...)
    end }, { __index = stage.registry })
    async.run(function()
      local made = worker(0, { registry = registry })
      local heard = {}
      for i = 1, 40 do heard[i] = listen(made, { tenant = "tenant" .. i % 4 }) end
      assert.equal(4, asked)
      happen("tenant1", 3)
      poll(made)
      assert.equal(5, asked)
      for i = 1, 40 do assert.equal(i % 4 == 1 and 3 or 0, #heard[i].ids()) end
    end)
  end)

  it("end when their token is revoked, and no others", function()
    local token, other = assert(stage.tenant:make_token()), assert(stage.tenant:make_token())
    async.run(function()
      local made = worker(0)
      local heard, stays = listen(made, { tenant = "acme", token = token.id }), listen(made, { tenant = "acme", token = other.id })
      poll(made)
      assert(stage.tenant:revoke_token(token.id))
      poll(made)
      assert.is_true(heard.over)
      assert.is_nil(stays.over)
      assert.equal(1, made.count)
    end)
  end)

  it("end when somebody signs out, within seconds, and no others", function()
    local token = assert(stage.tenant:make_token())
    local one, other = assert(tokens.sign_in(stage.registry, token.token)), assert(tokens.sign_in(stage.registry, token.token))
    async.run(function()
      local made = worker(0)
      local function by(session) return listen(made, { tenant = "acme", token = token.id, session = session.session_id }) end
      local heard, stays = by(one), by(other)
      for _ = 1, 3 do poll(made) end
      assert.is_nil(heard.over)
      assert(tokens.sign_out(stage.registry, one.session))
      for _ = 1, 3 do poll(made) end
      assert.is_true(heard.over)
      assert.is_nil(stays.over)
    end)
  end)

  it("end where their token was revoked just before they began", function()
    local token = assert(stage.tenant:make_token())
    assert(stage.tenant:revoke_token(token.id))
    async.run(function()
      local made = worker(0)
      local heard = listen(made, { tenant = "acme", token = token.id })
      poll(made)
      assert.is_true(heard.over)
    end)
  end)

  it("end when their session is over", function()
    async.run(function()
      local made = worker(0, { heartbeat = 0.02 })
      local heard = listen(made, { tenant = "acme", lasts = 0.1 })
      assert.is_nil(heard.over)
      heard.task:join()
      assert.is_true(heard.over)
    end)
  end)

  it("end when the worker is about to end, and none begins then", function()
    async.run(function()
      local made = worker(0)
      local heard = listen(made, { tenant = "acme" })
      made:stop()
      async.sleep(0.01)
      assert.is_true(heard.over)
      assert.equal("busy", (select(3, made:open { tenant = "acme" })))
    end)
  end)

  it("end where nobody reads them, and leave nothing behind", function()
    async.run(function()
      local made, is_there = worker(0), true
      local heard = listen(made, { tenant = "acme" }, function() return is_there or nil end)
      is_there = false
      happen("acme", 1)
      poll(made)
      assert.is_true(heard.over)
      local stopped = listen(made, { tenant = "acme" })
      stopped.stream:stop()
      async.sleep(0.01)
      assert.is_true(stopped.over)
      assert.same({ 0, nil }, { made.count, next(made.feeds.of) })
    end)
  end)

  it("are bounded for a tenant and in all, over all workers", function()
    async.run(function()
      local limits = { tenant = 2, all = 3 }
      local one, two = worker(0, { limits = limits }), worker(1, { limits = limits })
      local first = assert(one:open { tenant = "acme" })
      assert(two:open { tenant = "acme" })
      local opened, _, code, members = one:open { tenant = "acme" }
      assert.same({ nil, "too_many_streams", "30" }, { opened, code, members.headers["Retry-After"] })
      assert(two:open { tenant = "other" })
      assert.equal("busy", (select(3, one:open { tenant = "third" })))
      first:close()
      assert(one:open { tenant = "third" })
    end)
  end)

  it("go on when the store could not be asked for a while", function()
    local broken, told = false, {}
    local registry = setmetatable({ perform = function(_, ...)
      if broken then return nil, "the server is gone", "store_unreachable" end
      return stage.registry:perform(...)
    end }, { __index = stage.registry })
    async.run(function()
      local made = worker(0, { registry = registry, tell = function(line) told[#told + 1] = line end })
      local heard = listen(made, { tenant = "acme" })
      happen("acme", 1)
      broken = true
      assert.equal(5, made.feeds:poll())
      broken = false
      poll(made)
      assert.same({ 1 }, heard.ids())
      assert.matches("the server is gone", told[1], 1, true)
    end)
  end)
end)

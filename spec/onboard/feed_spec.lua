local events = require "mailseal.store.events"
local feed = require "mailseal.onboard.feed"
local onboarding = require "spec.support.onboarding"
local tokens = require "mailseal.onboard.tokens"

describe("the feed of events", function()
  local stage, registry

  before_each(function()
    stage = onboarding.open()
    registry = stage.registry
  end)
  after_each(function() registry:close() end)

  local function happen(tenant, count, domain)
    assert(registry.db:write(function(tx)
      for i = 1, count do events.add(tx, tenant, domain, "test", { number = i }, { at = 1 }) end
      return true
    end))
  end

  local function news(after, wanted, sessions) return assert(feed.steps.news(registry, after, wanted or {}, sessions or {})) end

  it("tells the last event of a tenant, and that another has none", function()
    happen("acme", 3)
    assert.equal(3, feed.steps.last(registry, "acme"))
    assert.equal(0, feed.steps.last(registry, "nobody"))
  end)

  it("tells what is new, of those who have something new", function()
    happen("acme", 3)
    happen("other", 2)
    local found = news { acme = 1, other = 2, nobody = 0 }
    assert.equal("acme", (next(found.news)))
    assert.same({ 2, 3 }, { found.news.acme[1].id, found.news.acme[2].id })
    assert.is_nil(found.news.other)
    assert.is_false(found.more)
  end)

  it("asks for many tenants with few statements", function()
    local after, made = {}, 0
    for i = 1, 150 do
      after["tenant" .. i] = 0
      if i % 10 == 0 then
        happen("tenant" .. i, 1)
        made = made + 1
      end
    end
    local count = 0
    for tenant, list in pairs(news(after).news) do
      count = count + 1
      assert.same({ 0, 1 }, { tonumber(tenant:match "%d+") % 10, #list })
    end
    assert.equal(made, count)
  end)

  it("says that there is more than it brings, and loses nothing of it", function()
    happen("acme", 450)
    local seen, after = 0, { acme = 0 }
    repeat
      local found = news(after)
      for _, event in ipairs(found.news.acme) do
        seen = seen + 1
        assert.equal(seen, event.id)
      end
      after.acme = seen
    until not found.more
    assert.equal(450, seen)
  end)

  it("brings a page of what is older, of one domain where that is wanted", function()
    happen("acme", 250, "a.example")
    happen("acme", 5, "b.example")
    local page, more = feed.steps.after(registry, "acme", 0)
    assert.same({ 200, true }, { #page, more })
    page, more = feed.steps.after(registry, "acme", 0, "b.example")
    assert.same({ 5, false, 251 }, { #page, more, page[1].id })
  end)

  it("says which tokens are revoked", function()
    local good, bad = assert(stage.tenant:make_token()), assert(stage.tenant:make_token())
    assert(stage.tenant:revoke_token(bad.id))
    local found = news({}, {
      { tenant = "acme", token = good.id }, { tenant = "acme", token = bad.id }, { tenant = "other", token = good.id },
    })
    assert.same({ bad.id, good.id }, found.gone)
  end)

  it("says which sessions are over, of many", function()
    local made, sessions = assert(stage.tenant:make_token()), {}
    for i = 1, 70 do sessions[i] = assert(tokens.sign_in(registry, made.token)) end
    local ids = {}
    for i, one in ipairs(sessions) do ids[i] = one.session_id end
    assert.same({}, news({}, {}, ids).ended)
    for _, i in ipairs { 3, 70 } do assert.is_true(tokens.sign_out(registry, sessions[i].session)) end
    assert.same({ ids[3], ids[70] }, news({}, {}, ids).ended)
    assert(stage.tenant:revoke_token(made.id))
    assert.same(ids, news({}, {}, ids).ended)
  end)
end)

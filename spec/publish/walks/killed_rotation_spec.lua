-- A rotation whose worker is killed (SIGKILL) at each moment at which it publishes, revokes or removes a key's record.
local kills = require "spec.support.publishing_kills"
local places = require "spec.support.publishing_places"
local shell = require "spec.support.shell"
local walk = require "spec.support.publishing_walk"

-- Programs of their own run without the sanitizers, so on the plain build.
if os.getenv "MAILSEAL_BUILD" then
  pending "programs of their own, which run on the plain build"
  return
end

local DAY = 86400

describe("A rotation at a DNS host", function()
  local place, stage, before
  local TOKEN = ("Sn3lZJTBX6"):rep(4)

  setup(function()
    place = places.at_host {
      id = "cloudflare", name_servers = { "ada.ns.cloudflare.com", "bob.ns.cloudflare.com" }, least_ttl = 60, alone = true,
      settings = { credentials = { token = TOKEN } }, options = { token = TOKEN },
    }
    before = place.zone()
    stage = walk.open(place)
  end)
  teardown(function()
    stage:close()
    place.stop()
  end)

  -- Has workers killed at every second of their moments in turn, until one comes to its end. Each finds what the one before has left.
  -- Returns how many were killed.
  local function work()
    local point = 1
    while true do
      local ran = shell.run(kills.command(stage, "work", point))
      if ran.status == 0 then return (point - 1) / 2 end
      assert.is_true(ran.status > 128, ran.err)
      point = point + 2
      stage.now = stage.now + 660 -- by then nobody holds anything any more for those who were killed
    end
  end

  it("goes to its end, whenever its workers are killed, and is taken back whole (Sure)", function()
    local tenant, domain = stage.tenant, walk.WALKS.own.domain
    assert(tenant:create { domain = domain, provider = "own-server" })
    assert.equal("verified", assert(assert(tenant:plan(domain, stage:way { keep = true })):apply()).domain.status)
    local old = tenant:keys(domain)[1]
    stage:pass(DAY)
    local new, killed = assert(tenant:rotate(domain)), {}
    while #killed < 30 and not (tenant:keys(domain)[1].state == "removed" and killed[#killed] == 0) do
      killed[#killed + 1] = work()
      stage.now = stage.now + 2 * DAY
    end
    -- Three times there was something to be published.
    local times = 0
    for _, count in ipairs(killed) do times = times + (count >= 3 and 1 or 0) end
    assert.equal(3, times, table.concat(killed, " "))
    local list = tenant:keys(domain)
    assert.same({ "removed", "active", new.selector }, { list[1].state, list[2].state, list[2].selector })
    local zone = place.zone():gsub('" "', "")
    assert.is_nil(zone:find(old.selector, 1, true))
    assert.truthy(zone:find(new.text, 1, true))
    assert.equal("verified", assert(tenant:get(domain)).status)
    assert(tenant:unpublish(domain, { via = "cloudflare" }))
    assert.equal(before, place.zone())
  end)
end)

--- What changes on the page while it is looked at, and what it says when it cannot know.
local browsers = require "spec.support.browser"
local walks = require "spec.support.walks"

local DOMAIN = "/v1/domains/bakery.example"
local heading = { css = "#headline-title" }

describe("Who looks at a domain's page, by #browser,", function()
  if not walks.available() then return pending(walks.WANTED) end
  local stage, page, records, loads
  setup(function()
    stage = walks.begin { "bakery.example" }
    records = stage:create("bakery.example").records
    stage:publish("bakery.example", records)
    assert.equal("verified", stage:verify("bakery.example").status)
    page = stage:open()
    page:go(stage.service.base .. "/domains/bakery.example")
    page:sees { text = "Everything is in place", within = heading }
    loads = page:loads()
  end)
  teardown(function() stage:close() end)
  local it = browsers.walk(it, function() return page end)

  it("sees at once what others do, and loads nothing anew where a section comes or goes", function()
    stage.service:put(DOMAIN .. "/uses/newsletter")
    page:sees { role = "heading", name = "Used by" }
    page:sees { text = "it is used by newsletter", exact = false }
    stage.service:delete(DOMAIN .. "/uses/newsletter")
    page:misses { role = "heading", name = "Used by" }
    stage.service:post(DOMAIN .. "/disable", { reason = "unpaid" })
    page:sees { text = "Sending is paused", within = heading }
    page:sees { text = "Sending paused: unpaid" }
    stage.service:post(DOMAIN .. "/enable")
    page:sees { text = "Everything is in place", within = heading }
    assert.equal(loads, page:loads())
  end)

  it("sees that a record is gone, and that it is there again", function()
    local key
    for _, record in ipairs(records) do key = record.purpose == "dkim" and record or key end
    stage:update("bakery.example", { ("del %s. TXT"):format(key.name) })
    stage:verify "bakery.example"
    page:sees { text = "Something that was there is gone", exact = false, within = heading }
    page:sees { role = "heading", name = "Records to publish again" }
    stage:publish("bakery.example", { key })
    stage:verify "bakery.example"
    page:sees { text = "Everything is in place", within = heading }
    assert.equal(loads, page:loads())
  end)

  it("is told when nobody answers, and when somebody does again", function()
    page:misses { css = "#outage" }
    page:offline(true)
    page:click { role = "button", name = "Check now" }
    page:sees { text = "There is no answer just now", exact = false, within = { css = "#outage" } }
    page:sees { role = "button", name = "Check now" }
    assert.equal("", page:barriers())
    page:offline(false)
    page:misses { css = "#outage" }
    assert.is_true(#page:complaints() > 0) -- the browser's own, of what it could not load
    assert.equal(loads, page:loads())
  end)

  it("signs in again where that has ended meanwhile, and is back where it was", function()
    local cookie
    for _, name in ipairs { "__Host-mailseal", "mailseal" } do
      local value = page:cookie(name)
      cookie = value and name .. "=" .. value or cookie
    end
    local host = stage.service.base:match "^https?://(.+)$"
    local reply = stage.service:post("/sign-out", "", { token = false, headers = {
      Cookie = assert(cookie), Origin = stage.service.base, Host = host, ["Content-Type"] = "application/x-www-form-urlencoded",
    } })
    assert.equal(303, reply.status)
    stage.service:put(DOMAIN .. "/uses/newsletter")
    page:sees { role = "heading", name = "Sign in" }
    page:fill({ label = "Access token" }, stage.service.token)
    page:click { role = "button", name = "Sign in" }
    page:sees { role = "heading", name = "bakery.example" }
    page:sees { role = "heading", name = "Used by" }
  end)

  it("is shown what to take out of DNS where it was deleted meanwhile", function()
    stage.service:delete(DOMAIN .. "/uses/newsletter")
    page:misses { role = "heading", name = "Used by" }
    assert.equal(200, stage.service:delete(DOMAIN).status)
    page:sees { role = "heading", name = "bakery.example was removed" }
  end)
end)

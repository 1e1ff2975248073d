--- A customer's way, from the first sight of the page to a domain that is connected, and to its end.
local browsers = require "spec.support.browser"
local walks = require "spec.support.walks"

local DOMAIN = "mail.bakery.example"

local heading = { css = "#headline-title" }

-- The words of a record's form: what it asks for, and what to enter there.
local function entries(page, id)
  local labels, values = page:texts { css = ("#record-%s dt"):format(id) }, page:texts { css = ("#record-%s dd"):format(id) }
  local found = {}
  for i, label in ipairs(labels) do found[label] = values[i]:gsub("%s*Copy$", "") end
  return found
end

describe("A customer at the page, by #browser,", function()
  if not walks.available() then return pending(walks.WANTED) end
  local stage, page, records, loads
  setup(function()
    stage = walks.begin { "bakery.example", "florist.example" }
    page = stage:open { stranger = true, permissions = { "clipboard-read", "clipboard-write" } }
  end)
  teardown(function() stage:close() end)
  local it = browsers.walk(it, function() return page end)

  local function go(path) return page:go(stage.service.base .. path) end

  it("is asked who it is", function()
    go "/"
    page:sees { role = "heading", name = "Sign in" }
    page:fill({ label = "Access token" }, "ms_" .. ("0"):rep(64))
    page:click { role = "button", name = "Sign in" }
    page:sees { css = "#token-problem" }
    assert.equal("true", page:attribute({ label = "Access token" }, "aria-invalid"))
    page:fill({ label = "Access token" }, stage.service.token)
    page:click { role = "button", name = "Sign in" }
    page:sees { role = "heading", name = "Add your first domain" }
  end)

  it("adds a domain", function()
    page:click { role = "link", name = "Add a domain", nth = 1 }
    page:fill({ label = "Domain" }, "co.uk")
    page:choose({ label = "Who sends its mail?" }, "own-server")
    page:click { role = "button", name = "Continue" }
    page:sees { css = "#domain-problem" }
    assert.equal("co.uk", page:value { label = "Domain" })
    page:fill({ label = "Domain" }, "Mail.Bakery.Example.")
    page:choose({ label = "Who sends its mail?" }, "own-server")
    page:click { role = "button", name = "Continue" }
    page:click { role = "button", name = "Add the domain" }
    page:sees { role = "heading", name = DOMAIN }
    page:sees { css = "#required .record" }
    records = stage.service:get("/v1/domains/" .. DOMAIN).json.records
  end)

  it("sees each record as the form of the DNS host wants it", function()
    stage:verify(DOMAIN)
    page:sees { text = "GoDaddy", exact = false }
    for _, record in ipairs(records) do
      if record.required then
        local found = entries(page, record.id)
        assert.equal(record.type, found.Type)
        assert.equal(record.name:sub(1, -#".bakery.example" - 1), found.Name)
        assert.equal(record.value, found.Value)
      end
    end
    page:picture "domain-pending"
  end)

  it("copies the very octets", function()
    for _, record in ipairs(records) do
      if record.required then
        page:click { role = "button", name = "Copy", exact = false, nth = 2, within = { css = "#record-" .. record.id } }
        page:sees { text = "Copied", within = { css = "#record-" .. record.id } }
        assert.equal(record.value, page:evaluate "navigator.clipboard.readText()")
      end
    end
  end)

  it("publishes, and sees the domain connected without loading the page anew", function()
    loads = page:loads()
    stage:publish("bakery.example", records)
    stage:verify(DOMAIN)
    page:sees { text = "Everything is in place", within = heading }
    page:sees { text = "Verified", within = { css = "#status" } }
    assert.equal(loads, page:loads())
    page:picture "domain-verified"
  end)

  it("looks at the picture of it", function()
    page:click { text = "Show the picture" }
    page:sees { css = "#picture img" }
    assert.is_true(page:evaluate "document.querySelector('#picture img').decode().then(() => true)") -- waits for it
  end)

  it("pauses its sending, and switches it on again", function()
    page:click { css = "#sending summary" }
    page:fill({ label = "Why (for the history)" }, "a <b>pause</b>")
    page:click { role = "button", name = "Pause sending" }
    page:sees { text = "Sending is paused", within = heading }
    page:sees { text = "a <b>pause</b>", exact = false, within = { css = "#history" } }
    assert.equal("hold", stage.service:get("/v1/domains/" .. DOMAIN .. "/decision").json.decision)
    page:click { role = "button", name = "Switch sending on", nth = 1 }
    page:sees { text = "Everything is in place", within = heading }
    assert.equal(loads, page:loads())
  end)

  it("is not let delete what is used, and is told by whom", function()
    assert.equal(201, stage.service:put("/v1/domains/" .. DOMAIN .. "/uses/newsletter").status)
    go("/domains/" .. DOMAIN)
    page:sees { text = "It cannot be deleted now:", exact = false }
    page:sees { text = "it is used by newsletter", exact = false }
    assert.equal(200, stage.service:get("/v1/domains/" .. DOMAIN).status)
  end)

  -- The page was there before it was used.
  it("is told so too where it was not known when the page was drawn", function()
    assert.equal(204, stage.service:delete("/v1/domains/" .. DOMAIN .. "/uses/newsletter").status)
    go("/domains/" .. DOMAIN)
    page:click { css = "#remove summary" }
    assert.equal(201, stage.service:put("/v1/domains/" .. DOMAIN .. "/uses/campaign").status)
    page:click { role = "button", name = "Delete " .. DOMAIN }
    page:sees { text = "campaign", exact = false }
    assert.equal(200, stage.service:get("/v1/domains/" .. DOMAIN).status)
    assert.equal(204, stage.service:delete("/v1/domains/" .. DOMAIN .. "/uses/campaign").status)
  end)

  it("deletes it, and is told what to take out of DNS", function()
    go("/domains/" .. DOMAIN)
    page:click { css = "#remove summary" }
    page:click { role = "button", name = "Delete " .. DOMAIN }
    page:sees { role = "heading", name = DOMAIN .. " was removed" }
    for _, record in ipairs(records) do page:sees { text = record.name, nth = 1 } end
    for _, scheme in ipairs { "light", "dark" } do
      page:prefer(scheme)
      assert.equal("", page:barriers())
      page:picture("domain-removed-" .. scheme)
    end
    assert.equal(404, stage.service:get("/v1/domains/" .. DOMAIN).status)
  end)

  it("is told what is wrong with a record, and the cure", function()
    stage:create("florist.example", "kraiter", walks.KRAITER)
    stage:update("florist.example", {
      -- The whole name in a form that appends the zone, and a target as a text.
      "add abc._domainkey.florist.example.florist.example. 60 CNAME abc.dkim.amazonses.com.",
      "add def._domainkey 60 TXT def.dkim.amazonses.com",
    })
    stage:verify "florist.example"
    go "/domains/florist.example"
    for id, words in pairs { dkim1 = "abc._domainkey.florist.example.florist.example", dkim2 = "def.dkim.amazonses.com" } do
      local card = { css = "#record-" .. id }
      page:sees { text = "What to do:", within = card }
      page:sees { text = words, exact = false, within = card }
      page:sees { text = "Next look", exact = false, within = card }
    end
    page:sees { text = "Missing", within = { css = "#record-dkim3" } }
    page:picture "domain-wrong"
  end)

  it("is told that a domain is gone where it was deleted meanwhile", function()
    assert.equal(200, stage.service:delete "/v1/domains/florist.example".status)
    page:click { role = "button", name = "Check now" }
    page:misses { css = "#headline-title" }
    assert.equal("main", page:focus().id)
    assert.matches("nothing", page:text { role = "heading" }:lower(), 1, true)
  end)

  it("signs out, and is nobody", function()
    page:click { role = "button", name = "Sign out" }
    page:sees { role = "heading", name = "Sign in" }
    go "/domains/florist.example"
    page:sees { role = "heading", name = "Sign in" }
  end)
end)

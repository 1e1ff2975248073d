--- The page without JavaScript: all that is read, and all that is done by forms.
local browsers = require "spec.support.browser"
local walks = require "spec.support.walks"

local DOMAIN = "bakery.example"

describe("Who lets no script run, by #browser,", function()
  if not walks.available() then return pending(walks.WANTED) end
  local stage, page
  setup(function()
    stage = walks.begin { DOMAIN }
    page = stage:open { stranger = true, javaScriptEnabled = false }
  end)
  teardown(function() stage:close() end)
  local it = browsers.walk(it, function() return page end)

  it("signs in", function() walks.sign_in(page, stage.service.token) end)

  it("adds a domain, with what its provider has issued", function()
    page:click { role = "link", name = "Add a domain", nth = 1 }
    page:fill({ label = "Domain" }, DOMAIN)
    page:choose({ label = "Who sends its mail?" }, "kraiter")
    page:click { role = "button", name = "Continue" }
    page:fill({ css = "#var-region" }, "eu-west-1")
    page:fill({ css = "#var-tokens" }, "abc")
    page:fill({ css = "#var-tokens-2" }, "def")
    page:fill({ css = "#var-tokens-3" }, "g h i")
    page:click { role = "button", name = "Add the domain" }
    page:sees { css = ".field.has-problem .problem" }
    assert.equal("eu-west-1", page:value { css = "#var-region" })
    page:fill({ css = "#var-tokens-3" }, "ghi")
    page:click { role = "button", name = "Add the domain" }
    page:sees { role = "heading", name = DOMAIN }
  end)

  it("reads every record, its history, and when the next look is", function()
    for _, record in ipairs(stage.service:get("/v1/domains/" .. DOMAIN).json.records) do
      -- A form has the priority of an MX record in a field of its own.
      page:sees { text = record.type == "MX" and record.value:match "%S+$" or record.value, within = { css = "#record-" .. record.id } }
    end
    page:sees { css = "#history" }
    page:sees { text = "Next look", exact = false }
    assert.equal(0, page:count { css = "button.copy:not([hidden])" })
  end)

  it("has it looked at, and sees it verified", function()
    stage:publish(DOMAIN, stage.service:get("/v1/domains/" .. DOMAIN).json.records)
    for _, token in ipairs(walks.KRAITER.tokens) do
      stage:publish("amazonses.com", { { name = token .. ".dkim.amazonses.com", type = "TXT", value = walks.KEY } })
    end
    page:click { role = "button", name = "Check now" }
    page:sees { css = "#headline-title" }
    assert.equal("verified", stage.service:get("/v1/domains/" .. DOMAIN).json.status)
    page:sees { text = "Verified", within = { css = "#status" } }
  end)

  it("pauses and switches on", function()
    page:click { css = "#sending summary" }
    page:click { role = "button", name = "Pause sending" }
    page:sees { text = "Sending is paused" }
    page:click { role = "button", name = "Switch sending on", nth = 1 }
    page:misses { text = "Sending is paused" }
  end)

  it("takes a letter and a file for whoever runs the DNS", function()
    local hrefs = page:evaluate [[Array.from(document.querySelectorAll("#hand-over a")).map(one => one.getAttribute("href"))]]
    assert.is_true(#hrefs >= 7)
    for _, href in ipairs(hrefs) do
      local answer = page:evaluate(([[fetch(%q).then(async one => ({ status: one.status, text: await one.text() }))]]):format(href))
      assert.equal(200, answer.status, href)
      assert.matches("abc._domainkey", answer.text, 1, true)
    end
  end)

  it("deletes it, and signs out", function()
    page:click { css = "#remove summary" }
    page:click { role = "button", name = "Delete " .. DOMAIN }
    page:sees { role = "heading", name = DOMAIN .. " was removed" }
    page:click { role = "button", name = "Sign out" }
    page:sees { role = "heading", name = "Sign in" }
  end)
end)

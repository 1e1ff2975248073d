--- The page by keyboard alone: no pointer is moved here.
local browsers = require "spec.support.browser"
local walks = require "spec.support.walks"

local FAR = 80 -- steps of the Tab key to whatever is wanted

describe("Who has a keyboard alone, by #browser,", function()
  if not walks.available() then return pending(walks.WANTED) end
  local stage, page
  setup(function()
    stage = walks.begin { "bakery.example" }
    page = stage:open { stranger = true }
  end)
  teardown(function() stage:close() end)
  local it = browsers.walk(it, function() return page end)

  -- Goes on by Tab until something has the focus, which must be seen to have it.
  local function tab_to(name)
    for _ = 1, FAR do
      page:press "Tab"
      local focus = page:focus()
      if focus.name == name then
        assert.is_not.equal("none", focus.outline, name .. " does not show that it has the focus")
        return
      end
    end
    error(name .. " is not to be reached by Tab", 2)
  end

  it("signs in", function()
    page:go(stage.service.base .. "/")
    tab_to "Access token"
    page:type(stage.service.token)
    page:press "Enter"
    page:sees { role = "button", name = "Sign out" }
  end)

  it("adds a domain", function()
    tab_to "Add a domain"
    page:press "Enter"
    page:sees { label = "Domain" }
    tab_to "Domain"
    page:type "bakery.example"
    tab_to "Who sends its mail?"
    page:type "Own"
    tab_to "Continue"
    page:press "Enter"
    page:sees { role = "button", name = "Add the domain" }
    tab_to "Add the domain"
    page:press "Enter"
    page:sees { css = "#headline-title" }
  end)

  it("has it looked at, and stays where he was", function()
    stage:publish("bakery.example", stage.service:get "/v1/domains/bakery.example".json.records)
    tab_to "Check now"
    page:press "Enter"
    page:sees { text = "Everything is in place", within = { css = "#headline-title" } }
    assert.is_not.equal("body", page:focus().tag)
  end)

  it("opens what is folded, pauses, and switches on again", function()
    tab_to "Pause sending"
    page:press "Enter"
    tab_to "Why (for the history)"
    page:type "a holiday"
    page:press "Enter"
    page:sees { text = "Sending is paused", within = { css = "#headline-title" } }
    tab_to "Switch sending on"
    page:press "Enter"
    page:sees { text = "Everything is in place", within = { css = "#headline-title" } }
  end)

  it("deletes it", function()
    tab_to "Delete it"
    page:press "Enter"
    tab_to "Delete bakery.example"
    page:press "Enter"
    page:sees { role = "heading", name = "bakery.example was removed" }
  end)

  it("signs out", function()
    tab_to "Sign out"
    page:press "Enter"
    page:sees { role = "heading", name = "Sign in" }
  end)
end)

--- What a hostile owner of DNS publishes, and a hostile tenant types, as the page shows it: as text.
local browsers = require "spec.support.browser"
local walks = require "spec.support.walks"

local DOMAIN = "bakery.example"

-- As knsupdate writes them, and as they are to be read. What nobody would see stands there octet by octet.
local HOSTILE = {
  { [[<script>window.hurt = 1</script>]], "<script>window.hurt = 1</script>" },
  { [[\"><img src=x onerror=window.hurt=1>]], [["><img src=x onerror=window.hurt=1>]] },
  { [[\226\128\174evil\226\129\166]], [[\226\128\174evil\226\129\166]] },
  { [[a\226\128\139b]], [[a\226\128\139b]] },
  { [[nul\000esc\027[31m]], [[nul\000esc\027[31m]] },
  { [[\255\254bad]], [[\255\254bad]] },
  { [[</code></article></main><form action=https://evil.example>]], "</code></article></main><form action=https://evil.example>" },
  { [[javascript:alert(1) {{7*7}} ${7*7} <%= 7*7 %>]], "javascript:alert(1) {{7*7}} ${7*7} <%= 7*7 %>" },
  { ("x"):rep(200), ("x"):rep(200) },
}

describe("What is hostile, by #browser,", function()
  if not walks.available() then return pending(walks.WANTED) end
  local stage, page
  setup(function()
    stage = walks.begin { DOMAIN }
    page = stage:open()
  end)
  teardown(function() stage:close() end)
  local it = browsers.tests(it, function() return page end)

  local function go(path) page:go(stage.service.base .. path) end

  -- Nothing of it has become part of the page, nothing of it changes how others read, and each of its characters is to be seen.
  local function is_text()
    assert.is_false(page:evaluate [[/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/.test(
      document.documentElement.textContent)]])
    assert.is_nil(page:evaluate "window.hurt")
    assert.equal(0, page:count { css = "img[onerror], main script, form[action^='http'], iframe, object" })
  end

  it("shows what is hostile as text", function()
    local records = stage:create(DOMAIN).records
    local key
    for _, record in ipairs(records) do key = record.purpose == "dkim" and record or key end
    for _, text in ipairs(HOSTILE) do
      stage:update(DOMAIN, {
        ("del %s. TXT"):format(key.name), ("add %s. 5 TXT \"v=DKIM1; k=rsa; p=AAAA; n=%s\""):format(key.name, text[1]),
        ("del %s. TXT"):format(DOMAIN), ("add %s. 5 TXT \"v=spf1 %s -all\""):format(DOMAIN, text[1]),
      })
      stage:verify(DOMAIN)
      go("/domains/" .. DOMAIN)
      is_text()
      page:sees { text = text[2], exact = false }
      page:resize(320, 640)
      assert.is_false(page:wider_than_window())
      page:resize(1000, 700)
    end
  end)

  it("types what is hostile, and reads it as text", function()
    for _, text in ipairs {
      "<script>window.hurt = 1</script>", "\"><img src=x onerror=window.hurt=1>", "'%22/**/OR 1=1", "\226\128\174evil",
    } do
      go "/domains/new"
      page:fill({ label = "Domain" }, text)
      page:choose({ label = "Who sends its mail?" }, "own-server")
      page:click { role = "button", name = "Continue" }
      page:sees { css = ".problem" }
      is_text()
      go("/?q=" .. text:gsub("[^%w]", function(octet) return ("%%%02X"):format(octet:byte()) end))
      is_text()
      go("/domains/" .. text:gsub("[^%w]", function(octet) return ("%%%02X"):format(octet:byte()) end))
      is_text()
    end
  end)

  it("lets nobody be led to another site after signing in", function()
    local stranger = stage:open { stranger = true }
    for _, to in ipairs {
      "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)",
    } do
      stranger:go(stage.service.base .. "/sign-in?to=" .. to:gsub("[^%w%%]", function(octet) return ("%%%02X"):format(octet:byte()) end))
      stranger:fill({ label = "Access token" }, stage.service.token)
      stranger:click { role = "button", name = "Sign in" }
      stranger:sees { role = "button", name = "Sign out" }
      assert.equal(stage.service.base, stranger:url():sub(1, #stage.service.base))
      stranger:click { role = "button", name = "Sign out" }
    end
    stranger:close()
  end)

  it("lets no other site's page act in a customer's name", function()
    for _, origin in ipairs { "https://evil.example", "null", "http://127.0.0.1:1" } do
      local cookie = page:cookie "mailseal"
      local reply = stage.service:post("/domains/" .. DOMAIN .. "/delete", "", {
        token = false, type = "application/x-www-form-urlencoded", headers = { Cookie = "mailseal=" .. cookie, Origin = origin },
      })
      assert.equal(403, reply.status)
    end
    assert.equal(200, stage.service:get("/v1/domains/" .. DOMAIN).status)
  end)
end)

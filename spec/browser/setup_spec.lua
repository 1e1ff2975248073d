--- A customer who has his records published for him: at the page, with a real name server, from the offer to taking it back.
local browsers = require "spec.support.browser"
local knot = require "spec.support.knot"
local services = require "spec.support.service"
local shell = require "spec.support.shell"
local walks = require "spec.support.walks"

local SECRET = "c2VjcmV0LXRoYXQtbm9ib2R5LWlzLXRvLXNlZS1hZ2Fpbg=="
local KEY = { name = "bakery", algorithm = "hmac-sha256", secret = SECRET }
local ZONE = "@ SOA ns hostmaster 1 3600 900 604800 5\n@ NS ns\nns A 127.0.0.1\n@ TXT \"v=spf1 -all\"\n"

local WITH = [[
return {
  resolver = { servers = { %q }, port = %d, timeout = 1, tries = 2 },
  policy = { publishing = { allow_private = true, wait = 5 } },
  limits = { verify = { domain = { burst = 1000, every = 0.01 } } },
}
]]

describe("A customer who has it done, by #browser,", function()
  if not walks.available() then return pending(walks.WANTED) end
  local server, service, browser

  setup(function()
    server = assert(knot.start { zones = { ["bakery.example"] = ZONE }, keys = { KEY } })
    local with = server.directory .. "/with.lua"
    shell.write(with, WITH:format(server.address, server.port))
    service = services.start { arguments = { "--with", with } }
    browser = browsers.start()
  end)
  teardown(function()
    browser:stop()
    service:stop()
    server:stop()
  end)

  local function walk(domain, runs_scripts)
    local page, selector

    setup(function()
      local made = service:post("/v1/domains", { domain = domain, provider = "own-server" }).json
      for _, record in ipairs(made.records) do selector = record.name:match "^(.-%._domainkey)%." or selector end
      -- Something of his own is where our key is to be.
      assert(server:update("bakery.example", { ("add %s.%s. 60 CNAME elsewhere.example."):format(selector, domain) }))
      page = browser:open { javaScriptEnabled = runs_scripts }
      page.base = service.base
      walks.sign_in(page, service.token)
    end)
    teardown(function() page:close() end)
    local it = browsers.walk(it, function() return page end)

    local function zone()
      return shell.output(("kdig @127.0.0.1 -p %d bakery.example AXFR +noall +answer | grep -v SOA | sort"):format(server.port))
    end

    local way = { css = "#way-rfc2136" }

    local function type_key(key)
      for _, css in ipairs { ".ways-aside", "#way-rfc2136" } do
        if page:count { css = css .. ":not(section):not([open])" } > 0 then page:click { css = css .. " > summary" } end
      end
      page:fill({ css = "#rfc2136-server" }, "127.0.0.1")
      page:fill({ css = "#rfc2136-port" }, tostring(server.port))
      page:fill({ css = "#rfc2136-key" }, key)
      page:click { role = "button", name = "Show what would be changed", within = way }
    end

    local function is_fit(name)
      if not runs_scripts then return end
      assert.equal("", page:barriers())
      page:prefer "dark"
      page:picture(name .. "-dark")
      page:resize(320, 640)
      assert.is_false(page:wider_than_window())
      page:picture(name .. "-phone")
      page:resize(1000, 700)
      page:prefer "light"
    end

    it("is offered to have it done, and sees every way, by hand among them", function()
      page:go(service.base .. "/domains/" .. domain)
      page:click { role = "link", name = "Have the records published for you" }
      page:sees { role = "heading", name = "Set up for me" }
      page:sees { role = "heading", name = "By hand" }
      page:sees { css = "#way-rfc2136 > summary" }
      page:click { css = "#way-rfc2136 > summary" }
      page:sees { css = "#rfc2136-key" }
      assert.equal("password", page:attribute({ css = "#rfc2136-key" }, "type"))
      is_fit "setup-ways"
    end)

    it("is told beside the form what is wrong with the key", function()
      type_key("hmac-sha256:bakery:" .. ("A"):rep(43) .. "=")
      page:sees { css = ".notice.is-bad" }
      assert.equal("127.0.0.1", page:value { css = "#rfc2136-server" })
      assert.equal("", page:value { css = "#rfc2136-key" })
    end)

    it("looks at what would be changed, and at what is in the way", function()
      type_key(("hmac-sha256:bakery:%s"):format(SECRET))
      page:sees { role = "heading", name = "Look before you agree" }
      page:sees { role = "heading", name = "What wants your consent" }
      page:sees { text = "CNAME elsewhere.example.", exact = false }
      page:sees { role = "heading", name = "What is changed" }
      assert.is_nil(page:html():find(SECRET, 1, true))
      assert.is_nil(zone():find("_mailseal-challenge", 1, true))
      is_fit "setup-plan"
    end)

    it("cannot agree without the tick, and publishes with it", function()
      page:click { role = "button", name = "Publish this" }
      page:sees { role = "heading", name = "Look before you agree" }
      assert.is_nil(zone():find("_mailseal-challenge", 1, true))
      page:click { label = "I agree that this is done" }
      page:click { role = "button", name = "Publish this" }
      page:sees { css = "#headline-title" }
      page:sees { text = "Published: the domain's name servers show it.", exact = false }
      page:sees { text = "Verified", within = { css = "#status" } }
      assert.matches("_mailseal-challenge." .. domain, zone(), 1, true)
      page:sees { role = "heading", name = "Set up by us" }
      is_fit "setup-done"
    end)

    local function press(css)
      if not runs_scripts then return page:click { css = css } end
      page:evaluate(("document.querySelector(%q).focus()"):format(css))
      page:press "Enter"
    end

    it("takes it back, by the keyboard alone", function()
      press "#published a.button"
      page:sees { role = "heading", name = "Take back what we published" }
      type_key(("hmac-sha256:bakery:%s"):format(SECRET))
      page:sees { role = "heading", name = "Taking it back: look before you agree" }
      is_fit "setup-undo"
      press "#agree button"
      page:sees { text = "Taken back: what we had published is gone, and nothing else.", exact = false }
      assert.is_nil(zone():find("_mailseal-challenge", 1, true))
      assert.matches("elsewhere.example.", zone(), 1, true)
      assert.matches("v=spf1 -all", zone(), 1, true)
    end)
  end

  describe("with scripts,", function() walk("mail.bakery.example", true) end)
  describe("without any,", function() walk("news.bakery.example", false) end)
end)

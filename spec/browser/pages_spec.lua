--- Every page as it is: in light and dark, on a phone, for who does not see it, and within its own policy.
local browsers = require "spec.support.browser"
local walks = require "spec.support.walks"

-- The pages, and the address of each.
local PAGES = {
  { "domains", "/" }, { "domains of one status", "/?status=failed" }, { "domains not found", "/?q=nowhere" },
  { "adding a domain", "/domains/new" }, { "adding a domain, what is issued", "/domains/new?domain=new.bakery.example&provider=kraiter" },
  { "adding a domain, refused", "/domains/new?domain=co.uk&provider=own-server" },
  { "a domain to be published", "/domains/bakery.example" }, { "a domain that is wrong", "/domains/florist.example" },
  { "a domain in place", "/domains/coffee.example" }, { "a domain that is paused", "/domains/toys.example" },
  { "a domain's history", "/domains/coffee.example/history" }, { "nothing there", "/domains/nowhere.example" },
}

describe("Every page, by #browser,", function()
  if not walks.available() then return pending(walks.WANTED) end
  local stage, page

  setup(function()
    stage = walks.begin { "bakery.example", "florist.example", "coffee.example", "toys.example" }
    stage:create "bakery.example"
    stage:create("florist.example", "kraiter", walks.KRAITER)
    stage:update("florist.example", { "add abc._domainkey.florist.example.florist.example. 60 CNAME abc.dkim.amazonses.com." })
    stage:verify "florist.example"
    for _, domain in ipairs { "coffee.example", "toys.example" } do
      stage:publish(domain, stage:create(domain).records)
      assert(stage:verify(domain).status == "verified")
    end
    local service = stage.service
    service:put "/v1/domains/coffee.example/uses/newsletter"
    service:post("/v1/domains/coffee.example/health", { delivered = 5000, bounced = 30, complained = 2 })
    service:post("/v1/domains/toys.example/disable", { reason = "a long holiday" })
    service:post("/v1/domains/toys.example/holds", { mail = { "m-1", "m-2" } })
    page = stage:open()
  end)
  teardown(function() stage:close() end)
  local it = browsers.tests(it, function() return page end)

  for _, one in ipairs(PAGES) do
    it("stands in nobody's way: " .. one[1], function()
      page:go(stage.service.base .. one[2])
      for _, scheme in ipairs { "light", "dark" } do
        page:prefer(scheme)
        assert.equal("", page:barriers())
        page:picture(("%s, %s"):format(one[1]:gsub("[, ]+", "-"), scheme):gsub(", ", "-"))
      end
      page:resize(320, 640)
      assert.is_false(page:wider_than_window())
      page:picture((one[1]:gsub("[, ]+", "-")) .. "-phone")
      page:resize(1000, 700)
    end)

    it("has one heading of the first order, a language, a title, and a way past what is above: " .. one[1], function()
      page:go(stage.service.base .. one[2])
      assert.equal(1, page:count { css = "h1" })
      assert.equal("en", page:attribute({ css = "html" }, "lang"))
      assert.is_true(#page:title() > 5)
      page:press "Tab"
      assert.equal("Skip to the content", page:focus().name)
      page:press "Enter"
      assert.equal("main", page:focus().id)
    end)

    it("is under a policy that lets no text become a script: " .. one[1], function()
      local headers = page:go(stage.service.base .. one[2]).headers
      local policy = assert(headers["content-security-policy"])
      assert.is_nil(policy:find("unsafe", 1, true), policy)
      assert.matches("default%-src 'none'", policy)
      assert.matches("frame%-ancestors 'none'", policy)
      assert.matches("base%-uri 'none'", policy)
      assert.matches("form%-action 'self'", policy)
      assert.equal("nosniff", headers["x-content-type-options"])
      assert.matches("no%-store", headers["cache-control"])
      assert.equal(0, page:count { css = "script:not([src]), style, [style], [onclick], [onload], a[href^='javascript:']" })
    end)
  end

  it("is so before anybody has signed in", function()
    local stranger = stage:open { stranger = true }
    stranger:go(stage.service.base .. "/")
    for _, scheme in ipairs { "light", "dark" } do
      stranger:prefer(scheme)
      assert.equal("", stranger:barriers())
      stranger:picture("sign-in-" .. scheme)
    end
    stranger:resize(320, 640)
    assert.is_false(stranger:wider_than_window())
    assert.same({}, stranger:complaints())
    stranger:close()
  end)

  it("has nothing that moves for who does not want that", function()
    local still = stage:open { reducedMotion = "reduce" }
    still:go(stage.service.base .. "/domains/coffee.example")
    assert.equal(0, still:evaluate [[Array.from(document.getAnimations()).filter(one => one.effect.getTiming().duration > 10).length]])
    still:close()
  end)
end)

--- The pages of a set-up without a hand touching DNS: the ways, the plan, and what stands of it on the domain's page.
local fragment = require "mailseal.web.html".fragment
local host = require "mailseal.host"
local offer = require "mailseal.web.offer"
local pages = require "spec.support.pages"
local plan = require "mailseal.web.plan"
local setup = require "mailseal.web.setup"
local ways = require "mailseal.publish.ways"

local NOW = pages.NOW

local targets = {
  {
    id = "rfc2136", name = "a name server (RFC 2136)", atomic = true,
    settings = { { name = "server", text = "the primary", required = false } },
    credentials = { { name = "key", text = "the TSIG key", required = true } },
  },
  {
    id = "cloudflare", name = "Cloudflare", host = "cloudflare", settings = { { name = "endpoint", text = "where", required = false } },
    credentials = { { name = "token", text = "an API token", environment = "CLOUDFLARE_API_TOKEN", required = true } },
  },
  { id = "desec", name = "deSEC", host = "desec", settings = {}, credentials = { { name = "token", text = "a token", required = true } } },
}

local function vias(about)
  about.targets = targets
  local list = {}
  for i, way in ipairs(ways.of(about)) do list[i] = way.via end
  return list
end

describe("The ways to set a domain up", function()
  it("are told with the easiest first, and by hand last and always", function()
    assert.same({ "cloudflare", "rfc2136", "manual" }, vias { host = "cloudflare" })
    assert.same({ "rfc2136", "manual" }, vias { host = "godaddy" })
    assert.same({ "domain-connect", "rfc2136", "manual" }, vias { host = "godaddy", connect = { provider_name = "GoDaddy" } })
    assert.same({ "rfc2136", "cloudflare", "desec", "manual" }, vias {})
    assert.same({ "rfc2136", "domain-connect", "cloudflare", "manual" }, vias {
      host = "cloudflare", kept = { rfc2136 = true }, connect = { provider_name = "Cloudflare" },
    })
  end)

  it("have nothing that leads to another server than the host's own", function()
    for _, way in ipairs(ways.of { targets = targets }) do
      for _, field in ipairs(way.settings) do assert.is_nil(ways.OPERATORS[field.name]) end
    end
  end)
end)

local function draw(more)
  local data = { domain = pages.domain { dns_host = "cloudflare" }, host = host.find "cloudflare" }
  data.ways = ways.of { host = "cloudflare", targets = targets }
  for name, value in pairs(more or {}) do data[name] = value end
  return setup.draw(pages.page(), data)
end

local function places(text, ...)
  local last = 0
  for _, words in ipairs { ... } do
    local at = text:find(words, 1, true)
    assert.is_truthy(at, words)
    assert.is_true(at > last, words)
    last = at
  end
end

describe("The page of the ways", function()
  it("begins with the domain's own host, then by hand, then what is less likely", function()
    places(pages.text(draw()), "Your domain is hosted at Cloudflare", "With an access to Cloudflare", "An API token", "By hand",
      "Show the records", "Other ways", "With a TSIG key")
  end)

  it("offers first to agree at the host itself, and to use what is kept before that", function()
    local list = ways.of {
      host = "cloudflare", kept = { cloudflare = true }, connect = { provider_name = "Cloudflare" }, targets = targets,
    }
    local page = draw { ways = list }
    places(pages.text(page), "With the access that is kept", "Forget this access", "Agree at Cloudflare", "By hand")
    assert.is_nil(page:find('name="credential.token"', 1, true))
  end)

  it("asks for what is secret as for a password, and never shows it again", function()
    local page = draw { via = "cloudflare", given = { token = "SECRET" }, problem = "It is wrong." }
    assert.matches('name="credential%.token"[^>]*type="password"', page)
    assert.is_nil(page:find("SECRET", 1, true))
    assert.matches("It is wrong.", pages.text(page), 1, true)
  end)

  it("keeps what was typed and is not secret, and stays open there", function()
    local page = draw { via = "rfc2136", given = { server = "ns1.<b>.example" } }
    assert.matches('value="ns1.&lt;b&gt;.example"', page, 1, true)
    assert.matches("<details class=\"ways-aside\" open>", page, 1, true)
  end)

  it("says so where nothing is known for the host, and puts the records first", function()
    local page = draw { host = host.find "godaddy", ways = ways.of { host = "godaddy", targets = targets } }
    places(pages.text(page), "offers no way that we know of", "Other ways", "By hand")
    assert.matches("<details class=\"ways-aside\" open>", page, 1, true)
  end)

  it("shows what there is to choose where the host is not known, and folds it where something likely stands before it", function()
    local page = setup.draw(pages.page(), { domain = pages.domain(), ways = ways.of { targets = targets } })
    places(pages.text(page), "choose below", "The ways that there are", "With a TSIG key", "With an access to Cloudflare", "By hand")
    assert.matches("<details class=\"ways-aside\" open>", page, 1, true)
    assert.matches("<details class=\"ways-aside\">", draw(), 1, true)
  end)

  it("takes back without asking to keep anything", function()
    local page = draw { is_undo = true }
    assert.matches('action="/domains/example.com/setup/undo"', page, 1, true)
    assert.is_nil(page:find('name="keep"', 1, true))
  end)

  it("is valid", function()
    local kept = ways.of { host = "cloudflare", kept = { cloudflare = true }, connect = { provider_name = '"><b>' }, targets = targets }
    local list = {
      draw(), draw { is_undo = true }, draw { ways = kept }, draw { problem = "<b>", retry_at = NOW + 60, via = "cloudflare" },
      setup.draw(pages.page(), { domain = pages.domain(), ways = ways.of { targets = targets } }),
    }
    for i, problems in ipairs(pages.problems(list)) do assert.same({}, problems, i) end
  end)
end)

local steps = {
  {
    action = "add", zone = "example.com", name = "s1._domainkey.example.com", type = "CNAME", after = { "s1.dkim.example.net." },
    text = "It is new.",
  },
  {
    action = "change", zone = "example.com", name = "example.com", type = "TXT", before = { '"v=spf1 -all"', '"x"' },
    after = { '"v=spf1 include:a.example -all"', '"x"' }, text = "The include is added.",
  },
  {
    action = "keep", zone = "example.com", name = "_dmarc.example.com", type = "TXT", before = { '"v=DMARC1; p=reject"' },
    text = "It is stricter.",
  },
  {
    action = "conflict", zone = "example.com", name = "b.example.com", type = "CNAME", after = { "b.example.net." },
    others = { { type = "TXT", values = { '"<script>"' } } }, code = "record_conflict", text = "A TXT stands there.",
    consent = "record_conflict@b.example.com",
  },
}

local function draw_plan(more)
  local data = {
    domain = pages.domain(), way = { via = "cloudflare", name = "Cloudflare" }, plan = { steps = steps, conflicts = { steps[4] } },
    digest = "0123", parcel = "1.abc",
  }
  for name, value in pairs(more or {}) do data[name] = value end
  return plan.draw(pages.page(), data)
end

describe("The page of a plan", function()
  it("tells what wants consent first, then what is changed, then what stays, and why", function()
    local page = draw_plan()
    places(pages.text(page), "Nothing has been changed yet", "What wants your consent", "TXT \"<script>\"", "A TXT stands there.",
      "I agree that this is done", "What is changed", "CNAME s1.dkim.example.net.", "What stays as it is", "It is stricter.",
      "Publish this")
  end)

  it("shows of a change what goes and what comes, and not what stays beside it", function()
    local text = pages.text(draw_plan())
    assert.matches('Goes: TXT "v=spf1 -all"', text, 1, true)
    assert.matches('Comes: TXT "v=spf1 include:a.example -all"', text, 1, true)
    assert.is_nil(text:find('TXT "x"', 1, true))
  end)

  it("has a tick for each conflict, which is sent with the agreement", function()
    local page = draw_plan()
    assert.equal(1, select(2, page:gsub('type="checkbox"', "")))
    assert.matches('form="agree"', page, 1, true)
    assert.matches('value="record_conflict@b.example.com"', page, 1, true)
    assert.is_nil(page:find(" checked", 1, true))
    assert.matches(" checked", draw_plan { consents = { "record_conflict@b.example.com" } }, 1, true)
  end)

  it("leads to the DNS host where somebody agrees there", function()
    local page = draw_plan { plan = { steps = steps, conflicts = {} }, url = "https://dns.example/apply?a=1&sig=x" }
    assert.matches('href="https://dns.example/apply?a=1&amp;sig=x"', page, 1, true)
    assert.is_nil(page:find('id="agree"', 1, true))
  end)

  it("says that there is nothing to be done", function()
    local page = draw_plan { plan = { steps = { steps[3] }, conflicts = {} } }
    assert.matches("nothing is to be changed", pages.text(page), 1, true)
    assert.is_nil(page:find("Publish this", 1, true))
    assert.matches("nothing of ours", pages.text(draw_plan { is_undo = true, plan = { steps = {}, conflicts = {} } }), 1, true)
  end)

  it("is valid", function()
    local list = {
      draw_plan(), draw_plan { is_undo = true, problem = "<b>" }, draw_plan { plan = { steps = {}, conflicts = {} } },
      draw_plan { plan = { steps = steps, conflicts = {} }, url = "https://dns.example/apply" },
      draw_plan { plan = { steps = { { action = "odd", name = '"><script>', type = "TXT" } }, conflicts = {} } },
    }
    for i, problems in ipairs(pages.problems(list)) do assert.same({}, problems, i) end
  end)
end)

describe("On a domain's page", function()
  local function offered(more)
    local data = pages.data(pages.domain(), { can_publish = true, is_automatic = true })
    for name, value in pairs(more or {}) do data[name] = value end
    return pages.text(fragment(offer.offer(pages.page(), data)))
  end

  it("it is offered to be set up where that is possible, and something is open", function()
    assert.matches("Your domain is hosted at GoDaddy .- Set up for me", offered())
    assert.matches("Have the records published for you", offered { is_automatic = false })
    assert.matches("Set up for me", offered { is_automatic = false, is_kept = true })
    assert.equal(" ", offered { domain = pages.domain { records = { pages.record { status = "found" } } } })
    assert.equal(" ", offered { domain = pages.domain { status = "failed" } })
    assert.equal(" ", offered { can_publish = false })
  end)

  local publications = {
    {
      id = "pub_1", via = "cloudflare", purpose = "publish", state = "done", shown = false, begun_at = NOW - 60, actor = "<b>",
      records = { { name = "a", type = "TXT" }, { name = "b", type = "TXT" } }, consents = {},
    },
    {
      id = "pub_0", via = "odd", purpose = "undo", state = "failed", begun_at = NOW - 90, problem = "the host is silent", records = {},
      consents = {},
    },
  }

  it("what was set up is told, and can be taken back", function()
    local page = fragment(offer.history(pages.page(), pages.data(pages.domain(), {
      publications = publications, is_published = true, way_names = { cloudflare = "Cloudflare" },
    })))
    local text = pages.text(page)
    assert.matches("Published 2 records: not every name server shows it yet", text, 1, true)
    assert.matches("at Cloudflare, by <b>", text, 1, true)
    assert.matches("Taken back no records: it failed The host is silent.", text, 1, true)
    assert.matches('href="/domains/example.com/setup/undo"', page, 1, true)
    assert.equal(" ", pages.text(fragment(offer.history(pages.page(), pages.data(pages.domain())))))
  end)
end)

--- The other pages: the list, adding a domain, signing in, and what is left of a domain that was removed.
local domains = require "mailseal.web.domains"
local new = require "mailseal.web.new"
local pages = require "spec.support.pages"
local policy = require "mailseal.onboard.health_rules".DEFAULTS
local problem = require "mailseal.web.problem"
local provider = require "mailseal.provider"
local removed = require "mailseal.web.removed"
local sign_in = require "mailseal.web.sign_in"
local spark = require "mailseal.web.spark"
local timeline = require "mailseal.web.timeline"

local NOW = pages.NOW

local function slots(count, delivered, bounced, complained)
  local list = {}
  for i = 1, count do list[i] = { delivered = delivered, bounced = bounced, complained = complained } end
  return list
end

local function list_of(data)
  local whole = { given = {}, providers = { kraiter = "Kraiter" }, list = {} }
  for name, value in pairs(data) do whole[name] = value end
  return domains.draw(pages.page(), whole)
end

describe("The list of domains", function()
  local many = {
    pages.domain(),
    pages.domain { domain = "xn--mnchen-3ya.example", unicode = "m\195\188nchen.example", status = "failed", reason = "no_answer" },
    pages.domain { domain = "b.example.com", unicode = "b.example.com", status = "verified", health = "critical", restriction = "throttled",
      records = { pages.record { status = "found" } } },
  }
  local health = { step = 21600, policy = policy, of = { ["b.example.com"] = slots(28, 90, 10, 1) } }

  it("says of each how it stands, what is to be done, and how its mail is received", function()
    local page = list_of { list = many, health = health, counts = { all = 3, pending = 1, verified = 1, failed = 1 } }
    local text = pages.text(page)
    assert.matches("All 3 Pending 1 Verified 1 Failed 1", text, 1, true)
    assert.matches("example.com Kraiter Pending 1 record to publish Nothing sent yet 14:05 UTC", text, 1, true)
    assert.matches("m\195\188nchen.example xn--mnchen-3ya.example Kraiter Failed DNS did not answer", text, 1, true)
    assert.matches("Verified Sending is slowed down Critical, throttled", text, 1, true)
    assert.matches('aria-label="In the last 7 days: bounces 10 %, complaints 1.1 %"', page, 1, true)
    assert.matches('href="/domains/xn--mnchen-3ya.example"', page, 1, true)
  end)

  it("says what to do first where there is none", function()
    assert.matches("Add your first domain", pages.text(list_of {}), 1, true)
  end)

  it("says that nothing was found, which is something else", function()
    local text = pages.text(list_of { given = { search = "shop", status = "failed" } })
    assert.matches("No domain that is failed has \226\128\156shop\226\128\157 in its name.", text, 1, true)
    assert.is_nil(text:find("first domain", 1, true))
  end)

  it("keeps what was asked for from page to page", function()
    local page = list_of { list = many, given = { status = "pending", search = "a&b" }, next_after = "z.example.com" }
    assert.matches('href="/?status=pending&amp;q=a%26b&amp;after=z.example.com"', page, 1, true)
    assert.matches('<a href="/?q=a%26b">All</a>', page, 1, true)
    assert.is_nil(page:find("First page", 1, true))
    assert.matches("First page", list_of { list = many, given = { after = "a" } }, 1, true)
  end)

  it("is looked at again when the next of those that are awaited is", function()
    assert.matches(('data-next="%d"'):format(NOW + 170), list_of { list = many }, 1, true)
  end)

  it("is valid", function()
    local list = {
      list_of {}, list_of { list = many, health = health, next_after = "x" },
      list_of { given = { search = '"><script>', status = "pending" } },
      list_of { list = many, given = { after = "a", search = "\0\255" }, counts = { all = 1, pending = 1, verified = 0, failed = 0 } },
    }
    for i, problems in ipairs(pages.problems(list)) do assert.same({}, problems, i) end
  end)
end)

describe("The picture of health", function()
  local function draw(list) return require "mailseal.web.html".fragment(spark.draw({ slots = list, step = 21600 }, policy)) end

  it("is told in words", function()
    assert.equal("Nothing was sent in the last 7 days", spark.describe { slots = slots(28, 0, 0, 0), step = 21600 })
    assert.equal("In the last 7 days: bounces 1 %, complaints 0 %", spark.describe { slots = slots(28, 99, 1, 0), step = 21600 })
  end)

  it("has a line for each, and one where it gets critical", function()
    local drawn = draw(slots(28, 9000, 1000, 27))
    local limit = drawn:match 'class="spark%-limit" d="M0 ([%d.]+)H'
    for _, rate in ipairs { "bounces", "complaints" } do -- that are just what makes a domain critical
      assert.matches(('class="spark%%-%s" d="M1 %sL'):format(rate, limit), drawn)
    end
  end)

  it("is no picture of chance where hardly anything was sent", function()
    local few, none = slots(28, 0, 0, 0), slots(28, 0, 0, 0)
    few[5] = { delivered = 1, bounced = 1, complained = 0 }
    assert.is_nil(draw(none):find("L", 1, true))
    local y = tonumber(draw(few):match 'class="spark%-bounces" d="M[%d.]+ ([%d.]+)')
    assert.is_true(y > 5.1, y) -- one of two is 50 %, and five times what is critical
  end)

  it("stays within its frame, whatever was reported", function()
    for _, list in ipairs { slots(28, 0, 1e9, 1e9), slots(1, 1, 1, 1), slots(2, 1e9, 0, 0), slots(168, 3, 5, 2) } do
      for x, y in draw(list):gmatch "[ML]([-%d.]+) ([-%d.]+)" do
        assert.is_true(tonumber(x) >= 0 and tonumber(x) <= 112 and tonumber(y) >= 0 and tonumber(y) <= 28, x .. " " .. y)
      end
      assert.is_nil(draw(list):find("nan", 1, true))
      assert.is_nil(draw(list):find("inf", 1, true))
    end
  end)
end)

describe("The history", function()
  local function sentence(kind, data) return (select(2, timeline.tell { kind = kind, data = data, at = NOW })) end

  it("is told in sentences", function()
    assert.equal("Verified: all that is required is in DNS", sentence "verified")
    assert.equal("Failed: its records were not there in time. 2 messages are held until it may send",
      sentence("failed", { reason = "window_over", held = 2 }))
    assert.equal("CNAME s1.example.com leads to nothing any more", sentence("drift", {
      what = "target_dead", type = "CNAME", name = "s1.example.com", required = true,
    }))
    assert.equal("The key s2 signs from now on, in place of s1", sentence("key_switched", { selector = "s2", previous = "s1" }))
    assert.equal("1 held message released", (sentence("mail_released", { count = 1 }):gsub("^One", "1")))
    assert.equal("Health: critical. Bounces 12 %, complaints 0.4 %", sentence("health", {
      to = "critical", bounce_rate = 0.12, complaint_rate = 0.004,
    }))
    assert.equal("Sending paused: unpaid", sentence("disabled", { reason = "unpaid" }))
  end)

  it("has a sentence for whatever comes, with whatever in it", function()
    assert.equal("Something new", sentence "something_new")
    for _, kind in ipairs {
      "created", "failed", "lost", "drift", "recovered", "key_made", "key_switched", "mail_released", "used", "health", "disabled",
    } do
      local odd = { what = {}, name = {}, type = 1, count = "x", to = {}, bounce_rate = "x", selector = {}, reason = {}, held = "x" }
      for _, data in ipairs { {}, odd } do
        assert.is_string(sentence(kind, data), kind)
      end
      assert.is_string(sentence(kind, nil), kind)
    end
  end)
end)

describe("Adding a domain", function()
  local function step_two(id, more)
    local rule = assert(provider.find(id))
    local data = { domain = "mail.example.com", rule = rule, providers = provider.list(), asked = {}, more = {}, variants = {}, vars = {} }
    for name, var in pairs(rule.vars or {}) do
      local is_asked = not (var.default or var.optional)
      table.insert(is_asked and data.asked or data.more, { name = name, var = var, required = is_asked })
    end
    for name, value in pairs(more or {}) do data[name] = value end
    return new.draw(pages.page(), data)
  end

  it("begins with the domain and who sends its mail", function()
    local page = new.draw(pages.page(), { providers = provider.list(), vars = {}, variants = {}, domain = "mail.example.com" })
    assert.matches('value="mail.example.com"', page, 1, true)
    assert.matches('<option value="sendgrid%-auto">', page)
    assert.matches('method="get"', page, 1, true)
  end)

  it("asks for what the provider has issued, and says where it shows that", function()
    local page = step_two("kraiter", { vars = { tokens = { "abc", "de<f" } } })
    local text = pages.text(page)
    assert.matches("The three DKIM tokens Kraiter (on Amazon SES) shows it in the answer to POST /domains", text, 1, true)
    assert.matches("1 of 3", text, 1, true)
    assert.matches('value="de&lt;f"', page, 1, true)
    assert.equal(3, select(2, page:gsub('name="var.tokens"', "")))
  end)

  it("says beside each field what is wrong with it", function()
    local page = step_two("kraiter", { vars = { region = "Europe" }, problems = { region = "It is none.", all = "Look below." } })
    assert.matches('aria%-describedby="var%-region%-problem var%-region%-hint"', page)
    assert.matches('id="var%-region%-problem"', page)
    assert.matches('value="Europe"', page, 1, true)
    assert.matches("not right yet. Look below.", pages.text(page), 1, true)
  end)

  it("is valid for every provider", function()
    local first = { providers = provider.list(), vars = {}, variants = {}, problems = { domain = "x", provider = "y" } }
    local list, names = { new.draw(pages.page(), first) }, {}
    for _, one in ipairs(provider.list()) do
      names[#names + 1] = one.id
      list[#list + 1] = step_two(one.id, {
        variant = "cname", variants = { { name = "cname", text = "another way" } }, problems = { domain = '"><script>', all = "x" },
      })
    end
    for i, problems in ipairs(pages.problems(list)) do assert.same({}, problems, names[i - 1]) end
  end)
end)

describe("Other pages", function()
  it("are valid", function()
    local nobody = { base = "/", name = "mailseal", now = NOW, version = "0123" }
    local clean_up = {
      { type = "TXT", name = "a.example.com", value = "<b>", action = "delete", text = "delete it" },
      { type = "NS", name = "b.example.com", value = { "a.", "b." }, action = "keep", text = "leave it" },
      { type = "MX", name = "c", action = "odd" },
    }
    local list = {
      sign_in.draw(nobody, {}), sign_in.draw(nobody, { problem = "<b>", to = '"><script>' }),
      problem.draw(pages.page(), { title = "Nothing <here>", text = "<b>" }),
      problem.draw(nobody, { title = "x", text = "y", back = "/a" }),
      removed.draw(pages.page(), { domain = "example.com", at = NOW, clean_up = clean_up }),
      removed.draw(pages.page(), { domain = "x", at = NOW }),
      domains.draw(pages.page { flash = { tone = "ok", text = "<b>" } }, { list = {}, given = {}, providers = {} }),
    }
    for i, problems in ipairs(pages.problems(list)) do assert.same({}, problems, i) end
  end)

  it("ask for the token as for a password", function()
    local page = sign_in.draw({ base = "/m/", name = "mailseal", now = NOW, version = "1" }, { to = "/m/domains/x" })
    assert.matches('action="/m/sign%-in"', page)
    assert.matches('type="password"', page, 1, true)
    assert.matches('name="to" type="hidden" value="/m/domains/x"', page, 1, true)
  end)

  it("say which records to take out of DNS", function()
    local text = pages.text(removed.draw(pages.page(), { domain = "example.com", at = NOW, clean_up = {
      { type = "CNAME", name = "s1._domainkey.example.com", value = "x.example.net", action = "delete", text = "delete it later" },
    } }))
    assert.matches("CNAME s1._domainkey.example.com Delete x.example.net Delete it later.", text, 1, true)
  end)
end)

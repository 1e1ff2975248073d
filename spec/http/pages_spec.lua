--- The page as it is served: its routes over a registry in memory, without nginx.
local assets = require "mailseal.web.assets"
local pages = require "spec.support.pages"
local stages = require "spec.support.http_stage"

local FORM = { ["content-type"] = "application/x-www-form-urlencoded", host = "mail.test", origin = "https://mail.test" }
local KRAITER = "provider=kraiter&var.region=eu-west-1&var.tokens=abc&var.tokens=def&var.tokens=ghi"

local KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

local zone = {
  com = { { type = "SOA", data = "a.gtld.example. h.gtld.example. 1 3600 600 86400 900" }, { type = "NS", data = "a.gtld.example." } },
  ["a.gtld.example"] = { { type = "A", data = "192.0.2.55" } },
  ["example.com"] = {
    { type = "SOA", data = "ns1.domaincontrol.com. host.example.com. 1 3600 600 86400 300" },
    { type = "NS", data = "ns1.domaincontrol.com." },
  },
  ["ns1.domaincontrol.com"] = { { type = "A", data = "192.0.2.1" } },
}

describe("The page, served,", function()
  local stage

  local function open(service) stage = stages.new { zone = zone, service = service, described = false } end

  before_each(function() open() end)
  after_each(function() stage:close() end)

  local function get(target, headers)
    local reply = stage:get(target, headers)
    return reply, reply.body and pages.text(reply.body)
  end

  local function post(target, form, headers)
    local reply = stage:post(target, form or "", headers or FORM)
    return reply, reply.body and pages.text(reply.body)
  end

  local function add(domain)
    local reply, text = post("/domains", "domain=" .. (domain or "mail.example.com") .. "&" .. KRAITER)
    assert.equal(303, reply.status, text)
    return reply.headers.Location
  end

  -- ---- What all of it has.

  it("runs nothing and loads nothing that is not its own, and is in nobody's frame", function()
    add()
    for _, target in ipairs { "/", "/domains/new", "/domains/mail.example.com", "/domains/nowhere.example", "/sign-in" } do
      local reply = get(target)
      assert.equal("text/html; charset=utf-8", reply.type)
      local policy = reply.headers["Content-Security-Policy"]
      assert.matches("default-src 'none'; script-src 'self'; style-src 'self'", policy, 1, true)
      assert.matches("frame-ancestors 'none'; base-uri 'none'", policy, 1, true)
      assert.is_nil(policy:find("unsafe", 1, true))
      assert.equal("same-origin", reply.headers["Referrer-Policy"])
    end
  end)

  it("bears the name of the product that it is part of", function()
    assert.matches("<title>Add a domain – mailseal</title>", get "/domains/new".body, 1, true)
    stage:close()
    open { name = "Acme <Mail>" }
    local reply, text = get "/domains/new"
    assert.matches("<title>Add a domain – Acme &lt;Mail&gt;</title>", reply.body, 1, true)
    assert.matches("Skip to the content Acme <Mail> Domains", text, 1, true)
    assert.is_nil(text:find("mailseal", 1, true))
  end)

  it("asks whoever it does not know to sign in, and to come back then", function()
    stage.service.options.authenticate = nil
    local reply = stage:get "/domains/mail.example.com?done=added"
    assert.equal(303, reply.status)
    assert.equal("/sign-in?to=%2Fdomains%2Fmail.example.com%3Fdone%3Dadded", reply.headers.Location)
    assert.equal("/sign-in", stage:get("/").headers.Location)
    assert.equal("/sign-in", stage:post("/domains", "", FORM).headers.Location)
    assert.equal(200, stage:get("/sign-in?to=%2Fdomains%2Fx").status)
  end)

  it("tells a browser by a page that nothing is there, and others as the API does", function()
    local reply, text = get("/nowhere", { accept = "text/html,*/*;q=0.8" })
    assert.equal(404, reply.status)
    assert.matches("There is nothing here", text, 1, true)
    assert.same({}, pages.problems { reply.body }[1])
    assert.equal("application/problem+json", get("/nowhere").type)
  end)

  it("says that somebody is not known, where an embedder tells who is", function()
    local reply = stage:as(nil):get "/"
    assert.equal(401, reply.status)
    assert.equal("text/html; charset=utf-8", reply.type)
  end)

  it("takes no form from another site's page, whoever tells who is signed in", function()
    add()
    for _, origin in ipairs { "https://evil.test", "null", "https://mail.test.evil.test", false } do
      local reply = post("/domains/mail.example.com/delete", "", {
        ["content-type"] = FORM["content-type"], host = "mail.test", origin = origin or nil,
      })
      assert.equal(403, reply.status, origin)
    end
    assert.equal(200, get("/domains/mail.example.com").status)
    assert.is_nil(select(2, get "/domains/mail.example.com"):find("was removed", 1, true))
  end)

  it("leads back to nowhere but itself", function()
    for _, to in ipairs { "//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX: y" } do
      local _, page = nil, stage:get("/sign-in?to=" .. to:gsub("[^%w%%]", function(c) return ("%%%02X"):format(c:byte()) end)).body
      assert.is_nil(page:find("evil", 1, true), to)
      assert.is_nil(page:find("javascript:", 1, true), to)
    end
  end)

  it("has files that a browser keeps for ever, under the name of what is in them", function()
    local path = get("/").body:match 'href="(/assets/[^"]+/style.css)"'
    local reply = stage:get(path)
    assert.equal(200, reply.status)
    assert.equal("text/css; charset=utf-8", reply.type)
    assert.matches("immutable", reply.headers["Cache-Control"])
    assert.equal(304, stage:get(path, { ["if-none-match"] = reply.headers.ETag }).status)
    assert.equal("no-cache", stage:get("/assets/before/page.js").headers["Cache-Control"])
    for _, name in ipairs { "html.lua", "..%2Fhtml.lua", "page.js.map" } do
      assert.equal(404, stage:get("/assets/" .. assets.version() .. "/" .. name).status)
    end
  end)

  it("may live under a path of an embedder's", function()
    stage:close()
    open { page = "/mail-domains", api = "/api" }
    local reply = post("/mail-domains/domains", "domain=mail.example.com&" .. KRAITER)
    assert.equal("/mail-domains/domains/mail.example.com?done=added", reply.headers.Location)
    local page = get(reply.headers.Location).body
    assert.matches('data-events="/api/v1/events/stream?domain=mail.example.com"', page, 1, true)
    for address in page:gmatch ' [hs][re][ec]f?="(/[^"]*)"' do
      assert.matches("^/mail%-domains/", address)
      if not address:find("new", 1, true) then assert.equal(200, stage:get((address:gsub("&amp;", "&"))).status, address) end
    end
    assert.equal(404, stage:get("/").status)
  end)

  it("is without the stream of events where the API is not served", function()
    stage:close()
    open { api = false }
    assert.is_nil(get("/").body:find("data-events", 1, true))
    add()
    assert.equal(200, get("/domains/mail.example.com/records.zone?format=bind").status)
  end)

  -- ---- The list.

  it("lists domains, by status, by a part of their names, and page by page", function()
    assert.matches("Add your first domain", select(2, get "/"), 1, true)
    for i = 1, 51 do assert(stage.registry:tenant("acme"):create { domain = ("d%02d.example.com"):format(i), provider = "kraiter",
      vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } } }) end
    local reply, text = get "/"
    assert.matches("All 51 Pending 51 Verified 0 Failed 0", text, 1, true)
    assert.matches("d50.example.com", text, 1, true)
    assert.is_nil(text:find("d51.example.com", 1, true))
    local address = reply.body:match 'class="button" href="([^"]+)">Next page'
    assert.matches("d51.example.com", select(2, get(address)), 1, true)
    text = select(2, get "/?q=D1&status=pending")
    assert.matches("d19.example.com", text, 1, true)
    assert.is_nil(text:find("d20.example.com", 1, true))
    assert.matches("No domain that is failed is here", select(2, get "/?status=failed"), 1, true)
    assert.matches("Nothing sent yet", text, 1, true)
    assert.equal(400, get("/?status=odd").status)
  end)

  it("shows the health of those that have sent", function()
    add()
    assert(stage.registry:tenant("acme"):report("mail.example.com", { delivered = 980, bounced = 20 }))
    assert.matches("bounces 2 %, complaints 0 %", get("/").body, 1, true)
    assert.matches("980 messages delivered in 7 days", select(2, get "/domains/mail.example.com"), 1, true)
  end)

  -- ---- Adding.

  it("adds a domain in two steps, with plain forms", function()
    local _, text = get "/domains/new"
    assert.matches("Who sends its mail?", text, 1, true)
    _, text = get "/domains/new?domain=Mail.Example.com&provider=kraiter"
    assert.matches("What Kraiter (on Amazon SES) has issued for you", text, 1, true)
    assert.equal("/domains/mail.example.com?done=added", add "Mail.Example.com")
    _, text = get "/domains/mail.example.com?done=added"
    assert.matches("Added. Publish the records below", text, 1, true)
  end)

  it("finds out who hosts the DNS of what was added, before it is shown", function()
    local _, text = get(add())
    assert.matches("Publish 4 records at GoDaddy", text, 1, true)
    assert.matches("Sign in at GoDaddy , open the DNS settings of example.com", text, 1, true)
  end)

  it("says beside the domain what is wrong with it, at either step", function()
    for domain, words in pairs {
      ["ann%40example.com"] = "the domain is what stands behind the @", ["co.uk"] = "public suffix", ["%3Cscript%3E"] = "",
    } do
      local reply, text = get("/domains/new?domain=" .. domain .. "&provider=kraiter")
      assert.matches('id="domain-problem"', reply.body, 1, true)
      assert.matches(words, text, 1, true)
      reply, text = post("/domains", "domain=" .. domain .. "&" .. KRAITER)
      assert.equal(400, reply.status)
      assert.matches(words, text, 1, true)
    end
    assert.matches("Choose who sends its mail", select(2, get "/domains/new?domain=a.example.com&provider="), 1, true)
    assert.matches("There is no such provider", select(2, get "/domains/new?domain=a.example.com&provider=nobody"), 1, true)
  end)

  it("says beside each field what is wrong with it, and keeps what was typed", function()
    local reply, text = post("/domains", "domain=mail.example.com&provider=kraiter&var.region=Europa&var.tokens=abc&var.tokens="
      .. "&var.tokens=%22%3E")
    assert.equal(400, reply.status)
    assert.matches("2 things are not right yet", text, 1, true)
    assert.matches('id="var-region-problem"', reply.body, 1, true)
    assert.matches('id="var-tokens-problem"', reply.body, 1, true)
    assert.matches('value="Europa"', reply.body, 1, true)
    assert.matches('value="&quot;&gt;"', reply.body, 1, true)
    reply, text = post("/domains", "domain=mail.example.com&provider=kraiter")
    assert.equal(400, reply.status)
    assert.equal(2, select(2, text:gsub("This is needed", "")))
    assert.same({}, pages.problems { reply.body }[1])
  end)

  it("says that a domain is there already", function()
    add()
    local reply, text = post("/domains", "domain=mail.example.com&" .. KRAITER)
    assert.equal(409, reply.status)
    assert.matches("There is a domain mail.example.com already", text, 1, true)
  end)

  it("asks every provider's customers for what is needed, and makes a domain of that", function()
    local provider = require "mailseal.provider"
    local list, names, added = {}, {}, 0
    for i, one in ipairs(provider.list()) do
      local rule = provider.find(one.id)
      list[i] = get("/domains/new?domain=d" .. i .. ".example.com&provider=" .. one.id).body
      names[i] = one.id
      local form = { "domain=d" .. i .. ".example.com", "provider=" .. one.id }
      for name in list[i]:gmatch 'name="var%.([%w_]+)"' do
        local var = rule.vars[name]
        local example = var and not form[name] and not var.default and (var.example or var.form == "key" and KEY) or {}
        for _, value in ipairs(type(example) == "table" and example or { example }) do
          form[#form + 1] = "var." .. name .. "=" .. value:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end)
        end
        form[name] = true
      end
      if rule.generates ~= "key" then -- there is no master key here
        local reply = post("/domains", table.concat(form, "&"))
        added = added + (reply.status == 303 and 1 or 0)
        assert.is_true(reply.status == 303 or reply.status == 400, one.id)
      end
    end
    assert.is_true(added >= 45, added .. " of " .. #list)
    assert.matches("Kit takes no subdomains", select(2, get "/domains/new?domain=mail.example.com&provider=kit"), 1, true)
    for i, problems in ipairs(pages.problems(list)) do assert.same({}, problems, names[i]) end
  end)

  -- ---- A domain.

  it("shows a domain, whatever its case, and no other tenant's", function()
    add()
    assert.equal(200, get("/domains/Mail.Example.COM").status)
    local reply = stage:as("rival"):get "/domains/mail.example.com"
    assert.equal(404, reply.status)
    assert.is_nil(reply.body:find("kraiter", 1, true))
    for _, path in ipairs { "verify", "restart", "enable", "disable", "rotate", "delete", "keys/s1/revoke" } do
      assert.equal(404, stage:as("rival"):post("/domains/mail.example.com/" .. path, "", FORM).status, path)
    end
    for _, path in ipairs { "history", "picture.svg", "records.zone?format=bind" } do
      assert.equal(404, stage:as("rival"):get("/domains/mail.example.com/" .. path).status, path)
    end
  end)

  it("does what its buttons say, and leads back", function()
    add()
    local function press(action, form)
      local reply, text = post("/domains/mail.example.com/" .. action, form)
      assert.equal(303, reply.status, text)
      return select(2, get(reply.headers.Location))
    end
    assert.matches("Looked at DNS just now.", press "verify", 1, true)
    assert.matches("Sending is paused.", press("disable", "reason=unpaid%0D%0Abill"), 1, true)
    assert.matches("Sending paused: unpaid bill", select(2, get "/domains/mail.example.com"), 1, true)
    assert.matches("Sending is switched on.", press "enable", 1, true)
    assert.matches("Started again.", press "restart", 1, true)
  end)

  it("tells on the page what could not be done, with the status that it has", function()
    add()
    local reply, text = post "/domains/mail.example.com/rotate"
    assert.equal(422, reply.status)
    assert.matches("The keys of this domain are its provider's", text, 1, true)
    assert.matches("Records to publish", text, 1, true)
    for _ = 1, 10 do reply, text = post "/domains/mail.example.com/verify" end
    assert.equal(429, reply.status)
    assert.is_truthy(reply.headers["Retry-After"])
    assert.matches("A new look can make sense at", text, 1, true)
  end)

  it("does not delete what is in use, and names who uses it; then says what to do with its records", function()
    add()
    local tenant = stage.registry:tenant "acme"
    assert(tenant:use("mail.example.com", "sequence 17"))
    assert.matches("It cannot be deleted now: it is used by sequence 17", select(2, get "/domains/mail.example.com"), 1, true)
    local reply, text = post "/domains/mail.example.com/delete"
    assert.equal(409, reply.status)
    assert.matches('it is used by "sequence 17"', text, 1, true)
    assert(tenant:release("mail.example.com", "sequence 17"))
    reply = post "/domains/mail.example.com/delete"
    assert.equal(303, reply.status)
    reply, text = get(reply.headers.Location)
    assert.equal(200, reply.status)
    assert.matches("mail.example.com was removed", text, 1, true)
    assert.matches("CNAME abc._domainkey.mail.example.com Delete", text, 1, true)
    assert.same({}, pages.problems { reply.body }[1])
    assert.equal(404, stage:as("rival"):get("/domains/mail.example.com").status)
  end)

  it("hands records over in every format, and draws the picture", function()
    add()
    for address in get("/domains/mail.example.com").body:gmatch 'href="(/domains/mail.example.com/records[^"]*)"' do
      local reply = stage:get((address:gsub("&amp;", "&")))
      assert.equal(200, reply.status, address)
      assert.matches("mail", reply.body, 1, true)
    end
    local reply = stage:get "/domains/mail.example.com/picture.svg"
    assert.equal("image/svg+xml", reply.type)
    assert.matches("</svg>", reply.body, 1, true)
  end)

  it("has the whole history, page by page", function()
    add()
    local tenant = stage.registry:tenant "acme"
    for i = 1, 70 do
      assert(tenant:use("mail.example.com", "user " .. i))
      assert(tenant:release("mail.example.com", "user " .. i))
    end
    local address = get("/domains/mail.example.com").body:match 'href="([^"]*/history[^"]*)"'
    local reply, text = get(address)
    assert.matches("Used by user 60", text, 1, true)
    text = select(2, get(reply.body:match 'href="([^"]*/history[^"]*)"'))
    assert.matches("Added, for mail sent by Kraiter", text, 1, true)
    assert.is_nil(text:find("Older events", 1, true))
  end)

  it("shows what stands in DNS as text", function()
    zone["_mailseal-challenge.mail.example.com"] = { { type = "TXT", data = "<script>alert(1)</script>\226\128\174\\000\"'&" } }
    stage:close()
    open()
    zone["_mailseal-challenge.mail.example.com"] = nil
    add()
    post "/domains/mail.example.com/verify"
    local reply, text = get "/domains/mail.example.com"
    assert.matches("<script>alert(1)</script>\\226\\128\\174\\000\"'&", text, 1, true)
    assert.is_nil(reply.body:find("<script>", 1, true))
    assert.same({}, pages.problems { reply.body }[1])
  end)

  it("offers what an embedder lets be done, and tells what was done", function()
    stage:close()
    open { actions = { {
      id = "publish", label = "Publish it", run = function(_, domain) return "published for " .. domain.domain end,
    } } }
    add()
    assert.matches("Publish it", select(2, get "/domains/mail.example.com"), 1, true)
    local reply, text = post "/domains/mail.example.com/actions/publish"
    assert.equal(200, reply.status)
    assert.matches("Published for mail.example.com.", text, 1, true)
    assert.equal(404, post("/domains/mail.example.com/actions/other").status)
  end)

  it("takes nothing but forms, and no more than a form has", function()
    add()
    assert.equal(415, stage:post("/domains/mail.example.com/verify", {}).status)
    assert.equal(413, post("/domains", ("a"):rep(70000)).status)
    assert.equal(400, post("/domains", "domain=%00").status)
    assert.equal(400, post("/domains", ("a=b&"):rep(300)).status)
    assert.equal(405, stage:get("/domains/mail.example.com/verify").status)
  end)
end)

--- The page of a set-up without a hand touching DNS, as it is served: its routes over a registry in memory, and a real name server that
-- takes what is written.
local dns = require "mailseal.dns"
local knot = require "spec.support.knot"
local pages = require "spec.support.pages"
local shell = require "spec.support.shell"
local stages = require "spec.support.http_stage"

local FORM = { ["content-type"] = "application/x-www-form-urlencoded", host = "mail.test", origin = "https://mail.test" }
local SECRET = "c2VjcmV0LXRoYXQtbm9ib2R5LWlzLXRvLXNlZS1hZ2Fpbg=="
local KEY = "hmac-sha256:mailseal:" .. SECRET
local DOMAIN = "mail.example.test"
local ZONE = "@ SOA ns hostmaster 1 3600 900 604800 5\n@ NS ns\nns A 127.0.0.1\n"

local function encoded(text) return (text:gsub("[^%w]", function(octet) return ("%%%02X"):format(octet:byte()) end)) end

describe("The page of a set-up, served,", function()
  if not knot.available() then return pending "wants Knot DNS" end
  local server, stage, directory

  setup(function()
    directory = shell.new_directory()
    server = assert(knot.start {
      zones = { ["example.test"] = ZONE }, keys = { { name = "mailseal", algorithm = "hmac-sha256", secret = SECRET } },
    })
    stage = stages.new {
      described = false, registry = {
        clock = os.time, resolver = assert(dns.resolver { servers = { server.address }, port = server.port, timeout = 1, tries = 2 }),
        policy = { publishing = { allow_private = true, wait = 3 } }, master_key_file = directory .. "/master.key",
      },
    }
    assert.equal(201, stage:create(DOMAIN).status)
  end)
  teardown(function()
    stage:close()
    server:stop()
    shell.remove_directory(directory)
  end)

  local function get(target)
    local reply = stage:get(target)
    return reply, reply.body and pages.text(reply.body)
  end

  local function post(step, form, headers)
    local reply = stage:post(("/domains/%s/setup/%s"):format(DOMAIN, step), form, headers or FORM)
    return reply, reply.body and pages.text(reply.body)
  end

  local function typed(key, more)
    return ("via=rfc2136&setting.server=127.0.0.1&setting.port=%d&credential.key=%s%s"):format(server.port, encoded(key or KEY), more or "")
  end

  local function zone()
    return shell.output(("kdig @127.0.0.1 -p %d example.test AXFR +noall +answer | grep -v SOA | sort"):format(server.port))
  end

  local function hidden(reply, name) return assert(reply.body:match('name="' .. name .. '" type="hidden" value="([^"]*)"'), reply.body) end

  local function agreement(reply, more)
    return ("via=rfc2136&digest=%s&parcel=%s%s"):format(hidden(reply, "digest"), encoded(hidden(reply, "parcel")), more or "")
  end

  it("is led to from the domain's page", function()
    local reply, text = get("/domains/" .. DOMAIN)
    assert.matches('href="/domains/' .. DOMAIN .. '/setup"', reply.body, 1, true)
    assert.matches("Have the records published for you", text, 1, true)
    reply, text = get("/domains/" .. DOMAIN .. "/setup")
    assert.equal(200, reply.status)
    assert.equal("no-store", reply.headers["Cache-Control"])
    assert.matches("With a TSIG key, at name servers of your own", text, 1, true)
    assert.same({}, pages.problems { reply.body }[1])
  end)

  it("says beside the form what is refused, keeps what is not secret, and shows nothing that is", function()
    local wrong = "hmac-sha256:mailseal:" .. ("A"):rep(43) .. "="
    for _, form in ipairs { typed(wrong), typed "no key at all", "via=nobody", "via=rfc2136", "" } do
      local reply, text = post("plan", form)
      assert.equal(422, reply.status, form)
      assert.matches("Set up for me", text, 1, true)
      assert.matches('class="notice is-bad"', reply.body, 1, true)
      for _, secret in ipairs { ("A"):rep(20), "no key at all", SECRET } do assert.is_nil(reply.body:find(secret, 1, true)) end
    end
    assert.matches(('value="%d"'):format(server.port), post("plan", typed(wrong)).body, 1, true)
  end)

  it("shows what would be changed before anybody agrees, and the secret to nobody", function()
    local before = zone()
    local reply, text = post("plan", typed())
    assert.equal(200, reply.status)
    assert.equal("no-store", reply.headers["Cache-Control"])
    assert.matches("Nothing has been changed yet", text, 1, true)
    assert.matches("abc.dkim.amazonses.com.", text, 1, true)
    assert.is_nil(reply.body:find(SECRET, 1, true))
    assert.is_nil(reply.body:find(encoded(SECRET), 1, true))
    assert.same({}, pages.problems { reply.body }[1])
    assert.equal(before, zone())
  end)

  it("does what was agreed to, and leads back to the domain", function()
    local reply = post("publish", agreement((post("plan", typed()))))
    assert.same({ 303, "/domains/" .. DOMAIN .. "?done=published" }, { reply.status, reply.headers.Location })
    assert.matches("abc._domainkey.mail.example.test", zone(), 1, true)
    local page, text = get(reply.headers.Location)
    assert.matches("Published: the domain's name servers show it", text, 1, true)
    assert.matches("Set up by us Published", text, 1, true)
    assert.matches("Take it back", text, 1, true)
    assert.matches("Records published (rfc2136)", text, 1, true)
    assert.same({}, pages.problems { page.body }[1])
    assert.matches("nothing is to be changed", select(2, post("plan", typed())), 1, true)
  end)

  it("does nothing that was not shown", function()
    assert(server:update("example.test", { ("del abc._domainkey.%s. CNAME"):format(DOMAIN) }))
    local shown = agreement((post("plan", typed())))
    assert(server:update("example.test", { ("del def._domainkey.%s. CNAME"):format(DOMAIN) }))
    local reply, text = post("publish", shown)
    assert.equal(409, reply.status)
    assert.matches("The zone is another since the plan was made", text, 1, true)
    assert.is_nil(zone():find("abc._domainkey", 1, true))
    assert.equal(303, post("publish", agreement(reply)).status)
    assert.matches("def._domainkey.mail.example.test", zone(), 1, true)
  end)

  it("takes away what is in the way where each is ticked, and else nothing", function()
    local name = "ghi._domainkey." .. DOMAIN
    assert(server:update("example.test", { ("del %s. CNAME"):format(name), ("add %s. 60 TXT \"mine\""):format(name) }))
    local reply, text = post("plan", typed())
    assert.matches("What wants your consent", text, 1, true)
    local consent = assert(reply.body:match 'name="consent" required type="checkbox" value="([^"]+)"')
    local described = assert(reply.body:match 'aria%-describedby="(step%-%d+)"[^>]*name="consent"')
    assert.matches('<h3 id="' .. described .. '">', reply.body, 1, true)
    local without, words = post("publish", agreement(reply))
    assert.equal(409, without.status)
    assert.matches("needs consent", words, 1, true)
    assert.matches('"mine"', zone(), 1, true)
    assert.equal(303, post("publish", agreement(without, "&consent=" .. encoded(consent))).status)
    assert.is_nil(zone():find('"mine"', 1, true))
    local agreed
    for _, one in ipairs(assert(stage.registry:tenant("acme"):publications(DOMAIN))) do agreed = agreed or one.consents[1] end
    assert.equal(consent, agreed)
  end)

  it("agrees under whatever spelling of the domain it was planned", function()
    assert(server:update("example.test", { ("del abc._domainkey.%s. CNAME"):format(DOMAIN) }))
    local reply = stage:post("/domains/Mail.EXAMPLE.test/setup/plan", typed(), FORM)
    assert.equal(200, reply.status)
    assert.equal(303, post("publish", agreement(reply)).status)
  end)

  it("has no browser fill in the password that it keeps for this site", function()
    local page = get("/domains/" .. DOMAIN .. "/setup")
    local count = 0
    for field in page.body:gmatch "<input[^>]*>" do
      if field:find('type="password"', 1, true) then
        count = count + 1
        assert.matches('autocomplete="new-password"', field, 1, true)
      end
    end
    assert.is_true(count > 3)
  end)

  it("takes a parcel from nobody else, nor for anything else", function()
    assert(server:update("example.test", { ("del abc._domainkey.%s. CNAME"):format(DOMAIN) }))
    local shown = agreement((post("plan", typed())))
    assert.equal(422, post("unpublish", shown).status)
    assert.equal(422, post("publish", (shown:gsub("parcel=%d+", "parcel=9999999999"))).status)
    assert.equal(404, stage:as("rival"):post(("/domains/%s/setup/publish"):format(DOMAIN), shown, FORM).status)
    assert.equal(403, post("publish", shown, {
      ["content-type"] = FORM["content-type"], host = "mail.test", origin = "https://evil.test",
    }).status)
  end)

  it("keeps an access where that is ticked, and forgets it again", function()
    for _, word in ipairs { "kept", "kept" } do -- with something to publish, and without
      local reply = post("publish", agreement((post("plan", typed(nil, "&keep=true")))))
      assert.same({ 303, "/domains/" .. DOMAIN .. "?done=" .. word }, { reply.status, reply.headers.Location })
    end
    local page, text = get("/domains/" .. DOMAIN .. "/setup")
    assert.matches("With the access that is kept", text, 1, true)
    assert.is_nil(page.body:find(SECRET, 1, true))
    assert.equal(200, post("plan", "via=rfc2136").status)
    assert.equal(303, post("forget", "via=rfc2136").status)
    assert.equal(422, post("plan", "via=rfc2136").status)
    assert.equal(404, post("forget", "via=rfc2136").status)
  end)

  it("takes back what was published, once that has been looked at, too", function()
    local page, text = get("/domains/" .. DOMAIN .. "/setup/undo")
    assert.matches("Take back what we published", text, 1, true)
    assert.is_nil(page.body:find('value="desec"', 1, true))
    local reply, shown = post("undo", typed())
    assert.equal(200, reply.status)
    assert.matches("Goes: CNAME abc.dkim.amazonses.com.", shown, 1, true)
    -- Somebody else has another record there before it is agreed to.
    assert(server:update("example.test", { ("del def._domainkey.%s. CNAME"):format(DOMAIN) }))
    reply, shown = post("unpublish", agreement(reply))
    assert.equal(409, reply.status)
    assert.matches("The zone is another since that was shown", shown, 1, true)
    assert.is_truthy(zone():find("abc._domainkey", 1, true))
    reply = post("unpublish", agreement(reply))
    assert.same({ 303, "/domains/" .. DOMAIN .. "?done=unpublished" }, { reply.status, reply.headers.Location })
    assert.is_nil(zone():find("abc._domainkey", 1, true))
    text = select(2, get("/domains/" .. DOMAIN))
    assert.matches("Taken back", text, 1, true)
    assert.is_nil(text:find("Take it back", 1, true))
  end)

  -- The address that a page leads on to by itself, as browsers read it.
  local function leads_to(reply)
    local address = assert(reply.body:match 'content="0; url=([^"]*)"', reply.body)
    assert.truthy(reply.body:find('href="' .. address .. '"', 1, true))
    return (address:gsub("&amp;", "&"))
  end

  local RETURN = "/domains/" .. DOMAIN .. "/setup/return"

  it("has somebody who comes back from his DNS host go on from here, whatever the address says, and whoever he is", function()
    for query, said in pairs {
      [""] = "?outcome=done", ["?error=access_denied&state=x"] = "?outcome=cancelled&state=x",
      ["?success=1&code=7&instanceId=a"] = "?outcome=done", ["?error=server_error&error_description=%E9"] = "", ["?state=a&state=b"] = "",
      ["?state=%22%3E%3Cscript%3E"] = "?outcome=done&state=%22%3E%3Cscript%3E", ["?" .. ("x"):rep(9000)] = "",
    } do
      for _, who in ipairs { stage, stage:as(nil) } do
        local reply = who:get(RETURN .. query)
        assert.same({ 200, "no-store" }, { reply.status, reply.headers["Cache-Control"] }, query)
        assert.equal(RETURN .. "ed" .. said, leads_to(reply), query)
        assert.is_nil(reply.body:find("<script>", 1, true))
        assert.same({}, pages.problems { reply.body }[1])
      end
    end
    assert.equal("/domains/%22%3E%3Cb%3E/setup/returned?outcome=done", leads_to(get "/domains/%22%3E%3Cb%3E/setup/return"))
  end)

  -- What is planned by Domain Connect is told elsewhere: here is what the page makes of it.
  it("leads to the DNS host where that asks its customer itself, once what is in the way is agreed to", function()
    local connecting = require "mailseal.onboard.publishing.connecting"
    local plan, asked, agreed = connecting.plan, nil, nil
    finally(function() connecting.plan = plan end)
    local conflicts = {}
    connecting.plan = function(_, domain, _, options)
      asked = options
      local steps = { { action = "add", name = "a." .. domain, type = "TXT", after = { '"x"' }, text = "It is added." }, conflicts[1] }
      return {
        domain = domain, via = "domain-connect", zones = { "example.test" }, provider_name = "Acme DNS", steps = steps,
        conflicts = conflicts, changes = {}, url = "https://dns.example/apply?one",
        apply = function(_, options_of_apply)
          agreed = options_of_apply.consent
          return { changed = false, url = "https://dns.example/apply?two", shown = false, not_shown = {}, text = "It asks." }
        end,
      }
    end
    stage.service.options.url, stage.service.connect = "https://mail.test", { provider_id = "mailer.example" }
    local reply, text = post("plan", "via=domain-connect")
    assert.equal(200, reply.status, text)
    assert.matches('href="https://dns.example/apply?one"', reply.body, 1, true)
    assert.matches("Agree at Acme DNS", text, 1, true)
    assert.same({ "mailer.example", "https://mail.test/domains/" .. DOMAIN .. "/setup/return" }, { asked.provider_id, asked.redirect_uri })
    conflicts[1] = { action = "conflict", name = "b", type = "TXT", after = { '"y"' }, text = "It is in the way.", consent = "c@b" }
    reply = post("plan", "via=domain-connect")
    assert.is_nil(reply.body:find("https://dns.example", 1, true))
    reply = post("publish", agreement(reply, "&consent=c%40b"))
    assert.equal(200, reply.status)
    assert.same({ "c@b" }, agreed)
    assert.matches('href="https://dns.example/apply?two"', reply.body, 1, true)
    assert.same({}, pages.problems { reply.body }[1])
    assert.equal(422, post("plan", "via=domain-connect&setting.redirect_uri=https%3A%2F%2Fevil.example%2F").status)
    -- he comes back with the state that he was sent away with, and is told what he says; nobody else is
    for said, word in pairs { [""] = "back", ["&error=access_denied"] = "declined" } do
      reply = get(leads_to((get(RETURN .. "?state=" .. encoded(asked.state) .. said))))
      assert.same({ 303, "/domains/" .. DOMAIN .. "?done=" .. word }, { reply.status, reply.headers.Location })
    end
    local state = "?outcome=done&state=" .. encoded(asked.state)
    for _, query in ipairs { "", "?outcome=done", "?outcome=cancelled&state=x", (state:gsub("state=%d", "state=9")) } do
      reply = get(RETURN .. "ed" .. query)
      assert.same({ 303, "/domains/" .. DOMAIN }, { reply.status, reply.headers.Location }, query)
    end
    assert.equal(404, stage:as("rival"):get(RETURN .. "ed" .. state).status)
    assert.equal(201, stage:create("other.example.test").status)
    assert.equal("/domains/other.example.test", get("/domains/other.example.test/setup/returned" .. state).headers.Location)
  end)

  it("asks a domain's DNS host once in a while whether it takes part, however often a page is loaded", function()
    local name = "fresh.example.test"
    assert.equal(201, stage:create(name).status)
    local onboard_connecting = require "mailseal.onboard.publishing.connecting"
    local host, asked, given = onboard_connecting.host, 0, nil
    finally(function() onboard_connecting.host, stage.service.connect = host, nil end)
    onboard_connecting.host = function(_, domain, known, options)
      asked, given = asked + 1, { domain, known.domain.provider, options.provider_id }
      return { provider_name = "<b>Acme" }
    end
    stage.service.connect = nil
    assert.is_nil(get("/domains/" .. name .. "/setup").body:find("Agree at", 1, true))
    stage.service.connect = { provider_id = "mailer.example" }
    for _ = 1, 3 do assert.matches("Agree at &lt;b&gt;Acme", get("/domains/" .. name .. "/setup").body, 1, true) end
    assert.same({ name, "kraiter", "mailer.example" }, given)
    assert.equal(1, asked)
    assert.equal(404, stage:as("rival"):get("/domains/" .. name .. "/setup").status)
  end)

  it("has the customer come back where browsers find the page, and only where nobody can listen", function()
    local connecting = require "mailseal.http.connecting"
    local function address(url, headers)
      stage.service.options.url = url
      return connecting.options {
        service = stage.service, path = { domain = DOMAIN }, headers = headers or {}, tenant = stage.registry:tenant "acme",
      }.redirect_uri
    end
    stage.service.connect = { provider_id = "mailer.example" }
    assert.equal("https://mail.test" .. RETURN, address "https://mail.test")
    assert.equal("https://here.test" .. RETURN, address(nil, { origin = "https://here.test" }))
    assert.equal("http://127.0.0.1:8080" .. RETURN, address(nil, { origin = "http://127.0.0.1:8080" }))
    assert.is_nil(address(nil, { origin = "http://here.test" }))
    assert.is_nil(address "http://mail.test")
    assert.is_nil(address(nil, { origin = "null" }))
    assert.is_nil(address(nil, { origin = "https://here.test", authorization = "Bearer x" }))
    assert.is_nil(address(nil))
  end)
end)

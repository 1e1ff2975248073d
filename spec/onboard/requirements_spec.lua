-- What is required of onboarding, line by line, with the providers that it names. What is required of rules, of the gate, of health, of
-- keys and of messages is in the tests of those: each names its requirement, and none is without a test.
local host = require "mailseal.host"
local onboarding = require "spec.support.onboarding"

local DAY = 86400

-- A key as a provider has it at the end of its CNAMEs.
local KEY = { { type = "TXT", data = onboarding.KEY } }

-- The numbers that the titles of a file's tests name.
local function note(path, named)
  for title in assert(io.open(path)):read "a":gmatch "%f[%w]it(%b())" do
    for numbers in title:gmatch "%(requirements? ([%d, and]+)%)\"" do
      for number in numbers:gmatch "%d+" do named[tonumber(number)] = true end
    end
  end
end

describe("the requirements", function()
  it("have a test each", function()
    local named = {}
    local list = assert(io.popen "find spec -name '*_spec.lua'")
    for path in list:lines() do note(path, named) end
    list:close()
    for number = 1, 24 do assert.is_true(named[number], number) end
    for number in pairs(named) do assert.is_true(number >= 1 and number <= 24, number) end
  end)
end)

describe("the flow", function()
  local stage, tenant

  before_each(function()
    stage = onboarding.open()
    tenant = stage.tenant
  end)
  after_each(function() stage:close() end)

  local function create(provider, vars, domain)
    return assert(tenant:create { domain = domain or "example.com", provider = provider, vars = vars })
  end

  -- Publishes a domain's records, and what is at the end of its CNAMEs.
  local function publish(records)
    for _, record in ipairs(records) do
      if record.type == "CNAME" then stage.records[record.value] = KEY end
    end
    stage:publish(records)
  end

  local function verify(domain) return assert(tenant:verify(domain or "example.com")) end

  local kartra = {
    hosts = { "sk48392", "sk48393", "sk48394" },
    targets = { "sk48392.dkim.kartra.example", "sk48393.dkim.kartra.example", "sk48394.dkim.kartra.example" },
  }
  local legacy = { uuid = "0f8fad5b-d9cb-469f-a165-70867728950e" }
  local kraiter = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } }

  it("says Pending validation, then Connected (requirement 4)", function()
    local domain = create("kartra", kartra)
    assert.equal("Pending validation", domain.provider_status)
    assert.equal("Pending validation", verify().provider_status)
    publish(domain.records)
    assert.equal("Connected", verify().provider_status)
  end)

  it("takes each domain by itself: a verified one grants nothing to those below it (requirement 5)", function()
    publish(create("kartra", kartra).records)
    assert.equal("verified", verify().status)
    local below = create("kartra", kartra, "mail.example.com")
    assert.is_false(below.owned)
    assert.equal("pending", verify "mail.example.com".status)
  end)

  it("shows Kartra's three CNAMEs as the form of the DNS host has them: the prefix alone, or the whole name; with the usual TTL "
    .. "(requirements 2 and 3)", function()
    local records = create("kartra", kartra).records
    for i = 1, 3 do
      local shown = records[i + 1].host
      assert.same({ "CNAME", kartra.hosts[i], kartra.targets[i] }, { shown.type, shown.prefix, shown.value })
      assert.equal(kartra.hosts[i] .. ".example.com", shown.full)
      assert.equal(kartra.hosts[i], host.render(host.find "godaddy", records[i + 1], "example.com").name)
      local whole = { id = "mine", name = "Mine", name_form = "full", apex = "zone", confidence = "confirmed" }
      assert.equal(kartra.hosts[i] .. ".example.com", host.render(whole, records[i + 1], "example.com").name)
    end
    assert.is_nil(records[2].host.ttl)
  end)

  it("strips the domain from Keap's name at the hosts that its help names, with a link to each one's own; and says where it cannot be "
    .. "(requirement 7)", function()
    local record = create("keap", legacy).records[2]
    for _, id in ipairs { "godaddy", "bluehost", "hostgator", "dreamhost", "liquidweb", "inmotion" } do
      local shown = host.render(assert(host.find(id)), record, "example.com")
      assert.equal(legacy.uuid .. "._domainkey", shown.name, id)
      assert.is_true(shown.possible, id)
      assert.matches("^https://", shown.help, id)
    end
    local shown = host.render(host.find "networksolutions", record, "example.com")
    assert.is_false(shown.possible)
    assert.is_string(shown.why)
    assert.is_string(shown.instead)
  end)

  it("has one CNAME for Keap's older set-up, with the account's UUID (requirement 6)", function()
    local domain = create("keap", legacy)
    local record = domain.records[2]
    assert.equal("CNAME", record.type)
    assert.equal(legacy.uuid .. "._domainkey.example.com", record.name)
    assert.equal("dkim.infusionmail.com", record.value)
  end)

  it("reports a check at once, says from when on another is of use, and can be asked again (requirement 8)", function()
    local domain = create("keap", legacy)
    local first = verify()
    assert.equal("missing", first.records[2].status)
    assert.equal(stage.now + 300, first.retry_at)
    publish(domain.records)
    assert.equal("verified", verify().status)
  end)

  it("lets nothing be sent before the domain is verified (requirements 9 and 11)", function()
    local domain = create("kraiter", kraiter)
    assert.equal("refuse", (tenant:decide "example.com"))
    publish(domain.records)
    assert.equal("refuse", (tenant:decide "example.com"))
    verify()
    assert.equal("send", (tenant:decide "example.com"))
  end)

  it("knows a target from before 2017 for a migration, and is content when it was changed (requirement 10)", function()
    local domain = create("keap", legacy)
    publish(domain.records)
    stage.records["infusionmail.com"] = KEY
    stage:replace(domain.records[2].name, { { type = "CNAME", data = "infusionmail.com." } })
    local seen = verify()
    assert.equal("pending", seen.status)
    assert.equal("migrating", seen.records[1].status)
    assert.same({ "record_migrating" }, seen.records[1].findings)
    publish(domain.records)
    assert.equal("verified", verify().status)
  end)

  it("leaves a verified domain verified whose record is due to migrate, and tells so (requirement 10)", function()
    local domain = create("keap", legacy)
    publish(domain.records)
    verify()
    stage.records["infusionmail.com"] = KEY
    stage:replace(domain.records[2].name, { { type = "CNAME", data = "infusionmail.com." } })
    stage:pass(20 * DAY)
    assert.equal("verified", tenant:get "example.com".status)
    local events = tenant:events { after = 3 }
    assert.equal("record_migrating", events[1].data.what)
    assert.equal(1, #events)
  end)

  it("answers a creation with the records, which are the domain's own (requirement 11)", function()
    local one, other = create("kraiter", kraiter), create("kraiter", kraiter, "mail.example.com")
    for i, record in ipairs(one.records) do
      if record.purpose ~= "dmarc" then assert.not_equal(record.name, other.records[i].name) end
    end
    assert.not_equal(one.records[1].value, other.records[1].value)
  end)

  it("has Kraiter's CNAMEs, its MAIL FROM below the domain with the SPF that SES asks for, and DMARC where it is looked for "
    .. "(requirement 12)", function()
    local list = {}
    for i, record in ipairs(create("kraiter", kraiter, "mail.example.com").records) do
      list[i] = ("%s %s %s"):format(record.type, record.name, record.purpose == "ownership" and "" or record.value)
    end
    table.remove(list, 1)
    assert.same({
      "CNAME abc._domainkey.mail.example.com abc.dkim.amazonses.com",
      "CNAME def._domainkey.mail.example.com def.dkim.amazonses.com",
      "CNAME ghi._domainkey.mail.example.com ghi.dkim.amazonses.com",
      "MX bounce.mail.example.com 10 feedback-smtp.eu-west-1.amazonses.com",
      "TXT bounce.mail.example.com v=spf1 include:amazonses.com ~all",
      "TXT _dmarc.example.com v=DMARC1; p=none; rua=mailto:dmarc@example.com",
    }, list)
  end)

  it("looks from half a minute on until 72 hours are over, and then it has failed (requirement 13)", function()
    create("kraiter", kraiter)
    stage:pass(30)
    assert.equal(stage.now, tenant:get "example.com".checked_at)
    stage:pass(3 * DAY - 31)
    assert.equal("pending", tenant:get "example.com".status)
    stage:pass(1)
    local domain = tenant:get "example.com"
    assert.equal("failed", domain.status)
    assert.equal("failed", domain.provider_status)
  end)

  it("waits for as long as the provider does", function()
    local domain = create("kartra", kartra)
    assert.equal(stage.now + DAY, domain.window_ends)
  end)

  it("says which of three records is missing", function()
    local domain = create("kraiter", kraiter)
    publish(domain.records)
    stage:replace("def._domainkey.example.com", nil)
    local list = {}
    for i, record in ipairs(verify().records) do list[i] = record.id .. " " .. record.status end
    assert.equal("dkim1 found, dkim2 missing, dkim3 found", table.concat(list, ", ", 1, 3))
  end)

  it("lists a tenant's own domains (requirement 16)", function()
    create("kraiter", kraiter)
    assert.equal(1, #tenant:list())
    assert.equal(0, #stage.registry:tenant "other":list())
  end)

  it("advises a subdomain for sending, one for each application, and DMARC early (requirement 17)", function()
    local codes = {}
    for _, advice in ipairs(create("kraiter", kraiter).advice) do codes[advice.code] = true end
    assert.is_true(codes.sending_subdomain and codes.one_per_application and codes.dmarc_early)
    assert.same(create("kraiter", kraiter, "a.example.com").advice, tenant:get "a.example.com".advice)
  end)

  it("follows CNAMEs over several names to the provider's key (requirement 22)", function()
    local domain = create("test-cname")
    publish(domain.records)
    stage.records["k1.provider.example"] = { { type = "CNAME", data = "s1.domainkey.u1.wl.sendgrid.example." } }
    stage:replace("s1.domainkey.u1.wl.sendgrid.example", KEY)
    assert.equal("verified", verify().status)
    stage:replace("s1.domainkey.u1.wl.sendgrid.example", nil)
    assert.equal("missing", verify().records[1].status)
  end)

  it("tells of DKIM, of SPF and of DMARC by themselves (requirement 24)", function()
    local domain = create("kraiter", kraiter)
    publish(domain.records)
    stage:replace("bounce.example.com", nil):replace("abc._domainkey.example.com", nil)
    local seen = {}
    for _, record in ipairs(verify().records) do seen[record.id] = record.status end
    assert.equal("missing", seen.dkim1)
    assert.equal("missing", seen.mail_from_spf)
    assert.equal("found", seen.dmarc)
  end)

  it("asks for what only the provider knows, and guesses nothing", function()
    local domain, message, code, missing = tenant:create { domain = "example.com", provider = "kraiter", vars = { region = "eu-west-1" } }
    assert.is_nil(domain)
    assert.equal("vars_missing", code)
    assert.matches("token", message)
    assert.equal("tokens", missing[1].name)
    assert.same({}, tenant:list())
  end)

  it("takes no proof from where a CNAME leads to", function()
    local domain = create("test-cname")
    publish(domain.records)
    stage.records["challenge.web-host.example"] = { { type = "TXT", data = domain.records[1].value } }
    stage:replace(domain.records[1].name, { { type = "CNAME", data = "challenge.web-host.example." } })
    local seen = verify()
    assert.equal("pending", seen.status)
    assert.is_false(seen.owned)
    assert.equal("mismatch", seen.records[1].status)
    assert.equal("ownership_elsewhere", seen.findings[1].code)
    assert.equal("ownership", seen.findings[1].record)
  end)
end)

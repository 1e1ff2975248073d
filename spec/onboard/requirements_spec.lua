-- What ../shared/onboarding.md requires of the flow, line by line, with the providers that it names. What it requires of rules, of
-- the gate, of health and of keys is in the tests of those.
local onboarding = require "spec.support.onboarding"

local DAY = 86400

-- A key as a provider has it at the end of its CNAMEs.
local KEY = { { type = "TXT", data = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=" } }

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

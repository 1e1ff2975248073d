local domain_connect = require "mailseal.domain_connect"
local keys = require "mailseal.key"
local query = require "mailseal.domain_connect.query"
local signing = require "mailseal.domain_connect.signing"

describe("the address that a customer is led to", function()
  local key = assert(keys.generate {})

  local function options(changes)
    local all = {
      settings = { url_sync = "https://ux.host.example/dc" }, provider_id = "mailer.example", service_id = "kraiter",
      domain = "example.com",
      host = "mail", variables = { region = "eu-west-1", key_value = "v=DKIM1; p=AB/+==" }, groups = { "dkim1", "spf" },
      redirect_uri = "https://app.mailer.example/back?tenant=7", state = "s&t=1",
    }
    for name, value in pairs(changes or {}) do all[name] = value end
    return all
  end

  it("has everything in its query once", function()
    assert.equal("https://ux.host.example/dc/v2/domainTemplates/providers/mailer.example/services/kraiter/apply?domain=example.com"
      .. "&groupId=dkim1%2Cspf&host=mail&key_value=v%3DDKIM1%3B%20p%3DAB%2F%2B%3D%3D"
      .. "&redirect_uri=https%3A%2F%2Fapp.mailer.example%2Fback%3Ftenant%3D7&region=eu-west-1&state=s%26t%3D1",
      domain_connect.apply_url(options()))
    assert.equal("https://h.example/v2/domainTemplates/providers/a/services/b/apply?domain=example.com", domain_connect.apply_url {
      settings = { url_sync = "https://h.example" }, provider_id = "a", service_id = "b", domain = "example.com", groups = {} })
    assert.truthy(domain_connect.apply_url(options { provider_name = "A & B", service_name = "Mail" })
      :find("&providerName=A%20%26%20B&", 1, true))
  end)

  it("is signed over its query as it stands", function()
    local url = assert(domain_connect.apply_url(options { key = key, key_name = "_dck1" }))
    local text = url:match "%?(.*)$"
    local unsigned = assert(domain_connect.apply_url(options())):match "%?(.*)$"
    assert.equal(unsigned .. "&sig=", text:sub(1, #unsigned + 5))
    local values, signed = query.read(text)
    assert.equal(unsigned, signed)
    assert.equal("_dck1", values.key)
    local texts = {}
    for i, record in ipairs(domain_connect.key_records(key, "_dck1.mailer.example")) do texts[i] = record.value end
    assert.is_true(signing.verify(assert(signing.read(texts)), signed, values.sig))
  end)

  it("may lead back to this machine without TLS", function()
    for _, uri in ipairs { "http://localhost:8080/back", "http://127.0.0.1/back", "http://[::1]:8080/back" } do
      assert.truthy(domain_connect.apply_url(options { redirect_uri = uri }))
    end
    for _, uri in ipairs { "http://10.0.0.1/", "http://localhost.example/", "http://127.0.0.1.example/" } do
      assert.equal("bad_request", (select(3, domain_connect.apply_url(options { redirect_uri = uri }))))
    end
  end)

  it("is none of what cannot be asked", function()
    for _, changes in ipairs {
      { provider_id = "a/b" }, { service_id = "" }, { domain = "not a domain" }, { host = "a..b" }, { groups = { "a,b" } },
      { redirect_uri = "http://app.mailer.example/" }, { redirect_uri = "javascript:alert(1)" }, { redirect_uri = "/back" },
      { state = "a\nb" }, { state = "" }, { variables = { domain = "x" } }, { variables = { Redirect_Uri = "x" } },
      { variables = { ["a b"] = "x" } }, { variables = { a = "\0" } }, { variables = { a = "é" } }, { variables = { a = 5 } },
      { provider_name = "a\nb" }, { service_name = ("a"):rep(300) },
    } do
      local url, message, code = domain_connect.apply_url(options(changes))
      assert.is_nil(url, next(changes))
      assert.equal("bad_request", code)
      assert.is_string(message)
    end
    assert.equal("too_long", (select(3, domain_connect.apply_url(options { variables = { a = ("x"):rep(9000) } }))))
    assert.has_error(function() domain_connect.apply_url(options { key = key }) end)
    assert.has_error(function() domain_connect.apply_url(options { key = key, key_name = "a.b" }) end)
    assert.has_error(function() domain_connect.apply_url { settings = {} } end)
  end)
end)

describe("what a customer comes back with", function()
  it("is told", function()
    assert.same({ outcome = "done", state = "s t", text = "the DNS host says that it was done" },
      domain_connect.returned "state=s%20t&success=1&other=x")
    assert.equal("done", domain_connect.returned("").outcome)
    local found = domain_connect.returned "error=access_denied&error_description=user_cancel%20by%20them&state=x"
    assert.same({ "cancelled", "access_denied", "user_cancel by them", "x" },
      { found.outcome, found.error, found.description, found.state })
    assert.equal("failed", domain_connect.returned("error=server_error").outcome)
    assert.equal("failed", domain_connect.returned("success=0").outcome)
    assert.equal("failed", domain_connect.returned("error=%E2%80%AEx").outcome)
  end)

  it("is shown without what no terminal is to see, and refused where it is none", function()
    assert.equal("\\226\\128\\174x", domain_connect.returned("error=%E2%80%AEx").error)
    for _, text in ipairs { "error=%00", "state=a&state=b", "a=%zz", ("a"):rep(10000) } do
      assert.equal("bad_query", (select(3, domain_connect.returned(text))))
    end
  end)
end)

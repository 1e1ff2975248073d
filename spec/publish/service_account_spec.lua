local cjson = require "cjson"
local core = require "mailseal.core"
local google_account = require "spec.support.google_account"
local service_account = require "mailseal.publish.service_account"
local shell = require "spec.support.shell"

local NOW, SCOPE = 1440938160, "https://www.googleapis.com/auth/ndev.clouddns.readwrite"

local function decoded(text)
  text = text:gsub("%-", "+"):gsub("_", "/")
  return core.text.unbase64(text .. ("="):rep(-#text % 4))
end

describe("a service account", function()
  local made = google_account.make()
  local host = { endpoint = "https://oauth2.example" }

  teardown(function() made:remove() end)

  it("is read from the file that the console gives out, and shows nothing of its key", function()
    local account = assert(service_account.read(made:file(host)))
    assert.same({ made.known.email, made.project, "https://oauth2.example/token" }, { account.email, account.project, account.token_uri })
    assert.equal("the service account " .. made.known.email, tostring(account))
    assert.equal("https://oauth2.googleapis.com/token", assert(service_account.read(made:file(host, { token_uri = false }))).token_uri)
    assert.is_nil(assert(service_account.read(made:file(host, { project_id = false }))).project)
  end)

  it("states who it is, whom it asks and for what, for an hour, by RS256", function()
    local account = assert(service_account.read(made:file(host)))
    local statement = assert(account:assertion(SCOPE, NOW + 0.5))
    local header, claims, signature = statement:match "^([%w_-]+)%.([%w_-]+)%.([%w_-]+)$"
    assert.same({ alg = "RS256", typ = "JWT", kid = made.known.key_id }, cjson.decode(decoded(header)))
    assert.same({
      iss = made.known.email, scope = SCOPE, aud = "https://oauth2.example/token", iat = NOW, exp = NOW + 3600,
    }, cjson.decode(decoded(claims)))
    shell.write(made.directory .. "/signature", decoded(signature))
    shell.write(made.directory .. "/signed", header .. "." .. claims)
    assert.is_true(shell.succeeds(("cd %s && openssl dgst -sha256 -verify public.pem -signature signature signed"):format(made.directory)))
  end)

  it("is told from what is none, in words that hold nothing of it", function()
    for _, text in ipairs { "", "{", "[]", "null", '"x"', "/etc/passwd", made:file(host, { type = "authorized_user" }),
      made:file(host, { client_email = false }), made:file(host, { private_key = false }), made:file(host, { private_key = "secret" }) } do
      local account, message, code = service_account.read(text)
      assert.same({ nil, "bad_credentials" }, { account, code })
      assert.is_nil(message:find("secret", 1, true))
      assert.is_nil(message:find("PRIVATE KEY", 1, true))
    end
  end)
end)

--- A customer whose DNS host asks him itself: from the page of a plain `mailseal serve` to a hosting company's
-- (examples/domain_connect_provider.lua), which is another site, and back, with a real name server behind it.
local browsers = require "spec.support.browser"
local domain_connect = require "mailseal.domain_connect"
local http_client = require "spec.support.http_client"
local keys = require "mailseal.key"
local knot = require "spec.support.knot"
local nginx = require "spec.support.nginx"
local receiver = require "spec.support.receiver"
local services = require "spec.support.service"
local shell = require "spec.support.shell"
local templates = require "mailseal.domain_connect.templates"
local walks = require "spec.support.walks"

local SECRET = "GyS77Bg3U4uhQxCvSwGeunCWIO211OyEOYjYha5a/p4="

local HTTP = [[
init_by_lua_block {
  require "examples.domain_connect_provider".start {
    id = "stars.example", name = "Stars", url = "https://dc.stars.example:$tls", server = "$knot", key_file = "$directory/tsig.key",
    templates = { "$directory/kraiter.json" }, applied = "$directory", resolvers = { "$knot" }, accounts = { alice = { "bakery.example" } },
  }
}
]]

local SERVER = [[
listen 127.0.0.1:$tls ssl;
ssl_certificate $certificates/stars.pem;
ssl_certificate_key $certificates/stars.key;
large_client_header_buffers 4 16k;
location / { content_by_lua_block { require "examples.domain_connect_provider".serve() } }
]]

local WITH = [[
return {
  resolver = { servers = { %q }, port = %d, timeout = 1, tries = 2 }, limits = { verify = { domain = { burst = 1000, every = 0.01 } } },
}
]]

local DOMAIN = "mail.bakery.example"

local function walk(runs_scripts)
  local names, host, service, browser, page, certificates

  local function start_host(key)
    local records = {}
    for i, record in ipairs(domain_connect.key_records(key, "_dck1.mailer.example")) do
      records[i] = ('_dck1 TXT "%s"\n'):format(record.value)
    end
    names = assert(knot.start {
      keys = { { name = "hosting", algorithm = "hmac-sha256", secret = SECRET } }, zones = {
        ["bakery.example"] = knot.EMPTY .. '_dmarc TXT "v=DMARC1; p=reject"\n', ["stars.example"] = knot.EMPTY .. "dc A 127.0.0.1\n",
        ["mailer.example"] = knot.EMPTY .. table.concat(records),
      },
    })
    host = nginx.start {
      http = HTTP, server = SERVER, values = { knot = names.address, certificates = certificates }, files = {
        ["tsig.key"] = "hmac-sha256:hosting:" .. SECRET, ["kraiter.json"] = templates.json(assert(domain_connect.template("kraiter", {
          provider_id = "mailer.example", provider_name = "Mailer", sync_pub_key_domain = "mailer.example",
          sync_redirect_domain = "app.example",
        }))),
      },
    }
    assert(names:update("bakery.example", { ('add _domainconnect 60 TXT "dc.stars.example:%d"'):format(host.tls) }))
  end

  setup(function()
    certificates = receiver.certificates()
    local key, pem = assert(keys.generate {}), certificates .. "/connect.pem"
    start_host(key)
    shell.write(pem, key:pem())
    shell.write(certificates .. "/with.lua", WITH:format(names.address, names.port))
    service = services.start {
      environment = { SSL_CERT_FILE = certificates .. "/ca.pem" }, arguments = {
        "--with", certificates .. "/with.lua", "--tls-cert", certificates .. "/stars.pem", "--tls-key", certificates .. "/stars.key",
        "--allow-private-dns-hosts", "--connect-provider-id", "mailer.example", "--connect-key", pem, "--connect-key-name", "_dck1",
      },
    }
    browser = browsers.start()
    page = browser:open { javaScriptEnabled = runs_scripts, ignoreHTTPSErrors = true }
    page.base = "https://app.example:" .. service.port
    walks.sign_in(page, service.token)
  end)
  teardown(function()
    if browser then browser:stop() end
    if service then service:stop() end
    if host then host:stop() end
    if names then names:stop() end
    shell.remove_directory(certificates)
  end)
  local it = browsers.walk(it, function() return page end)

  it("is told that his DNS host can do it, and what it would", function()
    local connection = http_client.connect(service.port, require("openssl.ssl.context").new("TLS", false))
    assert.equal(201, service:post("/v1/domains", { domain = DOMAIN, provider = "kraiter", vars = walks.KRAITER }, {
      connection = connection,
    }).status)
    connection:close()
    page:go(page.base .. "/domains/" .. DOMAIN .. "/setup")
    page:sees { role = "heading", name = "Agree at Stars" }
    page:click { role = "button", name = "Show what would be changed", within = { css = "#way-domain-connect" } }
    page:sees { role = "heading", name = "Look before you agree" }
    page:sees { text = "CNAME abc.dkim.amazonses.com.", exact = false }
    assert.equal("", runs_scripts and page:barriers() or "")
  end)

  it("comes back, still signed in, where he does not agree, and nothing was changed", function()
    page:click { role = "link", name = "Agree at Stars" }
    page:fill({ css = "input[name=name]" }, "alice")
    page:click { css = "button" }
    page:sees { text = "abc._domainkey.mail.bakery.example", exact = false }
    assert.matches("^https://dc%.stars%.example:", page:url())
    page:click { role = "button", name = "Cancel" }
    page:sees { text = "You have not agreed at your DNS host, or it could not be done there.", exact = false }
    page:sees { role = "button", name = "Sign out" }
    assert.equal(page.base .. "/domains/" .. DOMAIN, (page:url():gsub("%?.*", "")))
  end)

  it("comes back where he agrees, and DNS shows it", function()
    page:go(page.base .. "/domains/" .. DOMAIN .. "/setup")
    page:click { role = "button", name = "Show what would be changed", within = { css = "#way-domain-connect" } }
    page:click { role = "link", name = "Agree at Stars" }
    page:click { role = "button", name = "Agree" }
    page:sees { text = "Looked at DNS just now: what it shows stands below.", exact = false }
    page:sees { role = "button", name = "Sign out" }
    local zone = shell.output(("kdig @%s -p %d bakery.example AXFR +noall +answer"):format(names.host, names.port))
    assert.matches("abc._domainkey.mail.bakery.example.", zone, 1, true)
    assert.matches("p=reject", zone, 1, true)
    assert.is_nil(service:log():find("BEGIN", 1, true))
  end)
end

describe("A customer whose DNS host asks him itself, by #browser,", function()
  if not walks.available() then return pending(walks.WANTED) end
  walk(true)
end)

describe("A customer whose DNS host asks him itself, and who lets no script run, by #browser,", function()
  if not walks.available() then return pending(walks.WANTED) end
  walk(false)
end)

--- examples/openresty, run as its nginx.conf says, from the sources: a product's own nginx with mailseal inside.
local cjson = require "cjson"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local http_client = require "spec.support.http_client"
local knot = require "spec.support.knot"
local registry_stage = require "spec.support.registry_stage"
local shell = require "spec.support.shell"

local conf = shell.read "examples/openresty/nginx.conf"
local command = assert(conf:match "\n#     (%S*nginx [^\n]+)\n")
local port = tonumber(conf:match "listen 127.0.0.1:(%d+);")

-- Runs it until the pipe closes, whatever becomes of this program. Where root starts nginx, its workers are nobody: so are the files.
local guardian = [[
directory=$1
trap '' INT TERM HUP
[ "$(id -u)" != 0 ] || chown -R nobody "$directory"
export MAILSEAL_SERVER="$2" MAILSEAL_DB="sqlite:$directory/mailseal.db" MAILSEAL_MASTER_KEY="$directory/master.key"
sh -c "exec $3" >"$directory/log" 2>&1 </dev/null &
server=$!
read -r _
kill -TERM "$server" 2>/dev/null
wait "$server"
rmdir /tmp/mailseal-example-* 2>/dev/null
]]

local ACME, GLOBEX = "Basic YWNtZTphY21l", "Basic Z2xvYmV4Omdsb2JleA==" -- acme:acme, globex:globex

local MESSAGE = "From: Acme <hello@example.com>\r\nTo: you@example.net\r\nSubject: Hello\r\nDate: Sun, 22 Nov 2026 12:00:00 +0000\r\n"
  .. "Message-ID: <1@example.com>\r\n\r\nHello.\r\n"

describe("examples/openresty in #nginx", function()
  local names, stage, pipe

  -- Runs `mailseal domains` for acme.
  local function domains(...)
    local words = { ... }
    for _, word in ipairs { "--tenant", "acme", "--json" } do words[#words + 1] = word end
    local result = stage:domains(words)
    return result.out ~= "" and cjson.decode(result.out) or error(result.err)
  end

  local function log()
    local path = stage.directory .. "/log"
    return shell.exists(path) and shell.read(path) or ""
  end

  local function is_up()
    local ok, connection = pcall(http_client.connect, port)
    if ok then connection:close() end
    return ok
  end

  -- The example's ports are always the same, and another run of these tests may have them just now.
  local function start()
    for _ = 1, 30 do
      pipe = assert(io.popen(("exec sh -c %s guardian %s %s %s"):format(
        shell.quote(guardian), shell.quote(stage.directory), names.address, shell.quote(command)), "w"))
      for _ = 1, 200 do
        if log():find("bind() to", 1, true) or is_up() then break end
        shell.output "sleep 0.05"
      end
      if not log():find("bind() to", 1, true) and is_up() then return end
      pipe:close()
      shell.output "sleep 1"
    end
    error("it does not start: " .. log())
  end

  setup(function()
    names = assert(knot.start { zones = { ["example.test"] = knot.EMPTY .. [[
@ MX 10 mx.example.test.
@ TXT "v=spf1 -all"
_dmarc TXT "v=DMARC1; p=reject"
]] } })
    stage = registry_stage.new()
    stage:publish(domains("add", "example.com", "--provider", "own").records)
    assert.equal("verified", domains("verify", "example.com").status)
    domains("add", "mail.example.com", "--provider", "own")
    start()
  end)

  teardown(function()
    pipe:close()
    names:stop()
    stage:remove()
  end)

  local function request(method, path, headers, body)
    local connection = http_client.connect(port)
    local reply = assert(connection:request(method, path, headers, body), log())
    connection:close()
    if (reply.headers["content-type"] or ""):find "json" then reply.json = cjson.decode(reply.body) end
    return reply
  end

  it("has a configuration that nginx takes as it stands", function()
    local printed = shell.output(command .. " -t 2>&1")
    assert.matches("test is successful", printed, 1, true)
    assert.is_nil(printed:find "%[%a+%]", printed)
  end)

  describe("/records", function()
    it("tells what a domain publishes, and what it does not, and whose name is none", function()
      assert.equal("example.test MX: 10 mx.example.test\nexample.test TXT: v=spf1 -all\n_dmarc.example.test TXT: v=DMARC1; p=reject\n"
        .. "_mta-sts.example.test TXT: nxdomain\n_smtp._tls.example.test TXT: nxdomain\ndefault._bimi.example.test TXT: nxdomain\n",
        request("GET", "/records?domain=example.test").body, log())
      assert.matches("example.test TXT (cached): v=spf1 -all", request("GET", "/records?domain=example.test").body, 1, true)
      assert.matches("^[^\n]*label", request("GET", "/records?domain=a..b").body)
    end)
  end)

  describe("/mail/api", function()
    it("knows the product's accounts, and shows each what is its own", function()
      assert.equal(401, request("GET", "/mail/api/v1/domains").status)
      assert.equal(401, request("GET", "/mail/api/v1/domains", { Authorization = "Basic YWNtZTp3cm9uZw==" }).status)
      local found = request("GET", "/mail/api/v1/domains/example.com", { Authorization = ACME })
      assert.equal("verified", found.json.status, log())
      assert.equal(404, request("GET", "/mail/api/v1/domains/example.com", { Authorization = GLOBEX }).status)
    end)

    it("makes a domain for whoever is signed in, and says who it was", function()
      local made = request("POST", "/mail/api/v1/domains", { Authorization = GLOBEX, ["Content-Type"] = "application/json" },
        '{"domain":"globex.example.com","provider":"own"}')
      assert.equal(201, made.status, made.body)
      local events = request("GET", "/mail/api/v1/events", { Authorization = GLOBEX })
      assert.matches('"user globex"', events.body, 1, true)
    end)

    it("takes no change from another site's page", function()
      local function remove(headers)
        headers.Authorization, headers.Host = GLOBEX, "product.example"
        return request("DELETE", "/mail/api/v1/domains/none.example.com", headers).status
      end
      assert.equal(403, remove { Origin = "https://evil.example" })
      assert.equal(403, remove { ["Sec-Fetch-Site"] = "cross-site" })
      assert.equal(404, remove { Origin = "http://product.example" })
      assert.equal(404, remove {})
    end)
  end)

  describe("/mail", function()
    it("has the page for whoever is signed in to the product, with all it needs under that path", function()
      assert.equal(401, request("GET", "/mail/").status)
      local page = request("GET", "/mail/", { Authorization = ACME })
      assert.equal(200, page.status, page.body)
      assert.matches("example.com", page.body, 1, true)
      local count = 0
      for attribute, path in page.body:gmatch ' (%l+)="(/[^"]*)"' do
        count = count + 1
        assert.equal("/mail", path:match "^/mail", attribute)
        if attribute ~= "action" then
          assert.equal(200, request("GET", (path:gsub("&amp;", "&")), { Authorization = ACME }).status, path)
        end
      end
      assert.is_true(count > 3)
    end)

    it("shows another account nothing of it", function()
      assert.is_nil(request("GET", "/mail/", { Authorization = GLOBEX }).body:find(">example.com<", 1, true))
    end)
  end)

  describe("/outgoing", function()
    local function post(message, account)
      return request("POST", "/outgoing", { Authorization = account or ACME, ["Content-Type"] = "message/rfc822" }, message)
    end

    it("hands a message on with a signature before it that receivers verify", function()
      local reply = post(MESSAGE)
      assert.equal(200, reply.status, reply.body .. log())
      assert.matches("^DKIM%-Signature: ", reply.body)
      assert.equal(MESSAGE, reply.body:sub(-#MESSAGE))
      local results = dkim.verify(reply.body, { resolver = assert(dns.resolver { zone = stage.directory .. "/zone.json" }) })
      assert.equal("pass", results[1].result, results[1].text)
      assert.equal("example.com", results[1].domain)
    end)

    it("hands on nothing of a domain that is another's, or not verified, or of no one", function()
      local others = post(MESSAGE, GLOBEX)
      assert.equal(403, others.status)
      assert.matches("not_found", others.body, 1, true)
      local early = post((MESSAGE:gsub("@example.com", "@mail.example.com")))
      assert.equal(403, early.status)
      assert.matches("not_verified", early.body, 1, true)
      assert.equal(400, post((MESSAGE:gsub("^From", "Sender"))).status)
      assert.equal(401, request("POST", "/outgoing", {}, MESSAGE).status)
    end)
  end)

  describe("/send", function()
    local function send(domain, id, account)
      return request("POST", "/send", { Authorization = account or ACME }, cjson.encode { id = id, domain = domain })
    end

    it("queues, holds or refuses, as the domain's health is", function()
      assert.same({ 202, "queued" }, { send("example.com", "m-1").status, send("example.com", "m-1").json.status })
      local held = request("POST", "/mail/api/v1/domains/example.com/disable", {
        Authorization = ACME, ["Content-Type"] = "application/json",
      }, "{}")
      assert.equal(200, held.status, held.body)
      held = send("example.com", "m-2")
      assert.same({ 202, "held", "disabled" }, { held.status, held.json.status, held.json.reason })
      local enabled = request("POST", "/mail/api/v1/domains/example.com/enable", {
        Authorization = ACME, ["Content-Type"] = "application/json",
      }, "{}")
      assert.equal(200, enabled.status, enabled.body)
      assert.equal("queued", send("example.com", "m-3").json.status)
      local refused = send("mail.example.com", "m-4")
      assert.same({ 403, "refused", "not_verified" }, { refused.status, refused.json.status, refused.json.reason })
      assert.equal(403, send("example.com", "m-5", GLOBEX).status)
    end)

    it("wants to know what", function()
      assert.equal(400, request("POST", "/send", { Authorization = ACME }, "{").status)
      assert.equal(400, request("POST", "/send", { Authorization = ACME }, '{"id":1}').status)
    end)
  end)

  it("has logged no error by all that", function()
    for line in log():gmatch "[^\n]+" do
      assert.is_true(not line:find "%[%l+%]" or line:find("password mismatch", 1, true) ~= nil, line)
    end
  end)
end)

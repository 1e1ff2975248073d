local async = require "mailseal.async"
local cjson = require "cjson"
local dns = require "mailseal.dns"
local fetch = require "mailseal.fetch"
local nginx = require "spec.support.nginx"
local question = require "mailseal.fetch.question"
local receiver = require "spec.support.receiver"
local shell = require "spec.support.shell"
local url = require "mailseal.fetch.url"

-- Names, where they lead to, and faults.
local ZONE = {
  ["hooks.example"] = { { type = "A", data = "127.0.0.1" } }, ["other.example"] = { { type = "A", data = "127.0.0.1" } },
  ["a.stars.example"] = { { type = "A", data = "127.0.0.1" } }, ["stars.example"] = { { type = "A", data = "127.0.0.1" } },
  ["b.a.stars.example"] = { { type = "A", data = "127.0.0.1" } }, ["private.example"] = { { type = "A", data = "10.1.2.3" } },
  ["to-private.example"] = { { type = "CNAME", data = "private.example." } },
  ["nat64.example"] = { { type = "A", data = "8.8.8.8" }, { type = "AAAA", data = "64:ff9b::7f00:1" } },
  ["alias.example"] = { { type = "CNAME", data = "hooks.example." } }, ["several.example"] = {
    { type = "A", data = "127.0.0.2" }, { type = "A", data = "127.0.0.1" } },
  ["mixed.example"] = { { type = "A", data = "8.8.8.8" }, { type = "A", data = "127.0.0.1" } },
  ["mapped.example"] = { { type = "AAAA", data = "::ffff:127.0.0.1" } }, ["six.example"] = { { type = "AAAA", data = "::1" } },
  ["cloud.example"] = { { type = "A", data = "169.254.169.254" } }, ["broken.example"] = { { error = "servfail" } },
  ["half.example"] = { { type = "A", data = "127.0.0.1" }, { type = "AAAA", error = "servfail" } },
  ["empty.example"] = { { type = "TXT", data = "x" } },
}

-- Each asks for the whole: `ask(options)` returns what came of it.
local function tests(ask)
  local plain, tls, late, stars, own, directory

  setup(function()
    directory = receiver.certificates()
    plain = receiver.start()
    tls = receiver.start { certificate = directory .. "/good.pem", key = directory .. "/good.key" }
    late = receiver.start { certificate = directory .. "/late.pem", key = directory .. "/late.key" }
    stars = receiver.start { certificate = directory .. "/stars.pem", key = directory .. "/stars.key" }
    own = receiver.start { certificate = directory .. "/self.pem", key = directory .. "/self.key" }
    ask = ask(directory)
  end)

  teardown(function()
    for _, one in ipairs { plain, tls, late, stars, own } do one:stop() end
    ask { stop = true }
    shell.remove_directory(directory)
  end)

  -- Over plain HTTP to the one that does what it is told.
  local function get(path, options)
    local given = { url = ("http://hooks.example:%d%s"):format(plain.port, path), allow_plain = true, allow_private = true }
    for name, value in pairs(options or {}) do given[name] = value end
    return ask(given)
  end

  local function get_tls(host, server, options)
    local given = { url = ("https://%s:%d/"):format(host, server.port), allow_private = true }
    for name, value in pairs(options or {}) do given[name] = value end
    return ask(given)
  end

  local OK = "HTTP/1.1 200 OK\r\n"

  it("asks by every method, and tells the answer", function()
    plain:behave { ["/a"] = { status = 201, headers = { ["X-Answer"] = "yes" }, body = "created" } }
    for _, method in ipairs { "GET", "POST", "PUT", "PATCH", "DELETE" } do
      local body = method ~= "GET" and '{"a":1}' or nil
      local found = get("/a?b=c", { method = method, body = body, headers = { ["Content-Type"] = "application/json" } })
      assert.same({ 201, "created", "yes" }, { found.status, found.body, found.headers["x-answer"] })
      local asked = plain:requests()
      asked = asked[#asked]
      assert.same({ method, "/a?b=c", "application/json" }, { asked.method, asked.path, asked.headers["content-type"] })
      assert.equal(method ~= "GET" and '{"a":1}' or "", asked.body)
      assert.equal("hooks.example:" .. plain.port, asked.headers.host)
    end
    assert.equal("", get("/a", { method = "HEAD" }).body)
  end)

  it("sends a large body whole", function()
    local body = ("0123456789"):rep(100000)
    assert.equal(200, get("/large", { method = "POST", body = body }).status)
    local asked = plain:requests "/large"
    assert.is_true(asked[1].body == body)
  end)

  it("reads chunks and what ends with the connection", function()
    plain:behave {
      ["/chunks"] = { raw = OK .. "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", hold = 0.2 },
      ["/end"] = { raw = OK .. "\r\nhello" },
    }
    assert.equal("hello", get("/chunks").body)
    assert.equal("hello", get("/end").body)
  end)

  it("trusts a certificate of the host's name, by an authority that it knows, and no other", function()
    local found = get_tls("hooks.example", tls, { method = "POST", body = "x" })
    assert.equal(200, found.status, found.message)
    assert.equal("bad_certificate", get_tls("other.example", tls).code)
    assert.equal("bad_certificate", get_tls("hooks.example", late).code)
    for _ = 1, 10 do assert.equal("bad_certificate", get_tls("hooks.example", tls, { ca_file = "none" }).code) end
    assert.equal("tls_failed", get_tls("hooks.example", plain).code)
    assert.equal(1, #tls:requests())
    assert.equal("hooks.example", tls:requests()[1].server_name)
  end)

  it("takes a star of a certificate for one label, and trusts none that a host has made for itself", function()
    assert.equal(200, get_tls("a.stars.example", stars).status)
    assert.equal("bad_certificate", get_tls("stars.example", stars).code) -- *.example would be all of a top level
    assert.equal("bad_certificate", get_tls("b.a.stars.example", stars).code)
    assert.equal("bad_certificate", get_tls("hooks.example", own).code)
    assert.equal("bad_url", get_tls("127.0.0.1", stars).code) -- though the certificate has it
    assert.equal(1, #stars:requests())
    assert.same({}, own:requests())
  end)

  it("connects to what it has looked up, and judged, alone", function()
    assert.equal("forbidden_address", get("/", { allow_private = false }).code)
    for _, host in ipairs { "cloud.example", "mapped.example", "six.example", "mixed.example", "alias.example", "to-private.example",
      "nat64.example" } do
      assert.equal("forbidden_address", get("/", { url = ("https://%s/"):format(host), allow_private = false }).code, host)
    end
    assert.equal("forbidden_address", get("/", { url = "http://cloud.example/" }).code)
    assert.equal("forbidden_address", get("/", { url = "http://127.0.0.1/", allow_private = false }).code)
    assert.equal("forbidden_address", get("/", { url = "http://[::ffff:127.0.0.1]/", allow_private = false }).code)
    assert.equal(200, get("/", { url = ("http://alias.example:%d/"):format(plain.port) }).status)
    assert.equal(200, get("/", { url = ("http://127.0.0.1:%d/"):format(plain.port) }).status)
  end)

  it("tries the next address where the first one does not answer", function()
    -- Nobody listens at 127.0.0.2, for the server is bound to 127.0.0.1.
    assert.equal(200, get("/", { url = ("http://several.example:%d/"):format(plain.port) }).status)
  end)

  it("tells a host that there is not from one that DNS does not tell of", function()
    assert.equal("no_such_host", get("/", { url = "http://none.example/" }).code)
    assert.equal("no_such_host", get("/", { url = "http://empty.example/" }).code)
    assert.equal("dns_failed", get("/", { url = "http://broken.example/" }).code)
    assert.equal("unreachable", get("/", { url = "http://127.0.0.1:1/" }).code)
    assert.equal(200, get("/", { url = ("http://half.example:%d/"):format(plain.port) }).status)
  end)

  it("wants https:// unless told otherwise", function()
    assert.equal("not_https", get("/", { allow_plain = false }).code)
    assert.equal("bad_url", get("/", { url = "https://127.0.0.1/" }).code)
    assert.equal("bad_url", get("/", { url = "nonsense" }).code)
  end)

  it("follows a redirect only where it is told to, and judges where it leads", function()
    plain:behave {
      ["/one"] = { status = 302, headers = { Location = "/two" } }, ["/two"] = { body = "here" },
      ["/round"] = { status = 307, headers = { Location = "/round" } },
      ["/cloud"] = { status = 301, headers = { Location = "http://cloud.example/" } },
      ["/odd"] = { status = 301, headers = { Location = "http://user@hooks.example/" } },
    }
    assert.equal(302, get("/one").status)
    assert.equal("here", get("/one", { redirects = 1 }).body)
    assert.equal(302, get("/one", { redirects = 1, method = "POST" }).status)
    assert.equal("too_many_redirects", get("/round", { redirects = 3 }).code)
    assert.equal("forbidden_address", get("/cloud", { redirects = 1 }).code)
    assert.equal("bad_redirect", get("/odd", { redirects = 1 }).code)
  end)

  it("is done with a server that is slow, drips, or never ends, when the time is over", function()
    plain:behave {
      ["/slow"] = { delay = 60 },
      ["/drip"] = { raw = OK .. "X: " .. ("y"):rep(1000), drip = 0.05 },
      ["/silent"] = { raw = "", hold = 60 },
      ["/half"] = { raw = OK .. "Content-Length: 5\r\n\r\nhel", hold = 60 },
    }
    for _, path in ipairs { "/slow", "/drip", "/silent", "/half" } do
      local found = get(path, { timeout = 0.4 })
      assert.equal("timeout", found.code, path)
      assert.is_true(found.seconds >= 0.39 and found.seconds < 8, path)
    end
  end)

  it("is done with what lies about its length, or goes on without end", function()
    plain:behave {
      ["/fields"] = { raw = "HTTP/1.1 200 OK\r\n" .. ("X: y\r\n"):rep(50), again = 1000 },
      ["/line"] = { raw = ("x"):rep(1000), again = 1000 },
      ["/body"] = { raw = OK .. "\r\n" .. ("x"):rep(70000) },
      ["/both"] = { raw = OK .. "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc" },
      ["/short"] = { raw = OK .. "Content-Length: 10\r\n\r\nabc" }, ["/chunk"] = { raw = OK .. "Transfer-Encoding: chunked\r\n\r\nzz\r\n" },
      ["/nothing"] = { raw = "" },
    }
    assert.equal("bad_answer", get("/fields").code)
    assert.equal("head_too_large", get("/line").code)
    assert.equal("too_large", get("/body").code)
    assert.equal("bad_answer", get("/both").code)
    assert.equal("closed", get("/short").code)
    assert.equal("bad_answer", get("/chunk").code)
    assert.equal("closed", get("/nothing").code)
    assert.equal(200, get("/body", { head_only = true }).status)
  end)
end

local function told(answer, message, code, began)
  local found = answer or {}
  found.message, found.code, found.seconds = message, code, async.now() - began
  return found
end

local function plainly(directory)
  local resolver = dns.resolver { zone = ZONE }
  return function(options)
    if options.stop then return end
    local began, given = async.now(), { resolver = resolver, ca_file = directory .. "/ca.pem" }
    for name, value in pairs(options) do given[name] = value end
    if given.ca_file == "none" then given.ca_file = directory .. "/other.pem" end
    local answer, message, code = fetch.request(given)
    return told(answer, message, code, began)
  end
end

describe("a request, in a plain script,", function() tests(plainly) end)

describe("a request, in a cqueues program,", function()
  tests(function(directory)
    local ask = plainly(directory)
    return function(options)
      local controller, found = require "cqueues".new(), nil
      controller:wrap(function() found = ask(options) end)
      assert(controller:loop())
      return found
    end
  end)
end)

describe("a request, in a luv program,", function()
  tests(function(directory)
    local ask = plainly(directory)
    return function(options)
      if options.stop then return end
      local found
      require "mailseal.async.luv".start(function() return ask(options) end, function(ok, result)
        found = ok and result or { message = result }
      end)
      require "luv".run()
      return found
    end
  end)
end)

local SERVER = [[
location = /ask {
  content_by_lua_block {
    local async, cjson, fetch = require "mailseal.async", require "cjson", require "mailseal.fetch"
    ngx.req.read_body()
    local options = cjson.decode(assert(io.open "$directory/question"):read "*a")
    options.resolver = require "mailseal.dns".resolver { zone = "$directory/zone.json" }
    options.ca_file = nil
    local began = async.now()
    local answer, message, code = fetch.request(options)
    answer = answer or {}
    answer.message, answer.code, answer.seconds = message, code, async.now() - began
    ngx.print(cjson.encode(answer))
  }
}
]]

describe("a request, inside nginx, #nginx", function()
  tests(function(directory)
    local function start(ca) return nginx.start {
      http = ("lua_ssl_trusted_certificate %s/%s; lua_ssl_verify_depth 5;"):format(directory, ca), server = SERVER,
      files = { ["zone.json"] = cjson.encode(ZONE) },
    } end
    local server, distrusting = start "ca.pem", nil
    return function(options)
      if options.stop then
        if distrusting then distrusting:stop() end
        return server:stop()
      end
      local asked = server
      if options.ca_file then
        distrusting = distrusting or start "other.pem"
        asked = distrusting
      end
      shell.write(asked.directory .. "/question", cjson.encode(options))
      local body, status = asked:get "/ask"
      assert.equal(200, status, asked:log())
      return cjson.decode(body)
    end
  end)
end)

describe("a request", function()
  it("has no fields but those that HTTP is not about, and none with a line's end", function()
    for name, value in pairs {
      Host = "x", ["content-length"] = "1", ["Transfer-Encoding"] = "chunked", ["X: y\r\nZ"] = "x", X = "a\r\nB: c", Y = "\0", [""] = "x",
      Connection = "keep-alive",
    } do
      assert.is_false((question.check_headers { [name] = value }), name)
    end
    assert.is_true((question.check_headers { ["X-A"] = "b\tc é" }))
    assert.has_error(function() fetch.request { url = "https://a.example/", resolver = {}, headers = { Host = "b" } } end)
  end)

  it("says how long its body is, where it may have one", function()
    local to = url.parse "https://a.example/b"
    local head = "GET /b HTTP/1.1\r\nHost: a.example\r\nUser-Agent: mailseal\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
    assert.equal(head, question.write(to, { method = "GET" }))
    assert.truthy(question.write(to, { method = "POST" }):find("Content-Length: 0\r\n", 1, true))
    assert.truthy(question.write(to, { method = "PUT", body = "abc" }):find "Content%-Length: 3\r\n.*\r\n\r\nabc$")
  end)

  it("wants a URL and a resolver", function()
    assert.has_error(function() fetch.request {} end, "fetch.request wants a URL and a resolver")
    assert.has_error(function() fetch.request { url = "x", resolver = {}, method = "BREW" } end, "fetch.request: method must be a method")
  end)

  it("looks a name up once: what was judged is what is connected to", function()
    local plain, asked = receiver.start(), {}
    local resolver = {
      query = function(_, name, kind)
        asked[#asked + 1] = kind
        -- The second time it would be another.
        return { status = "ok", records = kind == "A" and { { address = #asked <= 2 and "127.0.0.1" or "127.0.0.9", name = name } } or {} }
      end,
    }
    local found = assert(fetch.request {
      url = ("http://rebound.example:%d/"):format(plain.port), resolver = resolver, allow_plain = true, allow_private = true,
    })
    assert.equal(200, found.status)
    table.sort(asked)
    assert.same({ "A", "AAAA" }, asked)
    plain:stop()
  end)

  it("leaves no descriptor open, however it ends", function()
    local plain = receiver.start()
    plain:behave { ["/slow"] = { delay = 60 } }
    local resolver = dns.resolver { zone = ZONE }
    local function count() return select(2, shell.output("ls /proc/$PPID/fd"):gsub("\n", "")) end
    local function rounds(n)
      for i = 1, n do
        fetch.request { url = ("http://hooks.example:%d/%s"):format(plain.port, i % 2 == 0 and "slow" or ""), resolver = resolver,
          allow_plain = true, allow_private = true, timeout = 0.05 }
      end
    end
    rounds(4)
    local before = count()
    rounds(30)
    -- The last one's may be about to close; one that each left would be thirty.
    assert.is_true(count() < before + 15)
    plain:stop()
  end)
end)

local dns = require "mailseal.dns"

describe("dns.resolver's options", function()
  local function refuses(options, message)
    assert.has_error(function() dns.resolver(options) end, message)
  end

  it("are known by name", function()
    refuses({ server = "192.0.2.1" }, 'dns.resolver knows no option "server"')
    refuses({ "192.0.2.1" }, 'dns.resolver knows no option "1"')
    refuses(5, "dns.resolver wants a table of options")
  end)

  it("are each of their kind", function()
    for name, most in pairs { timeout = 1000, deadline = 86400 } do
      for _, wrong in ipairs { 0, -1, 0 / 0, math.huge, -math.huge, most + 1, 1e300, "2", true, {} } do
        refuses({ [name] = wrong }, ("dns.resolver: %s must be a number above 0, at most %d"):format(name, most))
      end
    end
    for name, most in pairs { tries = 100, in_flight = 1000000, port = 65535 } do
      for _, wrong in ipairs { 0, -1, 0.5, 1.5, 0 / 0, math.huge, most + 1, 1e300, "9", false } do
        refuses({ [name] = wrong }, ("dns.resolver: %s must be a whole number from 1 to %d"):format(name, most))
      end
    end
    for _, wrong in ipairs { 1, "true" } do refuses({ rotate = wrong }, "dns.resolver: rotate must be true or false") end
    refuses({ now = 5 }, "dns.resolver: now must be a function")
    refuses({ resolv_conf = 5 }, "dns.resolver: resolv_conf must be a path")
    refuses({ zone = true }, "dns.resolver: zone must be a table or a path")
    refuses({ zone_text = {} }, "dns.resolver: zone_text must be a text")
  end)

  it("name one source of answers", function()
    refuses({ zone = {}, zone_text = "" }, "dns.resolver wants zone or zone_text, not both")
    refuses({ servers = { "192.0.2.1" }, zone = {} }, "dns.resolver wants servers or zone, not both")
    refuses({ servers = { "192.0.2.1" }, resolv_conf = "/etc/resolv.conf" }, "dns.resolver wants servers or resolv_conf, not both")
    refuses({ zone_text = "", resolv_conf = "/etc/resolv.conf" }, "dns.resolver wants zone_text or resolv_conf, not both")
  end)

  it("may be as large and as small as they may", function()
    for _, options in ipairs {
      { timeout = 1000, tries = 100, deadline = 86400, in_flight = 1000000, port = 65535, cache = 1000000000 },
      { timeout = 1e-300, tries = 1, deadline = 1e-300, in_flight = 1, port = 1, cache = 2 },
    } do
      options.servers = { "127.0.0.1:1" }
      local resolver = assert(dns.resolver(options))
      local answer = resolver:query("a.test", "TXT", { deadline = 0.001 })
      resolver:close()
      assert.equal("timeout", answer.status)
    end
  end)

  it("reach those whom they concern", function()
    local function clock() return 5 end
    local resolver = assert(dns.resolver {
      servers = { "192.0.2.1", "192.0.2.2" }, timeout = 3, tries = 4, deadline = 7, rotate = true, in_flight = 50, port = 5353,
      now = clock, cache = 100,
    })
    assert.same({ "192.0.2.1", "192.0.2.2" }, resolver.transport.servers)
    assert.same({ 3, 4, 7 }, { resolver.asker.timeout, resolver.asker.tries, resolver.asker.deadline })
    assert.equal(5353, resolver.options.port)
    assert.equal(clock, resolver.time)
    assert.equal(clock, resolver.cache.now)
  end)
end)

describe("resolver:query's options", function()
  local resolver = assert(dns.resolver { zone = { ["a.test"] = { { type = "TXT", data = "a" } } } })

  it("are known by name, and of their kind", function()
    local function refuses(options, message)
      assert.has_error(function() resolver:query("a.test", "TXT", options) end, message)
    end
    refuses({ fersh = true }, 'resolver:query knows no option "fersh"')
    refuses("fresh", "resolver:query wants a table of options")
    for _, wrong in ipairs { 0, -1, 0 / 0, math.huge, 86401, "2" } do
      refuses({ deadline = wrong }, "resolver:query: deadline must be a number above 0, at most 86400")
    end
    for _, name in ipairs { "fresh", "dnssec_ok", "checking_disabled", "no_recursion", "no_edns" } do
      refuses({ [name] = 1 }, "resolver:query: " .. name .. " must be true or false")
    end
  end)

  it("may all be left out", function()
    assert.equal("ok", resolver:query("a.test", "TXT", {}).status)
    assert.equal("ok", resolver:query("a.test", "TXT", { fresh = false, dnssec_ok = false, deadline = 1 }).status)
  end)

  it("bound the time of a single query", function()
    local async = require "mailseal.async"
    local silent = {
      servers = { false },
      exchange = function(_, _, _, seconds)
        async.sleep(seconds)
        return nil, "silence", "timeout"
      end,
    }
    for _, cache in ipairs { false, require "mailseal.dns.cache".new() } do
      local patient = require "mailseal.dns.resolver".new(silent, { timeout = 5, tries = 5, cache = cache })
      local before = async.now()
      assert.equal("timeout", patient:query("a.test", "TXT", { deadline = 0.1 }).status)
      assert.is_true(async.now() - before < 4)
    end
  end)
end)

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
    for _, name in ipairs { "timeout", "tries", "deadline" } do
      for _, wrong in ipairs { 0, -1, 0 / 0, math.huge, "2", true } do
        refuses({ [name] = wrong }, "dns.resolver: " .. name .. " must be a number above 0")
      end
    end
    refuses({ rotate = 1 }, "dns.resolver: rotate must be true or false")
    for _, wrong in ipairs { 0, 1.5, "9", false } do
      refuses({ in_flight = wrong }, "dns.resolver: in_flight must be a whole number from 1")
    end
    for _, wrong in ipairs { 0, 65536, "53" } do
      refuses({ port = wrong }, "dns.resolver: port must be a whole number from 1 to 65535")
    end
    refuses({ now = 5 }, "dns.resolver: now must be a function")
    refuses({ resolv_conf = 5 }, "dns.resolver: resolv_conf must be a path")
    refuses({ zone = true }, "dns.resolver: zone must be a table or a path")
    refuses({ zone_text = {} }, "dns.resolver: zone_text must be a text")
    refuses({ zone = {}, zone_text = "" }, "dns.resolver wants a zone or a zone_text, not both")
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
    for _, wrong in ipairs { 0, -1, 0 / 0, math.huge, "2" } do
      refuses({ deadline = wrong }, "resolver:query: deadline must be a number above 0")
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

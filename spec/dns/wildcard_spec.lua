local dns = require "mailseal.dns"

describe("resolver:synthesized", function()
  local resolver = assert(dns.resolver { zone_text = [[
$TTL 60
example.test. IN SOA ns.example.test. host.example.test. 1 2 3 4 5
*.example.test. IN TXT "v=spf1 -all"
own.example.test. IN TXT "v=DKIM1; p="
same.example.test. IN TXT "v=spf1 -all"
s1._domainkey.strict.example.test. IN TXT "v=DKIM1; p="
*.alias.test. IN CNAME target.test.
own.alias.test. IN CNAME other.test.
target.test. IN TXT "target"
other.test. IN TXT "target"
*.dangling.test. IN CNAME gone.nowhere.
*.mixed.test. IN A 192.0.2.1
key.mixed.test. IN TXT "key"
host.mixed.test. IN A 192.0.2.2
*.rare.test. IN SRV 0 0 25 mail.test.
]] })
  local broken = assert(dns.resolver { zone = {
    ["*.silent.test"] = { { error = "timeout" } },
    ["a.silent.test"] = { { type = "TXT", data = "a" } },
    ["failing.test"] = { { error = "servfail" } },
  } })

  it("is true where a wildcard answers", function()
    assert.is_true(resolver:synthesized("s1._domainkey.example.test", "TXT"))
    assert.is_true(resolver:synthesized("S1.Example.TEST.", "txt"))
  end)

  it("is false where the name has data of its own", function()
    assert.is_false(resolver:synthesized("own.example.test", "TXT"))
    assert.is_false(resolver:synthesized("s1._domainkey.strict.example.test", "TXT"))
    assert.is_false(resolver:synthesized("key.mixed.test", "TXT"))
  end)

  it("is false where there is no such name", function()
    assert.is_false(resolver:synthesized("gone.elsewhere.test", "TXT"))
    assert.is_false(resolver:synthesized("s2._domainkey.strict.example.test", "TXT"))
    assert.is_false(resolver:synthesized(".", "NS"))
  end)

  it("is true of a CNAME that is a wildcard's, wherever it leads, and false of one of the name's own", function()
    assert.is_true(resolver:synthesized("s1.alias.test", "TXT"))
    assert.is_true(resolver:synthesized("s1.dangling.test", "TXT"))
    assert.is_false(resolver:synthesized("own.alias.test", "TXT"))
  end)

  it("is true of a wildcard without data of the type", function()
    assert.is_true(resolver:synthesized("s1.mixed.test", "TXT"))
  end)

  it("is false of a name with records of its own, of whatever type, where the wildcard has none of the type either", function()
    assert.is_false(resolver:synthesized("host.mixed.test", "TXT"))
    assert.is_false(resolver:synthesized("key.mixed.test", "MX"))
  end)

  it("is true of a wildcard's CNAME whose target has another address each time", function()
    local turn, turning = 0, assert(dns.resolver { zone = { ["*.alias.test"] = { { type = "CNAME", data = "target.test." } } } })
    local query = turning.query
    function turning:query(name, ...)
      local answer = query(self, name, ...)
      turn = turn + 1
      answer.status, answer.records = "ok", { { name = "target.test", type = "A", ttl = 60, address = "192.0.2." .. turn } }
      return answer
    end
    assert.is_true(turning:synthesized("s1.alias.test", "A"))
  end)

  it("cannot be told where neither name has records of a common type", function()
    local is, message, code = resolver:synthesized("a.rare.test", "TXT")
    assert.is_nil(is)
    assert.equal("whether a wildcard answers for a.rare.test cannot be told: "
      .. "neither it nor a name beside it has records of a common type", message)
    assert.equal("cannot_tell", code)
    assert.is_true(resolver:synthesized("a.rare.test", "SRV"))
  end)

  it("asks a name that nobody can guess, another one each time", function()
    local names, spied = {}, assert(dns.resolver { zone = { ["a.test"] = { { type = "TXT", data = "a" } } } })
    local query = spied.query
    function spied:query(name, ...)
      names[#names + 1] = name
      return query(self, name, ...)
    end
    assert.is_false(spied:synthesized("a.test", "TXT"))
    assert.is_false(spied:synthesized("a.test", "TXT"))
    assert.matches("^" .. ("%x"):rep(32) .. "%.test$", names[2])
    assert.matches("^" .. ("%x"):rep(32) .. "%.test$", names[4])
    assert.are_not.equal(names[2], names[4])
  end)

  it("makes do with the room there is beside a long name", function()
    local above = ("a"):rep(63) .. "." .. ("b"):rep(63) .. "." .. ("c"):rep(63) .. "."
    local wide = assert(dns.resolver { zone = {
      ["*." .. above .. ("d"):rep(52)] = { { type = "TXT", data = "wild" } },
      ["*." .. above .. ("d"):rep(59)] = { { type = "TXT", data = "wild" } },
    } })
    assert.is_true(wide:synthesized("x." .. above .. ("d"):rep(52), "TXT"))
    assert.equal("no_room", select(3, wide:synthesized("x." .. above .. ("d"):rep(59), "TXT")))
  end)

  it("cannot be told where DNS fails", function()
    local is, message, code = broken:synthesized("failing.test", "TXT")
    assert.is_nil(is)
    assert.matches("^whether a wildcard answers for failing.test cannot be told: ", message)
    assert.equal("servfail", code)
    is, message, code = broken:synthesized("a.silent.test", "TXT")
    assert.is_nil(is)
    assert.matches("^whether a wildcard answers for a.silent.test cannot be told: ", message)
    assert.equal("timeout", code)
  end)

  it("returns nil for what is no name or no type", function()
    assert.equal("bad_name", select(3, resolver:synthesized("a..b", "TXT")))
    assert.equal("bad_type", select(3, resolver:synthesized("a.test", "NONE")))
    assert.has_error(function() resolver:synthesized("a.test") end, "resolver:synthesized wants a name and a type")
  end)
end)

--- Requests that may be repeated under a key: what tells one from another.
local idempotency = require "mailseal.http.idempotency"

describe("What tells a request from another one", function()
  local function fingerprint(body, route, domain)
    local call = {
      headers = { ["idempotency-key"] = "k" }, route = { id = route or "publishDomain" }, path = { domain = domain or "a.example" },
      body = body,
    }
    return assert(idempotency.of(call)).fingerprint
  end

  it("is what is asked for, where, and by which way", function()
    local first = fingerprint { via = "rfc2136", ttl = 60 }
    assert.equal(first, fingerprint { ttl = 60, via = "rfc2136" })
    for _, other in ipairs {
      fingerprint { via = "rfc2136", ttl = 61 }, fingerprint({ via = "rfc2136", ttl = 60 }, "unpublishDomain"),
      fingerprint({ via = "rfc2136", ttl = 60 }, nil, "b.example"),
    } do
      assert.is_not.equal(first, other)
    end
  end)

  it("has nothing of what is secret, not even as a digest", function()
    local function with(secret) return fingerprint { via = "rfc2136", credentials = { key = secret } } end
    assert.equal(with "one", with "another")
  end)
end)

--- Routes by path and method.
local router = require "mailseal.http.router"

describe("a router", function()
  local function route(method, path) return { method = method, path = path } end

  local made = router.new()
  local list, get, own, verify, user = route("GET", "/v1/domains"), route("GET", "/v1/domains/{domain}"), route("GET", "/v1/domains/own"),
    route("POST", "/v1/domains/{domain}/verify"), route("DELETE", "/v1/domains/{domain}/uses/{user}")
  made:add({ list, get, own, verify, user }, "/api")
  made:add { route("GET", "/"), route("PUT", "/v1/{thing}") }

  it("finds a route, and what stands for the names in its path", function()
    assert.equal(list, (made:find("GET", "/api/v1/domains")))
    assert.same({ get, { domain = "a.example" } }, { made:find("GET", "/api/v1/domains/a.example") })
    assert.same({ user, { domain = "a", user = "b/c d" } }, { made:find("DELETE", "/api/v1/domains/a/uses/b%2Fc%20d") })
    assert.equal("/", (made:find("GET", "/")).path)
  end)

  it("takes what is written out before what stands in braces, and comes back where that leads nowhere", function()
    assert.equal(own, (made:find("GET", "/api/v1/domains/own")))
    assert.same({ verify, { domain = "own" } }, { made:find("POST", "/api/v1/domains/own/verify") })
  end)

  it("answers HEAD by GET", function() assert.equal(get, (made:find("HEAD", "/api/v1/domains/a"))) end)

  it("tells that there is none, or which methods there are", function()
    for _, path in ipairs {
      "/v2/domains", "/api", "*", "/api/", "/api/v1/domains/", "/api//v1/domains", "/api/v1/domains/a/uses", "", "api/v1/domains",
      "/api/v1/domains//uses/a", ("/a"):rep(17), ("/"):rep(1000),
    } do
      assert.equal("no_route", select(3, made:find("GET", path)), path)
    end
    assert.matches("slash at its end", select(2, made:find("GET", "/api/v1/domains/")), 1, true)
    assert.equal("there is nothing here", (select(2, made:find("GET", "/api/v2/"))))
    local _, _, code, allow = made:find("PATCH", "/api/v1/domains/a")
    assert.same({ "method_not_allowed", "GET, HEAD, OPTIONS" }, { code, allow })
    assert.equal("OPTIONS, PUT", select(4, made:find("GET", "/v1/a")))
  end)

  it("refuses a segment that is no text", function()
    local found, values, message, code = made:find("GET", "/api/v1/domains/%ff")
    assert.same({ get, nil, "path.domain is not in UTF-8", "bad_path" }, { found, values, message, code })
  end)

  it("has one route for a method and a path", function()
    assert.has_error(function() made:add { route("PUT", "/v1/{other}") } end, "there are two routes PUT /v1/{other}")
  end)
end)

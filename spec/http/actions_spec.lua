--- Actions that an embedder adds to a domain.
local actions = require "mailseal.http.actions"
local http = require "mailseal.http"

local function call_of(domain, action)
  local tenant = {
    get = function(_, name)
      if name == "example.com" then
        return { domain = name, status = "pending" }
      end
      return nil, "there is no such domain", "not_found"
    end,
  }
  return { tenant = tenant, path = { domain = domain, action = action } }
end

describe("actions on a domain", function()
  local done, own

  before_each(function()
    done = {}
    own = actions.new {
      {
        id = "set-up", label = "Set it up", text = "We enter the records.",
        is_offered = function(_, domain) return domain.status == "pending" end,
        run = function(_, domain)
          done[#done + 1] = domain.domain
          return "The records are entered."
        end,
      },
      {
        id = "look-back", label = "Look back", is_offered = function(_, domain) return domain.status == "verified" end,
        run = function() error "not to be run" end,
      },
      { id = "fail", label = "Fail", run = function() return nil, "the DNS host does not answer", "busy" end },
    }
  end)

  local function route(method)
    for _, one in ipairs(own:routes()) do
      if one.method == method then
        return one
      end
    end
  end

  it("are offered where they fit the domain", function()
    local reply = route("GET").handler(call_of "example.com")
    assert.equal(200, reply.status)
    local ids = {}
    for id in reply.body:gmatch '"id":"([^"]+)"' do
      ids[#ids + 1] = id
    end
    assert.same({ "set-up", "fail" }, ids)
    assert.matches('"label":"Set it up"', reply.body, 1, true)
  end)

  it("do what they are for, and tell what was done", function()
    local reply = route("POST").handler(call_of("example.com", "set-up"))
    assert.same({ 200, '{"done":"The records are entered."}' }, { reply.status, reply.body })
    assert.same({ "example.com" }, done)
  end)

  it("are not done where they are not offered, or are none", function()
    for _, action in ipairs { "look-back", "nothing" } do
      local reply, message, code = route("POST").handler(call_of("example.com", action))
      assert.is_nil(reply)
      assert.matches(action, message, 1, true)
      assert.equal("no_action", code)
    end
  end)

  it("tell why they failed", function()
    assert.same({ nil, "the DNS host does not answer", "busy" }, { route("POST").handler(call_of("example.com", "fail")) })
  end)

  it("may fail in ways of their own, each with a status", function()
    local stage = require "spec.support.http_stage".new {
      described = false,
      service = { actions = {
        { id = "own", label = "Own", run = function() return nil, "the registrar says no", "registrar_refused" end },
        { id = "more", label = "More", run = function() return nil, "not now", "later_please", { status = 409, step = 3 } end },
      } },
    }
    finally(function() stage:close() end)
    stage:create()
    local path = "/v1/domains/mail.example.com/actions/"
    local reply = stage:post(path .. "own")
    assert.same({ 422, {
      type = "about:blank", title = "It could not be done", status = 422, code = "registrar_refused", detail = "the registrar says no",
    } }, { reply.status, reply.json })
    reply = stage:post(path .. "more")
    assert.same({ 409, 409, "later_please", 3 }, { reply.status, reply.json.status, reply.json.code, reply.json.step })
    assert.equal(422, stage:as("acme"):post(path .. "own").status)
  end)

  it("are for the tenant's own domains", function()
    for _, method in ipairs { "GET", "POST" } do
      local _, _, code = route(method).handler(call_of("example.net", "set-up"))
      assert.equal("not_found", code)
    end
    assert.same({}, done)
  end)

  it("have neither routes nor buttons where there are none", function()
    local none = actions.new {}
    assert.same({}, none:routes())
    assert.same({}, none:offered({}, {}))
    assert.is_nil(http.new({ db = "sqlite:" }).router:find("GET", "/v1/domains/example.com/actions"))
  end)

  it("belong to a service that was given them, as further routes do", function()
    local service = http.new {
      db = "sqlite:", actions = own.list, routes = { { method = "GET", path = "/prices", id = "prices", handler = print } },
    }
    assert.equal("listActions", service.router:find("GET", "/v1/domains/example.com/actions").id)
    assert.equal("prices", service.router:find("GET", "/prices").id)
  end)

  it("have to make sense", function()
    local run = function() end
    for _, list in ipairs {
      { { id = "A b", label = "x", run = run } }, { { label = "x", run = run } }, { { id = "a", run = run } },
      { { id = "a", label = "x" } }, { { id = "a", label = "x", run = run, colour = "red" } },
      { { id = "a", label = "x", run = run }, { id = "a", label = "y", run = run } },
    } do
      assert.has_error(function() actions.new(list) end)
    end
  end)
end)

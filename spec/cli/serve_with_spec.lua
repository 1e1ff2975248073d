--- `mailseal serve --with`: a program of the user's own beside the service.
local service = require "spec.support.service"
local shell = require "spec.support.shell"

describe("mailseal serve --with", function()
  local directory

  before_each(function() directory = shell.new_directory() end)
  after_each(function() shell.remove_directory(directory) end)

  local function with(program, ...)
    shell.write(directory .. "/own.lua", program)
    return service.start { arguments = { "--with", directory .. "/own.lua", ... } }
  end

  it("adds routes and actions, #nginx", function()
    local server = with [[
      local reply = require "mailseal.http.reply"
      return {
        routes = { {
          method = "GET", path = "/prices", id = "prices", public = true, handler = function() return reply.json(200, { 5 }) end,
        } },
        actions = { { id = "set-up", label = "Set up", run = function(_, domain) return domain.domain .. " is set up." end } },
      }
    ]]
    finally(function() server:stop() end)
    assert.same({ 5 }, server:get("/prices", { token = false }).json)
    assert.equal(201, server:post("/v1/domains", { domain = "mail.example.com", provider = "own" }).status)
    assert.equal("Set up", server:get("/v1/domains/mail.example.com/actions").json.actions[1].label)
    assert.same({ done = "mail.example.com is set up." }, server:post("/v1/domains/mail.example.com/actions/set-up").json)
  end)

  it("leaves what options allow beside its own policy, #nginx", function()
    local server = with("return { policy = { publishing = { wait = 1 } } }", "--allow-private-dns-hosts")
    finally(function() server:stop() end)
    assert.equal(201, server:post("/v1/domains", { domain = "mail.example.com", provider = "own" }).status)
    local plan = server:post("/v1/domains/mail.example.com/plan", {
      via = "rfc2136", settings = { server = "127.0.0.1", port = "1", zone = "example.com" },
      credentials = { key = "hmac-sha256:k:c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0" },
    })
    assert.equal("unreachable", plan.json.code, plan.body)
  end)

  it("tells what is no program before anything is made", function()
    shell.write(directory .. "/broken.lua", "return {")
    for _, name in ipairs { "broken.lua", "missing.lua" } do
      local result = shell.mailseal {
        "serve", "--listen", "127.0.0.1:0", "--db", "sqlite:" .. directory .. "/own.db", "--with", directory .. "/" .. name,
      }
      assert.same({ 65, "" }, { result.status, result.out })
      assert.matches("^mailseal serve: %-%-with: [^\n]+\n$", result.err)
      assert.matches(name, result.err, 1, true)
    end
    assert.equal("broken.lua", shell.names(directory))
  end)
end)

--- How `mailseal serve` ends, begins anew, and what it leaves behind where it, or its nginx, is killed.
local await = require "spec.support.await"
local http_client = require "spec.support.http_client"
local service = require "spec.support.service"
local shell = require "spec.support.shell"

-- Does anybody listen there?
local function is_taken(port)
  local ok, connection = pcall(http_client.connect, port)
  if ok then connection:close() end
  return ok
end

local function is_gone(pid)
  local state = shell.output(("ps -o stat= -p %d"):format(pid))
  return state == "" or state:find "^Z" ~= nil
end

describe("mailseal serve in #nginx", function()
  local server

  after_each(function()
    if server then server:stop() end
    server = nil
  end)

  describe("that is asked to end", function()
    local function post_half()
      local connection = server:connect()
      connection:send(("POST /v1/domains HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
        .. "Content-Length: 2\r\n\r\n{"):format(server.token))
      return connection
    end

    for _, signal in ipairs { "TERM", "INT" } do
      it("by SIG" .. signal .. " still answers whoever has asked, takes nobody else, and ends with 0", function()
        server = service.start()
        local nginx, connection = server:nginx(), post_half()
        await("it serves", function() return pcall(server.get, server, "/v1/domains") end)
        server:signal(signal)
        await("nobody else is taken", function() return not is_taken(server.port) end)
        assert.is_false(is_gone(nginx))
        connection:send "}"
        assert.is_true(connection:receive().status >= 400)
        connection:close()
        await("it ends with 0", function() return server:status() == 0 end)
        assert.is_true(is_gone(nginx))
      end)
    end

    it("twice ends at once", function()
      server = service.start()
      local connection = post_half()
      server:signal "TERM"
      await("nobody else is taken", function() return not is_taken(server.port) end)
      server:signal "TERM"
      await("it ends with 0", function() return server:status() == 0 end)
      assert.is_nil(connection:receive())
    end)

    it("leaves no file behind but its own", function()
      local place = shell.new_directory()
      server = service.start { environment = { TMPDIR = place } }
      assert.not_equal("", shell.names(place))
      server:signal "TERM"
      await("it ends", function() return server:status() == 0 end)
      assert.equal("", shell.names(place))
      shell.remove_directory(place)
    end)
  end)

  it("begins anew at SIGHUP with the same options, and whoever is connected is served", function()
    server = service.start()
    local before, connection = server:workers(), server:connect()
    assert.equal(401, connection:request("GET", "/v1/domains").status)
    server:signal "HUP"
    await("a new worker is there, and the old one gone", function()
      local now = server:workers()
      return #now == 1 and now[1] ~= before[1] and is_gone(before[1])
    end)
    assert.equal(200, server:get("/v1/domains").status)
    assert.is_nil(server:status())
  end)

  it("leaves no nginx behind where it is killed", function()
    server = service.start()
    local nginx, worker = server:nginx(), server:workers()[1]
    server:signal "KILL"
    await("nginx has ended", function() return is_gone(nginx) and is_gone(worker) end)
    assert.is_false(is_taken(server.port))
  end)

  it("leaves no worker behind where nginx's master is killed, and tells it", function()
    server = service.start()
    local worker = server:workers()[1]
    shell.output(("kill -KILL %d"):format(server:nginx()))
    await("all have ended", function() return is_gone(worker) and server:status() == 70 end)
    assert.matches("mailseal serve: nginx has ended with status 137\n", server:log(), 1, true)
  end)

  it("goes on where a worker is killed", function()
    server = service.start()
    local worker = server:workers()[1]
    shell.output(("kill -KILL %d"):format(worker))
    await("another worker is there", function() return is_gone(worker) and #server:workers() == 1 end)
    assert.equal(200, server:get("/v1/domains").status)
  end)
end)

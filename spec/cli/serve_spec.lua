--- `mailseal serve`: the real one, with the nginx that it starts.
local service = require "spec.support.service"

describe("mailseal serve in #nginx", function()
  local server

  setup(function() server = service.start() end)
  teardown(function() server:stop() end)

  it("tells a token that opens the API", function()
    assert.matches("^ms_" .. ("%x"):rep(64) .. "$", server.token)
    assert.equal(401, server:get("/v1/domains", { token = false }).status)
    assert.equal(401, server:get("/v1/domains", { token = "ms_" .. ("0"):rep(64) }).status)
    assert.same({ domains = {} }, server:get("/v1/domains").json)
  end)
end)

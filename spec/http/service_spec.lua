--- The service in nginx, over a database and a zone.
local nginx = require "spec.support.nginx"

describe("the service in #nginx", function()
  local server

  setup(function()
    server = nginx.start {
      main = "thread_pool mailseal_db threads=6; thread_pool mailseal_rsa threads=2;",
      http = [[
lua_shared_dict mailseal 10m;
init_by_lua_block {
  service = require "mailseal.http".new {
    db = "sqlite:$directory/registry.db", resolver = { zone = {} },
    authenticate = function() return ngx.var.http_authorization == "Bearer a" and { tenant = "acme" } or nil end,
  }
}
]],
      server = "location / { content_by_lua_block { service:serve() } }",
    }
  end)

  teardown(function() server:stop() end)

  it("wants to know who asks", function()
    assert.matches("unauthorized", server:get "/v1/domains", 1, true)
  end)

  it("tells that nothing is there", function()
    assert.matches("no_route", server:get "/nowhere", 1, true)
  end)
end)

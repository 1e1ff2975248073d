--- mailseal.check, and what it asks, inside nginx: it waits without holding up others, and where it must not wait it says so.
local fault_server = require "spec.support.fault_server"
local nginx = require "spec.support.nginx"

-- Each phase asks for everything that asks DNS, and notes what came of it.
local probe = [[
local check, dmarc, spf = require "mailseal.check", require "mailseal.dmarc", require "mailseal.spf"
local resolver = assert(require "mailseal.dns".resolver { servers = { "$faults" }, timeout = 0.4, tries = 1 })
local MESSAGE = "From: a@silent.test\r\n\r\nhello\r\n"
local M = {}

local asking = {
  ["check.domain"] = function() return check.domain("silent.test", { resolver = resolver }) end,
  ["check.message"] = function() return check.message(MESSAGE, { resolver = resolver, ip = "192.0.2.1", sender = "a@silent.test" }) end,
  ["spf.check"] = function() return spf.check { ip = "192.0.2.1", sender = "a@silent.test", resolver = resolver } end,
  ["spf.tree"] = function() return spf.tree("silent.test", { resolver = resolver }) end,
  ["dmarc.discover"] = function() return dmarc.discover("a.silent.test", { resolver = resolver }) end,
  ["dmarc.report_authorised"] = function() return dmarc.report_authorised("silent.test", "other.test", { resolver = resolver }) end,
  ["dmarc.report_authorised to a kin"] = function()
    return dmarc.report_authorised("silent.test", "a.silent.test", { resolver = resolver })
  end,
  ["resolver:query_all"] = function()
    local answers = resolver:query_all({ "silent.a.test", "silent.b.test" }, "TXT")
    if answers[1] then return answers[1] end
    return nil, tostring(answers[2]), "wrong_phase"
  end,
}

function M.ask(place)
  local lines = {}
  for name, fn in pairs(asking) do
    local ok, found, _, code = pcall(fn)
    lines[#lines + 1] = name .. ": " .. (ok and (found and tostring(found.status or found.result) or tostring(code)) or tostring(found))
  end
  table.sort(lines)
  ngx.shared.notes:set(place, table.concat(lines, "\n"))
end

return M
]]

local http = [[
lua_shared_dict notes 1m;
init_by_lua_block { require "probe".ask "init" }
init_worker_by_lua_block { require "probe".ask "init_worker" }
]]

local locations = [[
location = /ask {
  content_by_lua_block { require "probe".ask "content" ngx.say "done" }
  header_filter_by_lua_block { require "probe".ask "header_filter" }
  log_by_lua_block { require "probe".ask "log" }
}
location = /busy {
  content_by_lua_block {
    local others, over = 0, false
    local watching = ngx.thread.spawn(function()
      while not over do
        ngx.sleep(0.01)
        others = others + 1
      end
    end)
    require "probe".ask "busy"
    over = true
    ngx.thread.wait(watching)
    ngx.say(others > 10)
  }
}
location = /note { content_by_lua_block { ngx.say(ngx.shared.notes:get(ngx.var.arg_of)) } }
]]

-- What all say, as the probe notes it.
local function all(outcomes)
  local lines = {}
  for name, outcome in pairs(outcomes) do lines[#lines + 1] = name .. ": " .. outcome end
  table.sort(lines)
  return table.concat(lines, "\n") .. "\n"
end

local waiting = {
  ["check.domain"] = "unknown", ["check.message"] = "unknown", ["spf.check"] = "temperror", ["spf.tree"] = "timeout",
  ["dmarc.discover"] = "temperror", ["dmarc.report_authorised"] = "temperror", ["dmarc.report_authorised to a kin"] = "temperror",
  ["resolver:query_all"] = "timeout",
}

describe("mailseal.check in #nginx", function()
  local faults, server

  setup(function()
    faults = assert(fault_server.start())
    server = nginx.start { http = http, server = locations, files = { ["probe.lua"] = probe }, values = { faults = faults.address } }
    assert.equal("done\n", server:get "/ask")
  end)

  teardown(function()
    server:stop()
    faults:stop()
  end)

  it("asks where nginx may wait", function()
    assert.equal(all(waiting), (server:get "/note?of=content"), server:log())
  end)

  for _, phase in ipairs { "init", "init_worker", "header_filter", "log" } do
    it("is refused in " .. phase .. ", as is all that it asks, and nothing is raised or taken for an answer", function()
      local refused = {}
      for name in pairs(waiting) do refused[name] = "wrong_phase" end
      assert.equal(all(refused), (server:get("/note?of=" .. phase)), server:log())
    end)
  end

  it("lets the worker go on while it waits", function()
    assert.equal("true\n", (server:get "/busy"), server:log())
  end)
end)

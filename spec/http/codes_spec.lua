--- No code of the library is unknown to the service.
local codes = require "mailseal.http.codes"
local shell = require "spec.support.shell"
local sources = require "spec.support.codes"

local WHERE = {
  "lua/mailseal/onboard", "lua/mailseal/store", "lua/mailseal/provider", "lua/mailseal/host", "lua/mailseal/handover",
  "lua/mailseal/rules/making.lua", "lua/mailseal/rules/records.lua", "lua/mailseal/rules/vars.lua", "lua/mailseal/rules/host",
  "lua/mailseal/dns", "lua/mailseal/check/init.lua", "lua/mailseal/check/expect.lua", "lua/mailseal/check/message",
  "lua/mailseal/http", "lua/mailseal/dkim.lua", "lua/mailseal/json", "lua/mailseal/publish", "lua/mailseal/fetch",
  "lua/mailseal/domain_connect/discovery.lua", "lua/mailseal/domain_connect/apply.lua", "lua/mailseal/domain_connect/templates.lua",
}

-- Codes that no request meets: of functions that handlers do not call, and those that are made another before a client sees them.
local ELSEWHERE = {
  not_private = "the master key, when the registry is opened: no_registry",
  raised = "an error on its way out of a thread",
}

describe("the codes of the library", function()
  local found = sources.of(WHERE)

  it("are found in the sources", function()
    for _, code in ipairs { "not_found", "in_use", "already_verified", "store_unreachable", "bad_json", "vars_missing", "key_active" } do
      assert.is_truthy(found[code], code)
    end
  end)

  it("have a status and a title each", function()
    local missing = {}
    for code, places in pairs(found) do
      if not codes[code] and not ELSEWHERE[code] then missing[#missing + 1] = ("%s (%s)"):format(code, places[1]) end
    end
    table.sort(missing)
    assert.same({}, missing)
  end)

  it("of the store are there, by whichever database they are told", function()
    for code in shell.output "grep -rhoE '\\bstore_[a-z_]+' lua/mailseal/store --include=*.lua":gmatch "[%l_]+" do
      assert.is_truthy(codes[code], code)
    end
  end)

  it("that documentation names are there", function()
    local missing = {}
    for line in shell.output "grep -rhE '^-- @treturn\\[2\\] *\\??string .*`' lua/mailseal/onboard":gmatch "[^\n]+" do
      for code in line:gsub("%(.*", ""):gsub("of `[^`]*`", ""):gmatch "`([%l%d_]+)`" do
        if not codes[code] and not ELSEWHERE[code] then missing[#missing + 1] = code end
      end
    end
    assert.same({}, missing)
  end)

  it("tell their client nothing of what is the operator's", function()
    for code, known in pairs(codes) do
      assert.is_truthy(known.status >= 400 and known.status < 600 and known.title:find "^%u", code)
      if code:find "^store_" or known.status == 500 then assert.is_false(known.tells, code) end
    end
  end)
end)

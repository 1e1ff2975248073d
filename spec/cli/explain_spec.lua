local cjson = require "cjson"
local record = require "mailseal.record"
local shell = require "spec.support.shell"

describe("mailseal explain", function()
  it("tells the cause and the cure of a finding", function()
    local result = shell.mailseal { "explain", "dkim_revoked" }
    assert.matches("^error:   [^\n]*revoked[^\n]* %(dkim_revoked%)\n +fix: [^\n]+\n$", result.out)
    assert.same({ 0, "" }, { result.status, result.err })
  end)

  it("shows what a sentence leaves open as a word in angle brackets", function()
    local result = shell.mailseal { "explain", "dns_timeout" }
    assert.matches("for <name> <type>", result.out, 1, true)
    assert.is_nil(result.out:find "[{}]")
  end)

  it("lists all findings without a code, in the catalogue's order", function()
    local result = shell.mailseal { "explain" }
    local codes = {}
    for line in result.out:gmatch "[^\n]+" do
      local code, severity = line:match "^([%w_]+) +(%a+) +%S"
      codes[#codes + 1] = code
      assert.equal(record.explain(code).severity, severity)
    end
    for i, kind in ipairs(record.kinds()) do
      assert.equal(kind.code, codes[i])
    end
    assert.equal(#record.kinds(), #codes)
    assert.is_nil(result.out:find "[{}]")
  end)

  it("names the nearest codes where there is none of that name", function()
    for given, nearest in pairs {
      dkim_revokd = "dkim_revoked", ["DKIM-REVOKED"] = "dkim_revoked", revoked = "dkim_revoked", dns_time = "dns_timeout",
    } do
      local result = shell.mailseal { "explain", given }
      assert.equal(64, result.status)
      assert.matches("^mailseal explain: there is no finding called '" .. given:gsub("%-", "%%-") .. "': do you mean [^\n]*"
        .. nearest .. "[^\n]*%?\n$", result.err)
      assert.equal("", result.out)
    end
  end)

  it("says so in one line where nothing is near", function()
    for _, given in ipairs { "quite_another_thing", "", ("x"):rep(100000), "a\27[2J\nb" } do
      local result = shell.mailseal { "explain", given }
      assert.equal(64, result.status)
      assert.matches("^mailseal explain: there is no finding called [^\27\n]*lists them all\n$", result.err)
    end
  end)

  it("prints JSON, a line a finding", function()
    local one = cjson.decode(shell.mailseal({ "explain", "dkim_revoked", "--json" }).out)
    assert.same({ "dkim_revoked", "error", record.explain("dkim_revoked").fix }, { one.code, one.severity, one.fix })
    local _, lines = shell.mailseal({ "explain", "--json" }).out:gsub("\n", "")
    assert.equal(#record.kinds(), lines)
  end)
end)

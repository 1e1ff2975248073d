local cjson = require "cjson"
local shell = require "spec.support.shell"

local zone = [[{
  "example.com": [{ "type": "TXT", "data": "v=spf1 include:_spf.example mx a:none.example -all" },
                  { "type": "MX", "data": "10 mx.example.com." }],
  "mx.example.com": [{ "type": "A", "data": "192.0.2.1" }],
  "_spf.example": [{ "type": "TXT", "data": "v=spf1 ip4:198.51.100.0/24 include:_a.example include:example.com ~all" }],
  "_a.example": [{ "type": "TXT", "data": "v=spf1 ip4:192.0.2.64/26 ?all" }],
  "many.example": [{ "type": "TXT", "data": "v=spf1 a a a a a a a a a a a -all" }],
  "softly.example": [{ "type": "TXT", "data": "v=spf1 ~all" }],
  "rough.example": [{ "type": "TXT", "data": "v=spf1 \\027[2J -all" }],
  "silent.example": [{ "error": "timeout" }]
}]]

describe("mailseal spf", function()
  local path, directory = shell.with_zone(zone, teardown)

  local function spf(...)
    return shell.mailseal { "spf", "--zone", path, ... }
  end

  local function object(...)
    local result = spf("--json", ...)
    assert.equal("", result.err)
    assert.equal(1, select(2, result.out:gsub("\n", "")))
    return cjson.decode(result.out), result.status
  end

  it("tells the result, the way to it, and what all terms cost", function()
    local result = spf("--ip", "198.51.100.7", "--sender", "a@example.com", "--helo", "mail.example.com")
    assert.same({ status = 0, err = "", out = [[
pass       example.com lets 198.51.100.7 send its mail (include:_spf.example)

How it came:
  example.com: v=spf1 include:_spf.example mx a:none.example -all
    include:_spf.example     match (look-up 1, the record there says pass)
      _spf.example: v=spf1 ip4:198.51.100.0/24 include:_a.example include:example.com ~all
        ip4:198.51.100.0/24  match

Look-ups of all terms together (a receiver gives up at more than 10):
   5  example.com
   3    include:_spf.example
   1      include:_a.example
   1      include:example.com  stands above already: this goes round in a circle
   1    mx
   1    a:none.example  finds nothing
]] }, result)
  end)

  it("refuses the address of a host in the place of a sender", function()
    for _, address in ipairs { "192.0.2.1", "2001:db8::1" } do
      local result = spf("--ip", "192.0.2.1", "--sender", address)
      assert.matches("^mailseal spf: %-%-sender: '" .. address:gsub("%p", "%%%0") .. "' is the address of a host[^\n]+\n$", result.err)
      assert.same({ 64, "" }, { result.status, result.out })
    end
  end)

  it("prints one JSON object", function()
    local told, status = object("--ip", "203.0.113.1", "--sender", "x@softly.example", "--helo", "h.example", "--time", "1800000000")
    assert.equal(1, status)
    assert.same({
      result = "softfail", lookups = 0, void_lookups = 0, domain = "softly.example", identity = "mailfrom", ip = "203.0.113.1",
      sender = "x@softly.example", helo = "h.example", matched = "~all", matched_in = "softly.example",
      text = "softly.example says that 203.0.113.1 should probably not send its mail (~all)",
      trace = {
        { domain = "softly.example", depth = 0, outcome = "softfail", record = "v=spf1 ~all" },
        { domain = "softly.example", depth = 0, outcome = "match", term = "~all" },
      },
      tree = { domain = "softly.example", record = "v=spf1 ~all", lookups = 0, total = 0, voids = 0, children = {} },
    }, told)
  end)

  it("tells why, and counts past ten", function()
    local told = object("--ip", "203.0.113.1", "--sender", "x@many.example")
    assert.same({ "permerror", "too_many_void_lookups" }, { told.result, told.reason })
    assert.same({ 11, 11 }, { told.tree.total, told.tree.voids })
  end)

  it("shows what a domain says to whom it refuses", function()
    local names = [[{ "a.example": [{ "type": "TXT", "data": "v=spf1 -all exp=b.example" }],
      "b.example": [{ "type": "TXT", "data": "%{c} may not write as %{l}" }] }]]
    shell.write(directory .. "/refusing.json", names)
    local arguments = { "spf", "--zone", directory .. "/refusing.json", "--ip", "2001:db8::1", "--sender", "me@a.example" }
    local result = shell.mailseal(arguments)
    assert.equal(1, result.status)
    assert.matches("\n           a.example explains: 2001:db8::1 may not write as me\n", result.out, 1, true)
    arguments[#arguments + 1] = "--json"
    assert.equal("2001:db8::1 may not write as me", cjson.decode(shell.mailseal(arguments).out).explanation)
  end)

  it("checks the HELO name where the sender is empty", function()
    local told, status = object("--ip", "203.0.113.1", "--sender", "", "--helo", "softly.example")
    assert.same({ "softfail", "helo", 1 }, { told.result, told.identity, status })
    assert.equal("none", object("--ip", "203.0.113.1", "--helo", "[203.0.113.1]").result)
  end)

  it("ends with status 75 where DNS gives no answer, and says when to try again", function()
    local result = spf("--ip", "203.0.113.1", "--sender", "a@silent.example")
    assert.equal(75, result.status)
    assert.matches("^temperror  .* %(timeout%); a later try may tell\n           again at: %d%d%d%d%-", result.out)
    local told = object("--ip", "203.0.113.1", "--sender", "a@silent.example", "--time", "1800000000")
    assert.equal(1800000060, told.retry_at)
    assert.is_nil(told.tree) -- for which the same would be waited for again
  end)

  it("lets no control character through to the terminal", function()
    local result = spf("--ip", "203.0.113.1", "--sender", "a\27[31m@rough.example", "--helo", "\27[1mh.example")
    assert.equal(1, result.status)
    assert.is_nil(result.out:gsub("\n", ""):find("%c"))
    assert.matches("\\027[2J", result.out, 1, true)
  end)

  it("refuses what is no address, and wants to know who sends", function()
    assert.same({ status = 64, out = "", err = 'mailseal spf: "192.0.2" is not an IPv4 or IPv6 address\n' },
      spf("--ip", "192.0.2", "--sender", "a@b.example"))
    assert.same({ status = 64, out = "", err = "mailseal spf: who sends? --sender ADDR, or --helo NAME, or both\n" },
      spf("--ip", "192.0.2.1"))
    for _, nobody in ipairs { "", "<>" } do
      assert.equal(64, spf("--ip", "192.0.2.1", "--sender", nobody).status)
      assert.equal(64, spf("--ip", "192.0.2.1", "--sender", nobody, "--helo", "").status)
    end
    assert.equal(64, spf("--sender", "a@b.example").status)
    assert.equal(65, shell.mailseal({ "spf", "--zone", directory .. "/none", "--ip", "192.0.2.1", "--helo", "a.example" }).status)
  end)
end)

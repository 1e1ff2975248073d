local findings = require "spec.support.findings"
local record = require "mailseal.record"
local mta_sts_policy = require "mailseal.record.mta_sts_policy"

local policy = findings.of("mta_sts_policy")

-- A policy with lines put in the place of others, or left out: lines { mode = "mode: none", mx = false }; "max" is that of max_age.
local function lines(changes, line_end)
  local list = {}
  for _, line in ipairs { "version: STSv1", "mode: enforce", "mx: mail.example.com", "max_age: 604800" } do
    local change = (changes or {})[line:match("^%w+")]
    if change ~= false then
      list[#list + 1] = change or line
    end
  end
  return table.concat(list, line_end or "\r\n") .. (line_end or "\r\n")
end

describe("an MTA-STS policy", function()
  describe("is read", function()
    it("as the standard's example has it", function()
      assert.same({
        version = "STSv1", mode = "enforce", max_age = 604800, others = {},
        mx = { "mail.example.com", "*.example.net", "backupmx.example.com" },
      }, policy:usable({}, "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\n"
        .. "mx: backupmx.example.com\r\nmax_age: 604800\r\n"))
    end)

    it("with either line end, also without a last one, in any order, and white space behind a colon or line", function()
      policy:usable({}, lines({}, "\n"))
      policy:usable({}, (lines():gsub("\r\n$", "")))
      local read = policy:usable({}, "max_age:86400 \t\nmx:\tMX1.example.com\nmode:   enforce\nversion:STSv1")
      assert.equal(86400, read.max_age)
      assert.same({ "MX1.example.com" }, read.mx)
    end)

    it("with max_age of 0 to 31557600 seconds", function()
      assert.equal(31557600, policy:usable({}, lines { max = "max_age: 31557600" }).max_age)
      assert.equal(0, policy:usable({ "mta_sts_policy_max_age_short" }, lines { max = "max_age: 0" }).max_age)
    end)

    it("without any mx where the mode is none", function()
      local read = policy:usable({ "mta_sts_policy_none" }, lines { mode = "mode: none", mx = false })
      assert.same({}, read.mx)
      assert.equal("none", read.mode)
    end)

    it("with lines that nobody knows, in any language", function()
      local read = policy:usable({ "mta_sts_policy_unknown_key", "mta_sts_policy_unknown_key" },
        lines { mode = "mode: enforce\nx-1: gr\195\188n und: blau", mx = "mx: a.example\r\nmx2: b.example" })
      assert.same({ { name = "x-1", value = "gr\195\188n und: blau" }, { name = "mx2", value = "b.example" } }, read.others)
    end)

    it("with the first of two lines of a key, but mx", function()
      local read = policy:usable({ "mta_sts_policy_duplicate_key" }, lines() .. "mode: none\r\n")
      assert.equal("enforce", read.mode)
    end)

    it("although it has empty lines", function()
      policy:usable({ "mta_sts_policy_blank_line" }, lines { mx = "\r\nmx: mail.example.com" } .. "\r\n \r\n")
    end)

    it("with a word to the wise where it is only testing", function()
      assert.equal("advice", policy:only("mta_sts_policy_testing", lines { mode = "mode: testing" }).severity)
    end)
  end)

  describe("is refused", function()
    it("where something is missing", function()
      policy:only("mta_sts_policy_missing_version", lines { version = false })
      policy:only("mta_sts_policy_missing_mode", lines { mode = false })
      policy:only("mta_sts_policy_missing_max_age", lines { max = false })
      policy:only("mta_sts_policy_missing_mx", lines { mx = false })
      policy:refused("mta_sts_policy_missing_mx", lines { mode = "mode: testing", mx = false })
      assert.same({ "mta_sts_policy_missing_version", "mta_sts_policy_missing_mode", "mta_sts_policy_missing_max_age" },
        policy:codes("mx: a.example"))
    end)

    it("where a value is none that its key can have", function()
      assert.equal("STSv2", policy:refused("mta_sts_policy_bad_version", lines { version = "version: STSv2" }).found)
      policy:refused("mta_sts_policy_bad_version", lines { version = "version: stsv1" })
      policy:only("mta_sts_policy_bad_mode", lines { mode = "mode: Enforce" })
      for _, age in ipairs { "1w", "-1", "604800s", "6 04800", "00000604800" } do
        assert.equal(age, policy:only("mta_sts_policy_bad_max_age", lines { max = "max_age: " .. age }).found)
      end
      policy:only("mta_sts_policy_max_age_too_large", lines { max = "max_age: 31557601" })
      policy:only("mta_sts_policy_max_age_too_large", lines { max = "max_age: " .. ("9"):rep(76) })
    end)

    it("where mx names no host", function()
      for _, host in ipairs {
        "a.example, b.example", "a.example b.example", "mail.example.com.", "10 mail.example.com", "192.0.2.1", "[192.0.2.1]",
        "2001:db8::1",
        "b\195\188cher.example", ".example.com", "a..example",
      } do
        assert.equal(host, policy:only("mta_sts_policy_bad_mx", lines { mx = "mx: " .. host }).found)
      end
      policy:refused("mta_sts_policy_bad_mx", lines { mx = "mx: mail.example.com\r\nmx: https://example.com" })
    end)

    it("where an asterisk stands for more or less than the first label", function()
      for _, host in ipairs { "*", "mail*.example.com", "*.*.example.com", "mail.*.com", "*mail.example.com", "**.example.com" } do
        assert.equal(host, policy:only("mta_sts_policy_wildcard", lines { mx = "mx: " .. host }).found)
      end
      policy:only("mta_sts_policy_bad_mx", lines { mx = "mx: *." })
      policy:usable({}, lines { mx = "mx: *.com" })
    end)

    it("for lines that are not of the form key: value", function()
      for _, line in ipairs {
        "mood=enforce", "# a comment", "x:", "x: \t", ": y", "a b: c", ("x"):rep(33) .. ": y", "x: \1", "x: a\tb", "x: \255", "x: a\0b",
      } do
        policy:refused("mta_sts_policy_bad_line", lines() .. line .. "\r\n")
      end
    end)

    it("for white space in front of a key or colon", function()
      policy:only("mta_sts_policy_white_space", lines { mode = " mode: enforce" })
      policy:refused("mta_sts_policy_equals", lines { mode = "mode = enforce" })
      policy:only("mta_sts_policy_white_space", lines { mode = "mode : enforce" })
    end)

    it("each slip once, where all lines have it", function()
      assert.equal("version=STSv1", policy:only("mta_sts_policy_equals", (lines():gsub(": ", "="))).found)
      assert.equal("version: STSv1;", policy:only("mta_sts_policy_semicolon", (lines():gsub("\r\n", ";\r\n"))).found)
      policy:usable({ "mta_sts_policy_unknown_key" }, lines() .. "x: y;\r\n")
    end)

    it("for keys in upper case", function()
      assert.equal("Mode", policy:only("mta_sts_policy_key_case", lines { mode = "Mode: enforce" }).found)
      policy:refused("mta_sts_policy_key_case", lines { mx = "MX: mail.example.com" })
    end)

    it("for line ends of old, and a byte order mark", function()
      policy:only("mta_sts_policy_line_ends", lines({}, "\r"))
      policy:only("mta_sts_policy_one_line", lines({}, " "))
      policy:only("pasted_invisible", "\239\187\191" .. lines())
    end)

    it("for a web page in its place", function()
      for _, text in ipairs { "404 Not Found", "v=STSv1; id=1", '{"version":"STSv1"}', "\255\254v\0e\0r\0", "\r\nnothing: here\r\n" } do
        assert.equal(text:match("[^\r\n]+"), policy:only("mta_sts_policy_not_a_policy", text).found)
      end
      policy:only("mta_sts_policy_not_a_policy", "")
      assert.equal("<!DOCTYPE html>", policy:only("mta_sts_policy_html", "\r\n<!DOCTYPE html>").found)
    end)

    it("for more than 65536 octets, and at once", function()
      policy:usable({ "mta_sts_policy_unknown_key" }, lines() .. "x: " .. ("y"):rep(65536 - #lines() - 3))
      policy:only("mta_sts_policy_too_large", lines() .. "x: " .. ("y"):rep(65536 - #lines() - 2))
      for _, text in ipairs {
        ("\r"):rep(65536), ("\n"):rep(65536), ("a:b\n"):rep(16384), ("mx:*\n"):rep(13000), (":"):rep(65536), ("\9"):rep(65536),
      } do
        local started = os.clock()
        local list = record.lint("mta_sts_policy", text)
        assert.is_true(#list >= 1 and #list <= 100)
        assert.is_true(os.clock() - started < 0.2)
      end
    end)

    it("and says the first error whatever came before it", function()
      assert.equal("mta_sts_policy_bad_mode",
        select(3, record.parse("mta_sts_policy", ("x: y\n"):rep(1000) .. lines { mode = "mode: strict" })))
    end)
  end)

  describe("allows", function()
    local read = record.parse("mta_sts_policy", lines { mx = "mx: mail.example.com\nmx: *.example.net" })

    it("the hosts that it names, in letters of either case, with a dot at the end or not", function()
      for _, host in ipairs { "mail.example.com", "Mail.Example.COM.", "a.example.net", "A.EXAMPLE.NET." } do
        assert.is_true((mta_sts_policy.allows(read, host)), host)
      end
      assert.same({ true, "*.example.net" }, { mta_sts_policy.allows(read, "mx1.example.net") })
    end)

    it("no other: an asterisk stands for one label", function()
      for _, host in ipairs {
        "example.com", "example.net", "a.b.example.net", ".example.net", "mail.example.com.evil", "xmail.example.com", "", ".",
      } do
        assert.is_false((mta_sts_policy.allows(read, host)), host)
      end
    end)
  end)

  describe("is written", function()
    it("so that it reads back", function()
      for _, text in ipairs { lines(), lines { mx = "mx: a.example\r\nmx: *.b.example" }, lines() .. "x: y z\r\n" } do
        assert.equal(text, record.write("mta_sts_policy", record.parse("mta_sts_policy", text)))
      end
      assert.equal("version: STSv1\r\nmode: none\r\nmax_age: 86400\r\n", record.write("mta_sts_policy", { mode = "none", max_age = 86400 }))
    end)

    it("with one host that stands alone", function()
      assert.equal(lines { mx = "mx: a.example" }, record.write("mta_sts_policy", { mode = "enforce", max_age = 604800, mx = "a.example" }))
    end)

    it("not where senders would throw it away, or read something else", function()
      assert.equal("mta_sts_policy_missing_mx", select(3, record.write("mta_sts_policy", { mode = "enforce", max_age = 86400 })))
      assert.equal("mta_sts_policy_max_age_too_large",
        select(3, record.write("mta_sts_policy", { mode = "none", max_age = 2 ^ 40 })))
      for _, wrong in ipairs {
        { max_age = 86400 }, { mode = "none" }, { mode = "none\nmx: *.evil.example", max_age = 1 },
        { mode = "enforce", max_age = 86400, mx = { "a.example\r\nmode: none" } },
        { mode = "none", max_age = 86400, others = { { name = "x: y\nz", value = "1" } } },
        { mode = "none", max_age = "86400" }, { mode = "none", max_age = 86400.5 }, { mode = "none", max_age = 0 / 0 },
        { mode = "enforce", max_age = 86400, mx = { 5 } }, { mode = "none", max_age = 86400, others = { "x: y" } },
      } do
        assert.equal("bad_value", select(3, record.write("mta_sts_policy", wrong)))
      end
    end)
  end)

  it("has its causes and cures in the catalogue, of which every one is found above", function()
    policy:saw_all("mta_sts_policy_", "^mta_sts$")
  end)
end)

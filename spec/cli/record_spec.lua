local shell = require "spec.support.shell"
local cjson = require "cjson"

local good = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
local revoked = "v=DKIM1; k=rsa; p="

describe("mailseal record dkim", function()
  it("says that a good record is good", function()
    local result = shell.mailseal { "record", "dkim", good }
    assert.same({ status = 0, out = "ok: nothing is wrong with this record\n", err = "" }, result)
  end)

  it("says what is wrong and how to mend it, and ends with status 1 where the record cannot be used", function()
    local result = shell.mailseal { "record", "dkim", revoked }
    assert.matches("^error: [^\n]*revoked[^\n]*%(dkim_revoked%)\n +fix: [^\n]+\n$", result.out)
    assert.equal("", result.err)
    assert.equal(1, result.status)
  end)

  it("ends with status 0 where the record can be used in spite of it", function()
    local result = shell.mailseal { "record", "dkim", (good:gsub("p=", "t=y; p=")) }
    assert.matches("(dkim_testing)", result.out, 1, true)
    assert.equal(0, result.status)
  end)

  it("reads the text from standard input, without the line's end", function()
    assert.same(shell.mailseal { "record", "dkim", good }, shell.mailseal({ "record", "dkim", "-" }, good .. "\n"))
    assert.equal(1, shell.mailseal({ "record", "dkim", "-" }, revoked .. "\r\n").status)
  end)

  it("tells of an empty text without empty parentheses", function()
    local result = shell.mailseal({ "record", "dkim", "-" }, "")
    assert.matches("^error: [^\n]*neither v=DKIM1 nor a key in p=%. %(dkim_not_a_key%)\n", result.out)
    assert.equal(1, result.status)
  end)

  it("takes a text that begins with - behind --, and says so in its help", function()
    local result = shell.mailseal { "record", "dkim", "--", "-v=DKIM1; p=" }
    assert.matches("^error: ", result.out)
    assert.equal(1, result.status)
    assert.matches("after --", shell.mailseal({ "record", "--help" }).out, 1, true)
  end)

  it("shows no control character that the text holds", function()
    local result = shell.mailseal { "record", "dkim", good .. "; n=\27[2J" }
    assert.is_nil(result.out:find("\27", 1, true))
    assert.equal(1, result.status)
  end)

  it("refuses a text that is too large to be a record", function()
    local result = shell.mailseal({ "record", "dkim", "-" }, ("x"):rep(2 ^ 20 + 1))
    assert.equal("mailseal record: cannot read standard input: it is over 1048576 octets long\n", result.err)
    assert.equal(65, result.status)
  end)

  describe("with --json", function()
    it("prints one object on one line", function()
      local result = shell.mailseal { "record", "dkim", revoked, "--json" }
      assert.matches("^[^\n]+\n$", result.out)
      local object = cjson.decode(result.out)
      assert.equal("dkim", object.kind)
      assert.equal("error", object.status)
      assert.equal("dkim_revoked", object.findings[1].code)
      assert.equal("error", object.findings[1].severity)
      assert.is_string(object.findings[1].message)
      assert.is_string(object.findings[1].fix)
      assert.equal("", result.err)
      assert.equal(1, result.status)
    end)

    it("prints an empty list where nothing is wrong", function()
      local result = shell.mailseal { "record", "dkim", good, "--json" }
      assert.equal('{"kind":"dkim","status":"ok","findings":[]}\n', result.out)
    end)
  end)
end)

describe("mailseal record", function()
  it("knows every kind of record, by its name with hyphens", function()
    for kind, text in pairs {
      bimi = "v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/mark.pem",
      ["mta-sts"] = "v=STSv1; id=1",
      ["mta-sts-policy"] = "version: STSv1\r\nmode: none\r\nmax_age: 86400",
      ["tls-rpt"] = "v=TLSRPTv1; rua=mailto:a@example.com",
    } do
      assert.equal(0, shell.mailseal { "record", kind, text }.status, kind)
      assert.matches("^error: [^\n]*%(" .. kind:gsub("%-", "_") .. "_[%l_]+%)\n", shell.mailseal { "record", kind, "v=x; l=" }.out)
    end
    assert.equal(64, shell.mailseal { "record", "mta_sts", "" }.status)
  end)

  it("reads a policy from a file that ends its lines as Windows does", function()
    local policy = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmax_age: 604800\r\n"
    local result = shell.mailseal({ "record", "mta-sts-policy", "-" }, policy)
    assert.same({ status = 0, out = "ok: nothing is wrong with this record\n", err = "" }, result)
    assert.same(result, shell.mailseal({ "record", "mta-sts-policy", "-" }, (policy:gsub("\r", ""))))
  end)
end)

describe("mailseal record spf", function()
  it("says that a good record is good", function()
    local result = shell.mailseal { "record", "spf", "v=spf1 include:_spf.google.com ~all" }
    assert.same({ status = 0, out = "ok: nothing is wrong with this record\n", err = "" }, result)
  end)

  it("says what is wrong and how to mend it", function()
    local result = shell.mailseal { "record", "spf", "v=spf1 include:_spf.google.com +ptr all", "--json" }
    local object = cjson.decode(result.out)
    assert.same({ "spf", "error", 2 }, { object.kind, object.status, #object.findings })
    assert.same({ "spf_ptr", "warning" }, { object.findings[1].code, object.findings[1].severity })
    assert.same({ "spf_plus_all", "error" }, { object.findings[2].code, object.findings[2].severity })
    assert.equal(1, result.status)
  end)
end)

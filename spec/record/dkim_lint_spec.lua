local catalogue = require "spec.support.catalogue"
local public_key = require "spec.support.public_key"
local record = require "mailseal.record"

local base64 = public_key.base64
local RSA, ED25519 = base64(public_key.rsa(2048)), base64(public_key.ed25519)
local GOOD = "v=DKIM1; k=rsa; p=" .. RSA

local seen = {}

-- The codes found, in their order.
local function codes(text)
  local list = {}
  for i, finding in ipairs((record.lint("dkim", text))) do
    list[i], seen[finding.code] = finding.code, true
    assert.matches("^%u.*%.$", finding.message:gsub("^[pvshgt]=", "P"), finding.code)
    assert.matches("^%u", finding.fix)
    assert.is_nil(finding.message:find("[%c\127-\255]"), finding.code)
  end
  return list
end

-- The only finding, which must have that code.
local function only(code, text)
  assert.same({ code }, codes(text), type(text) == "string" and text or nil)
  return (record.lint("dkim", text))[1]
end

local function rsa(bits, exponent)
  return "v=DKIM1; k=rsa; p=" .. base64(public_key.rsa(bits, exponent))
end

describe("the lint of a DKIM key record", function()
  describe("finds nothing wrong with", function()
    it("a record as it should be, and gives it as read", function()
      local findings, parsed = record.lint("dkim", GOOD)
      assert.same({}, findings)
      assert.equal(2048, parsed.bits)
      assert.same({}, codes("v=DKIM1; k=ed25519; p=" .. ED25519))
      assert.same({}, codes("v=DKIM1;p=" .. RSA .. ";"))
      assert.same({}, codes("v=DKIM1; h=sha1:sha256; s=email; n=note; k=rsa; p=" .. RSA .. " ; "))
      assert.same({}, codes("v=DKIM1; k=rsa; p=" .. base64(public_key.pkcs1(3072))))
    end)

    it("a record in several strings, of which the last may be full", function()
      assert.same({}, codes(record.split(GOOD)))
      assert.same({}, codes(record.split(GOOD, 50)))
      local padded = "v=DKIM1; k=ed25519; n=" .. ("x"):rep(255 - 22 - 4 - 44) .. "; p=" .. ED25519
      assert.equal(255, #padded)
      assert.same({}, codes(padded))
    end)

    it("notes with quotes, entities without semicolon and letters beyond ASCII in them", function()
      assert.same({}, codes("v=DKIM1; n=\226\128\156J\252rgen's\226\128\157 \"key\", k=rsa &c; p=" .. RSA))
    end)
  end)

  describe("finds what pasting did:", function()
    it("a whole line of a zone file", function()
      only("pasted_zone_line", 's._domainkey.example.com. 3600 IN TXT "' .. GOOD .. '"')
      only("pasted_zone_line", 's._domainkey\tIN\tTXT\t( "v=DKIM1; k=rsa; "\n\t  "p=' .. RSA .. '" )  ; ----- DKIM key s for example.com')
      only("pasted_zone_line", "TXT " .. GOOD)
      only("pasted_zone_line", 's TXT "v=DKIM1\\; k=rsa\\; p=' .. RSA .. '"')
    end)

    it("HTML entities", function()
      assert.equal("&quot;", only("pasted_html_entity", "&quot;" .. GOOD .. "&quot;").found)
      assert.equal("&nbsp;", only("pasted_html_entity", "v=DKIM1;&nbsp;k=rsa; p=" .. RSA).found)
      only("pasted_html_entity", "v&#61;DKIM1; p=" .. RSA)
      assert.equal("<br>", only("pasted_html_entity", "v=DKIM1; <br>p=" .. RSA).found)
      only("pasted_html_entity", "v=DKIM1; k=ed25519; p=" .. ED25519:gsub("%+", "&#43;"):gsub("/", "&#x2f;"))
    end)

    it("typographic quotes", function()
      local finding = only("pasted_smart_quotes", "\226\128\156" .. GOOD .. "\226\128\157")
      assert.equal("\226\128\156", finding.found)
      assert.matches("U+201C", finding.message, 1, true)
    end)

    it("plain, single and escaped quotes, and those between strings", function()
      only("pasted_quotes", '"' .. GOOD .. '"')
      only("pasted_quotes", "'" .. GOOD .. "'")
      only("pasted_quotes", '\\"' .. GOOD .. '\\"')
      only("pasted_quotes", "v=DKIM1; k=rsa; p=" .. RSA:sub(1, 230) .. '"  "' .. RSA:sub(231))
      only("pasted_quotes", "v=DKIM1; k=rsa; p=" .. RSA:sub(1, 230) .. '""' .. RSA:sub(231))
    end)

    it("spaces that do not break", function()
      only("pasted_no_break_space", "v=DKIM1;\194\160k=rsa;\194\160p=" .. RSA)
    end)

    it("characters that cannot be seen", function()
      assert.matches("U+FEFF", only("pasted_invisible", "\239\187\191" .. GOOD).message, 1, true)
      only("pasted_invisible", "v=DKIM1; k=rsa; p=" .. RSA:sub(1, 100) .. "\226\128\139" .. RSA:sub(101))
    end)

    it("line breaks", function()
      assert.matches("\\010", only("pasted_line_break", "v=DKIM1;\nk=rsa;\r\np=" .. RSA).message, 1, true)
      only("pasted_line_break", GOOD .. "\n")
      only("pasted_line_break", "v=DKIM1; n=two\nlines; p=" .. RSA)
    end)

    it("but no fault in folding white space, as RFC 6376 allows it", function()
      assert.same({}, codes("v=DKIM1;\r\n k=rsa;\r\n\tn=a\r\n b; p=" .. RSA))
      assert.same({ "dkim_p_white_space" }, codes("v=DKIM1; p=" .. RSA:sub(1, 64) .. "\r\n " .. RSA:sub(65)))
    end)

    it("control characters", function()
      assert.matches("\\000", only("pasted_control", GOOD .. "\0").message, 1, true)
      only("pasted_control", "v=DKIM1; n=bell\7; p=" .. RSA)
    end)

    it("what a web page shows in the place of an address", function()
      assert.same({ "pasted_hidden_address", "tag_unknown" }, codes("v=DKIM1; x=[email protected]; p=" .. RSA))
    end)

    it("semicolons with a backslash", function()
      only("pasted_escaped_semicolon", "v=DKIM1\\; k=rsa\\; p=" .. RSA)
      only("pasted_escaped_semicolon", "v=DKIM1\\\\; k=rsa\\\\; p=" .. RSA)
    end)

    it("strings over 255 octets among several", function()
      only("txt_string_too_long", { GOOD, "" })
    end)

    it("the frame of a PEM file", function()
      local lines = RSA:gsub(("."):rep(64), "%0\n")
      local pem = "-----BEGIN PUBLIC KEY-----\n" .. lines .. "\n-----END PUBLIC KEY-----\n"
      assert.equal("-----BEGIN PUBLIC KEY-----", only("dkim_pem_header", pem).found)
      only("dkim_pem_header", "v=DKIM1; k=rsa; p=" .. pem)
      only("dkim_pem_header", "v=DKIM1; k=rsa; p=-----BEGIN PUBLIC KEY-----" .. RSA .. "-----END PUBLIC KEY-----;")
      only("dkim_pem_header", "v=DKIM1; k=rsa; p=-----BEGIN PUBLIC KEY-----" .. RSA)
    end)

    it("the key alone", function()
      only("dkim_bare_key", RSA)
      only("dkim_bare_key", ED25519)
    end)

    it("a private key", function()
      only("dkim_private_key", "v=DKIM1; p=-----BEGIN PRIVATE KEY-----MIIE")
      only("dkim_private_key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----")
      only("dkim_private_key", "v=DKIM1; k=rsa; p=" .. base64(public_key.private))
      only("dkim_private_key", "v=DKIM1; k=rsa; p=" .. base64(public_key.private):sub(1, 100))
      only("dkim_private_key", "v=DKIM1; k=ed25519; p=" .. base64(public_key.private))
    end)
  end)

  describe("finds in the tags:", function()
    it("that it is no key record", function()
      for _, text in ipairs {
        "v=spf1 include:example.com -all", "v=DMARC1; p=none", "google-site-verification=abc", "hello world", "", "t=y; o=-", ";;;",
      } do
        only("dkim_not_a_key", text)
      end
    end)

    it("missing semicolons", function()
      assert.matches("^k=rsa p=MII", only("tag_missing_semicolon", "v=DKIM1 k=rsa p=" .. RSA).found)
      only("tag_missing_semicolon", "v=DKIM1; k=rsa p=" .. RSA)
      only("tag_missing_semicolon", "v=DKIM1, k=rsa, p=" .. RSA)
      only("tag_missing_semicolon", "v=DKIM1; , k=rsa; p=" .. RSA)
      only("tag_missing_semicolon", "v=DKIM1; p=" .. RSA .. " k=rsa")
      assert.same({ "dkim_p_white_space" }, codes("v=DKIM1; k=ed25519; p=" .. ED25519:sub(1, 42) .. " " .. ED25519:sub(43)))
    end)

    it("empty tags, pieces without an equals sign, names that are none", function()
      only("tag_empty", "v=DKIM1;; p=" .. RSA)
      only("tag_empty", "v=DKIM1; p=" .. RSA .. ";;")
      assert.equal("hello", only("tag_no_equals", "v=DKIM1; hello; p=" .. RSA).found)
      assert.equal("p:" .. ED25519, only("tag_colon", "v=DKIM1; k=ed25519; p:" .. ED25519).found)
      assert.equal("1=2", only("tag_bad_name", "v=DKIM1; 1=2; p=" .. RSA).found)
      only("tag_bad_name", "v=DKIM1; =2; p=" .. RSA)
    end)

    it("names in upper case", function()
      assert.equal("P", only("tag_case", "v=DKIM1; P=" .. RSA).found)
      assert.same({ "tag_case", "tag_case" }, codes("V=DKIM1; K=rsa; p=" .. RSA))
    end)

    it("tags that occur twice", function()
      assert.equal("k", only("tag_duplicate", "v=DKIM1; k=rsa; k=rsa; p=" .. RSA).found)
      only("tag_duplicate", GOOD .. "; p=" .. RSA)
    end)

    it("a record that stands twice in one text, in one finding", function()
      assert.matches("^v=DKIM1", only("tags_twice", GOOD .. ";" .. GOOD).found)
      only("tags_twice", GOOD .. "; v=DKIM1; k=rsa; p=" .. ED25519)
      assert.same({ "tag_missing_semicolon", "tags_twice" }, codes(GOOD .. " " .. GOOD))
      assert.same({ "tags_twice" }, codes(table.concat({ GOOD, GOOD, GOOD }, "; ")))
      assert.equal("v", only("tag_duplicate", GOOD .. "; v=DKIM1").found)
      assert.same({ "tag_duplicate", "tags_twice" }, codes("v=DKIM1; k=rsa; k=rsa; p=" .. RSA .. ";" .. GOOD))
    end)

    it("too many tags", function()
      local list = { "v=DKIM1; p=" .. RSA }
      for i = 2, 48 do
        list[i] = "x" .. i .. "="
      end
      assert.equal("tags_too_many", codes(table.concat(list, ";"))[1])
    end)

    it("tags that nobody knows", function()
      assert.equal("q", only("tag_unknown", "v=DKIM1; q=dns; p=" .. RSA).found)
      assert.equal("advice", only("tag_unknown", "v=DKIM1; kk=rsa; p=" .. RSA).severity)
    end)

    it("white space beside the equals sign", function()
      assert.equal("advice", only("tag_space_around_equals", "v=DKIM1; k=rsa; p = " .. RSA).severity)
      only("tag_space_around_equals", "v= DKIM1; p=" .. RSA)
      only("tag_space_around_equals", "v=DKIM1; k =rsa; p=" .. RSA)
    end)

    it("a version that is missing, not first, or wrong", function()
      assert.equal("advice", only("dkim_missing_version", "k=rsa; p=" .. RSA).severity)
      assert.equal("k", only("dkim_version_not_first", "k=rsa; v=DKIM1; p=" .. RSA).found)
      assert.equal("v=dkim1", only("dkim_wrong_version", "v=dkim1; p=" .. RSA).found)
      only("dkim_wrong_version", "v=DKIM2; k=rsa; p=" .. RSA)
      only("dkim_wrong_version", "v=1; p=" .. RSA)
      assert.same({ "dkim_version_not_first", "dkim_wrong_version" }, codes("p=" .. RSA .. "; v=DKIM"))
    end)

    it("key types that are not known, or not in lower case", function()
      assert.equal("k=dsa", only("dkim_unknown_key_type", "v=DKIM1; k=dsa; p=" .. RSA).found)
      only("dkim_unknown_key_type", "v=DKIM1; k=; p=" .. RSA)
      only("dkim_unknown_key_type", "v=DKIM1; k=rsa-sha256; p=" .. RSA)
      assert.equal("warning", only("dkim_key_type_case", "v=DKIM1; k=RSA; p=" .. RSA).severity)
      only("dkim_key_type_case", "v=DKIM1; k=Ed25519; p=" .. ED25519)
    end)

    it("lists that are none", function()
      for _, tag in ipairs { "h=sha256,sha1", "s=email:", "s=e-mail-", "t=y::s", "t=y,s" } do
        assert.equal(tag, only("dkim_bad_list", "v=DKIM1; " .. tag .. "; p=" .. RSA).found)
      end
    end)

    it("hashes and services that exclude mail", function()
      only("dkim_hash_excluded", "v=DKIM1; h=sha1; p=" .. RSA)
      only("dkim_hash_excluded", "v=DKIM1; h=; p=" .. RSA)
      only("dkim_service_excludes_email", "v=DKIM1; s=tlsrpt; p=" .. RSA)
      only("dkim_service_excludes_email", "v=DKIM1; s=; p=" .. RSA)
      assert.same({}, codes("v=DKIM1; s=tlsrpt:*; h=sha256; t=; p=" .. RSA))
    end)

    it("flags that are still set", function()
      assert.equal("warning", only("dkim_testing", "v=DKIM1; t=y; p=" .. RSA).severity)
      assert.equal("advice", only("dkim_strict", "v=DKIM1; t=s; p=" .. RSA).severity)
      assert.same({ "dkim_testing", "dkim_strict" }, codes("v=DKIM1; t=s:y; p=" .. RSA))
    end)

    it("the granularity of the old standard", function()
      only("dkim_granularity", "v=DKIM1; g=*; p=" .. RSA)
    end)

    it("a key that is missing or revoked", function()
      only("dkim_missing_p", "v=DKIM1; k=rsa")
      only("dkim_revoked", "v=DKIM1; k=rsa; p=")
      only("dkim_revoked", "v=DKIM1; p= ;")
    end)
  end)

  describe("finds in the key:", function()
    it("characters that base64 does not have, and names them", function()
      assert.equal("!", only("dkim_p_not_base64", GOOD .. "!").found)
      assert.equal("_", only("dkim_p_not_base64", "v=DKIM1; p=AA_A-" .. RSA).found)
      local finding = only("dkim_p_not_base64", "v=DKIM1; p=M\195\140" .. RSA)
      assert.equal("\195\140", finding.found)
      assert.matches("character U+00CC,", finding.message, 1, true)
      assert.matches("character \\255,", only("dkim_p_not_base64", "v=DKIM1; p=\255" .. RSA).message, 1, true)
    end)

    it("an end that is not right", function()
      only("dkim_p_padding", "v=DKIM1; k=ed25519; p=" .. ED25519:gsub("=", ""))
      only("dkim_p_padding", "v=DKIM1; k=ed25519; p=" .. ED25519 .. "=")
      only("dkim_p_padding", "v=DKIM1; p=" .. RSA .. "A")
      only("dkim_p_padding", "v=DKIM1; p==" .. RSA)
      only("dkim_p_padding", "v=DKIM1; p=" .. RSA .. "==" .. RSA)
    end)

    it("white space inside", function()
      local finding = only("dkim_p_white_space", "v=DKIM1; k=rsa; p=" .. RSA:gsub(("."):rep(64), "%0 "))
      assert.equal(RSA:sub(53, 64), finding.found)
      assert.equal("warning", finding.severity)
      only("dkim_p_white_space", "v=DKIM1; k=rsa; p=" .. RSA:sub(1, 200) .. "\t" .. RSA:sub(201))
      only("dkim_p_white_space", "v=DKIM1; k=rsa; p=" .. RSA:sub(1, 200) .. "  " .. RSA:sub(201))
    end)

    it("strings joined with a space", function()
      local strings = record.split(GOOD)
      only("dkim_joined_with_space", table.concat(strings, " "))
      only("dkim_joined_with_space", { strings[1], " " .. strings[2] })
      only("dkim_joined_with_space", table.concat(record.split(rsa(4096)), " "))
    end)

    it("that it was cut at 255 characters", function()
      only("dkim_cut_at_255", GOOD:sub(1, 255))
      only("dkim_cut_at_255", { (record.split(GOOD))[1] })
    end)

    it("that it was cut elsewhere", function()
      for _, size in ipairs { 40, 100, 200, 250, 256, #GOOD - 4, #GOOD - 1 } do
        only("dkim_p_truncated", GOOD:sub(1, size))
      end
      assert.equal("174 of 294 octets", only("dkim_p_truncated", GOOD:sub(1, 250)).found)
    end)

    it("something behind its end", function()
      assert.equal("1 octet", only("dkim_p_trailing", "v=DKIM1; p=" .. base64(public_key.rsa(2048) .. "\0")).found)
      only("dkim_p_trailing", "v=DKIM1; p=" .. RSA .. RSA)
    end)

    it("that it is none", function()
      only("dkim_p_malformed", "v=DKIM1; p=aGVsbG8gd29ybGQ=")
      only("dkim_p_malformed", "v=DKIM1; p=" .. base64("0\3\2\1\5"))
    end)

    it("a type that k= does not say", function()
      only("dkim_key_type_mismatch", "v=DKIM1; k=rsa; p=" .. ED25519)
      only("dkim_key_type_mismatch", "v=DKIM1; p=" .. ED25519)
      only("dkim_key_type_mismatch", "v=DKIM1; p=" .. base64(public_key.ed25519_spki))
      only("dkim_key_type_mismatch", "v=DKIM1; k=rsa; p=" .. base64(public_key.p256_spki))
      only("dkim_key_type_mismatch", "v=DKIM1; k=ed25519; p=" .. RSA)
    end)

    it("an Ed25519 key that is wrapped, of another size, or of small order", function()
      only("dkim_ed25519_spki", "v=DKIM1; k=ed25519; p=" .. base64(public_key.ed25519_spki))
      assert.equal("31 octets", only("dkim_ed25519_size", "v=DKIM1; k=ed25519; p=" .. base64(public_key.ed25519:sub(1, 31))).found)
      assert.equal("1 octet", only("dkim_ed25519_size", "v=DKIM1; k=ed25519; p=AA==").found)
      only("dkim_ed25519_small_order", "v=DKIM1; k=ed25519; p=" .. base64("\1" .. ("\0"):rep(31)))
    end)

    it("sizes that are refused, or should not be", function()
      local expected = {
        { 512, "dkim_key_weak", "error" }, { 1023, "dkim_key_weak", "error" },
        { 1024, "dkim_key_short", "warning" }, { 2047, "dkim_key_short", "warning" },
        { 4097, "dkim_key_oversized", "warning" }, { 8192, "dkim_key_oversized", "warning" },
        { 8193, "dkim_key_too_large", "error" }, { 16384, "dkim_key_too_large", "error" },
      }
      for _, case in ipairs(expected) do
        local finding = only(case[2], rsa(case[1]))
        assert.equal(case[1] .. " bits", finding.found)
        assert.equal(case[3], finding.severity)
      end
      for _, bits in ipairs { 2048, 3072, 4096 } do
        assert.same({}, codes(rsa(bits)))
      end
    end)

    it("an exponent that is not safe", function()
      for _, exponent in ipairs { "\1", "\2", "\1\0\0", "\1" .. ("\0"):rep(7) .. "\1" } do
        only("dkim_bad_exponent", rsa(2048, exponent))
      end
      assert.same({}, codes(rsa(2048, "\3")))
    end)
  end)

  it("goes on behind a fault, and names each fault once", function()
    assert.same(
      { "pasted_smart_quotes", "pasted_escaped_semicolon", "dkim_wrong_version", "dkim_testing", "dkim_key_short" },
      codes("\226\128\156v=DKIM\\; k=rsa\\; t=y\\; p=" .. base64(public_key.rsa(1024)) .. "\226\128\157")
    )
  end)

  it("says error where, and only where, a verifier would not use the key", function()
    for size = 1, #GOOD do
      local text = GOOD:sub(1, size) .. GOOD:sub(size + 2)
      local findings, parsed = record.lint("dkim", text)
      local errors = 0
      for _, finding in ipairs(findings) do
        errors = errors + (finding.severity == "error" and 1 or 0)
      end
      assert.equal(parsed == nil, errors > 0, text)
    end
  end)

  it("of hostile size costs no time and little memory", function()
    local texts = {
      ("a=1;"):rep(100000), ("k=1 "):rep(100000), ("k=rsa,"):rep(100000), (";"):rep(100000), ("&quot;"):rep(100000), ("\""):rep(400000),
      "p=" .. ("A"):rep(400000), "v=DKIM1; p=" .. ("A "):rep(200000), ("-----BEGIN "):rep(40000), ("\" "):rep(200000),
      ("n="):rep(200000), "v=DKIM1; n=" .. ("\226\128\156"):rep(100000), ("\226\128\156"):rep(100000), ("TXT "):rep(100000),
    }
    for i, text in ipairs(texts) do
      local started = os.clock()
      local findings = record.lint("dkim", text)
      assert.is_true(#findings >= 1 and #findings <= 100)
      assert.is_true(os.clock() - started < 0.2, i)
    end
  end)

  it("takes a list of strings and nothing else but a string", function()
    assert.has_error(function() record.lint("dkim", nil) end)
    assert.has_error(function() record.lint("dkim", { {} }) end)
    assert.has_error(function() record.lint("nonsense", "") end)
    assert.same({ "dkim_not_a_key" }, codes({}))
  end)

  it("has its causes and cures in a catalogue, of which every one is found above", function()
    for _, code in ipairs(catalogue.codes("^pasted$", "^tags$", "^dkim$")) do
      assert.is_true(seen[code] or code == "tag_not_ascii" or code == "tag_bad_value", code) -- which a key record may have
    end
  end)

  it("knows each code of the catalogue once, and none besides", function()
    local known = {}
    for _, kind in ipairs(record.kinds()) do
      assert.is_nil(known[kind.code], kind.code)
      known[kind.code] = true
      assert.same(kind, record.explain(kind.code))
    end
    for _, code in ipairs(catalogue.codes("")) do
      assert.is_true(known[code], code)
      known[code] = nil
    end
    assert.same({}, known)
    assert.same({ nil, "there is no finding called nonsense", "unknown_code" }, { record.explain("nonsense") })
  end)
end)

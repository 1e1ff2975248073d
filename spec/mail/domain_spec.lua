local domain = require "mailseal.domain"

describe("mailseal.domain", function()
  describe("valid", function()
    it("takes host names, underscores and one label", function()
      for _, name in ipairs { "example.com", "EXAMPLE.com", "s1", "s1._domainkey.example.com", "a-b.c", "1.2.3.4", "xn--bcher-kva.ch" } do
        assert.is_true(domain.valid(name), name)
      end
    end)

    it("refuses what must cost no DNS query (RFC 6376 section 3.5)", function()
      for _, name in ipairs {
        "", ".", "a..b", ".a", "a.", "a b", "a\0b", "a(b", "a\"b", "a'b", "a;b", "a\r\nb", "a\tb", "a/b", "a\\b", "a@b", "a:b", "*.a",
        "b\195\188cher.ch", "\255",
      } do
        assert.is_false(domain.valid(name), name)
      end
    end)

    it("takes labels of 63 and names of 253 characters, and not one more", function()
      local label = ("a"):rep(63)
      assert.is_true(domain.valid(label))
      assert.is_false(domain.valid(label .. "a"))
      assert.is_true(domain.valid(("%s.%s.%s.%s"):format(label, label, label, ("a"):rep(61))))
      assert.is_false(domain.valid(("%s.%s.%s.%s"):format(label, label, label, ("a"):rep(62))))
    end)
  end)

  describe("to_ascii", function()
    it("gives lower-case A-labels", function()
      for name, wanted in pairs {
        ["Example.COM"] = "example.com",
        ["bücher.example"] = "xn--bcher-kva.example",
        ["BÜCHER.Example"] = "xn--bcher-kva.example",
        ["straße.de"] = "xn--strae-oqa.de",
        ["ЯНДЕКС.рф"] = "xn--d1acpjx3f.xn--p1ai",
        ["ΕΛΛΆΔΑ.gr"] = "xn--hxakic4aa.gr",
        ["例え.テスト"] = "xn--r8jz45g.xn--zckzah",
        ["日本語。jp"] = "xn--wgv71a119e.jp",
        ["ｅｘａｍｐｌｅ．com"] = "example.com",
        ["한국.kr"] = "xn--3e0b707e.kr",
        ["l·l.cat"] = "xn--ll-0ea.cat",
        ["_dmarc.bücher.example"] = "_dmarc.xn--bcher-kva.example",
        ["XN--BCHER-KVA.example"] = "xn--bcher-kva.example",
        ["r3---sn.example"] = "r3---sn.example",
      } do
        assert.equal(wanted, domain.to_ascii(name))
      end
    end)

    it("composes a letter and its accent (NFC)", function()
      assert.equal("xn--bcher-kva.example", domain.to_ascii("bu\204\136cher.example"))
      assert.equal(domain.to_ascii("ấ.vn"), domain.to_ascii("a\204\130\204\129.vn"))
      assert.equal(domain.to_ascii("Й.ru"), domain.to_ascii("И\204\134.ru"))
      -- A madda joins its alef past a fatha.
      assert.equal(domain.to_ascii("\216\162\217\142"), domain.to_ascii("\216\167\217\142\217\147"))
    end)

    it("writes as two what NFKC has as two, in Thai and Hindi", function()
      assert.equal("xn--q3c4c8cq.th", domain.to_ascii("น้ำ.th"))
      assert.equal(domain.to_ascii("फ\224\164\188"), domain.to_ascii("\224\165\158"))
    end)

    it("refuses what no label may hold", function()
      for _, name in ipairs {
        "a b.example", "a\0b.example", "a(b).example", "a\"b", "a\194\160b", "a\226\128\139b", "\226\128\174a", "a\226\128\141b",
        "☃.example", "a–b.example", "½.example", "ª.example", "a·b", "a\204\128\204\129b", "\204\136a.example", "-ü", "ü-",
        "üb--x", "xn--", "xn--ü", "xn--a-", "xn--abc-", "xn--99999999999", "xn--bcher-kva-", "\239\191\189.x",
        "a\194\173b", "ม\224\185\137\224\184\185", "a\239\184\143b", "\225\158\180", "\224\184\191.th",
      } do
        local ascii, text, code = domain.to_ascii(name)
        assert.is_nil(ascii, name)
        assert.is_string(text)
        assert.equal("bad_label", code, name)
      end
    end)

    it("refuses invalid UTF-8, empty labels, and what is too long", function()
      for name, wanted in pairs {
        ["a\255.b"] = "bad_utf8",
        ["\192\128"] = "bad_utf8",
        ["\237\160\128"] = "bad_utf8",
        ["\195"] = "bad_utf8",
        [""] = "empty_label",
        ["a..b"] = "empty_label",
        ["a."] = "empty_label",
        ["。a"] = "empty_label",
        [("a"):rep(64)] = "label_too_long",
        [("ü"):rep(200)] = "label_too_long",
        [("ab."):rep(85) .. "a"] = "name_too_long",
        [("ab."):rep(100000) .. "a"] = "name_too_long",
      } do
        local ascii, _, code = domain.to_ascii(name)
        assert.is_nil(ascii)
        assert.equal(wanted, code)
      end
    end)

    it("gives only names that are valid", function()
      local pieces = { "a", "ü", "Ж", "例", ".", "-", "xn--", "é", "。", "9", "\204\129", "ß", "_", "\255", "·", "ع" }
      local seed = 7
      for _ = 1, 3000 do
        local parts = {}
        for i = 1, 8 do
          seed = (seed * 16807) % 2147483647
          parts[i] = pieces[seed % #pieces + 1]
        end
        local ascii = domain.to_ascii(table.concat(parts))
        if ascii then
          assert.is_true(domain.valid(ascii), ascii)
          assert.equal(ascii, domain.to_ascii(ascii))
          assert.equal(ascii, domain.to_ascii(domain.to_unicode(ascii)))
        end
      end
    end)
  end)

  describe("to_unicode", function()
    it("shows U-labels", function()
      assert.equal("bücher.example", domain.to_unicode("xn--bcher-kva.example"))
      assert.equal("яндекс.рф", domain.to_unicode("XN--d1acpjx3f.xn--p1ai"))
      assert.equal("例え.テスト", domain.to_unicode("xn--r8jz45g.xn--zckzah"))
      assert.equal("bücher.example", domain.to_unicode("BÜCHER.example"))
    end)

    it("leaves an A-label that stands for no U-label", function()
      assert.equal("xn--i-7iq.ws", domain.to_unicode("xn--i-7iq.ws"))
      assert.equal("xn--bcher-2pa.example", domain.to_unicode("xn--bcher-2pa.example"))
    end)

    it("fails as to_ascii does", function()
      local name, _, code = domain.to_unicode("a..b")
      assert.is_nil(name)
      assert.equal("empty_label", code)
    end)
  end)

  describe("scripts (UTS 39)", function()
    -- Told in one text: "Latin Cyrillic, mixed".
    local function scripts(label)
      local names, mixed = domain.scripts(label)
      return table.concat(names, " ") .. (mixed and ", mixed" or "")
    end

    it("tells one script, whatever digits and hyphens stand beside it", function()
      for label, wanted in pairs {
        ["apple-2"] = "Latin", ["bücher"] = "Latin", ["почта-24"] = "Cyrillic", ["δοκιμή"] = "Greek", ["ابجد١"] = "Arabic",
        ["बैंक"] = "Devanagari", ["123"] = "", [""] = "",
      } do
        assert.equal(wanted, scripts(label), label)
      end
    end)

    it("tells two that nobody mixes", function()
      for label, wanted in pairs {
        ["pаypal"] = "Latin Cyrillic, mixed", ["αpple"] = "Greek Latin, mixed", ["aբ"] = "Latin Armenian, mixed",
        ["漢ա"] = "Han Armenian, mixed", ["aअ"] = "Latin Devanagari, mixed", ["кαb"] = "Cyrillic Greek Latin, mixed",
      } do
        assert.equal(wanted, scripts(label), label)
      end
    end)

    it("takes for one what Japanese, Chinese and Korean are written with, Latin letters among it", function()
      for label, wanted in pairs {
        ["例え"] = "Han Hiragana", ["ロゴ漢のx"] = "Katakana Han Hiragana Latin", ["한국漢ab"] = "Hangul Han Latin",
        ["漢ㄅx"] = "Han Bopomofo Latin", ["ー漢"] = "Han",
      } do
        assert.equal(wanted, scripts(label), label)
      end
      assert.equal("Hangul Hiragana, mixed", scripts "한の")
    end)

    it("takes a mark for what its letter is", function()
      assert.equal("Latin", scripts "x̂y")
      assert.equal("Cyrillic", scripts "г̂")
    end)

    it("looks no further than the text is UTF-8, and tells of eight scripts at most", function()
      assert.equal("Latin", scripts "a\255б")
      assert.equal(8, #domain.scripts "aбαաא३ا漢가ㄅアあ")
    end)

    it("wants a text", function()
      assert.has_error(function() domain.scripts(nil) end)
    end)
  end)

  describe("punycode", function()
    -- RFC 3492 section 7.1, those samples that hold no capital letters and no punctuation.
    local samples = {
      ["ليهمابتكلموشعربي؟"] = false,
      ["他们为什么不说中文"] = "ihqwcrb4cv8a8dqg056pqjye",
      ["למההםפשוטלאמדבריםעברית"] = "4dbcagdahymbxekheh6e0a7fei0b",
      ["なぜみんな日本語を話してくれないのか"] = "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa",
      ["почемужеонинеговорятпорусски"] = "b1abfaaepdrnnbgefbadotcwatmq2g4l",
      ["porquénopuedensimplementehablarenespañol"] = "porqunopuedensimplementehablarenespaol-fmd56a",
      ["tạisaohọkhôngthểchỉnóitiếngviệt"] = "tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g",
      ["3年b組金八先生"] = "3b-ww4c5e180e575a65lsy2b",
      ["ひとつ屋根の下2"] = "2-u9tlzr9756bt3uc0v",
    }
    it("agrees with the samples of RFC 3492", function()
      for text, wanted in pairs(samples) do
        if wanted then
          assert.equal("xn--" .. wanted, domain.to_ascii(text))
          assert.equal(text, domain.to_unicode("xn--" .. wanted))
        else
          assert.is_nil((domain.to_ascii(text)))
        end
      end
    end)
  end)
end)

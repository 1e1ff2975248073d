local record = require "mailseal.record"

-- "a=1|b=2": what was read; or the error's code.
local function read(text)
  local tags, _, code = record.tags(text)
  if not tags then
    return code
  end
  local list = {}
  for i, tag in ipairs(tags) do
    list[i] = tag.name .. "=" .. tag.value
  end
  return table.concat(list, "|")
end

describe("a tag list (RFC 6376 section 3.2)", function()
  it("is read in its order, unknown tags and empty values and all", function()
    assert.equal("v=1|a=rsa-sha256|zz_9=|b=x=y==", read("v=1; a=rsa-sha256; zz_9=; b=x=y=="))
    assert.equal("v=1", read("v=1"))
  end)

  it("takes one semicolon at its end, with or without white space behind it", function()
    assert.equal("v=1", read("v=1;"))
    assert.equal("v=1", read("v=1; \t"))
    assert.equal("v=1", read("v=1 ;\r\n "))
    assert.equal("tag_no_equals", read("v=1;;"))
    assert.equal("tag_no_equals", read("v=1; ;"))
    assert.equal("tag_no_equals", read(";v=1"))
  end)

  it("takes white space and folds around names and values, and keeps them inside values", function()
    assert.equal("v=1|b=a \r\n\tb", read(" v\t=\r\n 1 ; b = a \r\n\tb\r\n "))
    assert.equal("a=1", read("\r\n \r\n\ta=1"))
  end)

  it("takes a CR or LF for white space only where it folds", function()
    for _, text in ipairs { "a=1\n", "a=1\r", "a=1\r\n", "a=1\nb=2", "a=1\n b", "a=1\r b", "a=1;\n b=2", "a=\r\n\r\n 1" } do
      assert.equal("tag_bad_value", read(text), ("%q"):format(text))
    end
  end)

  it("refuses control characters wherever they stand", function()
    local long = ("x"):rep(20)
    for octet = 0, 127 do
      local bad = octet < 32 and octet ~= 9 or octet == 127
      for _, before in ipairs { "", "1234567", long } do
        local text = "a=" .. before .. string.char(octet) .. long .. "; b=2"
        if octet ~= 59 then
          assert.equal(bad and "tag_bad_value" or "OK", read(text):match("^tag_.*") or "OK", octet)
        end
      end
    end
  end)

  it("takes every octet over 0x7f in a value and none in a name", function()
    for octet = 128, 255 do
      local character = string.char(octet)
      assert.equal("n=1234567" .. character .. "x", read("n=1234567" .. character .. "x"))
      assert.equal("tag_bad_name", read("n" .. character .. "=1"))
    end
  end)

  it("refuses names that are not a letter followed by letters, digits and underscores", function()
    for _, name in ipairs { "", "1", "_a", "a-b", "a b", "a.b", "\"v", "a\0" } do
      local code = read(name .. "=1")
      assert.is_true(code == "tag_bad_name" or code == "tag_bad_value", name)
    end
    assert.equal("aB_9=1", read("aB_9=1"))
  end)

  it("refuses a piece without an equals sign, and names it", function()
    local tags, message, code, piece = record.tags("v=1; hello ;p=")
    assert.is_nil(tags)
    assert.matches("name=value", message)
    assert.equal("tag_no_equals", code)
    assert.equal(" hello ", piece)
  end)

  it("refuses a list with a tag that occurs twice, and compares names by case", function()
    assert.equal("tag_duplicate", read("a=1; b=2; a=1"))
    assert.equal("tag_duplicate", read("bh=1; b=2; bh=3"))
    assert.equal("a=1|A=2|ab=3|aB=4", read("a=1; A=2; ab=3; aB=4"))
  end)

  it("is empty where nothing but white space is there", function()
    assert.equal("tags_empty", read(""))
    assert.equal("tags_empty", read(" \r\n\t"))
  end)

  it("has at most 48 tags", function()
    local list = {}
    for i = 1, 48 do
      list[i] = "t" .. i .. "=" .. i
    end
    assert.equal(48, #assert(record.tags(table.concat(list, ";"))))
    assert.equal("tags_too_many", read(table.concat(list, ";") .. ";more=1"))
  end)

  it("of 100,000 tags, or one tag of 10 MB, costs no time", function()
    local list = {}
    for i = 1, 100000 do
      list[i] = "t" .. i .. "=" .. i
    end
    local many, spaces, equals = table.concat(list, ";"), (" "):rep(1e7), ("="):rep(1e7)
    local started = os.clock()
    assert.equal("tags_too_many", read(many))
    assert.equal("tag_no_equals", read((";"):rep(100000)))
    assert.equal("tags_empty", read(spaces))
    assert.equal("a=" .. equals, read("a=" .. equals))
    assert.is_true(os.clock() - started < 0.4)
  end)
end)

--- HTML that text cannot break out of.
local h = require "mailseal.web.html"
local visible = require "mailseal.web.visible".text

describe("HTML", function()
  it("has text as text, wherever it stands", function()
    assert.equal('<p class="a&quot;b">&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp;amp;</p>',
      h.fragment(h.p { class = 'a"b', "<script>alert('1')</script> &amp;" }))
  end)

  it("is put together of elements, lists, numbers, and nothing", function()
    assert.equal("<ul><li>1</li><li>2</li></ul>", h.fragment(h.ul { nil, h.li { 1 }, false, { { h.li { "2" } }, nil }, nil }))
    assert.equal("<p>a<b>b</b>c</p>", h.fragment(h.p { "a", nil, h.b { "b" }, nil, nil, "c" }))
  end)

  it("has its attributes in one order, those that are true without a value, and none that is false", function()
    assert.equal('<input data-x="1" id="a" required>', h.fragment(h.input { required = true, id = "a", data_x = 1, hidden = false }))
  end)

  it("ends no element that has no end", function()
    assert.equal("<div><br><hr></div>", h.fragment(h.div { h.br {}, h.hr {} }))
  end)

  it("is a document with its doctype", function()
    assert.equal('<!DOCTYPE html>\n<html lang="en"></html>\n', h.document(h.html { lang = "en" }))
  end)

  it("keeps the lines of a text that has several, each of them shown as text is", function()
    assert.equal("<textarea>a\nb&lt;\\000\n</textarea>", h.fragment(h.textarea { h.lines "a\r\nb<\0\n" }))
  end)

  it("has no script, no style and no handler within, whoever asks for it", function()
    for _, attributes in ipairs { { onclick = "x" }, { style = "x" }, { srcdoc = "x" }, { onerror = "x" } } do
      assert.error_matches(function() h.fragment(h.p(attributes)) end, "the page has no attribute")
    end
  end)

  it("leads nowhere that runs, and loads nothing from elsewhere", function()
    for _, address in ipairs { "javascript:alert(1)", " JavaScript:x", "data:text/html,x", "http://example.net/", "vbscript:x" } do
      assert.error_matches(function() h.fragment(h.a { href = address }) end, "does not lead to")
    end
    for _, element in ipairs { h.img { src = "https://example.net/" }, h.form { action = "https://example.net/" } } do
      assert.error_matches(function() h.fragment(element) end, "does not lead to")
    end
    assert.equal('<a href="https://example.net/">x</a>', h.fragment(h.a { href = "https://example.net/", "x" }))
  end)

  it("is not made of anything else", function()
    assert.error_matches(function() h.fragment(h.p { print }) end, "no place for a function")
    assert.error_matches(function() h.p "text" end, "wants a table")
    assert.error_matches(function() h.p(h.b {}) end, "wants a table")
  end)
end)

describe("Text on a page", function()
  it("is shown as it is", function()
    for _, text in ipairs { "", "a b", "m\195\188nchen", "\230\151\165\230\156\172", "v=DKIM1; p=MII/+=", "\240\159\152\128" } do
      assert.equal(text, visible(text))
    end
  end)

  it("shows control characters, and octets that are no UTF-8", function()
    assert.equal("a\\000b\\010c\\127", visible "a\0b\nc\127")
    assert.equal("\\255\\192\\128", visible "\255\192\128")
  end)

  it("shows what turns the direction of writing round", function()
    for _, character in ipairs { "\226\128\174", "\226\128\171", "\226\129\166", "\226\128\143", "\226\128\142" } do
      assert.matches("^a\\%d%d%d\\%d%d%d\\%d%d%db$", visible("a" .. character .. "b"))
    end
  end)

  it("shows what is not drawn at all", function()
    for _, character in ipairs {
      "\194\173", "\226\128\139", "\226\128\141", "\226\129\160", "\239\187\191", "\227\133\164", "\243\160\129\129", "\239\184\143",
      "\225\160\142", "\216\156", "\205\143", "\226\128\168", "\239\190\160",
    } do
      local shown = visible("a" .. character .. "b")
      assert.matches("^a\\", shown)
      assert.is_nil(shown:find("[\128-\255]"), shown)
    end
  end)
end)

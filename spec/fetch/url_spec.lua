local url = require "mailseal.fetch.url"

local function parts(text)
  local found, _, code = url.parse(text)
  return found and ("%s|%s|%d|%s|%s"):format(found.scheme, found.host, found.port, found.target, found.authority) or code
end

describe("a URL", function()
  it("is taken apart", function()
    assert.equal("https|hooks.example.com|443|/|hooks.example.com", parts "https://Hooks.Example.com")
    assert.equal("https|a.example|8443|/b?c=d%20e|a.example:8443", parts "HTTPS://a.example:8443/b?c=d%20e#fragment")
    assert.equal("http|a.example|80|/?q|a.example", parts "http://a.example:80?q")
    assert.equal("https|xn--bcher-kva.example|443|/|xn--bcher-kva.example", parts "https://bücher.example./")
    assert.equal("http|192.0.2.1|80|/x|192.0.2.1", parts "http://192.0.2.1/x")
    assert.equal("http|2001:db8::1|8080|/|[2001:db8::1]:8080", parts "http://[2001:db8::1]:8080/")
  end)

  it("is refused where two programs might read it in two ways", function()
    for _, text in ipairs {
      "", "hooks.example", "ftp://a.example/", "https:/a.example", "https://", "https:///path", "https://user@a.example/",
      "https://good.example@127.0.0.1/", "https://good.example\\@127.0.0.1/", "https://a.example\\b", "https://a b.example/",
      "https://a.example/a b", "https://a.example/\r\nHost: x", "https://a.example/\0", "https://a.example/<script>", "https://127.1/",
      "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://a.1/", "https://a.example:0/", "https://a.example:65536/",
      "https://a.example:/", "https://a.example:8a/", "https://[::1/", "https://[::g]/", "https://[fe80::1%25lo]/", "https://%61.example/",
      "https://127\227\128\1300\227\128\1300\227\128\1301/", "https://a.example\227\128\130/",
      "https://\239\188\145\239\188\146\239\188\151.0.0.1/",
      "https://127.0.0.1./", "https://0177.0.0.1/", "https://0/", "https://a.example:443:80/", "https://:443/", "https://a.example../",
      "https://[::1]x/", "https://*.example/",
      "https://a..example/", "https://a.example/" .. ("a"):rep(2048), " https://a.example/",
    } do
      assert.equal("bad_url", parts(text), text)
    end
  end)

  it("leads on to a path of the same host, or to another URL", function()
    local from = url.parse "https://a.example:444/x?y"
    assert.equal("https://a.example:444/z", url.follow(from, "/z").text)
    assert.equal("https://b.example/", url.follow(from, "https://b.example/").text)
    assert.equal("bad_url", select(3, url.follow(from, "//b.example/")))
    assert.equal("bad_url", select(3, url.follow(from, "z")))
  end)

  it("is a text", function() assert.has_error(function() url.parse(nil) end, "a URL is a text, not a nil") end)
end)

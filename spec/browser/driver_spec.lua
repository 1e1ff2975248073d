--- What walks through the page: does it see what it must see? On pages made for that.
local browsers = require "spec.support.browser"
local nginx = require "spec.support.nginx"

local POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'"

local DOCUMENT = [[<!doctype html><html lang="en"><title>%s</title><link rel="stylesheet" href="style.css">%s</html>]]

local pages = {
  well = [[<main><h1>All well</h1><p class="more">one</p><p class="more">two</p><label>Name <input></label><button>Go</button></main>]],
  injected = [[<main><h1>Text</h1><script>document.title = "broken"</script></main>]],
  grey = [[<main><h1>Grey</h1><p class="grey">hard to read</p><img src="/none.gif"></main>]],
  wide = [[<main><h1>Wide</h1><p class="wide">far</p></main>]],
  talkative = [[<main><h1>Script</h1></main><script src="talk.js"></script>]],
}

local style = ".grey { color: #ccc; background: #fff } .wide { width: 600px }"
local talk = "console.error('it hurts'); throw new Error('too much')"

describe("the #browser of the tests", function()
  if not browsers.available() then
    return pending("wants chromium, and npm's playwright-core and axe-core: make test-deps")
  end
  local server, browser, page

  setup(function()
    local files = { ["style.css"] = style, ["talk.js"] = talk }
    for name, body in pairs(pages) do
      files[name .. ".html"] = DOCUMENT:format(name, body)
    end
    server = nginx.start {
      http = "types { text/html html; text/css css; text/javascript js; }", files = files,
      server = ('location / { root $directory; add_header Content-Security-Policy "%s"; }'):format(POLICY),
    }
    browser = browsers.start()
  end)
  teardown(function()
    browser:stop()
    server:stop()
  end)
  before_each(function() page = browser:open() end)
  after_each(function() page:close() end)

  local function go(name) return page:go(("http://127.0.0.1:%d/%s.html"):format(server.port, name)) end

  it("finds what is meant, and has nothing to say of a page that is well", function()
    assert.equal(200, go "well".status)
    assert.equal("All well", page:text { role = "heading" })
    assert.same({ "one", "two" }, page:texts { css = ".more" })
    assert.equal("two", page:text { css = ".more", nth = 2 })
    page:fill({ label = "Name" }, "Ada")
    assert.equal("Ada", page:value { label = "Name" })
    page:press "Tab"
    assert.equal("button", page:focus().tag)
    assert.same({}, page:complaints())
    assert.equal("", page:barriers())
    assert.is_false(page:wider_than_window())
    assert.equal(1, page:loads())
  end)

  it("hears that a page's policy was broken", function()
    go "injected"
    assert.equal("injected", page:title())
    assert.matches("policy: script%-src%-elem forbids inline", table.concat(page:complaints(), "\n"))
    assert.same({}, page:complaints())
  end)

  it("hears errors of scripts", function()
    go "talkative"
    local said = table.concat(page:complaints(), "\n")
    assert.matches("it hurts", said, 1, true)
    assert.matches("script: too much", said, 1, true)
  end)

  it("finds what stands in the way of some", function()
    go "grey"
    local found = page:barriers()
    assert.matches("color-contrast", found, 1, true)
    assert.matches("image-alt", found, 1, true)
  end)

  it("notices what is wider than the window", function()
    page:resize(320, 640)
    go "wide"
    assert.is_true(page:wider_than_window())
  end)

  it("tells of what is not there", function()
    go "well"
    local ok, why = pcall(page.sees, page, { role = "button", name = "Nowhere" }, 100)
    assert.is_false(ok)
    assert.matches("Nowhere", why, 1, true)
  end)

  it("fails a step of a page that complains, and keeps a picture of it", function()
    local run
    browsers.tests(function(_, body) run = body end, function() return page end)("keeps a picture", function() go "talkative" end)
    local ok, why = pcall(run)
    assert.is_false(ok)
    assert.matches("it hurts", why, 1, true)
    local path = assert(why:match "build/screenshots/failed%-keeps%-a%-picture%.png")
    assert.is_true(os.remove(path))
  end)
end)

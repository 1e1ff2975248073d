--- A browser of one's own: Debian's Chromium without a window, driven by spec/browser/driver.js over lines of JSON.
--
--     local browser = browsers.start()
--     local page = browser:open { colorScheme = "dark", viewport = { width = 320, height = 640 } }
--     page:go(service.url .. "/")
--     page:fill({ label = "Token" }, token)
--     page:click { role = "button", name = "Sign in" }
--     assert.equal("Domains", page:text { role = "heading" })
--     browser:stop()
--
-- What is meant on a page is told as one who uses it would: `{ role =, name = }`, `{ label = }` or `{ text = }`, exact but with
-- `exact = false`; `{ css = }` where there are no such words. `within` is another of these, `having` a text in it, `nth` its number.
-- Each command waits until it can be done, and raises where that takes too long.
local cjson = require "cjson"
local shell = require "spec.support.shell"

local M = {}
local Browser, Page = {}, {}
Browser.__index, Page.__index = Browser, Page

local MODULES = "build/browser/node_modules"

--- Where pictures are kept.
M.SCREENSHOTS = "build/screenshots"

--- Is there what a walk wants: Chromium, Node.js, and what `make test-deps` installs from npm?
function M.available()
  return shell.exists(MODULES .. "/playwright-core/package.json") and shell.output "command -v chromium && command -v node" ~= ""
end

--- Starts a browser.
-- @treturn table
function M.start()
  local directory = shell.new_directory()
  local chromium = shell.output "command -v chromium":match "[^\n]+"
  -- A pipe has one direction: the answers come by another. The browser keeps what it must on disk in the same place.
  assert(shell.succeeds("mkfifo " .. shell.quote(directory .. "/answers")))
  local line = ("TMPDIR=%s NODE_PATH=%s exec node spec/browser/driver.js %s >%s 2>%s"):format(
    shell.quote(directory), MODULES, shell.quote(chromium), shell.quote(directory .. "/answers"), shell.quote(directory .. "/said"))
  local commands = assert(io.popen(line, "w"))
  return setmetatable({
    directory = directory, commands = commands, answers = assert(io.open(directory .. "/answers", "r")), number = 0,
  }, Browser)
end

local function plain(value)
  if value ~= cjson.null then return value end
end

-- Sends a command, and waits for its answer.
local function ask(self, command)
  self.number = self.number + 1
  command.id = self.number
  self.commands:write(cjson.encode(command), "\n")
  self.commands:flush()
  local line = self.answers:read "*l"
  local answer = line and cjson.decode(line) or { error = "the browser's driver has ended: " .. shell.read(self.directory .. "/said") }
  if answer.error then error(("%s: %s"):format(command["do"], answer.error), 0) end
  return plain(answer.value)
end

--- Opens a page that knows nothing of the others.
-- @tparam[opt] table options as of Playwright's newContext: `colorScheme`, `viewport`, `javaScriptEnabled`, `permissions`
-- @treturn table
function Browser:open(options)
  options = options or {}
  if options.viewport == nil then options.viewport = { width = 1000, height = 700 } end
  return setmetatable({ browser = self, number = ask(self, { ["do"] = "open", options = options }) }, Page)
end

--- Ends it.
function Browser:stop()
  self.commands:close()
  self.answers:close()
  shell.remove_directory(self.directory)
end

function Page:ask(what, command)
  command = command or {}
  command["do"], command.page = what, self.number
  return ask(self.browser, command)
end

--- Opens an address.
-- @treturn table `status` and `headers` of the answer
function Page:go(url) return self:ask("goto", { url = url }) end

for _, name in ipairs { "click", "text", "texts", "value", "count", "box" } do
  Page[name] = function(self, at) return self:ask(name, { at = at }) end
end

for _, name in ipairs { "url", "title", "html", "complaints", "loads", "focus", "axe", "close" } do
  Page[name] = function(self) return self:ask(name) end
end

--- Writes into a field, in place of what is there.
function Page:fill(at, value) return self:ask("fill", { at = at, value = value }) end

--- Chooses from a list, by what is shown or by value.
function Page:choose(at, value) return self:ask("choose", { at = at, value = value }) end

--- Presses a key, so many times.
function Page:press(key, times)
  for _ = 1, times or 1 do self:ask("press", { key = key }) end
end

--- Types a text where the focus is.
function Page:type(text) return self:ask("type", { value = text }) end

--- An attribute of an element; nil where it has none.
function Page:attribute(at, name) return self:ask("attribute", { at = at, name = name }) end

--- Waits until something is there to be seen.
function Page:sees(at, patience) return self:ask("wait", { at = at, state_of = "visible", patience = patience }) end

--- Waits until nothing of it is to be seen.
function Page:misses(at, patience) return self:ask("wait", { at = at, state_of = "hidden", patience = patience }) end

--- The value of an expression of JavaScript.
function Page:evaluate(code) return self:ask("evaluate", { code = code }) end

--- A cookie's value; nil where there is none of that name.
function Page:cookie(name) return self:ask("cookie", { name = name }) end

--- Cuts it off from everybody, or lets it go on.
function Page:offline(value) return self:ask("offline", { value = value }) end

--- Makes the window another size.
function Page:resize(width, height) return self:ask("resize", { width = width, height = height }) end

--- Prefers light or dark colours from now on.
function Page:prefer(scheme) return self:ask("emulate", { scheme = scheme }) end

--- Keeps a picture of the whole page.
-- @treturn string its path
function Page:picture(name)
  shell.output("mkdir -p " .. M.SCREENSHOTS)
  local path = ("%s/%s.png"):format(M.SCREENSHOTS, name)
  self:ask("screenshot", { path = path })
  return path
end

--- Is there anything to be scrolled to at the side?
function Page:wider_than_window()
  return self:evaluate "document.documentElement.scrollWidth - document.documentElement.clientWidth" > 0
end

--- What axe finds that is serious or critical, a line each; "" where that is nothing.
function Page:barriers()
  local lines = {}
  for _, finding in ipairs(self:axe()) do
    if finding.impact == "serious" or finding.impact == "critical" then
      lines[#lines + 1] = ("%s: %s\n  %s"):format(finding.id, finding.help, table.concat(finding.places, "\n  "))
    end
  end
  return table.concat(lines, "\n")
end

-- ---- walks

-- A step's name as a file's.
local function file_name(title) return (title:gsub("[^%w]+", "-"):sub(1, 80)) end

-- Keeps a picture of a page where something has failed, and says where it is.
local function keep_picture(page, title, why)
  local kept, path = pcall(page.picture, page, "failed-" .. file_name(title))
  local place = kept and ("\nat %s, seen in %s"):format(page:url(), path) or ""
  if type(why) == "table" and why.message then
    why.message = tostring(why.message) .. place
    return why
  end
  return tostring(why) .. place
end

--- Makes tests that are given a page: one that complains of anything fails the test, and of one that fails a picture is kept and named.
-- @tparam function it busted's
-- @tparam function current gives the page
-- @treturn function as `it`; its body is given the page
function M.tests(it, current)
  return function(title, body)
    it(title, function()
      local page = current()
      local ok, why = pcall(function()
        body(page)
        local complaints = page:complaints()
        if complaints[1] then error("the page complains: " .. table.concat(complaints, "\n"), 0) end
      end)
      if not ok then error(keep_picture(page, title, why), 0) end
    end)
  end
end

--- The same for the steps of a walk: where one fails, those behind it fail at once.
-- @tparam function it busted's
-- @tparam function current gives the page
-- @treturn function as `it`
function M.walk(it, current)
  local failed
  local test = M.tests(it, current)
  return function(title, body)
    test(title, function(page)
      if failed then error(("not tried, for the step before failed: \"%s\""):format(failed), 0) end
      failed = title
      body(page)
      failed = nil
    end)
  end
end

return M

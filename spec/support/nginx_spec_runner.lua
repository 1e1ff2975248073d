--- Runs other people's specs a second time, inside nginx: what holds in a plain script must hold in a request.
--
-- In busted, `again(path)` defines the tests of a file; one request runs them all, in an nginx, where `serve(path)` does so. Of
-- busted the files may use what `environment` and `serve` have.
local nginx = require "spec.support.nginx"

local M = {}

-- ---- reading a file of tests

local function new_block(name, outer)
  return { name = name, outer = outer, setup = {}, teardown = {}, before_each = {}, after_each = {}, members = {} }
end

-- What the file calls while it is read; `block` is where it is.
local function environment(block)
  local words = {}
  for _, word in ipairs { "setup", "teardown", "before_each", "after_each" } do
    words[word] = function(fn) table.insert(block[word], fn) end
  end
  function words.describe(name, fn)
    local outer = block
    block = new_block(name, outer)
    table.insert(outer.members, block)
    fn()
    block = outer
  end
  function words.it(name, fn)
    table.insert(block.members, { name = name, outer = block, body = fn })
  end
  return words
end

-- Its tests, in order, below one block. `extra` are words more, for when they are run.
local function read(path, extra)
  local root = new_block ""
  local words = environment(root)
  for name, value in pairs(extra or {}) do words[name] = value end
  local chunk = assert(loadfile(path))
  local globals = setmetatable(words, { __index = _G })
  if setfenv then -- luacheck: read globals setfenv
    setfenv(chunk, globals) -- luacheck: read globals setfenv
  else
    chunk = assert(loadfile(path, "t", globals))
  end
  chunk()
  return root
end

local function each_test(block, fn)
  for _, member in ipairs(block.members) do
    if member.body then fn(member) else each_test(member, fn) end
  end
end

local function title_of(test)
  local words = { test.name }
  local block = test.outer
  while block.outer do
    table.insert(words, 1, block.name)
    block = block.outer
  end
  return table.concat(words, " ")
end

-- ---- running them, inside nginx

local function call_all(list)
  for _, fn in ipairs(list) do fn() end
end

local function run_outer(block, word)
  if block.outer and word == "before_each" then run_outer(block.outer, word) end
  call_all(block[word])
  if block.outer and word == "after_each" then run_outer(block.outer, word) end
end

-- Runs a test; returns what went wrong.
local function run_test(test, endings)
  local ok, message = pcall(run_outer, test.outer, "before_each")
  if ok then ok, message = xpcall(test.body, debug.traceback) end
  for i = #endings, 1, -1 do table.remove(endings, i)() end
  run_outer(test.outer, "after_each")
  return not ok and tostring(message) or nil
end

local function run_block(block, endings, report)
  call_all(block.setup)
  for _, member in ipairs(block.members) do
    if member.body then report(run_test(member, endings)) else run_block(member, endings, report) end
  end
  call_all(block.teardown)
end

--- Runs a file's tests where it is called, and says what became of each: a line "ok", or "not ok" and why.
function M.serve(path)
  local endings = {}
  local skipped
  local root = read(path, {
    assert = require "luassert", finally = function(fn) endings[#endings + 1] = fn end, pending = function(why) skipped = why end,
  })
  run_block(root, endings, function(wrong)
    ngx.say(wrong and "not ok " .. wrong:gsub("\n", "\1") or skipped and "skipped " .. skipped or "ok")
    skipped = nil
  end)
end

-- ---- in busted

local main = "env PATH; env HOME; env TMPDIR; env MAILSEAL_SLOWER; env MAILSEAL_BUILD;"

-- The request may take as long as the tests do.
local location = [[
location = /spec {
  content_by_lua_block { require "spec.support.nginx_spec_runner".serve(ngx.var.arg_path) }
}
]]

-- Runs a file's tests inside an nginx of their own. Returns the lines of `serve`, and the server's log.
local function run(path)
  local server = nginx.start { main = main, server = location }
  local outcomes = {}
  for line in server:get("/spec?path=" .. path):gmatch "[^\n]+" do outcomes[#outcomes + 1] = line end
  local log = server:log()
  server:stop()
  return outcomes, log
end

--- Defines a file's tests once more, to be run inside nginx.
-- @tparam string path
-- @tparam table busted its `it`, `setup` and `pending`, which are known to the file that calls alone
function M.again(path, busted)
  local outcomes, log
  busted.setup(function() outcomes, log = run(path) end)
  local place = 0
  each_test(read(path), function(test)
    place = place + 1
    local mine = place
    busted.it(title_of(test), function()
      local outcome = outcomes[mine] or "the tests did not come so far\n" .. log
      if outcome:find "^skipped" then return busted.pending(outcome) end
      if outcome ~= "ok" then error(outcome:gsub("\1", "\n"), 0) end
    end)
  end)
end

return M

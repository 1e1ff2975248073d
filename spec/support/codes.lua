--- The codes that the sources return: of each `return nil, message, code` the third value, where it is written out.
--
--     for code, places in pairs(codes.of { "lua/mailseal/store" }) do print(code, places[1]) end    -- lua/mailseal/store/init.lua:245
local shell = require "spec.support.shell"

local M = {}

-- Where a text in quotes, or in brackets, or a comment that begins at `at` has its end; nil where none begins there.
local function skipped(source, at)
  local quote = source:match("^[\"']", at)
  if quote then
    local stop = at + 1
    while source:sub(stop, stop) ~= quote do stop = stop + (source:sub(stop, stop) == "\\" and 2 or 1) end
    return stop
  elseif source:find("^%[%[", at) then
    return select(2, source:find("]]", at, true))
  elseif source:find("^%-%-", at) then
    return (source:find("\n", at, true) or #source + 1) - 1
  end
end

-- The places of the commas at the outermost level behind `at`, and where the expressions end: at a word that begins a statement, or where
-- brackets are closed that were not opened here.
local STATEMENT = { ["end"] = true, ["else"] = true, ["elseif"] = true, ["local"] = true, ["return"] = true, ["until"] = true }

local function commas(source, at)
  local depth, list, functions = 0, {}, 0
  while at <= #source do
    local char, word = source:sub(at, at), source:match("^[%a_][%w_]*", at)
    local stop = skipped(source, at)
    if stop then
      at = stop
    elseif word then
      if word == "function" then functions = functions + 1 end
      if STATEMENT[word] and depth == 0 and functions == 0 then return list, at end
      if word == "end" then functions = functions - 1 end
      at = at + #word - 1
    elseif char:find "[%(%{%[]" then
      depth = depth + 1
    elseif char:find "[%)%}%]]" then
      if depth == 0 then return list, at end
      depth = depth - 1
    elseif char == "," and depth == 0 then
      list[#list + 1] = at
    end
    at = at + 1
  end
  return list, at
end

local function line_of(source, at)
  return select(2, source:sub(1, at):gsub("\n", "")) + 1
end

local function note(found, code, path, source, at)
  found[code] = found[code] or {}
  table.insert(found[code], ("%s:%d"):format(path, line_of(source, at)))
end

local function read(found, path)
  local source = shell.read(path)
  for at in source:gmatch "%f[%w]return nil(),%s" do
    local list, stop = commas(source, at)
    local third = list[2] and source:sub(list[2] + 1, (list[3] or stop) - 1)
    for code in (third or ""):gmatch '"([%l%d_]+)"' do note(found, code, path, source, at) end
  end
  -- The store raises what its databases refuse.
  for at, code in source:gmatch '()fail[%w_.]*%(%s*"([%l%d_]+)"' do note(found, code, path, source, at) end
  -- A sentence and a code, for somebody else to put a nil before.
  for at, code in source:gmatch '()return "[^"\n]* [^"\n]*", "([%l%d_]+)"' do note(found, code, path, source, at) end
  for at, code in source:gmatch '()refused = "([%l%d_]+)"' do note(found, code, path, source, at) end
end

--- The codes.
-- @tparam {string,...} paths files and directories
-- @treturn table by code, a list of the places, as "path:line"
function M.of(paths)
  local found = {}
  for path in shell.output("find " .. table.concat(paths, " ") .. " -name '*.lua' | sort"):gmatch "[^\n]+" do
    read(found, path)
  end
  return found
end

return M

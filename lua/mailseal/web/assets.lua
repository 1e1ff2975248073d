--- The page's style sheet, script and sign: plain files beside this one, each in a directory that is named by what is in them, so that a
-- browser may keep them for ever.
-- @module mailseal.web.assets
local M = {}

local types = { ["style.css"] = "text/css; charset=utf-8", ["page.js"] = "text/javascript; charset=utf-8", ["seal.svg"] = "image/svg+xml" }
local NAMES = { "page.js", "seal.svg", "style.css" }

-- The directory of this file.
local HERE = debug.getinfo(1, "S").source:match "^@(.*[/\\])[^/\\]*$" or ""

local function read(name)
  local path = HERE .. name
  local file = io.open(path, "rb")
  if not file then
    error(path .. " is missing: mailseal is not installed whole", 0)
  end
  local text = file:read "*a"
  file:close()
  return text
end

-- Tells texts apart; whoever could forge one could as well write the file. Each product is under 2^53.
local function fingerprint(texts)
  local first, second = 1, 2
  for _, text in ipairs(texts) do
    for i = 1, #text do
      local octet = text:byte(i)
      first, second = (first * 257 + octet) % 4294967291, (second * 65599 + octet) % 4294967279
    end
    first = (first * 257 + 256) % 4294967291
  end
  return ("%08x%08x"):format(first, second)
end

local loaded

local function load()
  if not loaded then
    local texts = {}
    for i, name in ipairs(NAMES) do
      texts[i] = read(name)
    end
    loaded = { version = fingerprint(texts), files = {} }
    for i, name in ipairs(NAMES) do
      loaded.files[name] = { body = texts[i], type = types[name] }
    end
  end
  return loaded
end

--- What stands for the present files' contents in their addresses.
-- @treturn string
function M.version()
  return load().version
end

--- A file.
-- @tparam string name
-- @treturn ?table `body`, `type`; nil where there is none
function M.find(name)
  return load().files[name]
end

return M

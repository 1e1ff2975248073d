--- Keys of TSIG in the forms in which DNS hosts hand them out: on one line, as BIND's and as Knot's configuration have them.
--
-- What is found is not judged here: `mailseal.dns.tsig.key` does that.
-- @module mailseal.dns.tsig_text
local M = {}

-- Octets of a text: no key is longer, and nobody waits long for what is none.
local MOST = 8192

-- Each returns the keys that a text holds in its form: tables of `name`, `algorithm`, `secret`. None where it is of another.

-- `hmac-sha256:name:secret`, as `nsupdate -y`, `knsupdate -y` and `kdig -y` take it; the first may be left out. A long secret may have been
-- broken into lines on its way.
local function colons(text)
  local list = {}
  local algorithm, name, secret = text:match "^([^%s:]+):([^%s:]+):([^:]*)$"
  if not algorithm then
    name, secret = text:match "^([^%s:]+):([^%s:]*)$"
  end
  list[1] = name and { name = name, algorithm = algorithm, secret = secret }
  return list
end

-- `name. hmac-sha256. secret`, as `pdnsutil list-tsig-keys` tells them, and `pdnsutil generate-tsig-key` behind a sentence.
local function words(text)
  local list = {}
  for line in text:gmatch "[^\r\n]+" do
    local name, algorithm, secret, more = line:gsub("^Create new TSIG key ", ""):match "^%s*(%S+)%s+(%S+)%s+(%S+)%s*(.*)$"
    if not name or more ~= "" or not algorithm:lower():find "^hmac%-" then return {} end
    list[#list + 1] = { name = name, algorithm = algorithm, secret = secret }
  end
  return list
end

local function without_comments(text)
  text = text:gsub("/%*.-%*/", " ")
  return (("\n" .. text):gsub("([%s;{}])//[^\n]*", "%1"):gsub("([%s;{}])#[^\n]*", "%1"))
end

local function trimmed(text)
  local from = text:find "%S"
  return from and text:match("^.*%S", from) or ""
end

local function unquoted(text) return text:match '^"(.*)"$' or text end

-- `key "name" { algorithm hmac-sha256; secret "…"; };`, as BIND's configuration has it and `tsig-keygen` writes it.
local function bind(text)
  local list = {}
  for name, body in without_comments(text):gmatch "%f[%w]key%s+([^%s{]+)%s*{(.-)}" do
    local function field(field_name)
      local value = (";" .. body):match("[;%s]" .. field_name .. "%s+([^;]+)")
      return value and unquoted(trimmed(value))
    end
    list[#list + 1] = { name = unquoted(name), algorithm = field "algorithm", secret = field "secret" }
  end
  return list
end

-- What `keymgr -t` writes, pasted into a field of one line, which takes the line ends away.
local function knot_in_a_line(text)
  local name, algorithm, secret = text:match "key:%s+%-%s+id:%s*(%S+)%s+algorithm:%s*(%S+)%s+secret:%s*(%S+)$"
  return { name and { name = unquoted(name), algorithm = unquoted(algorithm), secret = unquoted(secret) } }
end

-- A list under `key:` with `id`, `algorithm` and `secret`, as Knot's configuration has it and `keymgr -t` writes it.
local function knot(text)
  local list, inside = {}, false
  for line in text:gmatch "[^\r\n]+" do
    line = (" " .. line):gsub("%s#.*$", "")
    if line:find "^ %a" then
      inside = line:find "^ key:%s*$" ~= nil
    elseif inside then
      if line:find "^%s*%-%s" then list[#list + 1] = {} end
      local field, value = line:match "^%s*%-?%s*(%w+):(.*)$"
      if field and list[1] then list[#list][field == "id" and "name" or field] = unquoted(trimmed(value)) end
    end
  end
  return list
end

--- The keys that a text holds.
-- @tparam string text
-- @treturn {table,...} of `name`, `algorithm`, `secret`, each a string or nil; empty where it is in none of the forms
function M.keys(text)
  if #text > MOST then return {} end
  for _, form in ipairs { colons, words, bind, knot, knot_in_a_line } do
    local list = form(trimmed(text))
    if list[1] then return list end
  end
  return {}
end

return M

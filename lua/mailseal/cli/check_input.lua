--- What `mailseal check` is told to expect: keys, addresses, expectations.
-- @module mailseal.cli.check_input
local input = require "mailseal.cli.input"
local status = require "mailseal.cli.status"

local M = {}

-- ---- Keys.

-- What an Ed25519 key's SubjectPublicKeyInfo begins with (RFC 8410 §4): twelve octets, sixteen characters of base64.
local ED25519_SPKI = "^MCowBQYDK2VwAyEA(.+)$"

--- The record of a public key in PEM; nil where the text holds none.
local function record_of_public_key(text)
  local kind, body = text:match("%-%-%-%-%-BEGIN ([%u ]*PUBLIC KEY)%-%-%-%-%-(.-)%-%-%-%-%-END")
  if not kind then
    return nil
  end
  body = body:gsub("%s+", "")
  local ed25519 = body:match(ED25519_SPKI)
  return ed25519 and "v=DKIM1; k=ed25519; p=" .. ed25519 or "v=DKIM1; k=rsa; p=" .. body
end

local function read_private_key(path, text)
  local key = require "mailseal.key"
  local loaded, cause = key.load(text)
  if not loaded then
    status.stop(status.DATA, ("%s: %s"):format(input.name(path), cause))
  end
  return loaded
end

--- The key in a file: a private or public one in PEM, or the text of its record.
-- @tparam string path
-- @treturn key|string a private key, or the text of a record
function M.key(path)
  local text = input.all(path)
  if text:find("PRIVATE KEY-----", 1, true) then
    return read_private_key(path, text)
  end
  local record = record_of_public_key(text) or text:gsub("^%s+", ""):gsub("%s+$", "")
  local parsed, cause = require("mailseal.record").parse("dkim", record)
  if not parsed then
    status.stop(status.DATA, ("%s: neither a key in PEM nor the record of one: %s"):format(input.name(path), cause))
  end
  return record
end

-- ---- Expectations.

-- In JSON a key is a text.
local function problem_of(expectation)
  local problem = require("mailseal.check.expect").problem(expectation)
  if not problem and expectation.key ~= nil and type(expectation.key) ~= "string" then
    return 'has a "key" that is no string'
  end
  return problem
end

--- What is expected, out of a JSON file.
-- @tparam string path
-- @treturn {table,...} expectations, see `mailseal.check`
function M.expectations(path)
  local found, cjson = pcall(require, "cjson.safe")
  if not found then
    status.stop(status.UNAVAILABLE, "--expect needs lua-cjson: apt install lua-cjson, or luarocks install lua-cjson")
  end
  local list, cause = cjson.decode(input.all(path))
  if type(list) ~= "table" or next(list) ~= nil and list[1] == nil then
    status.stop(status.DATA, ("%s: no list of expectations: %s"):format(input.name(path), cause or "it is no array"))
  end
  for place, expectation in ipairs(list) do
    local problem = problem_of(expectation)
    if problem then
      status.stop(status.DATA, ("%s: expectation %d %s"):format(input.name(path), place, problem))
    end
  end
  return list
end

--- Addresses, where all are some.
-- @tparam {string,...} addresses
-- @treturn {string,...} the same
function M.addresses(addresses)
  for _, address in ipairs(addresses) do
    local name, cause = require("mailseal.dns.reverse").name(address)
    if not name then
      status.stop(status.USAGE, "--address: " .. cause)
    end
  end
  return addresses
end

--- The aspects that `--only` names, each alone or with commas between.
-- @tparam {string,...} given
-- @treturn ?{string,...} nil where it is not given
function M.aspects(given)
  local all, chosen = require("mailseal.check").ASPECTS, {}
  local known = {}
  for _, name in ipairs(all) do
    known[name] = true
  end
  for _, names in ipairs(given) do
    for name in (names .. ","):gmatch "(.-)," do
      name = name:gsub("%-", "_")
      if not known[name] then
        status.stop(status.USAGE, ("--only: '%s' is none of %s"):format(name, table.concat(all, ", ")))
      end
      chosen[#chosen + 1] = name
    end
  end
  return #chosen > 0 and chosen or nil
end

return M

--- Signed messages for tests, and what verifies them. `forge` signs by hand whatever tags a test wants, right or wrong, the
-- plain way: with spec/support/canonical.lua and sha256.lua, and nothing of the core but the private key's own operation.

local canonical = require "spec.support.canonical"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local encode = require "spec.support.public_key".base64
local key = require "mailseal.key"
local sha256 = require "spec.support.sha256"
local vectors = require "spec.dkim.vectors"

local M = {}

M.NOW = 1795000000
M.MESSAGE = table.concat({
  "From: Sender <sender@example.com>", "To: reader@example.net", "Subject: a  subject", "Date: Tue, 17 Nov 2026 10:00:00 +0000",
  "Message-ID: <1@example.com>", "", "Hello,", "", "this is  the body. ", "", "",
}, "\r\n")

M.encode = encode

--- The octets of sound base64.
function M.decode(text)
  local bits, count, out = 0, 0, {}
  for digit in text:gmatch "[%w+/]" do
    local value = ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):find(digit, 1, true) - 1
    bits, count = bits * 64 + value, count + 6
    if count >= 8 then
      count = count - 8
      out[#out + 1] = string.char(math.floor(bits / 2 ^ count))
      bits = bits % 2 ^ count
    end
  end
  return table.concat(out)
end

M.ed25519 = assert(key.load(vectors.ed25519_key))
M.rsa = assert(key.generate { type = "rsa" })

--- The name of the key that `forge` signs with unless told otherwise.
M.KEY_NAME = "s1._domainkey.example.com"

--- A zone with `text` for the only TXT record of a name.
-- @tparam[opt] string text the key record; that of `M.ed25519` where it is nil
-- @tparam[opt] string name
function M.zone(text, name)
  return { [name or M.KEY_NAME] = { { type = "TXT", data = text or M.ed25519:record() } } }
end

--- A resolver that counts what it is asked: `asked` is the number, `names` the list.
-- @tparam[opt] table zone
function M.resolver(zone)
  local inner = assert(dns.resolver { zone = zone or M.zone() })
  return {
    asked = 0, names = {},
    query = function(self, name, kind)
      self.asked = self.asked + 1
      self.names[self.asked] = name
      return inner:query(name, kind)
    end,
  }
end

--- A resolver that gives the same answer to whatever it is asked, and counts.
-- @tparam table answer
function M.answering(answer)
  return {
    asked = 0,
    query = function(self)
      self.asked = self.asked + 1
      return answer
    end,
  }
end

local ORDER = { "v", "a", "c", "d", "s", "i", "q", "t", "x", "l", "h", "bh" }

local function tags_of(wanted, defaults)
  local tags, parts = {}, {}
  for _, name in ipairs(ORDER) do
    tags[name] = wanted[name]
    if tags[name] == nil then
      tags[name] = defaults[name]
    end
    if tags[name] then
      parts[#parts + 1] = name .. "=" .. tags[name]
    end
  end
  parts[#parts + 1] = wanted.extra
  return table.concat(parts, "; ") .. "; b=", tags
end

--- A DKIM-Signature field, signed by hand, with its line end.
-- @tparam[opt] table options `message` (`M.MESSAGE`); `tags`: tags by name, instead of the plain ones, or false for none, and
--   `extra`: text before b=; `key` (`M.ed25519`); `b`: b= instead of the signature, a function that makes it
--   of the header's digest, or false for no such tag at all
-- @treturn string
function M.field(options)
  options = options or {}
  local message, wanted, signing_key = options.message or M.MESSAGE, options.tags or {}, options.key or M.ed25519
  local ways = type(wanted.c) == "string" and wanted.c or wanted.c == false and "simple/simple" or "relaxed/relaxed"
  local header_way = ways:find("^relaxed") and "relaxed" or "simple"
  local body_way = ways:find("/relaxed", 1, true) and "relaxed" or "simple"
  local header, body = canonical.cut(message)
  local covered_body = canonical.body(body, body_way)
  if wanted.l then
    covered_body = covered_body:sub(1, math.floor(math.min(tonumber(wanted.l) or #covered_body, #covered_body)))
  end
  local text, tags = tags_of(wanted, {
    v = "1", a = signing_key:algorithm(), c = "relaxed/relaxed", d = "example.com", s = "s1", h = "from:to:subject:date:message-id",
    bh = encode(sha256(covered_body)),
  })
  local field = "DKIM-Signature: " .. text
  local digest = sha256(canonical.header(header, tags.h or "", header_way) .. canonical.signature(field, header_way))
  local signature = options.b
  if signature == nil then
    signature = encode(assert(signing_key:sign(digest)))
  elseif type(signature) == "function" then
    signature = signature(digest)
  end
  return (signature and field .. signature or field:gsub("; b=$", "")) .. "\r\n"
end

--- The signed message: the field, and the message behind it.
function M.forge(options)
  return M.field(options) .. (options and options.message or M.MESSAGE)
end

--- The results of verifying.
-- @tparam string message
-- @tparam[opt] table options those of `dkim.verify`; `zone` in place of a resolver
-- @treturn table
function M.results(message, options)
  local given = { now = M.NOW, key_cache = false }
  for name, value in pairs(options or {}) do
    given[name] = value
  end
  given.resolver = given.resolver or M.resolver(given.zone)
  given.zone = nil
  return assert(dkim.verify(message, given))
end

--- The one result of a message with one signature.
function M.result(message, options)
  local results = M.results(message, options)
  assert(#results == 1, #results .. " results, not one")
  return results[1]
end

--- "fail body_hash_mismatch": a result's word and reason.
function M.say(result)
  return result.reason and result.result .. " " .. result.reason or result.result
end

--- The same of every result, separated by commas.
function M.say_all(results)
  local words = {}
  for i, result in ipairs(results) do
    words[i] = M.say(result)
  end
  return table.concat(words, ", ")
end

--- What the signature forged with these tags comes to.
function M.verdict(tags, options)
  return M.say(M.result(M.forge { tags = tags }, options))
end

return M

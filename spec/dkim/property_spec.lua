--- What holds for every message, tried on messages made up (spec/support/corpus.lua). What a signature covers is worked
-- out a second time, the plain way, by spec/support/canonical.lua.
local canonical = require "spec.support.canonical"
local corpus = require "spec.support.corpus"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local key = require "mailseal.key"

local NOW = 1795000000
local CANONICALIZATIONS = { "simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed" }
local KEYS = { rsa = assert(key.generate { type = "rsa" }), ed25519 = assert(key.generate { type = "ed25519" }) }

local zone = {}
for selector, loaded in pairs(KEYS) do
  zone[selector .. "._domainkey.example.com"] = { { type = "TXT", data = loaded:record() } }
end
local verifier = assert(dkim.verifier { resolver = assert(dns.resolver { zone = zone }) })

local function sign(message, algorithm, canonicalization)
  local signer = assert(dkim.signer {
    domain = "example.com", selector = algorithm, key = KEYS[algorithm], canonicalization = canonicalization,
  })
  return assert(signer:sign(message, { now = NOW }))
end

local function verify(message)
  local results = assert(verifier:verify(message, { now = NOW }))
  assert.equal(1, #results)
  return results[1]
end

local function messages()
  local all = {
    { message = corpus.marketing { size = 10240 }, title = "marketing mail" },
    { message = corpus.marketing { size = 10240, encoding = "8bit", seed = 2 }, title = "marketing mail, 8bit" },
    { message = corpus.attachment { size = 100000 }, title = "a message with an attachment" },
  }
  for number = 1, 220 do
    all[#all + 1] = corpus.odd(number)
  end
  return all
end

-- ---------------------------------------------------------------- edits

local function splits_line_end(message, at)
  return message:sub(at - 1, at) == "\r\n"
end

-- Each takes a message and a place in it, and returns the message edited there, or nil where that edit has no place.
local EDITS = {
  function(message, at, random) -- another octet
    local octets = "abXY019 \t:;=.\v\200"
    local pick = random(#octets)
    local octet = message:sub(at, at)
    return not octet:find("[\r\n]") and message:sub(1, at - 1) .. octets:sub(pick, pick) .. message:sub(at + 1) or nil
  end,
  function(message, at) -- the other case
    local octet = message:sub(at, at)
    local other = octet:lower() == octet and octet:upper() or octet:lower()
    return message:sub(1, at - 1) .. other .. message:sub(at + 1)
  end,
  function(message, at) -- an octet less
    return not message:sub(at, at):find("[\r\n]") and message:sub(1, at - 1) .. message:sub(at + 1) or nil
  end,
  function(message, at) -- a space more
    return not splits_line_end(message, at) and message:sub(1, at - 1) .. " " .. message:sub(at) or nil
  end,
  function(message, at) -- a tab where white space is
    return message:sub(at, at):find("[ \t]") and message:sub(1, at - 1) .. "\t " .. message:sub(at + 1) or nil
  end,
  function(message, at) -- a fold where white space is
    return message:sub(at, at):find("[ \t]") and message:sub(1, at - 1) .. "\r\n" .. message:sub(at) or nil
  end,
  function(message, at) -- a line end more
    return not splits_line_end(message, at) and message:sub(1, at - 1) .. "\r\n" .. message:sub(at) or nil
  end,
  function(message) -- an empty line more at the end
    return message .. "\r\n"
  end,
  function(message) -- white space more at the end
    return message .. " \t"
  end,
}

-- Half of the places lie in the header section. Never the first octet: white space there would fold the signature field.
local function place(random, message)
  local stop = random(2) == 1 and message:find("\r\n\r\n", 1, true) or #message
  return 1 + random(math.max(stop - 1, 1))
end

describe("a message signed by mailseal", function()
  for _, algorithm in ipairs { "rsa", "ed25519" } do
    for _, canonicalization in ipairs(CANONICALIZATIONS) do
      it("verifies: " .. algorithm .. ", " .. canonicalization, function()
        for _, odd in ipairs(messages()) do
          local result = verify(sign(odd.message, algorithm, canonicalization) .. odd.message)
          assert.equal("pass", result.result, odd.title .. ": " .. tostring(result.text))
        end
      end)
    end
  end

  it("has one signature whatever the chunks it came in", function()
    local random = corpus.random(41)
    for _, odd in ipairs(messages()) do
      local signer = assert(dkim.signer { domain = "example.com", selector = "ed25519", key = KEYS.ed25519 })
      local whole = assert(signer:sign(odd.message, { now = NOW }))
      local stream = signer:stream { now = NOW }
      local at = 1
      while at <= #odd.message do
        local size = random(#odd.message > 10000 and 4000 or 40)
        stream:write(odd.message:sub(at, at + size - 1))
        at = at + size
      end
      assert.equal(whole, assert(stream:finish()), odd.title)
    end
  end)
end)

describe("an edit of a signed message", function()
  -- Tries `tries` edits a message; returns how many of them the canonicalisation forgives, and how many not.
  local function try_edits(canonicalization, tries)
    local random, forgiven, unforgiven = corpus.random(17), 0, 0
    for _, odd in ipairs(messages()) do
      local field = sign(odd.message, "ed25519", canonicalization)
      local names = assert(field:match("[;%s]h=([^;]*)"))
      local before = canonical.covered(odd.message, names, canonicalization)
      for number = 1, tries do
        local edited = EDITS[(number - 1) % #EDITS + 1](odd.message, place(random, odd.message), random)
        if edited and edited ~= odd.message then
          local same = canonical.covered(edited, names, canonicalization) == before
          local result = verify(field .. edited)
          local what = ("%s, edit %d: %s\n%q"):format(odd.title, number, tostring(result.text), edited:sub(1, 2000))
          assert.equal(same, result.result == "pass", what)
          forgiven, unforgiven = forgiven + (same and 1 or 0), unforgiven + (same and 0 or 1)
        end
      end
    end
    return forgiven, unforgiven
  end

  for _, canonicalization in ipairs(CANONICALIZATIONS) do
    it("breaks the signature exactly where " .. canonicalization .. " does not forgive it", function()
      local forgiven, unforgiven = try_edits(canonicalization, 27)
      assert.is_true(forgiven > 200, "only " .. forgiven .. " edits were forgiven")
      assert.is_true(unforgiven > 1000, "only " .. unforgiven .. " edits were not")
    end)
  end

  -- What relays do and worse: names in another case, white space before the colon, every space a fold, white space at the
  -- ends of lines, empty lines at the end.
  local function relay(message)
    local header, body = message:match("^(.-\r\n)\r\n(.*)$")
    local lines = {}
    for line in header:gmatch("(.-)\r\n") do
      local name, value = line:match("^([^ \t:][^:]-)[ \t]*:(.*)$")
      local refolded = (value or line):gsub("([^ \t])[ \t]([^ \t])", "%1  \r\n\t  %2")
      lines[#lines + 1] = name and name:upper() .. " :\t" .. refolded or refolded
    end
    body = body:gsub("[ \t]+", " \t"):gsub("([^\r\n])\r\n", "%1 \t \r\n")
    return table.concat(lines, " \r\n") .. "\r\n\r\n" .. body .. "\r\n\r\n"
  end

  it("is forgiven by relaxed/relaxed where it touches white space and the case of names only", function()
    for _, odd in ipairs(messages()) do
      local result = verify(sign(odd.message, "ed25519", "relaxed/relaxed") .. relay(odd.message))
      assert.equal("pass", result.result, odd.title .. ": " .. tostring(result.text))
    end
  end)
end)

--- What is measured, and the contestants that do it.
--
-- The floor is OpenSSL alone: the message's octets hashed once with SHA-256 and one signature made or verified, everything
-- else done beforehand (spec/bench/peers.c). All are called from Lua once a message, with the same message.
--
-- "Key cached" is a verifier that has verified with that key before. "Key never seen" goes through more names than its
-- key cache holds: each message's record is asked of the resolver (a zone in memory), parsed, its key built, used for the
-- first time and kept, and another goes.

local bench = require "mailseal_bench"
local corpus = require "spec.support.corpus"
local dkim, dns, key = require "mailseal.dkim", require "mailseal.dns", require "mailseal.key"

local M = {}

M.DOMAIN, M.NOW = "example.com", os.time()

--- The cases in the order of the table. `floor_goal` is the fraction of the floor to reach, `opendkim_goal` how many times
-- libopendkim's speed.
M.list = {
  { work = "sign", type = "rsa", size = "2 KB", floor_goal = 0.97, opendkim_goal = 3.3 },
  { work = "sign", type = "rsa", size = "10 KB", floor_goal = 0.97, opendkim_goal = 3.3 },
  { work = "sign", type = "rsa", size = "50 KB", floor_goal = 0.97, opendkim_goal = 3.3 },
  { work = "sign", type = "ed25519", size = "10 KB", floor_goal = 0.90, opendkim_goal = 9 },
  { work = "sign", type = "rsa", size = "1 MB", floor_goal = 0.90 },
  { work = "verify", type = "rsa", size = "2 KB", floor_goal = 0.90, opendkim_goal = 6 },
  { work = "verify", type = "rsa", size = "10 KB", floor_goal = 0.90, opendkim_goal = 6 },
  { work = "verify", type = "rsa", size = "50 KB", floor_goal = 0.85, opendkim_goal = 6 },
  { work = "verify", type = "rsa", size = "1 MB", floor_goal = 0.90, opendkim_goal = 4.5 },
  { work = "verify", type = "rsa", size = "10 MB", floor_goal = 0.90, opendkim_goal = 4.5 },
  { work = "verify", type = "rsa", size = "10 KB", floor_goal = 0.55, opendkim_goal = 4, fresh = true },
  { work = "verify", type = "rsa", size = "1 MB", floor_goal = 0.98, canonicalization = "simple/simple" },
}

local MESSAGES = {
  ["2 KB"] = corpus.marketing { size = 2 * 1024 },
  ["10 KB"] = corpus.marketing { size = 10 * 1024 },
  ["50 KB"] = corpus.marketing { size = 50 * 1024 },
  ["1 MB"] = corpus.attachment { size = 1024 * 1024 },
  ["10 MB"] = corpus.attachment { size = 10 * 1024 * 1024 },
}

local KEYS = {
  rsa = assert(key.generate { type = "rsa", bits = 2048 }),
  ed25519 = assert(key.generate { type = "ed25519" }),
}

--- The keys as PEM, and their records by name, for other programs.
M.pem, M.records = {}, {}

local zone = {}

local function publish(selector, loaded)
  local name = selector .. "._domainkey." .. M.DOMAIN
  M.records[name] = loaded:record()
  zone[name] = { { type = "TXT", data = loaded:record(), ttl = 3600 } }
end

for selector, loaded in pairs(KEYS) do
  M.pem[selector] = loaded:pem()
  publish(selector, loaded)
end

-- Selectors for keys never seen, and how many of their keys the cache then holds.
local FRESH, FRESH_CACHED = 64, 8
for number = 1, FRESH do
  publish("fresh" .. number, KEYS.rsa)
end

--- What a case is called in the table.
function M.title(case)
  local name = case.type == "rsa" and "RSA-2048" or "Ed25519"
  local how = case.fresh and "key never seen" or case.work == "sign" and "key loaded" or "key cached"
  return ("%s %s, %s, %s%s"):format(
    case.work, name, how, case.size, case.canonicalization and ", " .. case.canonicalization or "")
end

local function sign(case, message, selector)
  local signer = assert(dkim.signer {
    domain = M.DOMAIN, selector = selector, key = KEYS[case.type], canonicalization = case.canonicalization,
  })
  return assert(signer:sign(message, { now = M.NOW })) .. message
end

local function signing(case)
  local message, floor = MESSAGES[case.size], bench.floor(M.pem[case.type])
  local options = { now = M.NOW }
  local signer = assert(dkim.signer {
    domain = M.DOMAIN, selector = case.type, key = KEYS[case.type], canonicalization = case.canonicalization,
  })
  return {
    floor = function()
      floor:sign(message)
    end,
    mailseal = function()
      return assert(signer:sign(message, options))
    end,
  }
end

local function expect_pass(results)
  if results[1].result ~= "pass" then
    error("mailseal: " .. tostring(results[1].text))
  end
end

-- The messages to verify in turn, and the verifier.
local function verifier_for(case)
  local resolver, message = assert(dns.resolver { zone = zone }), MESSAGES[case.size]
  if not case.fresh then
    return { sign(case, message, case.type) }, assert(dkim.verifier { resolver = resolver })
  end
  local signed = {}
  for number = 1, FRESH do
    signed[number] = sign(case, message, "fresh" .. number)
  end
  return signed, assert(dkim.verifier { resolver = resolver, key_cache = dkim.key_cache(FRESH_CACHED) })
end

local function verifying(case)
  local floor = bench.floor(M.pem[case.type])
  local signed, verifier = verifier_for(case)
  local options, next_one = { now = M.NOW }, 0
  floor:sign(signed[1])
  return {
    floor = function()
      floor:verify(signed[1])
    end,
    mailseal = function()
      next_one = next_one % #signed + 1
      expect_pass(verifier:verify(signed[next_one], options))
    end,
  }
end

--- The contestants of a case: functions by name, each of which does the work once. libopendkim where it was built in.
function M.contestants(case)
  local contestants = (case.work == "sign" and signing or verifying)(case)
  if bench.opendkim then
    local header, body = (case.canonicalization or "relaxed/relaxed"):match("(%a+)/(%a+)")
    local record = M.records[case.type .. "._domainkey." .. M.DOMAIN]
    local opendkim = bench.opendkim(M.DOMAIN, case.type, M.pem[case.type], record, case.type, header, body)
    local message = M.input(case)
    contestants.libopendkim = function()
      opendkim[case.work](opendkim, message)
    end
  end
  return contestants
end

--- What a case works on: the message to sign, or the message signed.
function M.input(case)
  local message = MESSAGES[case.size]
  return case.work == "sign" and message or sign(case, message, case.type)
end

return M

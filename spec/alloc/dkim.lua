-- A message signed with two keys, and verified; through streams, with a cache of keys, and with a broken body, which is
-- looked through for what was signed.
local core, dkim, key = require "mailseal.core", require "mailseal.dkim", require "mailseal.key"

local now = 1700000000
local message = "From: A <a@example.com>\r\nTo: b@example.org\r\nSubject: =?utf-8?q?h=C3=A9?=\r\n"
  .. "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\nMessage-ID: <1@example.com>\r\n\r\n"
  .. ("A line of text,  with spaces. \r\n"):rep(40) .. "\r\n\r\n"

local rsa = assert(key.generate { type = "rsa", bits = 1024, force = true })
local ed25519 = assert(key.generate { type = "ed25519" })
local records = {
  ["r._domainkey.example.com"] = rsa:record(),
  ["e._domainkey.example.com"] = ed25519:record(),
}

-- Answers at once, and takes no memory of its own but for the table.
local resolver = {}
function resolver.query(_, name)
  return { status = "ok", text = { records[name] }, ttl = 300, authentic = false }
end

local options = {
  domain = "example.com", oversign = { "Subject", "To" },
  signatures = { { selector = "r", key = rsa }, { selector = "e", key = ed25519 } },
}

-- A signature that does not pass, or an error: never one that passes for want of memory, or fails for it.
local function check(try, results, expected)
  assert(#results == 2)
  for _, result in ipairs(results) do
    if result.reason == "internal" then
      try(nil, "out of memory", "no_memory")
    end
    assert(result.result == expected, result.reason)
  end
end

return function(try)
  local signer = try(dkim.signer(options))
  local header = try(signer:sign(message, { now = now }))
  local stream = try(signer:stream { now = now })
  for at = 1, #message, 500 do
    try(stream:write(message:sub(at, at + 499)))
  end
  assert(try(stream:finish()) == header)

  local verifier = try(dkim.verifier { resolver = resolver, key_cache = try(dkim.key_cache(8)) })
  for _ = 1, 2 do
    check(try, try(verifier:verify(header .. message, { now = now })), "pass")
  end
  stream = try(verifier:stream { now = now })
  try(stream:write(header .. message))
  try(stream:write("changed"))
  check(try, try(stream:finish()), "fail")

  local body = message:match("\r\n\r\n(.*)$")
  assert(try(core.dkim.body_prefixes(body .. "footer", true, { ("A"):rep(43) .. "=" }))[1] == false)
  assert(try(core.dkim.body_matches(body, true, header:match "bh=([^;]+)")) == true)
  local made = core.dkim.signature_made(header, rsa:record())
  assert(made == "this" or made == nil) -- without memory it cannot be told
  for number = 1, #core.mail.mendings() do
    assert(#core.mail.mend(body, number) > 0)
  end
end

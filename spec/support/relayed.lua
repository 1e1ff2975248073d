--- Messages as they left and as they came, for specs of what is said about them: signed with mailseal, then changed as relays,
-- lists and gateways do.
local check = require "mailseal.check"
local dkim = require "mailseal.dkim"
local dns = require "mailseal.dns"
local signed = require "spec.support.signed"

local M = {}

M.NOW = signed.NOW

--- A plain text message.
M.PLAIN = table.concat({
  "From: \"A. Sender\" <sender@example.com>", "To: List <list@lists.example.net>", "Subject: the plan",
  "Date: Tue, 17 Nov 2026 10:00:00 +0000", "Message-ID: <1@example.com>",
  "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "",
  "Hello,", "", "\tthis is the plan.", "From here on we go  there.", ".hidden", "", "-- ", "A. Sender", "",
}, "\r\n")

--- A multipart one.
M.MULTIPART = table.concat({
  "From: sender@example.com", "To: list@lists.example.net", "Subject: the plan", "Date: Tue, 17 Nov 2026 10:00:00 +0000",
  "Message-ID: <2@example.com>", "MIME-Version: 1.0", "Content-Type: multipart/alternative;", " boundary=\"b 1\"", "",
  "--b 1", "Content-Type: text/plain", "", "Hello", "", "--b 1", "Content-Type: text/html", "", "<p>Hello</p>", "--b 1--", "",
}, "\r\n")

--- The zone of the domains in these messages.
-- @tparam[opt] table more entries that are added, or take the place of others
function M.zone(more)
  local zone = {
    ["s1._domainkey.example.com"] = { { type = "TXT", data = signed.rsa:record() } },
    ["e1._domainkey.example.com"] = { { type = "TXT", data = signed.ed25519:record() } },
    ["s1._domainkey.service.example"] = { { type = "TXT", data = signed.rsa:record() } },
    ["example.com"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 -all" } },
    ["_dmarc.example.com"] = { { type = "TXT", data = "v=DMARC1; p=reject" } },
    ["service.example"] = { { type = "TXT", data = "v=spf1 ip4:192.0.2.1 -all" } },
  }
  for name, records in pairs(more or {}) do
    zone[name] = records or nil
  end
  return zone
end

--- A signed message.
-- @tparam[opt] table options of `dkim.signer`; example.com, selector s1 and an RSA key without
-- @tparam[opt] string message
function M.sign(options, message)
  local all = { domain = "example.com", selector = "s1", key = signed.rsa, lint = "report" }
  for name, value in pairs(options or {}) do
    all[name] = value
  end
  message = message or M.PLAIN
  return assert(assert(dkim.signer(all)):sign(message, { now = M.NOW })) .. message
end

--- The report on a message.
-- @tparam string message
-- @tparam[opt] table options of `check.message`; `zone` for more of the zone
function M.check(message, options)
  local resolver = assert(dns.resolver { zone = M.zone(options and options.zone), now = function() return M.NOW end })
  local all = { now = M.NOW, resolver = resolver }
  for name, value in pairs(options or {}) do
    all[name] = value
  end
  all.zone = nil
  return assert(check.message(message, all))
end

--- Puts text in the place of other text, once, and insists that it is there.
function M.replace(message, what, by)
  local at, stop = message:find(what, 1, true)
  assert(at, what .. " is not there")
  return message:sub(1, at - 1) .. by .. message:sub(stop + 1)
end

return M

--- The zones that `make bench-onboard` checks against, and the server: many customers of Amazon SES by way of Kraiter, each with keys of
-- his own behind three CNAMEs, and a MAIL FROM domain.

local key = require "mailseal.key"
local knot = require "spec.support.knot"

local M = {}

--- A server's receive buffer holds some 270 queries; so it listens on several addresses.
M.ADDRESSES = 8

M.REGION = "eu-west-1"

local HEAD = "@ SOA ns hostmaster 1 3600 600 86400 300\n@ NS ns\nns A 127.0.0.1\n"
local ZONE = "customers.test"

--- A customer's domain, by his number.
function M.domain(i)
  return ("d%07d.%s"):format(i, ZONE)
end

--- The three tokens that SES has issued to him.
function M.tokens(i)
  local number = ("%07d"):format(i):gsub("%d", function(digit) return ("abcdefghij"):sub(digit + 1, digit + 1) end)
  local tokens = {}
  for n, first in ipairs { "a", "b", "c" } do
    tokens[n] = first .. number .. "klmnopqrstuvwxyz23456722"
  end
  return tokens
end

local function customers(count)
  local lines = { HEAD .. '_dmarc TXT "v=DMARC1; p=none"\n' }
  for i = 1, count do
    local name = ("d%07d"):format(i)
    for _, token in ipairs(M.tokens(i)) do
      lines[#lines + 1] = ("%s._domainkey.%s CNAME %s.dkim.amazonses.com.\n"):format(token, name, token)
    end
    lines[#lines + 1] = ([[
bounce.%s MX 10 feedback-smtp.%s.amazonses.com.
bounce.%s TXT "v=spf1 include:amazonses.com ~all"
]]):format(name, M.REGION, name)
  end
  return table.concat(lines)
end

-- Every customer's keys are at names of their own, so that no cache answers for them.
local function provider()
  local text = assert(key.generate { type = "rsa", bits = 2048 }):record()
  return ('%s@ TXT "v=spf1 ip4:192.0.2.0/24 ~all"\nfeedback-smtp.%s A 192.0.2.1\n*.dkim TXT "%s" "%s"\n'):format(
    HEAD, M.REGION, text:sub(1, 255), text:sub(256))
end

--- Starts the server.
-- @tparam number count how many customers there are
-- @treturn ?table see `spec.support.knot`
-- @treturn ?string why there is none
function M.serve(count)
  local listen = {}
  for i = 1, M.ADDRESSES do
    listen[i] = "127.0.0." .. i
  end
  local above = "customers NS ns.customers\n"
  return knot.start {
    zones = { [ZONE] = customers(count), ["amazonses.com"] = provider(), test = HEAD .. above },
    listen = listen, patience = 20 + count / 2000,
  }
end

--- What a resolver asks.
-- @tparam number port the server's
function M.servers(port)
  local servers = {}
  for i = 1, M.ADDRESSES do
    servers[i] = ("127.0.0.%d:%d"):format(i, port)
  end
  return servers
end

return M

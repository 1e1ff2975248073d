#!/usr/bin/env lua5.4
-- Gets a tenant's events, and believes only what is signed.
--
--     mailseal webhooks add http://127.0.0.1:8090/ --allow-private-webhooks      prints the secret, whsec_…
--     lua5.4 examples/webhook_receiver.lua whsec_… 8090
--     mailseal worker --allow-private-webhooks                                   sends what happens
--
-- What counts is in `receive`; around it is as little HTTP as will do, and TLS is a proxy's in front of it. Inside nginx it is two lines:
--
--     ngx.req.read_body()
--     local message, why = webhook.verify(ngx.req.get_headers(), ngx.req.get_body_data() or "", secret)
dofile((arg[0]:match("^.*/") or "") .. "support/checkout.lua")

local cqueues = require "cqueues"
local socket = require "cqueues.socket"
local webhook = require "mailseal.webhook"

local secret, port = arg[1], tonumber(arg[2] or 8090)
if not (secret and port) then
  io.stderr:write("usage: webhook_receiver.lua SECRET [PORT]\n")
  os.exit(64)
end

local LARGEST = 1024 * 1024 -- octets of a body
local seen = {} -- a real one keeps the ids of some days where it keeps what it has done

-- Answers a status. 2xx says that the event need not be sent again, so it comes last: when the event is safe.
local function receive(headers, body)
  local message, why = webhook.verify(headers, body, secret)
  if not message then
    io.stderr:write("refused: ", why, "\n")
    return 400
  end
  if not seen[message.id] then -- an event may come twice
    print(message.id, body)
    io.stdout:flush()
    seen[message.id] = true
  end
  return 204
end

local function read(client)
  if not client:read "*l" then return nil end
  local headers = {}
  for line in client:lines "*l" do
    local name, value = line:match "^([^:]+):%s*(.-)%s*$"
    if not name then break end
    headers[name:lower()] = value
  end
  local length = tonumber(headers["content-length"] or 0)
  if not length or length > LARGEST then return nil end
  return headers, length > 0 and client:read(length) or ""
end

local function attend(client)
  client:setmode("b", "b")
  client:settimeout(10)
  local headers, body = read(client)
  local status = headers and body and receive(headers, body) or 400
  client:write(("HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"):format(status, status == 204 and "Got it" or "Refused"))
  client:close()
end

local server = assert(socket.listen("127.0.0.1", port))
local loop = cqueues.new()
loop:wrap(function()
  for client in server:clients() do
    loop:wrap(function() pcall(attend, client) end)
  end
end)
assert(server:listen())
print(("listening on 127.0.0.1:%d"):format(select(3, server:localname())))
io.stdout:flush()
assert(loop:loop())

--- Asks for the mail records of many domains on luv's loop, beside its timers and handles. Needs luv: apt install lua-luv, or
-- luarocks install luv.
--
--    lua5.4 examples/lookups_luv.lua                                 no network: a zone that comes with the example
--    lua5.4 examples/lookups_luv.lua example.com example.org         the machine's name servers
--    lua5.4 examples/lookups_luv.lua @192.0.2.1 example.com          another one
dofile((arg[0]:match("^.*/") or "") .. "support/checkout.lua")

local installed, uv = pcall(require, "luv")
if not installed then
  io.stderr:write("luv is not installed: apt install lua-luv, or luarocks install luv\n")
  os.exit(69)
end
local async = require "mailseal.async"
local mail_records = require "support.mail_records"
local on_luv = require "mailseal.async.luv"

local resolver, domains = mail_records.arguments(arg)
local began, ticks = async.now(), 0

-- A timer of luv's own.
local timer = uv.new_timer()
timer:start(10, 10, function() ticks = ticks + 1 end)

local function look_up(domain) return async.within(10, mail_records.look_up, resolver, domain) end

-- Callbacks of luv must not wait, but may start a task that does, and hear of its end.
on_luv.start(function() return async.map(domains, 100, look_up) end, function(ok, found, errors)
  timer:close()
  if not ok then error(found, 0) end
  mail_records.print(domains, found, errors)
  print(("%d domains in %.2f seconds, and %d ticks meanwhile"):format(#domains, async.now() - began, ticks))
end)

uv.run()

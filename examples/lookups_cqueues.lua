--- Asks for the mail records of many domains under cqueues, beside what else goes on in the controller, such as the requests
-- of lua-http. Needs cqueues: apt install lua-cqueues, or luarocks install cqueues.
--
--    lua5.4 examples/lookups_cqueues.lua                             no network: a zone that comes with the example
--    lua5.4 examples/lookups_cqueues.lua example.com example.org     the machine's name servers
--    lua5.4 examples/lookups_cqueues.lua @192.0.2.1 example.com      another one
dofile((arg[0]:match("^.*/") or "") .. "support/checkout.lua")

local installed, cqueues = pcall(require, "cqueues")
if not installed then
  io.stderr:write("cqueues is not installed: apt install lua-cqueues, or luarocks install cqueues\n")
  os.exit(69)
end
local async = require "mailseal.async"
local mail_records = require "support.mail_records"

local resolver, domains = mail_records.arguments(arg)
local controller, ticks, over = cqueues.new(), 0, false

-- A coroutine that has never heard of mailseal.
controller:wrap(function()
  while not over do
    cqueues.sleep(0.01)
    ticks = ticks + 1
  end
end)

-- In a coroutine of the controller, what waits lets the others go on: `resolver:query` called straight, and all of `async`.
controller:wrap(function()
  local began = cqueues.monotime()
  local found, errors = async.map(domains, 100, function(domain) return async.within(10, mail_records.look_up, resolver, domain) end)
  mail_records.print(domains, found, errors)
  print(("%d domains in %.2f seconds, and %d ticks meanwhile"):format(#domains, cqueues.monotime() - began, ticks))
  over = true
end)

assert(controller:loop())

--- Asks for the mail records of many domains side by side, in a plain script.
--
--    lua5.4 examples/lookups.lua                                   no network: a zone that comes with the example
--    lua5.4 examples/lookups.lua example.com example.org           the machine's name servers
--    lua5.4 examples/lookups.lua @192.0.2.1 example.com            another one
dofile((arg[0]:match("^.*/") or "") .. "support/checkout.lua")

local async = require "mailseal.async"
local mail_records = require "support.mail_records"

local resolver, domains = mail_records.arguments(arg)
local began, ticks = async.now(), 0

-- A hundred domains at a time, and none of them longer than ten seconds.
local function look_up(domain) return async.within(10, mail_records.look_up, resolver, domain) end

-- A task beside them, which goes on while they wait. It ends with the `run` that it was started in.
local function tick()
  while true do
    async.sleep(0.01)
    ticks = ticks + 1
  end
end

local found, errors = async.run(function()
  async.start(tick)
  return async.map(domains, 100, look_up)
end)
mail_records.print(domains, found, errors)
print(("%d domains in %.2f seconds, and %d ticks meanwhile"):format(#domains, async.now() - began, ticks))

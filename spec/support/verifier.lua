-- verifier.lua URL TENANT COUNT DIRECTORY: verifies this tenant's domains d1.example … dCOUNT.example against DIRECTORY/zone.json, ten
-- seconds after everything began, together with whoever else does; says how they stand then. See spec/support/contest.lua.
local async = require "mailseal.async"
local dns = require "mailseal.dns"
local onboard = require "mailseal.onboard"
local onboarding = require "spec.support.onboarding"
local shell = require "spec.support.shell"
local store = require "mailseal.store"

local url, id, count, directory = arg[1], arg[2], tonumber(arg[3]), arg[4]

local registry = assert(onboard.open {
  db = assert(store.open(url, { busy_timeout = 60 })), providers = onboarding.rules, clock = function() return onboarding.NOW + 10 end,
  resolver = assert(dns.resolver { zone = directory .. "/zone.json" }),
})
local tenant = registry:tenant(id)
shell.write(directory .. "/" .. id, "")
while not shell.exists(directory .. "/go") do
  async.sleep(0.001)
end
for i = 1, count do
  local domain = ("d%d.example"):format(i)
  print(domain .. " " .. assert(tenant:verify(domain)).status)
end
registry:close()

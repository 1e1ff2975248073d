-- claimant.lua URL TENANT COUNT DIRECTORY: settles this tenant's claims to d1.example … dCOUNT.example, one transaction each, together with
-- whoever else does; says what became of them. See spec/support/contest.lua.
local async = require "mailseal.async"
local ownership = require "mailseal.onboard.ownership"
local shell = require "spec.support.shell"
local store = require "mailseal.store"

local url, tenant, count, directory = arg[1], arg[2], tonumber(arg[3]), arg[4]
local NOW = 1800000000

math.randomseed(tenant:byte())
local db = assert(store.open(url, { busy_timeout = 60 }))
shell.write(directory .. "/" .. tenant, "")
while not shell.exists(directory .. "/go") do
  async.sleep(0.001)
end
for i = 1, count do
  local domain = ("d%d.example"):format(i)
  local verdict = assert(db:write(function(tx)
    return (ownership.settle(tx, { tenant = tenant, domain = domain, seen = "seen", challenged_at = NOW - 10 }, NOW))
  end))
  print(domain .. " " .. verdict)
  async.sleep(math.random() / 500) -- so that now one is the first and now the other
end
db:close()

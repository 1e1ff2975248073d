-- crowd.lua URL NAME COUNT: one of many that hold mail of one domain, let it go and call it off, at the same time. It holds the mails
-- NAME-1 to NAME-COUNT in order, some at a time, and ends. With the NAME "door" it opens and closes the gate so many times.
local gate = require "mailseal.onboard.gate"
local gates = require "spec.support.gates"

local url, name, count = arg[1], arg[2], tonumber(arg[3])
local DOMAIN = "mail.example.com"

gate.BATCH = 5
math.randomseed(count + #name * 1000 + name:byte(-1))
local registry = gates.registry { url = url }
local tenant = registry:tenant "acme"
print "ready"
io.stdout:flush()

if name:find "^door" then
  for _ = 1, count do
    assert(tenant:disable(DOMAIN))
    assert(gate.work(registry, 2))
    assert(tenant:enable(DOMAIN))
    assert(gate.work(registry, math.random(5)))
  end
else
  local next_mail = 1
  while next_mail <= count do
    local mails = {}
    for i = 1, math.min(math.random(8), count - next_mail + 1) do mails[i] = ("%s-%d"):format(name, next_mail + i - 1) end
    assert(tenant:hold(DOMAIN, mails) == #mails)
    next_mail = next_mail + #mails
  end
end
registry:close()

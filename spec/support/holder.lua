-- holder.lua URL LOG FEED FIRST SEED: holds mail of one domain, lets it go and reads the feed of what was released, at random, until
-- it is killed. Mails are numbered from FIRST on. It begins with the hold of which LOG does not know the end, if the last change is one.
-- LOG gets a line before each change ("hold 7 9": from 7 to 9; "unhold 7") and one after it ("done"); FEED gets each released mail with
-- its id as it is dealt with, so its last line is the consumer's place. With FIRST "worker" it looks at gates alone. Whom nobody kills,
-- since the test was broken off, ends after some minutes.
local gate = require "mailseal.onboard.gate"
local gates = require "spec.support.gates"

local url, log_path, feed_path, first, seed = arg[1], arg[2], arg[3], arg[4], tonumber(arg[5])
local DOMAIN, ENDS = "mail.example.com", os.time() + 300

gate.BATCH = 7 -- many transactions, many moments between them
math.randomseed(seed)
local registry = gates.registry { url = url }
local tenant = registry:tenant "acme"
print "ready"
io.stdout:flush()

if first == "worker" then
  while os.time() < ENDS do assert(gate.work(registry, 10)) end
  os.exit(0)
end

local function open(path)
  local file = assert(io.open(path, "ab"))
  file:setvbuf "no"
  return file
end

local log, feed, next_mail, place = open(log_path), open(feed_path), tonumber(first), 0
for line in io.lines(feed_path) do place = tonumber(line:match "^%d+") end

local function hold(from, to, after)
  local mails = {}
  for mail = from, to do mails[#mails + 1] = tostring(mail) end
  log:write(("hold %d %d\n"):format(from, to))
  local count = assert(tenant:hold(DOMAIN, mails, { after = after }))
  assert(after or count == #mails)
  log:write "done\n"
end

local actions = {
  function()
    local from = next_mail
    next_mail = from + math.random(12)
    hold(from, next_mail - 1)
  end,
  function()
    local mail = math.max(1, next_mail - math.random(20))
    log:write(("unhold %d\n"):format(mail))
    local removed = tenant:unhold(DOMAIN, tostring(mail))
    log:write(assert(removed) > 0 and "done\n" or "nothing\n")
  end,
  function() assert(tenant:disable(DOMAIN)) end,
  function() assert(tenant:enable(DOMAIN)) end,
  function() assert(gate.work(registry, 3)) end,
  function()
    for _, row in ipairs(assert(tenant:released { after = place, limit = 40 })) do
      feed:write(("%d %s\n"):format(row.id, row.mail))
      place = row.id
    end
    if math.random(3) == 1 then assert(tenant:forget_released(place)) end
  end,
}
local weights = { 1, 1, 1, 1, 2, 3, 4, 5, 6, 6 }

local line
for found in io.lines(log_path) do line = found end
local from, to = (line or ""):match "^hold (%d+) (%d+)$"
if from then hold(tonumber(from), tonumber(to), place) end

while os.time() < ENDS do actions[weights[math.random(#weights)]]() end

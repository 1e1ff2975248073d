--- Queries by the hundred thousand, of every kind there is, and what they leave behind in this process.
local async = require "mailseal.async"
local dns = require "mailseal.dns"
local fault_server = require "spec.support.fault_server"
local knot = require "spec.support.knot"

local M = {}

local BATCH, IN_FLIGHT = 5000, 300
-- How many it takes until caches, pools and the allocator's arenas have the size that they keep.
local WARM = 20000

local zone_text = knot.EMPTY .. 'key TXT "v=DKIM1; p="\nalias CNAME key\nlong TXT ' .. ('"' .. ("x"):rep(250) .. '" '):rep(8) .. "\n"
local records = {
  ["key.example.test"] = { { type = "TXT", data = "v=DKIM1; p=" } }, ["slow.example.test"] = { { error = "timeout" } },
  ["alias.example.test"] = { { type = "CNAME", data = "key.example.test." } }, ["bad.example.test"] = { { error = "servfail" } },
}
local zone_names = { "key", "alias", "gone", "slow", "bad" }
local knot_names = { "key", "alias", "gone", "ns" }
local faults = {
  "ok", "rcode2", "rcode5", "formerr-edns.ok", "drop-edns.ok", "wrongid.garbage.short.ok", "chain5", "hops3", "loop", "hopdangling",
  "tc.ok", "tc.reset.ok", "tc.silent", "tc.half.ok", "pointer-self", "ancount65535", "twice.ok", "jitter20.gone", "bogus", "loss30.ok",
}

--- How many descriptors this process has open.
function M.descriptors()
  local n = 0
  for number = 0, 4095 do
    local file = io.open("/proc/self/fdinfo/" .. number)
    if file then
      file:close()
      n = n + 1
    end
  end
  return n
end

-- What this process has, when the garbage is collected: descriptors, resident memory and Lua's part of it in KB.
local function measure()
  -- What LuaJIT has compiled grows for long, up to a bound.
  if jit then jit.flush() end -- luacheck: ignore jit
  collectgarbage()
  collectgarbage()
  local status = assert(io.open "/proc/self/status")
  local resident = tonumber(status:read("*a"):match "VmRSS:%s*(%d+) kB")
  status:close()
  return { descriptors = M.descriptors(), resident = resident, lua = collectgarbage "count" }
end

-- ---- queries of each kind: given the servers, and the query's number

local function over_zone(world, i)
  return world.zone:query(zone_names[i % #zone_names + 1] .. ".example.test", "TXT")
end

local function over_udp(world, i)
  return world.knot:query(knot_names[i % #knot_names + 1] .. ".example.test", "TXT")
end

-- Names for which there is a place in the cache, and many more for which there is not.
local function over_cache(world, i)
  return world.cached:query(("n%d.example.test"):format(i % 3 == 0 and i % 1000 or i), "TXT")
end

local function over_tcp(world) return world.knot:query("long.example.test", "TXT") end

local function of_faults(world, i)
  return world.faults:query(("%s.n%d.test"):format(faults[math.floor(i / 100) % #faults + 1], i), "TXT")
end

local function silent(world, i) return world.faults:query(("silent.n%d.test"):format(i), "TXT") end

local function cancelled(world, i)
  local task = async.start(function() return world.faults:query(("silent.n%d.test"):format(i), "TXT") end)
  async.sleep(0.01)
  task:cancel()
  return true
end

-- By a resolver of its own, of which `close` or the garbage collector is to make an end.
local function by_another(world, i)
  local resolver = assert(dns.resolver { servers = { world.knot_server.address }, timeout = 5 })
  local answer = resolver:query("key.example.test", "TXT")
  if i % 3 > 0 then resolver:close() end
  return answer
end

-- Of a hundred queries: 30 to a zone, 43 to Knot over UDP, 3 over TCP and 20 through a cache, 3 to the faults, and one that is special.
local function kind_of(i)
  local place = i % 100
  if place < 30 then return over_zone end
  if place < 73 then return over_udp end
  if place < 93 then return over_cache end
  if place < 96 then return over_tcp end
  if place < 99 then return of_faults end
  return ({ silent, cancelled, by_another })[math.floor(i / 100) % 3 + 1]
end

-- ---- the run

local function open()
  local fault_process = assert(fault_server.start())
  local knot_server = assert(knot.start { zones = { ["example.test"] = zone_text } })
  return {
    fault_process = fault_process, knot_server = knot_server,
    zone = assert(dns.resolver { zone = records }),
    knot = assert(dns.resolver { servers = { knot_server.address }, timeout = 10, tries = 2, cache = false }),
    cached = assert(dns.resolver { servers = { knot_server.address }, timeout = 10, tries = 2, cache = 600 }),
    faults = assert(dns.resolver { servers = { fault_process.address }, timeout = 0.1, tries = 2, cache = false }),
  }
end

local function close(world)
  for _, name in ipairs { "zone", "knot", "cached", "faults" } do world[name]:close() end
  world.knot_server:stop()
  world.fault_process:stop()
end

-- Queries from one number to another. What goes to a zone and to Knot has an answer; errors in a task are errors here.
local function ask(world, from, to)
  local numbers = {}
  for i = from, to do numbers[#numbers + 1] = i end
  local answers, errors = async.map(numbers, IN_FLIGHT, function(i) return kind_of(i)(world, i) end)
  local _, problem = next(errors)
  if problem then error(problem, 0) end
  for place, i in ipairs(numbers) do
    if kind_of(i) == over_tcp or kind_of(i) == by_another then assert(answers[place].status == "ok", answers[place].reason) end
  end
end

--- Asks so many queries.
-- @tparam number total
-- @treturn table what the process had when a tenth of them was answered, and it was warm: `descriptors`; `resident`, `lua` in KB
-- @treturn table and when all were
-- @treturn number how many descriptors it had before, and
-- @treturn number how many when all was closed
function M.run(total)
  collectgarbage()
  collectgarbage()
  local before, world = M.descriptors(), open()
  local batch = math.min(BATCH, math.floor(total / 10))
  local warm = math.max(total / 10, math.min(WARM, total / 2))
  local early
  for from = 1, total, batch do
    ask(world, from, math.min(total, from + batch - 1))
    if not early and from + batch > warm then early = measure() end
  end
  local late = measure()
  close(world)
  collectgarbage()
  collectgarbage()
  return early, late, before, M.descriptors()
end

return M

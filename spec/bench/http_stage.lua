--- What `make bench-http` measures: the service, with a domain that signs and many that are verified, and a name server that keeps silent;
-- and wrk, which asks it.

local dns = require "mailseal.dns"
local key = require "mailseal.key"
local knot = require "spec.support.knot"
local onboard = require "mailseal.onboard"
local process = require "spec.bench.process"
local record_of = require "mailseal.record"
local service = require "spec.support.service"
local shell = require "spec.support.shell"

local M = {}

local Stage = {}
Stage.__index = Stage

--- The domain that is asked for, and signs.
M.DOMAIN = "mail.example.com"

--- The others: their names, with their number in the place of %d; and how many there are.
M.OTHERS, M.COUNT = "d%d.example.com", 500

local LETTERS = ("abcdefghij"):rep(2)

-- Three tokens as Amazon SES issues them, others for each number.
local function tokens(number)
  local tokens_of = {}
  for i, first in ipairs { "x", "y", "z" } do
    tokens_of[i] = first .. LETTERS .. number
  end
  return tokens_of
end

-- The entry of a zone for a record.
local function entry(record)
  return { type = record.type, data = record.type == "TXT" and record_of.split(record.value) or record.value .. "." }
end

-- A zone in which all records of these domains are, and what they lead to.
local function zone_of(domains)
  local public = record_of.split(assert(key.generate { type = "rsa", bits = 2048 }):record())
  local zone = {
    ["example.com"] = { { type = "SOA", data = "ns.example.com. host.example.com. 1 2 3 4 5" }, { type = "NS", data = "ns.example.com." } },
    ["ns.example.com"] = { { type = "A", data = "192.0.2.1" } },
    ["*.dkim.amazonses.com"] = { { type = "TXT", data = public } },
    ["*.amazonses.com"] = { { type = "A", data = "192.0.2.2" } },
  }
  for _, domain in ipairs(domains) do
    for _, record in ipairs(domain.records) do
      zone[record.name] = zone[record.name] or {}
      table.insert(zone[record.name], entry(record))
    end
  end
  return zone
end

-- Makes the domains in the service's database, and has them verified over a zone in memory.
local function fill(server)
  local zone = {}
  local options = { db = server.db, master_key_file = server.directory .. "/master.key" }
  local function with_registry(fn)
    options.resolver = assert(dns.resolver { zone = zone })
    local registry = assert(onboard.open(options))
    fn(registry:tenant "default")
    registry:close()
  end
  local domains = {}
  with_registry(function(tenant)
    domains[1] = assert(tenant:create { domain = M.DOMAIN, provider = "own", vars = { spf = "v=spf1 -all" } })
    for i = 1, M.COUNT do
      domains[i + 1] = assert(tenant:create {
        domain = M.OTHERS:format(i), provider = "kraiter", vars = { region = "eu-west-1", tokens = tokens(i) },
      })
    end
  end)
  zone = zone_of(domains)
  with_registry(function(tenant)
    for _, domain in ipairs(domains) do
      local found = assert(tenant:verify(domain.domain))
      assert(found.status == "verified", found.domain .. " is not verified")
    end
  end)
end

--- Starts a service, whose DNS server keeps silent.
-- @tparam number workers
-- @treturn table
function M.start(workers)
  local silent = assert(knot.start { zones = { ["example.com"] = knot.EMPTY } })
  silent:silence(true)
  local self = setmetatable({ silent = silent }, Stage)
  self.server = service.start { workers = workers, servers = { silent.address } }
  fill(self.server)
  return self
end

--- Ends it.
function Stage:stop()
  self.server:stop()
  self.silent:stop()
end

--- Has the service's workers on some processors alone.
-- @tparam string processors as of `taskset -c`
function Stage:pin(processors)
  for _, pid in ipairs(self.server:workers()) do
    assert(shell.succeeds(("taskset -a -p -c %s %d"):format(processors, pid)))
  end
end

--- Seconds of a processor that the workers have used so far, their threads included.
-- @treturn number
function Stage:processor_time()
  local seconds = 0
  for _, pid in ipairs(self.server:workers()) do
    seconds = seconds + process.processor_time(pid)
  end
  return seconds
end

--- Memory of the workers: their proportional share of what is resident.
-- @treturn number megabytes
function Stage:memory()
  local kilobytes = 0
  for _, pid in ipairs(self.server:workers()) do
    kilobytes = kilobytes + tonumber(shell.read(("/proc/%d/smaps_rollup"):format(pid)):match "\nPss:%s*(%d+)")
  end
  return kilobytes / 1024
end

--- Starts wrk.
-- @tparam table told `path`; `connections`, `seconds`; `method`, `count`, `body`, `pause`: as of `spec/bench/wrk/request.lua`;
--   `processors`: on which ones, as of `taskset -c`; `patience`: seconds that an answer may take (10)
-- @treturn table as of `spec.bench.process`
function Stage:load(told)
  local words = {
    told.processors and "taskset -c " .. told.processors or "", "wrk", "-t1", "-c" .. told.connections, "-d" .. told.seconds,
    "--timeout " .. (told.patience or 10), "-s spec/bench/wrk/request.lua", self.server.base, "--", "path=" .. told.path,
    "token=" .. self.server.token,
  }
  for _, name in ipairs { "method", "count", "body", "pause" } do
    words[#words + 1] = told[name] and name .. "=" .. told[name] or nil
  end
  return process.start(table.concat(words, " "))
end

--- Waits until some have ended: what each has to tell.
-- @tparam table ... as of @{load}
-- @treturn table ... `rate`, `count`, `p50`, `p99`, `most` (milliseconds), `refused`, `failed`; `processor`, the seconds that wrk took
function Stage.await(...)
  local all, figures = { ... }, {}
  process.watch(all)
  for i, one in ipairs(all) do
    local out = shell.read(one.out)
    assert(one.status == 0 and out:find "\nfigures\n", out .. one.err)
    figures[i] = { processor = one.processor }
    for name, number in out:match("\nfigures\n(.*)"):gmatch "(%S+) (%S+)\n" do
      figures[i][name] = tonumber(number)
    end
    process.forget(one)
  end
  return (table.unpack or unpack)(figures) -- luacheck: ignore
end

return M

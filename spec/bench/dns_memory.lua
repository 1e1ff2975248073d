--- Has 10,000 queries in flight, and prints by how many kilobytes the most memory that this process ever held has grown.
-- `lua spec/bench/dns_memory.lua PORT`: where nobody answers.

local async = require "mailseal.async"
local bench = require "mailseal_bench_dns"
local dns = require "mailseal.dns"
local zone = require "spec.bench.dns_zone"

local port, in_flight = tonumber(arg[1]), 10000

local function peak()
  local file = assert(io.open("/proc/self/status"))
  local kilobytes = file:read("*a"):match("VmHWM:%s*(%d+)")
  file:close()
  return tonumber(kilobytes)
end

local servers = {}
for i = 1, zone.ADDRESSES do
  servers[i] = ("127.0.0.%d:%d"):format(i, port)
end
local sockets = assert(bench.silence(zone.ADDRESSES, port), "the port is taken")
local names = zone.names(zone.questions[1], in_flight, 0)
local before = peak()
local resolver = assert(dns.resolver {
  servers = servers, rotate = true, cache = false, in_flight = in_flight, timeout = 3, tries = 1, deadline = 3,
})
local under_way
async.run(function()
  async.start(function()
    async.sleep(2)
    under_way = resolver.transport.channel:outstanding()
  end)
  async.map(names, in_flight, function(name) assert(resolver:query(name, "TXT").status == "timeout") end)
end)
assert(sockets and under_way == in_flight, "not all were under way at a time")
print(peak() - before)

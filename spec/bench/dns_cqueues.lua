--- The DNS benchmark by lua-cqueues: prints microseconds of processor time a query, queries a second, and how many went wrong.
-- `lua spec/bench/dns_cqueues.lua PORT`

local bench = require "mailseal_bench_dns"
local zone = require "spec.bench.dns_zone"
local cqueues = require "cqueues"
local dns_config, dns_resolver = require "cqueues.dns.config", require "cqueues.dns.resolver"

local QUERIES, IN_FLIGHT = 20000, 1000

local names, taken, wrong = zone.names(zone.questions[1], QUERIES, 0), 0, 0

-- Of one server, whose address is one of several so that the server's receive buffers hold what all of them send.
local function new_resolver(place)
  local config = dns_config.new()
  config:set { nameserver = { ("[127.0.0.%d]:%s"):format(place % zone.ADDRESSES + 1, arg[1]) }, lookup = { "bind" } }
  return assert(dns_resolver.new(config))
end

-- What a user wants of an answer: the records as values.
local function read(packet)
  local records = {}
  for record in packet:grep { section = "answer" } do
    records[#records + 1] = { name = record:name(), type = record:type(), ttl = record:ttl(), text = record:data() }
  end
  return #records
end

local queue = cqueues.new()
for place = 1, IN_FLIGHT do
  queue:wrap(function()
    local resolver = new_resolver(place)
    while taken < QUERIES do
      taken = taken + 1
      local packet = resolver:query(names[taken], "TXT", "IN", 5)
      if not packet or read(packet) ~= 1 then
        wrong = wrong + 1
      end
    end
  end)
end
local wall, processor = cqueues.monotime(), bench.processor_time()
assert(queue:loop())
processor, wall = bench.processor_time() - processor, cqueues.monotime() - wall
print(("%.2f %.0f %d"):format(processor / QUERIES * 1e6, QUERIES / wall, wrong))

--- What a DNS query costs a worker of nginx, with mailseal and with lua-resty-dns (Debian's lua-nginx-dns) beside it, against Knot.
--
-- Called by `make bench-dns`. Either decodes everything; what counts is the worker's processor time, the kernel's for it
-- included. Both are given the same one name server. mailseal has one resolver, made at the start, and for each query a socket, and a
-- port that nobody can guess, of its own. lua-resty-dns asks as its documentation has it, by a resolver made for the purpose, whose
-- one socket, and port, all its queries share: with one query for a resolver (a) the two do the same; with several (b)
-- lua-resty-dns spares itself sockets, and whoever has learnt the port has it for all of them (RFC 5452 §4.5).
--
-- In the environment: ROUNDS=n, how many rounds are measured (15); QUICK=1, fewer; DOMAINS=n, of the zone.

local nginx = require "spec.support.nginx"
local shell = require "spec.support.shell"
local zone = require "spec.bench.dns_zone"

local QUICK = (os.getenv("QUICK") or "") ~= ""
local ROUNDS = tonumber(os.getenv("ROUNDS") or "") or (QUICK and 5 or 15)
local TOTAL, THREADS = 10000, 50 -- queries of a round, light threads of a request
local LENGTHS = { 1, 4, 20 } -- queries of a light thread, one after the other
local GOAL = 0.6 -- of lua-resty-dns' processor time

local http = [[
init_by_lua_block {
  domains = $domains
  local address, port = ("$nameserver"):match "([%d.]+):(%d+)"
  peers = { { address, tonumber(port) } }
  async = require "mailseal.async"
  mailseal = assert(require "mailseal.dns".resolver { servers = { "$nameserver" }, cache = false, timeout = 5 })
  resty = require "nginx.dns.resolver"
}
]]

local server = [[
location = /mailseal { content_by_lua_block {
  local offset, queries, wrong = tonumber(ngx.var.arg_offset), tonumber(ngx.var.arg_queries), 0
  local function ask(thread)
    for i = 1, queries do
      local name = ("d%06d.customers.test"):format((offset + thread * queries + i) % domains + 1)
      local answer = mailseal:query(name, "TXT")
      if answer.status ~= "ok" or #answer.text ~= 1 then wrong = wrong + 1 end
    end
  end
  local threads = {}
  for thread = 1, $threads do threads[thread] = ngx.thread.spawn(ask, thread) end
  for thread = 1, $threads do ngx.thread.wait(threads[thread]) end
  ngx.say(wrong)
} }
location = /resty { content_by_lua_block {
  local offset, queries, wrong = tonumber(ngx.var.arg_offset), tonumber(ngx.var.arg_queries), 0
  local function ask(thread)
    -- A light thread's own, for two must not wait on one socket.
    local resolver = assert(resty:new { nameservers = peers, retrans = 2, timeout = 5000 })
    for i = 1, queries do
      local name = ("d%06d.customers.test"):format((offset + thread * queries + i) % domains + 1)
      local answers = resolver:query(name, { qtype = resolver.TYPE_TXT })
      if not answers or #answers ~= 1 or not answers[1].txt then wrong = wrong + 1 end
    end
  end
  local threads = {}
  for thread = 1, $threads do threads[thread] = ngx.thread.spawn(ask, thread) end
  for thread = 1, $threads do ngx.thread.wait(threads[thread]) end
  ngx.say(wrong)
} }
]]

-- Seconds of the processor that a process has used (proc_pid_stat(5): utime and stime), in ticks of a hundredth.
local function processor_time(pid)
  local fields = {}
  for field in shell.read("/proc/" .. pid .. "/stat"):match("%) (.*)$"):gmatch "%S+" do fields[#fields + 1] = field end
  return (tonumber(fields[12]) + tonumber(fields[13])) / 100
end

local function median(list)
  table.sort(list)
  return list[math.floor((#list + 1) / 2)]
end

-- One round: microseconds a query, and how many answers were wrong.
local function measure(running, pid, who, queries, round)
  local before, wrong, size = processor_time(pid), 0, THREADS * queries
  for request = 1, TOTAL / size do
    local page = ("/%s?queries=%d&offset=%d"):format(who, queries, round * TOTAL + request * size)
    wrong = wrong + (tonumber((running:get(page))) or size)
  end
  return (processor_time(pid) - before) / TOTAL * 1e6, wrong
end

-- A row of the table: the two side by side, their rounds by turns.
local function compare(running, queries)
  local pid, wrong, times = running:workers()[1], 0, { mailseal = {}, resty = {} }
  for round = 0, ROUNDS do
    for _, who in ipairs { "mailseal", "resty" } do
      local time, count = measure(running, pid, who, queries, round)
      -- The first round warms up.
      if round > 0 then table.insert(times[who], time) end
      wrong = wrong + count
    end
  end
  local mailseal, resty = median(times.mailseal), median(times.resty)
  local what = queries == 1 and "(a) as many sockets: one query for its resolver"
    or ("(b) fewer sockets: %d queries for its resolver"):format(queries)
  print(("%-48s %10.1f %14.1f %8.2f%s"):format(what, mailseal, resty,
    mailseal / resty, wrong > 0 and ("   %d wrong answers"):format(wrong) or ""))
end

local names = assert(zone.serve())
local running = nginx.start {
  http = http, server = server,
  values = { nameserver = ("127.0.0.1:%d"):format(names.port), domains = tostring(zone.DOMAINS), threads = tostring(THREADS) },
}
print(("\nIn nginx, SPF records asked one after the other by %d light threads: microseconds of the worker a query\n"
  .. "(goal: %.1f of lua-resty-dns'). Both have one name server, the same. mailseal always has one resolver, and a socket and port\n"
  .. "for each query; lua-resty-dns has a socket and port for each resolver, however many queries it makes with it."):format(THREADS, GOAL))
print(("%-48s %10s %14s %8s"):format("", "mailseal", "lua-resty-dns", "ratio"))
for _, queries in ipairs(LENGTHS) do compare(running, queries) end
running:stop()
names:stop()

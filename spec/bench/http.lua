--- `make bench-http`: the service under load.
--
-- In the environment: ONLY=get, sign, verify or streams, for one of them; ROUNDS=n (3); WORKERS=n, of nginx where it signs (2).
--
-- How it is measured. The service is `mailseal serve` with SQLite, and wrk asks it over loopback. Of two processors the service's one
-- worker has one and wrk the other, but where signing is measured: there both share both, as do the two processes of a plain loop of
-- the library, which is what two processors can sign. What is compared is measured in turn, in the same run, and told by its medians.
-- Where others use the processors as well, shares by the clock say little; those by the time of processors still do.

local key = require "mailseal.key"
local process = require "spec.bench.process"
local shell = require "spec.support.shell"
local stages = require "spec.bench.http_stage"

local ONLY, ROUNDS = os.getenv "ONLY" or "", tonumber(os.getenv "ROUNDS" or "") or 3
local WORKERS = tonumber(os.getenv "WORKERS" or "") or 2
local SECONDS = 4 -- of each load

local GOALS = { get = 10000, sign = 0.8, healthy = 20, slowed = 1.5, streams = 64 }
local STREAMS = 1000

local missed = 0

local function show(words, format, value, goal, is_met)
  local verdict = ""
  if goal then
    verdict = ("goal %-10s %s"):format(goal, is_met and "met" or "MISSED")
    missed = missed + (is_met and 0 or 1)
  end
  print(("  %-58s %10s   %s"):format(words, format:format(value), verdict))
end

local function median(list)
  table.sort(list)
  return (list[math.floor((#list + 1) / 2)] + list[math.ceil((#list + 1) / 2)]) / 2
end

-- No request may have gone wrong, for errors are quick to answer.
local function want_good(figures)
  if figures.refused + figures.failed > 0 then
    error(("%d answers were errors, and %d requests failed"):format(figures.refused, figures.failed), 0)
  end
  return figures
end

local DOMAIN = "/v1/domains/" .. stages.DOMAIN

-- ---- A domain, from the cache.

local function bench_get()
  local stage, rates, slowest, costs = stages.start(1), {}, {}, {}
  stage:pin "0"
  for round = 1, ROUNDS do
    local before = stage:processor_time()
    local figures = want_good(stage.await(stage:load { path = DOMAIN, connections = 32, seconds = SECONDS, processors = 1 }))
    rates[round], slowest[round] = figures.rate, figures.p99
    costs[round] = (stage:processor_time() - before) / figures.count * 1e6
  end
  stage:stop()
  local rate = median(rates)
  show("GET of a domain a second, one worker", "%.0f", rate, "10000", rate >= GOALS.get)
  show("  of a processor for each, us", "%.1f", median(costs))
  show("  99 of 100 take at most, ms", "%.1f", median(slowest))
end

-- ---- Signing.

local LINE = ("the quick brown fox jumps over the lazy dog, again and "):rep(2):sub(1, 76) .. "\r\n"

local function make_message()
  local header = "From: A <a@mail.example.com>\r\nTo: b@example.net\r\nSubject: ten kilobytes\r\nDate: Sun, 22 Nov 2026 12:00:00 +0000\r\n"
    .. "Message-ID: <1@mail.example.com>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
  return header .. LINE:rep(math.floor((10240 - #header) / #LINE))
end

-- What two processes sign a second, each by itself; and seconds of a processor that each signature took.
local function sign_plainly(directory)
  local all, rate, count, processor = {}, 0, 0, 0
  for i = 1, 2 do
    all[i] = process.start(("env \"LUA_CPATH=build/luajit/?.so;;\" luajit spec/bench/http_sign.lua %s/key.pem %s/message %d"):format(
      directory, directory, SECONDS))
  end
  process.watch(all)
  for _, one in ipairs(all) do
    assert(one.status == 0, one.err)
    local its_rate, its_count = shell.read(one.out):match "(%S+) (%S+)"
    rate, count, processor = rate + its_rate, count + its_count, processor + one.processor
    process.forget(one)
  end
  return rate, processor / count
end

-- What the service signs a second, while somebody asks for its health; in how many milliseconds that was told; and seconds of a processor
-- that each signature took, without wrk's and with them.
local function sign_by_service(stage, directory)
  local before = stage:processor_time()
  local signed, healthy = stage.await(
    stage:load { path = DOMAIN .. "/sign", method = "POST", body = directory .. "/message", connections = 32, seconds = SECONDS },
    stage:load { path = "/healthz", connections = 2, seconds = SECONDS, pause = 5 })
  want_good(healthy)
  local count, seconds = want_good(signed).count, stage:processor_time() - before
  return signed.rate, healthy.p99, seconds / count, (seconds + signed.processor) / count
end

local function bench_sign()
  local stage, directory = stages.start(WORKERS), shell.new_directory()
  shell.write(directory .. "/message", make_message())
  assert(assert(key.generate { type = "rsa", bits = 2048 }):save(directory .. "/key.pem"))
  local plain, plain_costs, rates, health, costs, costs_of_all, shares, shares_of_time = {}, {}, {}, {}, {}, {}, {}, {}
  for round = 1, ROUNDS do
    plain[round], plain_costs[round] = sign_plainly(directory)
    rates[round], health[round], costs[round], costs_of_all[round] = sign_by_service(stage, directory)
    shares[round], shares_of_time[round] = rates[round] / plain[round], plain_costs[round] / costs_of_all[round]
  end
  stage:stop()
  shell.remove_directory(directory)
  show("signed a second by two processes of a plain loop", "%.0f", median(plain))
  show("signed a second by the service, 10 KB, RSA-2048", "%.0f", median(rates))
  show("  of what two processors can sign", "%.2f", median(shares), "0.80", median(shares) >= GOALS.sign)
  show("  by the time of processors that both took, wrk's included", "%.2f", median(shares_of_time))
  show("  of a processor for each, in the plain loop, us", "%.0f", median(plain_costs) * 1e6)
  show("    in the service, us", "%.0f", median(costs) * 1e6)
  show("    in the service and wrk, us", "%.0f", median(costs_of_all) * 1e6)
  show("  of /healthz meanwhile 99 of 100 take at most, ms", "%.1f", median(health), "20", median(health) < GOALS.healthy)
end

-- ---- Verify-now over DNS that does not answer.

-- One service a round, for verify-now is not had as often as one likes.
local function bench_verify()
  local before, during, usual, slowed = {}, {}, {}, {}
  local asked = { path = DOMAIN, connections = 8, seconds = SECONDS, processors = 1, pause = 1 }
  for round = 1, ROUNDS do
    local stage = stages.start(1)
    stage:pin "0"
    local alone = want_good(stage.await(stage:load(asked)))
    local waiting = stage:load {
      path = "/v1/domains/" .. stages.OTHERS .. "/verify", method = "POST", count = stages.COUNT, connections = stages.COUNT,
      seconds = SECONDS + 2, patience = 60, processors = 1,
    }
    shell.output "sleep 1"
    local figures, late = stage.await(stage:load(asked), waiting)
    before[round], during[round] = alone.p99, want_good(figures).p99
    usual[round], slowed[round] = alone.p50, figures.p50
    stage:stop()
    if late.count > 0 then
      error(("%d of the verify-now did not wait"):format(late.count), 0)
    end
  end
  local ratio, most = median(slowed) / median(usual), median(during)
  show("GET of a domain, half take at most, ms", "%.2f", median(usual))
  show("  while 500 verify-now wait on DNS, ms", "%.2f", median(slowed))
  show("  times as long", "%.2f", ratio, "1.50", ratio <= GOALS.slowed)
  show("GET of a domain, 99 of 100 take at most, ms", "%.1f", median(before))
  show("  while 500 verify-now wait on DNS, ms", "%.1f", most, "20", most <= math.max(GOALS.healthy, GOALS.slowed * median(before)))
end

-- ---- Streams of events.

local function bench_streams()
  local stage = stages.start(1)
  want_good(stage.await(stage:load { path = DOMAIN, connections = 8, seconds = 2 }))
  local before = stage:memory()
  local streams = stage:load { path = "/v1/events/stream", connections = STREAMS, seconds = SECONDS, patience = 60 }
  shell.output(("sleep %d"):format(SECONDS - 1))
  local during = stage:memory()
  local open = tonumber(shell.output(("ss -Htn state established '( sport = :%d )' | wc -l"):format(stage.server.port)))
  stage.await(streams)
  stage:stop()
  show("streams of events that are open", "%d", open, "1000", open >= STREAMS)
  show("memory of the worker before (PSS), MB", "%.1f", before)
  show("  with them, MB", "%.1f", during)
  show("  grown by, MB", "%.1f", during - before, "64", during - before < GOALS.streams)
end

-- ---- All of it.

local benches = { get = bench_get, sign = bench_sign, verify = bench_verify, streams = bench_streams }

for _, name in ipairs { "get", "sign", "verify", "streams" } do
  if ONLY == "" or ONLY == name then
    local ok, problem = pcall(benches[name])
    if not ok then
      print(("  %s could not be measured: %s"):format(name, tostring(problem)))
      missed = missed + 1
    end
  end
end
print(missed == 0 and "\nEvery goal is reached." or ("\nGoals missed: %d."):format(missed))
os.exit(missed == 0 and 0 or 1)

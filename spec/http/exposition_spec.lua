local dictionary = require "mailseal.http.dictionary"
local exposition = require "mailseal.http.exposition"
local metrics = require "mailseal.http.metrics"
local prometheus = require "spec.support.prometheus"

describe("what is counted", function()
  local dict, one, other

  before_each(function()
    dict = dictionary.new()
    one, other = metrics.new(dict), metrics.new(dict) -- two workers
  end)

  it("is added up over the workers", function()
    for _ = 1, 3 do one:count "a" end
    other:count("a", 4)
    other:count "b"
    one:add(0)
    other:add(1)
    assert.same({ a = 7, b = 1 }, one:all())
    assert.same({ a = 7, b = 1 }, other:all())
  end)

  it("goes on behind a worker that has ended, and one that begins", function()
    one:count "a"
    one:add()
    local third = metrics.new(dict)
    third:count "a"
    third:add(0)
    assert.same({ a = 2 }, third:all())
    assert.equal(1, dict:get "metrics") -- one series
  end)

  it("begins anew where the dictionary has lost it", function()
    one:count("a", 5)
    one:add(0)
    for key in pairs(dict.entries) do dict:delete(key) end
    one:count "a"
    one:add(0)
    assert.same({ a = 1 }, one:all())
  end)

  it("is counted again where the dictionary had no room for a while", function()
    local incr = dict.incr
    function dict.incr() return nil, "no memory" end
    one:count("a_total")
    one:add()
    dict.incr = incr
    one:count("a_total")
    one:add()
    assert.equal(1, other:all().a_total)
  end)

  it("is told beside what each worker measures of itself", function()
    one:measure("open", function() return 3 end)
    other:measure("open", function() return 4 end)
    one:add(0)
    other:add(1)
    assert.same({ open = 7 }, one:measured(2))
  end)

  it("is no more what a worker measured that is gone", function()
    local now = 0
    dict = dictionary.new(function() return now end)
    one = metrics.new(dict)
    one:measure("open", function() return 3 end)
    one:add(0)
    now = 60
    assert.same({}, one:measured(1))
  end)

  it("is written as Prometheus reads it", function()
    one:count('mailseal_http_requests_total{route="getDomain",status="200"}', 12)
    for _, seconds in ipairs { 0.0001, 0.003, 0.003, 7, 100 } do one:observe("mailseal_dns_query_seconds", 'outcome="ok"', seconds) end
    one:observe("mailseal_sign_seconds", "", 0.002)
    one:add(0)
    local all = one:all()
    all.mailseal_store_up = 1
    local found = prometheus.read(exposition.write(all))
    assert.equal(12, found.value('mailseal_http_requests_total{route="getDomain",status="200"}'))
    assert.equal("counter", found.types.mailseal_http_requests_total)
    assert.equal("histogram", found.types.mailseal_dns_query_seconds)
    assert.equal(1, found.value 'mailseal_dns_query_seconds_bucket{outcome="ok",le="0.0005"}')
    assert.equal(3, found.value 'mailseal_dns_query_seconds_bucket{outcome="ok",le="0.005"}')
    assert.equal(4, found.value 'mailseal_dns_query_seconds_bucket{outcome="ok",le="10"}')
    assert.equal(5, found.value 'mailseal_dns_query_seconds_bucket{outcome="ok",le="+Inf"}')
    assert.equal(5, found.value 'mailseal_dns_query_seconds_count{outcome="ok"}')
    assert.is_near(107.0061, found.value 'mailseal_dns_query_seconds_sum{outcome="ok"}', 1e-6)
    assert.equal(1, found.value "mailseal_sign_seconds_count")
    assert.equal(1, found.value "mailseal_store_up")
  end)

  it("has labels that end nowhere but where they end", function()
    local series = exposition.series("mailseal_checks_total", { "outcome", 'a"b\\c\nd' })
    local found = prometheus.read(exposition.write { [series] = 2 })
    assert.equal(2, found.value(series))
    assert.equal('a"b\\c\nd', found.labels(series).outcome)
  end)
end)

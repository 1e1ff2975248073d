--- The routes of a tenant's domains.
local stages = require "spec.support.http_stage"

local DOMAIN = stages.DOMAIN
local PATH = "/v1/domains/" .. DOMAIN

describe("domains, over HTTP", function()
  local stage

  before_each(function() stage = stages.new() end)
  after_each(function() stage:close() end)

  local function refused(reply)
    return ("%d %s"):format(reply.status, reply.json.code)
  end

  it("are created, and have an address from then on", function()
    local reply = stage:create "Mail.EXAMPLE.com"
    assert.equal(PATH, reply.headers.Location)
    assert.same({ DOMAIN, "kraiter", "pending", false, true, "healthy" }, {
      reply.json.domain, reply.json.provider, reply.json.status, reply.json.owned, reply.json.enabled, reply.json.health,
    })
    local found = stage:get(PATH)
    assert.same({ 200, reply.json }, { found.status, found.json })
    assert.equal("CNAME", found.json.records[2].type)
    assert.equal("abc._domainkey.mail", found.json.records[2].host.prefix)
  end)

  it("are refused with what is wrong: there is one, it is none, the provider is none, or asks for more", function()
    stage:create()
    local function create(body) return stage:post("/v1/domains", body) end
    assert.equal("409 exists", refused(create {
      domain = DOMAIN, provider = "kraiter", vars = { region = "eu-west-2", tokens = { "a", "b", "c" } },
    }))
    assert.equal("422 bad_name", refused(create { domain = "someone@example.com", provider = "kraiter" }))
    assert.equal("422 public_suffix", refused(create { domain = "co.uk", provider = "kraiter" }))
    assert.equal("422 no_provider", refused(create { domain = "a.example.com", provider = "krater" }))
    assert.equal("422 bad_var", refused(create { domain = "a.example.com", provider = "kraiter", vars = { reigon = "eu-west-1" } }))
    local reply = create { domain = "a.example.com", provider = "kraiter", vars = { region = "eu-west-1" } }
    assert.equal("422 vars_missing", refused(reply))
    assert.equal("tokens", reply.json.missing[1].name)
  end)

  it("are created once, however often that is asked for with the same Idempotency-Key", function()
    local body = '{"domain":"mail.example.com","provider":"kraiter","vars":{"region":"eu-west-1","tokens":["abc","def","ghi"]}}'
    local other = '{"vars":{"tokens":["abc","def","ghi"],"region":"eu-west-1"},"provider":"kraiter","domain":"mail.example.com"}'
    local function create(text, key)
      return stage:post("/v1/domains", text, { ["idempotency-key"] = key, ["content-type"] = "application/json" })
    end
    local first, again = create(body, "8e03978e"), create(other, "8e03978e")
    assert.same({ 201, 201, nil, "true" }, {
      first.status, again.status, first.headers["Idempotency-Replayed"], again.headers["Idempotency-Replayed"],
    })
    assert.same({ first.json, first.headers.Location }, { again.json, again.headers.Location })
    assert.equal("422 key_reused", refused(create(body:gsub("eu%-west%-1", "eu-west-2"), "8e03978e")))
    assert.equal("409 exists", refused(create(body, "another")))
    for _, key in ipairs { "", "a\nb", "ü", ("a"):rep(256) } do assert.equal("400 bad_id", refused(create(body, key))) end
    local dict = require "mailseal.http.live".of(stage.service).dict
    dict:add("request acme busy", true, 60)
    assert.equal("409 under_way", refused(create(body, "busy")))
  end)

  it("are told with who has created them", function()
    stage:create()
    local events = stage:get(PATH .. "/events").json.events
    assert.same({ "created", "a test" }, { events[1].kind, events[1].actor })
  end)

  it("are listed by name, a page at a time", function()
    for i = 1, 5 do stage:create(("m%d.example.com"):format(i)) end
    local reply = stage:get "/v1/domains?limit=2"
    assert.equal("/v1/domains?after=m2.example.com&limit=2", reply.json.next)
    assert.same({ "m1.example.com", "m2.example.com" }, { reply.json.domains[1].domain, reply.json.domains[2].domain })
    assert.is_nil(reply.json.domains[1].records)
    reply = stage:get(reply.json.next)
    assert.equal("m4.example.com", reply.json.domains[2].domain)
    reply = stage:get(reply.json.next)
    assert.same({ 1, nil }, { #reply.json.domains, reply.json.next })
    assert.same({ domains = {} }, stage:get("/v1/domains?status=verified").json)
    assert.equal("m3.example.com", stage:get("/v1/domains?search=M3.").json.domains[1].domain)
    assert.equal(5, #stage:get("/v1/domains?status=pending&limit=5").json.domains)
    assert.is_nil(stage:get("/v1/domains?status=pending&limit=5").json.next)
  end)

  it("are disabled and enabled", function()
    stage:create()
    local reply = stage:post(PATH .. "/disable", { reason = "a pause" })
    assert.same({ 200, false }, { reply.status, reply.json.enabled })
    assert.equal("a pause", stage:get(PATH .. "/events?after=1").json.events[1].data.reason)
    assert.is_true(stage:post(PATH .. "/enable").json.enabled)
    assert.is_false(stage:post(PATH .. "/disable").json.enabled)
    assert.equal("400 bad_body", refused(stage:post(PATH .. "/disable", { reson = "a pause" })))
    assert.equal("400 bad_text", refused(stage:post(PATH .. "/disable", { reason = "two\nlines" })))
  end)

  it("are looked at, and started again", function()
    stage:create()
    local reply = stage:post(PATH .. "/verify")
    assert.same({ 200, "pending", stage.time }, { reply.status, reply.json.status, reply.json.checked_at })
    reply = stage:post(PATH .. "/restart")
    assert.same({ 200, "restarted" }, { reply.status, reply.json.reason })
  end)

  it("are removed, and it is told what to take out of DNS", function()
    stage:create()
    local reply = stage:delete(PATH)
    assert.same({ 200, DOMAIN }, { reply.status, reply.json.domain })
    local actions = {}
    for _, record in ipairs(reply.json.clean_up) do actions[record.id] = record.action end
    assert.equal("delete", actions.ownership)
    assert.equal("404 not_found", refused(stage:get(PATH)))
    assert.equal("404 not_found", refused(stage:delete(PATH)))
  end)

  it("are not removed while somebody uses them, who is named", function()
    stage:create()
    stage:put(PATH .. "/uses/sequence%2017")
    local reply = stage:delete(PATH)
    assert.equal("409 in_use", refused(reply))
    assert.same({ { "sequence 17" }, 0 }, { reply.json.users, reply.json.held })
    assert.equal(200, stage:get(PATH).status)
  end)

  it("are found by their name as people write it", function()
    assert.equal("/v1/domains/xn--bcher-kva.example.com", stage:create("bücher.example.com").headers.Location)
    assert.equal("xn--bcher-kva.example.com", stage:get("/v1/domains/b%C3%BCcher.example.com").json.domain)
    assert.equal("bücher.example.com", stage:get("/v1/domains/XN--BCHER-KVA.example.com.").json.unicode)
    assert.equal("xn--bcher-kva.example.com", stage:delete("/v1/domains/b%C3%BCcher.example.com").json.domain)
  end)

  it("are told to have stayed the same, or sent anew", function()
    stage:create()
    local reply = stage:get(PATH)
    local tag = reply.headers.ETag
    assert.matches('^"%x+"$', tag)
    for _, field in ipairs { tag, 'W/' .. tag, '"other", ' .. tag, "*" } do
      local again = stage:get(PATH, { ["if-none-match"] = field })
      assert.same({ 304, tag }, { again.status, again.headers.ETag })
      assert.is_nil(again.body)
    end
    stage:post(PATH .. "/disable")
    assert.equal(200, stage:get(PATH, { ["if-none-match"] = tag }).status)
  end)

  it("are nobody else's", function()
    stage:create()
    local rival = stage:as "rival"
    for _, asked in ipairs {
      { "GET", "" }, { "DELETE", "" }, { "POST", "/verify" }, { "POST", "/restart" }, { "POST", "/enable" }, { "POST", "/disable" },
      { "GET", "/records" }, { "GET", "/records?format=bind" }, { "GET", "/events" }, { "GET", "/events?after=0" }, { "GET", "/decision" },
      { "GET", "/uses" }, { "PUT", "/uses/a" }, { "DELETE", "/uses/a" },
    } do
      assert.equal("404 not_found", refused(rival:ask(asked[1], PATH .. asked[2])), asked[2])
    end
    assert.same({ domains = {} }, rival:get("/v1/domains").json)
    assert.same({ events = {} }, rival:get("/v1/events").json)
    assert.is_true(stage:get(PATH).json.enabled)
  end)

  it("of a name with anything in it are just not there", function()
    for _, name in ipairs { "%2E%2E", "a%2Fb", "%22", "a%20b", ("a"):rep(300), "%E2%80%AE", "-", "mail.example.com%2F..%2Fx" } do
      assert.equal("404 not_found", refused(stage:get("/v1/domains/" .. name)), name)
    end
    for _, name in ipairs { "%00", "%0d%0aX-A:b", "%ff", "%zz", "%", "%C0%AF" } do
      assert.equal("400 bad_path", refused(stage:get("/v1/domains/" .. name)), name)
    end
  end)
end)

describe("records of a domain, over HTTP", function()
  local stage

  setup(function()
    stage = stages.new()
    stage:create()
  end)
  teardown(function() stage:close() end)

  it("are data", function()
    local reply = stage:get(PATH .. "/records")
    assert.same({ 200, "ownership" }, { reply.status, reply.json.records[1].id })
    assert.same(stage:get(PATH).json.records, reply.json.records)
  end)

  it("are files in all formats", function()
    local kinds = {}
    for format, words in pairs {
      bind = "3600 IN CNAME", csv = "abc._domainkey", terraform = 'resource "', dnscontrol = 'CNAME("', octodns = "---\n",
      letter = "abc._domainkey", html = "<!DOCTYPE html>",
    } do
      local reply = stage:get(PATH .. "/records?format=" .. format)
      assert.equal(200, reply.status, reply.body)
      assert.matches(words, reply.body, 1, true)
      kinds[format] = reply.type .. " " .. reply.headers["Content-Disposition"]
    end
    assert.equal('text/dns; charset=utf-8 attachment; filename="mail.example.com-records.zone"', kinds.bind)
    assert.equal('text/html; charset=utf-8 attachment; filename="mail.example.com-letter.html"', kinds.html)
    assert.equal('application/yaml attachment; filename="mail.example.com-records.yaml"', kinds.octodns)
  end)

  it("take the options of their format, and no others", function()
    assert.matches("Acme", stage:get(PATH .. "/records?format=letter&asked_by=Acme&answer_to=dns%40acme.example").body, 1, true)
    assert.matches("aws_route53_record", stage:get(PATH .. "/records?format=terraform&terraform_provider=route53").body, 1, true)
    assert.matches("%s600%s", stage:get(PATH .. "/records?format=bind&ttl=600").body)
    for query, detail in pairs {
      ["format=bind&asked_by=Acme"] = "query.asked_by does not go with format bind", ["ttl=3"] = "query.ttl does not go with format json",
      ["format=pdf"] = "query.format must be json, bind, csv, terraform, dnscontrol, octodns, letter or html",
      ["format=bind&format=csv"] = "query.format is given more than once",
    } do
      local reply = stage:get(PATH .. "/records?" .. query)
      assert.same({ 400, "bad_query", detail }, { reply.status, reply.json.code, reply.json.detail })
    end
    local reply = stage:get(PATH .. "/records?format=bind&zone=example.net")
    assert.same({ 400, "other_zone", { "example.com" } }, { reply.status, reply.json.code, reply.json.zones })
  end)

  it("cannot bring fields of the header with them", function()
    local reply = stage:get(PATH .. "/records?format=letter&asked_by=" .. "a%22%3Bb")
    assert.equal('attachment; filename="mail.example.com-letter.txt"', reply.headers["Content-Disposition"])
  end)
end)

describe("events, over HTTP", function()
  local stage

  setup(function()
    stage = stages.new()
    for i = 1, 3 do stage:create(("m%d.example.com"):format(i)) end
    stage:delete "/v1/domains/m2.example.com"
  end)
  teardown(function() stage:close() end)

  local function kinds(path)
    local list, reply = {}, stage:get(path)
    for i, event in ipairs(reply.json.events) do list[i] = ("%d %s %s"):format(event.id, event.kind, event.domain:sub(1, 2)) end
    return list, reply.json.next
  end

  it("are all there in order, a page at a time", function()
    local list, next = kinds "/v1/events?limit=3"
    assert.same({ "1 created m1", "2 created m2", "3 created m3" }, list)
    assert.equal("/v1/events?after=3&limit=3", next)
    list, next = kinds(next)
    assert.same({ { "4 removed m2" } }, { list, next })
    assert.same({ { } }, { kinds "/v1/events?after=4" })
  end)

  it("are there with the newest first, too", function()
    local list, next = kinds "/v1/events?newest=true&limit=3"
    assert.same({ "4 removed m2", "3 created m3", "2 created m2" }, list)
    assert.equal("/v1/events?before=2&limit=3&newest=true", next)
    assert.same({ { "1 created m1" } }, { kinds(next) })
    assert.same({ "2 created m2" }, (kinds "/v1/domains/m2.example.com/events?newest=true&before=4"))
    for _, query in ipairs { "newest=true&after=1", "before=3" } do
      assert.equal("bad_query", stage:get("/v1/events?" .. query).json.code)
    end
  end)

  it("are those of one domain, also when it is gone", function()
    assert.same({ "2 created m2", "4 removed m2" }, (kinds "/v1/events?domain=m2.example.com"))
    local list, next = kinds "/v1/domains/m2.example.com/events?limit=1"
    assert.same({ "2 created m2" }, list)
    assert.same({ "4 removed m2" }, (kinds(next)))
    assert.same({}, (kinds "/v1/domains/m2.example.com/events?after=4"))
    assert.equal(404, stage:get("/v1/domains/m4.example.com/events").status)
  end)

  it("have data that is an object, also where there is none", function()
    stage:post "/v1/domains/m1.example.com/disable"
    assert.matches('"kind":"disabled","actor":"a test","data":{}', stage:get("/v1/events?after=4").body, 1, true)
  end)
end)

describe("uses and decisions, over HTTP", function()
  local stage

  setup(function()
    stage = stages.new()
    stage:create()
  end)
  teardown(function() stage:close() end)

  it("are noted and ended", function()
    assert.equal(201, stage:put(PATH .. "/uses/sequence%2017").status)
    assert.equal(204, stage:put(PATH .. "/uses/sequence%2017").status)
    assert.equal(201, stage:put(PATH .. "/uses/a%2Fb").status)
    assert.same({ users = { "a/b", "sequence 17" } }, stage:get(PATH .. "/uses").json)
    assert.equal(204, stage:delete(PATH .. "/uses/a%2Fb").status)
    assert.equal(404, stage:delete(PATH .. "/uses/a%2Fb").status)
    assert.equal("bad_id", stage:put(PATH .. "/uses/" .. ("a"):rep(256)).json.code)
  end)

  it("tell whether mail may go, and why not", function()
    assert.same({ decision = "refuse", code = "not_verified", text = "the domain is not verified yet" },
      stage:get(PATH .. "/decision").json)
    assert.equal(404, stage:get("/v1/domains/nowhere.example/decision").status)
  end)
end)

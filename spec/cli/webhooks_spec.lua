local cjson = require "cjson"
local child = require "spec.support.child"
local receivers = require "spec.support.receiver"
local shell = require "spec.support.shell"
local stages = require "spec.support.registry_stage"
local webhook = require "mailseal.webhook"

describe("mailseal webhooks", function()
  local stage, certificates, receiver

  setup(function()
    certificates = receivers.certificates()
    receiver = receivers.start { certificate = certificates .. "/good.pem", key = certificates .. "/good.key" }
  end)
  teardown(function()
    receiver:stop()
    shell.remove_directory(certificates)
  end)
  before_each(function() stage = stages.new() end)
  after_each(function()
    stage:remove()
    receiver:forget()
  end)

  -- Runs a command of the stage's, which trusts the receiver's authority.
  local function run(...)
    local words = { "env", "SSL_CERT_FILE=" .. certificates .. "/ca.pem", "bin/mailseal" }
    for _, word in ipairs { ... } do words[#words + 1] = word end
    local place = { "--db", "sqlite:" .. stage.path, "--zone", stage.directory .. "/zone.json", "--time", ("%d"):format(stage.now) }
    for _, word in ipairs(place) do words[#words + 1] = word end
    for i, word in ipairs(words) do words[i] = shell.quote(word) end
    return shell.run(table.concat(words, " "))
  end

  local function json(...)
    local result = run(...)
    assert.equal("", result.err)
    local list = {}
    for line in result.out:gmatch "[^\n]+" do list[#list + 1] = cjson.decode(line) end
    return list, result.status
  end

  local function zone()
    shell.write(stage.directory .. "/zone.json", cjson.encode { ["hooks.example"] = { { type = "A", data = "127.0.0.1" } } })
    return ("https://hooks.example:%d/mail"):format(receiver.port)
  end

  it("makes one, whose secret is told once, and the worker sends what happens by it", function()
    local added = run("webhooks", "add", zone(), "--kind", "created", "--description", "CRM", "--allow-private-webhooks")
    assert.equal(0, added.status, added.err)
    local secret = added.out:match "^(whsec_%S+)\n$"
    assert.truthy(secret)
    assert.truthy(added.err:find "told this once")
    local listed = run("webhooks", "list")
    assert.truthy(listed.out:find "hooks%.example" and listed.out:find "CRM" and listed.out:find "kinds: created")
    assert.is_nil(listed.out:find("whsec_", 1, true))
    assert.truthy(run("domains", "events").out:find "  %-  webhook_made by mailseal webhooks  host=hooks%.example")
    assert.equal(75, run("domains", "add", "mail.example.com", "--provider", "kraiter", "--var", "region=eu-west-1", "--var",
      "tokens=abc,def,ghi").status)
    local worked = run("worker", "--until-idle", "--allow-private-webhooks")
    assert.same({ 0, "" }, { worked.status, worked.err })
    local request = receiver:requests()[1]
    assert.equal("created", cjson.decode(request.body).type)
    assert.truthy(webhook.verify(request.headers, request.body, secret, { now = stage.now }))
    assert.equal(1, #receiver:requests())
  end)

  it("never sends to a private address unless it is allowed to", function()
    local id = json("webhooks", "add", zone(), "--json")[1].id
    local tested = run("webhooks", "test", id)
    assert.equal(1, tested.status)
    assert.truthy(tested.out:find "not delivered: .*127%.0%.0%.1")
    assert.same({}, receiver:requests())
    tested = run("webhooks", "test", id, "--allow-private-webhooks")
    assert.same({ 0, "delivered: the receiver answered with the status 200\n" }, { tested.status, tested.out })
    assert.equal(64, run("webhooks", "add", "http://hooks.example/").status)
  end)

  it("tells what was not delivered, and has it delivered again", function()
    local url = zone()
    local made = json("webhooks", "add", url, "--json")[1]
    assert.truthy(made.secret)
    run("domains", "add", "mail.example.com", "--provider", "kraiter", "--var", "region=eu-west-1", "--var", "tokens=abc,def,ghi")
    run("worker", "--until-idle")
    local list = json("webhooks", "deliveries", made.id, "--json")
    assert.same({ 2, "created", "waiting", 1, "forbidden_address" },
      { list[1].event, list[1].kind, list[1].state, list[1].attempts, list[1].problem })
    assert.truthy(run("webhooks", "deliveries", made.id, "--state", "waiting").out:find "mail%.example%.com  created .*forbidden_address")
    assert.equal("", run("webhooks", "deliveries", made.id, "--state", "dead").out)
    assert.same({ { replayed = 1 } }, (json("webhooks", "replay", made.id, "2", "--json")))
    assert.same({ { replayed = 0 } }, (json("webhooks", "replay", made.id, "--all-dead", "--json")))
    run("worker", "--until-idle", "--allow-private-webhooks")
    assert.equal(1, #receiver:requests())
    assert.equal("", run("webhooks", "deliveries", made.id).out)
    assert.equal(64, run("webhooks", "replay", made.id).status)
    local none = run("webhooks", "replay", "wh_none", "1")
    assert.equal(1, none.status)
    assert.truthy(none.err:find("`mailseal webhooks list`", 1, true))
  end)

  it("changes one, disables and enables it, and removes it", function()
    local made = json("webhooks", "add", zone(), "--kind", "lost", "--json")[1]
    local changed = json("webhooks", "change", made.id, "--all-kinds", "--description", "other", "--disable", "--json")[1]
    assert.same({ nil, "other", false, "by_hand" }, { changed.kinds, changed.description, changed.enabled, changed.disabled_reason })
    assert.truthy(run("webhooks", "show", made.id).out:find "disabled %(by hand%)")
    assert.is_true(json("webhooks", "change", made.id, "--enable", "--json")[1].enabled)
    assert.truthy(run("webhooks", "change", made.id, "--new-secret").out:find "^whsec_")
    assert.equal(64, run("webhooks", "change", made.id).status)
    assert.equal(64, run("webhooks", "change", made.id, "--enable", "--disable").status)
    assert.equal(0, run("webhooks", "remove", made.id).status)
    assert.equal(1, run("webhooks", "show", made.id).status)
  end)
end)

describe("examples/webhook_receiver.lua", function()
  it("finds its library from wherever it is run", function()
    local result = shell.run "program=$PWD/examples/webhook_receiver.lua; cd /; env -u LUA_PATH -u LUA_CPATH $LUA $program"
    assert.equal("usage: webhook_receiver.lua SECRET [PORT]\n", result.err)
    assert.equal(64, result.status)
  end)

  it("believes what is signed, and nothing else", function()
    local secret = webhook.new_secret()
    local program = child.start("arg = { [0] = 'examples/webhook_receiver.lua', ... } dofile(arg[0])", { secret, "0" }, "exec 2>/dev/null;")
    local port = program:line():match "listening on 127%.0%.0%.1:(%d+)"
    local function post(headers, body)
      local words = { "curl -s -o /dev/null -w '%{http_code}' --max-time 20" }
      for name, value in pairs(headers) do words[#words + 1] = "-H " .. shell.quote(name .. ": " .. value) end
      words[#words + 1] = "--data-binary " .. shell.quote(body) .. " http://127.0.0.1:" .. port
      return shell.output(table.concat(words, " "))
    end
    local body = '{"type":"verified"}'
    local signed = webhook.sign("wh_a_1", os.time(), body, secret)
    assert.equal("204", post(signed, body))
    assert.equal("204", post(signed, body))
    assert.equal("400", post(signed, body .. " "))
    assert.equal("400", post({}, body))
    assert.equal("400", post(webhook.sign("wh_a_2", os.time() - 3600, body, secret), body))
    program:kill()
    assert.same({ "wh_a_1\t" .. body }, program:rest())
  end)
end)

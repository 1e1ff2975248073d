--- `mailseal worker`: what is due, and how it ends.
local cjson = require "cjson"
local shell = require "spec.support.shell"
local signals = require "mailseal.core".signals
local stages = require "spec.support.registry_stage"

local DOMAIN = "mail.example.com"

describe("mailseal worker", function()
  local stage

  before_each(function()
    stage = stages.new()
  end)

  after_each(function()
    stage:remove()
  end)

  it("looks at what is due, of all tenants, and ends where it is to", function()
    local domain = stage:add(DOMAIN)
    stage:add "other.example.com"
    stage:publish(domain.records)
    stage.now = stage.now + 60
    local result = stage:worker()
    assert.same({ 0, "2 domains looked at\n", "" }, { result.status, result.out, result.err })
    assert.equal("verified", stage:json("show", DOMAIN)[1].status)
    assert.equal("pending", stage:json("show", "other.example.com")[1].status)
    assert.equal("0 domains looked at\n", stage:worker().out)
  end)

  it("looks at no more than it is told", function()
    for i = 1, 3 do
      stage:add(("d%d.example.com"):format(i))
    end
    stage.now = stage.now + 60
    local result = stage:worker("--at-most", "2", "--json")
    assert.same({ 0, { looked_at = 2 } }, { result.status, cjson.decode(result.out) })
    assert.equal("1 domain looked at\n", stage:worker().out)
  end)

  it("says in one line where it cannot work", function()
    local result = shell.mailseal { "worker", "--until-idle", "--db", "postgresql://nobody@127.0.0.1:1/none" }
    assert.matches("^mailseal worker: [^\n]+\n$", result.err)
    assert.same({ 69, "" }, { result.status, result.out })
  end)

  for _, name in ipairs { "TERM", "INT", "HUP" } do
    it("goes on for ever, until SIG" .. name .. " ends it between two transactions", function()
      stage:add(DOMAIN)
      local result = shell.run(([[
        bin/mailseal worker --db sqlite:%s --zone %s/zone.json --time %d >%s/out & worker=$!
        for i in $(seq 100); do
          bin/mailseal domains show %s --db sqlite:%s | grep -q "looked at" && break
          sleep 0.1
        done
        kill -0 $worker && echo "it works"
        kill -%s $worker; wait $worker; echo "status $?"; cat %s/out]]):format(
          stage.path, stage.directory, stage.now + 60, stage.directory, DOMAIN, stage.path, name, stage.directory))
      assert.same({ "it works\nstatus 0\n1 domain looked at\n", "" }, { result.out, result.err })
    end)
  end
end)

describe("requests to end", function()
  it("wait until they are taken, and end the process again when nobody takes them any more", function()
    local directory = shell.new_directory()
    finally(function() shell.remove_directory(directory) end)
    shell.write(directory .. "/signals.lua", [[
      local signals = require "mailseal.core".signals.open()
      os.execute "kill -TERM $PPID"
      print(signals:take(), signals:take())
      signals:close()
      signals:close()
      print(signals:take())
      io.stdout:flush()
      os.execute "kill -TERM $PPID"
      print "never"
    ]])
    local result = shell.run(([[LUA_CPATH="%s" $LUA %s/signals.lua; echo "status $?"]]):format(shell.core, directory))
    assert.equal("SIGTERM\tnil\nnil\nstatus 143\n", result.out)
  end)

  it("are none where none came", function()
    local opened = signals.open()
    assert.is_nil(opened:take())
    opened:close()
  end)
end)

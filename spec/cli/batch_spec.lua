local cjson = require "cjson"
local shell = require "spec.support.shell"

local zone = [[{
  "good.example": [{ "type": "MX", "data": "10 mx.good.example." }],
  "mx.good.example": [{ "type": "A", "data": "192.0.2.1" }],
  "broken.example": [{ "error": "servfail" }]
}]]

describe("mailseal check --batch", function()
  local path, directory = shell.with_zone(zone, teardown)

  local command = "bin/mailseal check --batch - --only mx --zone "

  local function batch(list)
    return shell.run(command .. shell.quote(path), list)
  end

  -- The objects by their lines in the list.
  local function objects_of(text)
    local objects = {}
    for line in text:gmatch "[^\n]*\n" do
      local object = cjson.decode(line)
      assert.is_nil(objects[object.line])
      objects[object.line] = object
    end
    return objects
  end

  it("prints a line for each domain, with its line in the list, and passes over comments and empty lines", function()
    local result = batch "good.example\n# comment\n\n  Broken.example.  # another\r\nxn--bcher-kva.example"
    local objects = objects_of(result.out)
    local seen = {}
    for line, object in pairs(objects) do seen[line] = object.domain .. " " .. object.status end
    assert.same({
      [1] = "good.example ok", [4] = "broken.example unknown", [5] = "xn--bcher-kva.example unknown",
    }, seen)
    assert.same({ 75, "" }, { result.status, result.err })
  end)

  it("tells a line that holds no domain, and goes on", function()
    local long = ("x"):rep(200000)
    local result = batch("a..b\ngood.example\n" .. long .. "\n\27[2J\ngood.example good.example\n192.0.2.1\n")
    local objects = objects_of(result.out)
    for _, line in ipairs { 1, 3, 4, 5, 6 } do
      assert.same({ "invalid", "bad_name" }, { objects[line].status, objects[line].error })
      assert.is_string(objects[line].message)
    end
    assert.equal("ok", objects[2].status)
    assert.is_true(#result.out < 4000)
    assert.same({ 65, "" }, { result.status, result.err })
  end)

  it("passes over a byte order mark before the first line", function()
    local objects = objects_of(batch("\239\187\191good.example\n\239\187\191good.example\n").out)
    assert.same({ "ok", "invalid" }, { objects[1].status, objects[2].status })
  end)

  it("says nothing of an empty list", function()
    assert.same({ status = 0, out = "", err = "" }, batch "")
    assert.same({ status = 0, out = "", err = "" }, batch "# nothing\n\n")
  end)

  it("reads a list of any length, a domain more than once", function()
    local list, count = {}, 3000
    for i = 1, count do list[i] = "d" .. i % 1500 .. ".example" end
    local result = batch(table.concat(list, "\n"))
    local objects = objects_of(result.out)
    for i = 1, count do assert.equal(list[i], objects[i].domain) end
    assert.equal(75, result.status) -- there are no such domains yet
  end)

  it("tells of a domain when its line has come, however long the next one is in coming", function()
    -- Who feeds the list waits with each line, half of the third, and the end, for the answer to what came before.
    local result = shell.run(([[
      cd=$PWD; cd %s; mkfifo fifo
      answered() { # waits until there are so many answers, a minute at most
        tries=0
        while [ "$(wc -l <answers)" -lt "$1" ] && [ $tries -lt 600 ]; do tries=$((tries + 1)); sleep 0.1; done
        wc -l <answers
      }
      feed() {
        echo good.example; answered 1 >&2; echo good.example; answered 2 >&2; printf good.; sleep 0.1; printf 'example\n'
        answered 3 >&2; printf good.example
      }
      for list in - fifo; do
        : >answers
        feed >fifo &
        if [ $list = - ]; then exec <fifo; fi
        "$cd/bin/mailseal" check --batch $list --only mx --zone zone.json >answers
        wc -l <answers
      done]]):format(shell.quote(directory)))
    assert.same({ status = 0, out = "4\n4\n", err = "1\n2\n3\n1\n2\n3\n" }, result)
  end)

  it("says so where standard input is closed, before anything is opened in its place", function()
    for _, line in ipairs { command .. shell.quote(path), "bin/mailseal check --batch - --server 127.0.0.1:9" } do
      local result = shell.run("timeout 60 " .. line .. " <&-")
      assert.same({ status = 65, out = "", err = "mailseal check: cannot read standard input: Bad file descriptor\n" }, result)
    end
  end)

  it("stops without a word when nobody reads any more", function()
    local line = ("yes good.example | { %s %s; echo $? >%s/status; } | head -n 3"):format(command, shell.quote(path), directory)
    local result = shell.run("trap '' PIPE; " .. line)
    local _, lines = result.out:gsub("\n", "")
    assert.equal(3, lines)
    assert.equal("74\n", shell.read(directory .. "/status"))
    assert.is_nil(result.err:find "mailseal")
  end)

  it("says how far it is on a terminal, on standard error alone, and nothing elsewhere", function()
    local list = directory .. "/list"
    shell.write(list, ("good.example\n"):rep(3000))
    local run = ("export LUA=%s; bin/mailseal check --batch %s --only mx --zone %s >%s/out"):format(
      shell.lua, list, path, directory)
    local shown = shell.output("TERM=xterm script -qec " .. shell.quote(run) .. " /dev/null </dev/null")
    assert.matches("\r%[" .. ("#"):rep(24) .. "%] 100%%  3,000 checked, [%d,]+/s\27%[K\r\n$", shown)
    for share, count in shown:gmatch " (%d+)%%  ([%d,]+) checked" do
      assert.equal(math.floor(tonumber((count:gsub(",", ""))) / 30), tonumber(share)) -- what has only been read is not done
    end
    local _, lines = shell.read(directory .. "/out"):gsub("\n", "")
    assert.equal(3000, lines)
    assert.equal("", shell.output("TERM=dumb script -qec " .. shell.quote(run) .. " /dev/null </dev/null"))
  end)

  it("reads a file, and says so where there is none", function()
    local result = shell.mailseal { "check", "--batch", directory .. "/none", "--zone", path }
    assert.same({
      status = 65, out = "", err = ("mailseal check: cannot read %s/none: No such file or directory\n"):format(directory),
    }, result)
  end)
end)

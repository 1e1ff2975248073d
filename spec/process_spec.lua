--- Programs that run beside this one, and the news of their end.
local core = require "mailseal.core"
local child = require "spec.support.child"
local shell = require "spec.support.shell"

local process, signals = core.process, core.signals

describe("A program that runs beside this one", function()
  local waiting

  before_each(function() waiting = signals.open() end)
  after_each(function() waiting:close() end)

  -- Waits for its end. Returns what `ended` does.
  local function wait_for(program)
    for _ = 1, 600 do
      if program:ended() then return program:ended() end
      waiting:wait(0.1)
    end
    error "it does not end"
  end

  it("tells its status when it has ended", function()
    local program = assert(process.start("sh", "-c", "exit 7"))
    assert.equal(7, wait_for(program))
    assert.equal(7, (program:ended()))
  end)

  it("tells that a signal has ended it", function()
    local program = assert(process.start("sleep", "600"))
    assert.is_nil((program:ended()))
    program:signal "SIGTERM"
    assert.same({ 143, 15 }, { wait_for(program) })
    program:signal "SIGKILL" -- nobody gets it
  end)

  it("has signals as a shell would leave them, though they wait here", function()
    local program = assert(process.start("sh", "-c", "kill -TERM $$; exit 0"))
    assert.equal(143, (wait_for(program)))
  end)

  it("is news when it ends, once", function()
    local program = assert(process.start "true")
    assert.equal("SIGCHLD", waiting:wait(60))
    assert.equal(0, wait_for(program))
    assert.is_nil(waiting:take())
  end)

  it("gets its words as they are", function()
    local path = os.tmpname()
    wait_for(assert(process.start("sh", "-c", 'printf "%s|" "$@" >' .. path, "sh", "a b", "", "'$x'")))
    assert.equal("a b||'$x'|", shell.read(path))
    os.remove(path)
  end)

  it("that cannot be run is told at once", function()
    local program, message, code = process.start "/nowhere/at all"
    assert.is_nil(program)
    assert.matches("cannot run /nowhere/at all: No such file or directory", message, 1, true)
    assert.equal("not_found", code)
    assert.equal("not_permitted", select(3, process.start "/etc/passwd"))
  end)

  it("wants words, and signals that there are", function()
    assert.has_error(function() process.start() end)
    assert.has_error(function() process.start {} end)
    local program = assert(process.start "true")
    assert.has_error(function() program:signal "SIGSEGV" end)
    wait_for(program)
  end)

  it("ends with the one that started it, in whatever way that ends", function()
    local starter = child.start [[
      local program = assert(require "mailseal.core".process.start("sleep", "600"))
      print(program:pid())
      io.read()
    ]]
    local pid = assert(tonumber(starter:line()))
    assert.is_true(shell.succeeds("kill -0 " .. pid))
    starter:kill()
    for _ = 1, 600 do
      local state = shell.output(("ps -o stat= -p %d"):format(pid))
      if state == "" or state:find "^Z" then return end
      shell.output "sleep 0.05"
    end
    error "it goes on"
  end)
end)

describe("A port", function()
  it("may be one that is free, and is not taken by asking", function()
    local port = assert(process.may_listen("127.0.0.1", 0))
    assert.is_true(port > 0)
    assert.equal(port, (process.may_listen("127.0.0.1", port)))
    assert.not_equal("bad_address", (select(3, process.may_listen("::1", 0))))
  end)

  it("may be in use", function()
    local holder = require "cqueues.socket".listen("127.0.0.1", 0)
    holder:listen()
    local _, _, port = holder:localname()
    assert.equal("in_use", select(3, process.may_listen("127.0.0.1", port)))
    holder:close()
  end)

  it("is of an address, and that one of this machine's", function()
    assert.equal("bad_address", select(3, process.may_listen("localhost", 0)))
    assert.equal("no_such_address", select(3, process.may_listen("192.0.2.1", 0)))
    assert.has_error(function() process.may_listen("127.0.0.1", 65536) end)
  end)
end)

local child = require "spec.support.child"
local driver = require "mailseal.store.postgresql"
local postgresql = require "spec.support.postgresql"
local store = require "mailseal.store"

describe("PostgreSQL", function()
  local server, url, schema, db

  setup(function() server = postgresql.start() end)
  teardown(function() server:stop() end)
  before_each(function()
    url, schema = server:new_database()
    db = assert(store.open(url, { busy_timeout = 0.2 }))
    assert(db:write(function(tx) tx:run "INSERT INTO tenants (id, created_at) VALUES ('acme', 0)" end))
  end)
  after_each(function() db:close() end)

  -- The process of the server that serves that database.
  local function backend(of)
    return of:read(function(tx) return tx:row "SELECT pg_backend_pid() AS pid" end).pid
  end

  local function terminate(pid)
    assert.equal("t\n", server:sql(("SELECT pg_terminate_backend(%d, 10000)"):format(pid)))
  end

  local function raise(tx)
    return tx:run "UPDATE tenants SET created_at = created_at + 1"
  end

  local function created_at()
    return tonumber(server:sql("SELECT created_at FROM tenants WHERE id = 'acme'", schema))
  end

  it("that is not there is told from others, without the password", function()
    local none, message, code = store.open "postgresql://anna:secret@127.0.0.1:1/registry?connect_timeout=2"
    assert.same({ nil, "store_unreachable" }, { none, code })
    assert.matches("postgresql://anna@127.0.0.1:1/registry", message, 1, true)
    assert.is_nil(message:find("secret", 1, true))
    assert.equal("store_unreachable", select(3, store.open((url:gsub("/postgres%?", "/nothing?")))))
    assert.equal("store_unreachable", select(3, store.open "postgresql://mailseal@/postgres?host=/nonexistent"))
  end)

  it("is connected to again where the connection went between two transactions", function()
    terminate(backend(db))
    assert.equal(1, db:write(raise))
    assert.equal(1, created_at())
  end)

  it("is connected to again where the connection went before a question that is asked alone", function()
    local pid = backend(db)
    terminate(pid)
    local other = assert(db:ask(function(tx) return tx:row "SELECT pg_backend_pid() AS pid" end)).pid
    assert.are_not.equal(pid, other)
  end)

  it("does a transaction again whose connection went in the midst of it, once in the end", function()
    local times = 0
    local result = db:write(function(tx)
      times = times + 1
      raise(tx)
      if times == 1 then
        terminate(tx:row("SELECT pg_backend_pid() AS pid").pid)
      end
      return raise(tx)
    end)
    assert.same({ 1, 2 }, { result, times })
    assert.equal(2, created_at())
  end)

  it("says that it is not known where the connection went with the commit, and does not do it again", function()
    server:sql([[
      CREATE FUNCTION go_away() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER going AFTER UPDATE ON tenants DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION go_away()]], schema)
    local times = 0
    local result, message, code = db:write(function(tx)
      times = times + 1
      return raise(tx)
    end)
    assert.same({ nil, "store_unreachable", 1 }, { result, code, times })
    assert.matches("whether the change was kept is not known", message, 1, true)
    server:sql("DROP TRIGGER going ON tenants", schema)
    assert.equal(1, db:write(raise))
  end)

  it("that has crashed is unreachable, and is used again when it is back", function()
    assert.equal(1, db:write(raise))
    server:crash()
    local result, _, code = db:write(raise)
    assert.same({ nil, "store_unreachable" }, { result, code })
    assert.equal("store_unreachable", select(3, db:read(function() end)))
    server:restart()
    assert.equal(1, db:write(raise))
    assert.equal(2, created_at())
  end)

  it("is busy where another transaction keeps a row locked for too long", function()
    local other = assert(store.open(url))
    assert(other:write(function(tx)
      raise(tx)
      local result, message, code = db:write(raise)
      assert.same({ nil, "store_busy" }, { result, code })
      assert.matches("another transaction keeps what this one needs locked", message, 1, true)
    end))
    other:close()
    assert.equal(1, db:write(raise))
  end)

  it("does a transaction again that stood in another's way", function()
    db:write(function(tx) tx:run "INSERT INTO tenants (id, created_at) VALUES ('other', 0)" end)
    local patient = assert(store.open(url, { busy_timeout = 60 }))
    local RAISE = "UPDATE tenants SET created_at = created_at + 1 WHERE id = ?"
    local other = child.start(([[
      local db = assert(require "mailseal.store".open((...), { busy_timeout = 60 }))
      print(db:write(function(tx)
        tx:run(%q, "other")
        print "locked"
        return tx:run(%q, "acme")
      end))
    ]]):format(RAISE, RAISE), { url })
    local locked = false
    assert.equal(1, patient:write(function(tx)
      tx:run(RAISE, "acme")
      locked = locked or other:line() == "locked"
      return tx:run(RAISE, "other")
    end))
    local said = other:rest()
    assert.equal("1", said[#said])
    assert.equal("acme|2\nother|2\n", server:sql("SELECT id, created_at FROM tenants ORDER BY id", schema))
    patient:close()
  end)

  it("that takes no writes is told from others", function()
    local readonly = assert(store.open(url .. "%20-cdefault_transaction_read_only%3Don"))
    assert.equal(0, readonly:read(function(tx) return tx:row "SELECT created_at FROM tenants" end).created_at)
    assert.equal("store_readonly", select(3, readonly:write(raise)))
    readonly:close()
  end)

  it("whose disk is full, or damaged, is told from others", function()
    local function code(message) return driver.failure(message, false).code end
    assert.equal("store_full", code 'could not extend file "base/5/16389": No space left on device')
    assert.equal("store_full", code 'could not write to file "pg_wal/xlogtemp.8": No space left on device')
    assert.equal("store_corrupt", code 'invalid page in block 0 of relation base/5/16389')
    assert.equal("store_error", code 'relation "nowhere" does not exist')
  end)

  it("that goes is told from others though the connection seems good still", function()
    for _, message in ipairs {
      "server closed the connection unexpectedly", "terminating connection due to administrator command",
      "could not receive data from server: Connection reset by peer", "the database system is in recovery mode",
    } do
      local failure = driver.failure(message, false)
      assert.same({ "store_unreachable", true }, { failure.code, failure.lost })
    end
  end)

  it("quotes no value in an error", function()
    local _, message = db:write(function(tx) tx:run "INSERT INTO tenants (id, created_at) VALUES ('acme', 1)" end)
    assert.is_nil(message:find("acme", 1, true))
    assert.is_nil(message:find("\n", 1, true))
  end)

  it("reads one state of the database within a transaction", function()
    local other = assert(store.open(url))
    db:read(function(tx)
      local before = tx:row("SELECT created_at FROM tenants").created_at
      assert.equal(1, other:write(raise))
      assert.equal(before, tx:row("SELECT created_at FROM tenants").created_at)
    end)
    other:close()
  end)

  it("keeps no locks of a process that stands still within a transaction", function()
    local limits = db:read(function(tx)
      return tx:row "SELECT current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('lock_timeout') AS lock"
    end)
    assert.same({ idle = "1min", lock = "200ms" }, limits)
  end)
end)

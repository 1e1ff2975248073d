local child = require "spec.support.child"
local domains = require "mailseal.store.domains"
local shell = require "spec.support.shell"
local store = require "mailseal.store"

describe("SQLite", function()
  local directory, path, url

  before_each(function()
    directory = shell.new_directory()
    path = directory .. "/mailseal.db"
    url = "sqlite:" .. path
  end)
  after_each(function() shell.remove_directory(directory) end)

  local function new(i)
    return {
      domain = ("d%d.example"):format(i), provider = "own", vars = {}, records = { note = ("x"):rep(1000) }, status = "pending",
      status_since = 1, created_at = 1,
    }
  end

  local function add(db, i)
    return db:write(function(tx) return domains.insert(tx, "acme", new(i)) end)
  end

  local function count(db)
    return assert(db:read(function(tx) return tx:row "SELECT count(*) AS n FROM domains" end)).n
  end

  it("keeps what was committed through a power failure, readers beside the writer, and references whole", function()
    local db = assert(store.open(url))
    local function pragma(name)
      return select(2, next(db.connection:rows("PRAGMA " .. name)[1]))
    end
    assert.same({ "wal", 2, 1 }, { pragma "journal_mode", pragma "synchronous", pragma "foreign_keys" })
    local other = assert(store.open(url))
    assert(db:write(function(tx)
      domains.insert(tx, "acme", new(1))
      assert.equal(0, count(other))
    end))
    assert.equal(1, count(other))
    db:close()
    other:close()
  end)

  it("says so where its file is gone, or another, and goes on with it when it is there again", function()
    local db = assert(store.open(url))
    assert(add(db, 1))
    local function is_refused()
      local _, message, code = add(db, 2)
      assert.equal("store_unreachable", code)
      assert.matches("was removed, or replaced, while it was in use", message, 1, true)
      assert.equal("store_unreachable", select(3, db:read(function(tx) return tx:row "SELECT count(*) AS n FROM domains" end)))
    end
    assert(os.rename(path, path .. ".away"))
    is_refused()
    assert.is_nil(io.open(path))
    shell.write(path, "")
    is_refused()
    assert(os.remove(path))
    assert(os.rename(path .. ".away", path))
    assert(add(db, 2))
    assert.equal(2, count(db))
    db:close()
  end)

  it("is made for nobody else to read, and what stands there keeps its mode", function()
    local place = shell.quote(directory)
    shell.output(("umask 0; cd %s && : >shared.db && chmod 640 shared.db"):format(place))
    local made, shared = assert(store.open(url)), assert(store.open("sqlite:" .. directory .. "/shared.db"))
    assert.equal("600 mailseal.db\n600 mailseal.db-wal\n640 shared.db\n",
      shell.output(("cd %s && stat -c '%%a %%n' mailseal.db mailseal.db-wal shared.db"):format(place)))
    made:close()
    shared:close()
  end)

  it("makes no file where it is not to", function()
    assert.equal("store_unreachable", select(3, store.open(url, { make = false })))
    assert.is_nil(io.open(path))
    assert(store.open(url)):close()
    assert(store.open(url, { make = false })):close()
    assert(store.open("sqlite::memory:", { make = false })):close()
  end)

  it("says that it is busy where another process keeps it locked, and goes on afterwards", function()
    local db = assert(store.open(url, { busy_timeout = 0.1 }))
    local locker = child.start([[
      local db = assert(require "mailseal.store".open((...)))
      db:write(function(tx)
        print "locked"
        while true do os.execute "sleep 0.05" end
      end)
    ]], { url })
    assert.equal("locked", locker:line())
    local result, message, code = add(db, 1)
    assert.same({ nil, "store_busy" }, { result, code })
    assert.matches("another process keeps the database locked", message, 1, true)
    assert.equal(0, count(db))
    local late, _, late_code = store.open(url, { busy_timeout = 0.1 })
    assert(late, late_code):close()
    locker:kill()
    locker:rest()
    assert.is_true(add(db, 1))
    db:close()
  end)

  it("waits for another process that has it locked for a while", function()
    local db = assert(store.open(url, { busy_timeout = 60 }))
    local locker = child.start([[
      local db = assert(require "mailseal.store".open((...)))
      db:write(function(tx)
        print "locked"
        os.execute "sleep 0.3"
        tx:run "INSERT INTO tenants (id, created_at) VALUES ('first', 1)"
      end)
    ]], { url })
    assert.equal("locked", locker:line())
    local tenants = db:write(function(tx)
      tx:run "INSERT INTO tenants (id, created_at) VALUES ('second', 1)"
      return #tx:rows "SELECT id FROM tenants"
    end)
    assert.equal(2, tenants)
    locker:rest()
    db:close()
  end)

  it("says that there is no room, loses nothing, and goes on when there is", function()
    local db = assert(store.open(url))
    local pages = db.connection:rows("PRAGMA page_count")[1].page_count
    db.connection:rows(("PRAGMA max_page_count = %d"):format(pages + 10))
    local kept = 0
    local result, message, code = true, nil, nil
    while result do
      result, message, code = add(db, kept + 1)
      kept = kept + (result and 1 or 0)
    end
    assert.equal("store_full", code)
    assert.matches("the disk, or the database, is full", message, 1, true)
    assert.is_true(kept > 2)
    assert.equal(kept, count(db))
    db.connection:rows "PRAGMA max_page_count = 100000"
    assert.is_true(add(db, kept + 1))
    db:close()
    db = assert(store.open(url))
    assert.equal(kept + 1, count(db))
    db:close()
  end)

  -- A program on a file system of 1 MB, which it may mount in a name space of its own where that is allowed.
  local namespace = shell.succeeds "unshare -rm mount -t tmpfs -o size=1m none /mnt" and "unshare -rm"
  local on_small_disk = namespace and it or pending

  on_small_disk("says the same on a disk that is full, and loses nothing", function()
    local filler = child.start([[
      local directory = ...
      local domains, store = require "mailseal.store.domains", require "mailseal.store"
      local db = assert(store.open("sqlite:" .. directory .. "/mailseal.db"))
      local function add(i)
        return db:write(function(tx)
          return domains.insert(tx, "acme", {
            domain = i .. ".example", provider = "own", vars = {}, records = { ("x"):rep(10000) }, status = "pending",
            status_since = 1, created_at = 1,
          })
        end)
      end
      local function count(at)
        return at:read(function(tx) return tx:row "SELECT count(*) AS n FROM domains" end).n
      end
      local ballast = assert(io.open(directory .. "/ballast", "wb"))
      assert(ballast:write(("x"):rep(300000)) and ballast:close())
      local kept = 0
      while true do
        local ok, _, code = add(kept + 1)
        if not ok then
          print(code)
          break
        end
        kept = kept + 1
      end
      print(kept > 5 and count(db) == kept)
      print(select(3, add(kept + 1)))
      os.remove(directory .. "/ballast")
      print(add(kept + 1))
      db:close()
      print(count(assert(store.open("sqlite:" .. directory .. "/mailseal.db"))) == kept + 1)
    ]], { directory }, ('exec 2>&1; mount -t tmpfs -o size=1m none %s || exit 1;'):format(shell.quote(directory)), namespace)
    assert.same({ "store_full", "true", "store_full", "true", "true" }, filler:rest())
  end)

  it("says that a file is no database, and leaves it as it is", function()
    shell.write(path, ("this is a letter\n"):rep(1000))
    local db, message, code = store.open(url)
    assert.same({ nil, "store_corrupt" }, { db, code })
    assert.matches("the file is not a database", message, 1, true)
    assert.equal(("this is a letter\n"):rep(1000), shell.read(path))
  end)

  it("says that a database is damaged", function()
    local db = assert(store.open(url))
    for i = 1, 200 do
      assert(add(db, i))
    end
    db:close()
    local octets = shell.read(path)
    shell.write(path, octets:sub(1, 4096) .. ("\255"):rep(#octets - 4096))
    local opened, message, code = store.open(url)
    if opened then
      opened, message, code = opened:read(function(tx) return tx:rows "SELECT * FROM domains" end)
    end
    assert.same({ nil, "store_corrupt" }, { opened, code })
    assert.matches("SQLite: ", message, 1, true)
  end)

  it("says that there is no such directory, and no such kind of database", function()
    local db, message, code = store.open "sqlite:/nonexistent/mailseal.db"
    assert.same({ nil, "store_unreachable" }, { db, code })
    assert.matches("/nonexistent/mailseal.db", message, 1, true)
    for _, bad in ipairs { "", "mailseal.db", "sqlite:", "mysql://host/name", "sqlite" } do
      assert.equal("bad_url", select(3, store.open(bad)))
    end
  end)

  it("says that a file may not be written", function()
    assert(store.open(url)):close()
    -- Root may write everything.
    local user = shell.output "id -u" == "0\n" and "setpriv --reuid=65534 --regid=65534 --clear-groups" or ""
    shell.output(("chmod 755 %s; chmod 444 %s; rm -f %s-*"):format(directory, path, path))
    local reader = child.start([[
      local db, message, code = require "mailseal.store".open((...))
      if db then
        db, message, code = db:write(function(tx) tx:run "DELETE FROM domains" end)
      end
      print(db, code)
    ]], { url }, nil, user)
    local said = reader:line()
    reader:rest()
    assert.is_true(said == "nil\tstore_readonly" or said == "nil\tstore_unreachable", said)
  end)

  it("keeps as much of the file in memory as it is told to", function()
    local db = assert(store.open(url, { cache = 4 }))
    assert.equal(-4096, db:read(function(tx) return tx:row("PRAGMA cache_size").cache_size end))
    db:close()
  end)

  it("refuses options that are none, and to be used when it is closed", function()
    assert.has_error(function() store.open(url, { busy = 1 }) end, 'there is no option "busy"')
    assert.has_error(function() store.open(url, { cache = true }) end, 'option "cache" is a number, not a boolean')
    assert.has_error(function() store.open(url, { busy_timeout = "1" }) end, 'option "busy_timeout" is a number, not a string')
    local db = assert(store.open(url))
    db:close()
    db:close()
    assert.has_error(function() db:read(function() end) end, "the database is closed")
  end)
end)

-- mailseal.onboard.master_key: the file outside of the database under which its keys are sealed.
local master_key = require "mailseal.onboard.master_key"
local seal = require "mailseal.core".seal
local shell = require "spec.support.shell"
local store = require "mailseal.store"

describe("The master key", function()
  local directory, path, url, db
  before_each(function()
    directory = shell.new_directory()
    path, url = directory .. "/master.key", "sqlite:" .. directory .. "/mailseal.db"
    db = assert(store.open(url))
  end)
  after_each(function()
    db:close()
    shell.remove_directory(directory)
  end)

  local function refused(code, ...)
    local key, message, got = ...
    assert.is_nil(key)
    assert.equal(code, got)
    assert.is_truthy(message:find(path, 1, true))
    return message
  end

  local function same(a, b) return a:code "x" == b:code "x" end

  it("is made where there is none, for its owner alone", function()
    local made = assert(master_key.open(db, path))
    assert.equal("600\n", shell.output("stat -c %a " .. path))
    assert.is_true(same(made, assert(seal.read_key(path))))
  end)

  it("is the same when the database is opened again", function()
    local made = assert(master_key.open(db, path))
    db:close()
    db = assert(store.open(url))
    assert.is_true(same(made, assert(master_key.open(db, path))))
  end)

  it("may be brought along", function()
    local own = seal.new_key()
    assert(own:save(path))
    assert.is_true(same(own, assert(master_key.open(db, path))))
  end)

  it("is told when it is another than the database's", function()
    assert(master_key.open(db, path))
    os.remove(path)
    assert(seal.new_key():save(path))
    refused("wrong_master_key", master_key.open(db, path))
  end)

  it("is missed, and not made, where the database has known one", function()
    assert(master_key.open(db, path))
    os.remove(path)
    refused("not_found", master_key.open(db, path))
    assert.is_false(shell.exists(path))
  end)

  it("is refused where others may read it", function()
    assert(master_key.open(db, path))
    shell.output("chmod 644 " .. path)
    refused("not_private", master_key.open(db, path))
  end)

  it("is not made in a directory that is not there", function()
    local key, message, code = master_key.open(db, directory .. "/none/master.key")
    assert.same({ nil, "not_found" }, { key, code })
    assert.is_truthy(message:find("/none/master.key", 1, true))
  end)

  it("is one, whoever of two processes was first to make it", function()
    local own = master_key.open(db, path)
    -- The second one found neither the file nor a code in the database, and comes too late with both.
    assert(db:write(function(tx) tx:run "DELETE FROM meta" end))
    assert.is_true(same(own, assert(master_key.open(db, path))))
  end)

  it("is in no word of the database", function()
    assert(master_key.open(db, path))
    db:close()
    local key = shell.read(path):gsub("\n", "")
    for _, name in ipairs { url:sub(8), url:sub(8) .. "-wal" } do
      if shell.exists(name) then
        assert.is_nil(shell.read(name):find(key, 1, true))
      end
    end
  end)
end)

--- A database that another program has made is left as it is.
local databases = require "spec.support.databases"
local shell = require "spec.support.shell"
local store = require "mailseal.store"

describe("an SQLite file of another program", function()
  local directory, path

  before_each(function()
    directory = shell.new_directory()
    path = directory .. "/other.db"
  end)

  after_each(function()
    shell.remove_directory(directory)
  end)

  for name, sql in pairs {
    ["with tables of its own"] = "CREATE TABLE cats (name TEXT)",
    ["with a table that is called as one of ours"] = "CREATE TABLE meta (k TEXT, v TEXT)",
  } do
    it(name .. " is refused, and not an octet of it is changed", function()
      local handle = assert(require "dbd.sqlite3".New(path))
      handle:autocommit(true)
      local statement = assert(handle:prepare(sql))
      assert(statement:execute())
      statement:close()
      handle:close()
      local before = shell.read(path)
      local db, message, code = store.open("sqlite:" .. path)
      assert.same({ nil, "store_foreign" }, { db, code })
      assert.matches("another program", message, 1, true)
      assert.equal(before, shell.read(path))
    end)
  end

  it("that is empty is taken for a new one", function()
    shell.write(path, "")
    assert(store.open("sqlite:" .. path)):close()
    assert(store.open("sqlite:" .. path)):close()
  end)
end)

describe("a database with tables that others have made", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    it("is ours once it has our tables, whatever is added to it", function()
      local url = new_database()
      local db = assert(store.open(url))
      assert(db:write(function(tx)
        tx:run "CREATE TABLE cats (name TEXT)"
      end))
      db:close()
      assert(store.open(url)):close()
    end)
  end)
end)

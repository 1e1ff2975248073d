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

  it("may be a link to a file of its owner's, which counts", function()
    local made = assert(master_key.open(db, directory .. "/elsewhere"))
    shell.output(("ln -s elsewhere %s"):format(path))
    assert.is_true(same(made, assert(master_key.open(db, path))))
    shell.output(("chmod 640 %s/elsewhere"):format(directory))
    refused("not_private", master_key.open(db, path))
  end)

  it("is not made at the end of a link that leads nowhere", function()
    shell.output(("ln -s nowhere %s"):format(path))
    refused("not_found", master_key.open(db, path))
    assert.is_false(shell.exists(directory .. "/nowhere"))
  end)

  it("is refused where the file is another user's", function()
    -- Only root can give a file away; everybody else finds one of root's.
    local others = "/etc/passwd"
    if shell.output("id -u") == "0\n" then
      others = path
      assert(seal.new_key():save(path))
      shell.output("chown 65534 " .. path)
    end
    local key, message, code = master_key.open(db, others)
    assert.same({ nil, "not_private" }, { key, code })
    assert.is_truthy(message:find("another user", 1, true))
  end)

  it("is refused where it is no file, or holds no key; and the database has known none then", function()
    for what, code in pairs {
      ["mkdir -m 700 %s"] = "not_a_file", ["mkfifo -m 600 %s"] = "not_a_file", ["ln -s /dev/null %s"] = "not_a_file",
      ["umask 077; : >%s"] = "bad_key", ["umask 077; openssl rand -base64 31 >%s"] = "bad_key",
      ["umask 077; openssl rand 32 >%s"] = "bad_key", ["umask 077; openssl rand -base64 64 >%s"] = "too_large",
      ["umask 077; printf '%%032d\\0' 1 >%s"] = "bad_key",
    } do
      shell.output(what:format(path))
      refused(code, master_key.open(db, path))
      shell.output("rm -r " .. path)
    end
    assert.is_truthy(master_key.open(db, path))
  end)

  it("is the same with whatever white space at its end, and for its owner to read alone", function()
    local made = assert(master_key.open(db, path))
    local text = shell.read(path):gsub("%s", "")
    for _, ending in ipairs { "", "\n", "\r\n", " \n\n" } do
      shell.write(path, text .. ending)
      shell.output("chmod 400 " .. path)
      assert.is_true(same(made, assert(master_key.open(db, path))))
      shell.output("chmod 600 " .. path)
    end
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

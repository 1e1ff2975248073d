local sandbox = require "mailseal.rules.sandbox"
local shell = require "spec.support.shell"

describe("a directory of rules", function()
  local directory
  before_each(function() directory = shell.new_directory() end)
  after_each(function() shell.remove_directory(directory) end)

  local function write(name, octets) shell.write(directory .. "/" .. name, octets) end
  local function problem()
    local list, message, code = sandbox.directory(directory)
    assert.is_nil(list)
    return message:gsub("^" .. directory:gsub("%p", "%%%0") .. "/", ""), code
  end

  it("is read file by file, in the order of their names", function()
    write("b.lua", "return { id = 'b' }")
    write("a.lua", "return { id = 'a', name = 'A' }")
    write("README", "no rule")
    write(".hidden.lua", "nor this")
    assert.same({
      { id = "a", path = directory .. "/a.lua", rule = { id = "a", name = "A" } },
      { id = "b", path = directory .. "/b.lua", rule = { id = "b" } },
    }, sandbox.directory(directory .. "//"))
  end)

  it("may hold nothing", function()
    assert.same({}, sandbox.directory(directory))
  end)

  it("is named by the first file that is no rule", function()
    write("a.lua", "return { id = 'a' }")
    write("b.lua", "return { id = 'a' }")
    assert.same({ "b.lua: the rule's id is to be the name of its file, without .lua", "bad_rule" }, { problem() })
    write("b.lua", "return 1")
    assert.same({ "b.lua: a rule is a table, and this is none", "bad_rule" }, { problem() })
    write("b.lua", "return { id = \n os }")
    assert.matches("^b%.lua: line 2: 'os' has no place here: ", (problem()))
    write("b.lua", "return { id = 'b' } --" .. ("x"):rep(sandbox.FILE_MAX))
    assert.same({ "b.lua: a rule has 65536 octets at most", "bad_rule" }, { problem() })
    write("b.lua", string.dump(function() return {} end))
    assert.matches("^b%.lua: line 1: bytecode: ", (problem()))
  end)

  it("is not waited for", function()
    os.execute("mkfifo " .. shell.quote(directory .. "/b.lua"))
    assert.same({ "b.lua: that is no plain file", "bad_rule" }, { problem() })
  end)

  it("is not followed into a directory, a device, or a link to itself", function()
    for message, command in pairs {
      ["b.lua: that is no plain file"] = "mkdir b.lua && rmdir b.lua && ln -s /dev/zero b.lua",
      ["b.lua: there is no such file"] = "ln -s b.lua b.lua",
    } do
      os.execute(("cd %s && rm -rf b.lua && %s"):format(shell.quote(directory), command))
      assert.equal(message, (problem()))
    end
    os.execute(("cd %s && rm b.lua && mkdir b.lua"):format(shell.quote(directory)))
    assert.equal("b.lua: that is no plain file", (problem()))
  end)

  it("is told where it is none", function()
    assert.same({ nil, "the directory " .. directory .. "/none cannot be read: No such file or directory", "not_found" },
      { sandbox.directory(directory .. "/none") })
    write("file", "")
    assert.equal("not_found", (select(3, sandbox.directory(directory .. "/file"))))
    assert.equal("not_found", (select(3, sandbox.directory(directory .. "\0"))))
    assert.equal("not_found", (select(3, sandbox.file(directory .. "/none.lua"))))
  end)

  it("holds so many files and no more", function()
    os.execute(("cd %s && seq 1001 | xargs touch"):format(shell.quote(directory)))
    local _, message, code = sandbox.directory(directory)
    assert.matches("holds more than 1000 names$", message)
    assert.equal("too_many", code)
  end)
end)

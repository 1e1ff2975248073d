--- `mailseal tokens`.
local cjson = require "cjson"
local shell = require "spec.support.shell"

describe("mailseal tokens", function()
  local directory

  setup(function() directory = shell.new_directory() end)
  teardown(function() shell.remove_directory(directory) end)

  local count = 0
  local database
  before_each(function()
    count = count + 1
    database = ("%s/%d.db"):format(directory, count)
  end)

  local function tokens(...)
    local words = { "tokens", ... }
    words[#words + 1], words[#words + 2] = "--db", "sqlite:" .. database
    return shell.mailseal(words)
  end

  local function add(...) return cjson.decode(tokens("add", "--json", ...).out) end

  it("prints a token on standard output and what it is called on standard error", function()
    local result = tokens("add", "--name", "billing")
    assert.equal(0, result.status)
    assert.matches("^ms_" .. ("%x"):rep(64) .. "\n$", result.out)
    assert.matches('^mailseal tokens add: tok_%w+, of the tenant "default": it is told this once\n$', result.err)
  end)

  it("makes a database that nobody else may read", function()
    tokens "add"
    assert.equal("600\n", shell.output("stat -c %a " .. database))
  end)

  it("lists what there is, but not the tokens themselves", function()
    local made, other = add("--name", "billing"), add("--tenant", "acme")
    local listed = tokens("list", "--json").out
    assert.same({ id = made.id, name = "billing", created_at = made.created_at }, cjson.decode(listed))
    assert.matches("^" .. made.id .. "  %d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d UTC  billing\n$", tokens("list").out)
    assert.equal(other.id, cjson.decode(tokens("list", "--tenant", "acme", "--json").out).id)
  end)

  it("revokes", function()
    local made = add()
    assert.equal(made.id .. ": revoked\n", tokens("revoke", made.id).out)
    assert.equal("", tokens("list").out)
    local again = tokens("revoke", made.id)
    assert.equal(1, again.status)
    assert.equal("mailseal tokens: there is no such token (`mailseal tokens list` tells those of the tenant)\n", again.err)
  end)

  it("revokes none of another tenant's", function()
    local made = add("--tenant", "acme")
    assert.equal(1, tokens("revoke", made.id).status)
    assert.equal(0, tokens("revoke", made.id, "--tenant", "acme").status)
  end)

  it("is named by the events of what it does", function()
    add("--name", "billing")
    local events = shell.mailseal { "domains", "events", "--json", "--db", "sqlite:" .. database }
    local event = cjson.decode(events.out)
    assert.equal("token_made", event.kind)
    assert.equal("mailseal tokens", event.actor)
  end)

  it("ends with 64 where it is used wrongly, and with 69 where there is no database", function()
    assert.equal(69, tokens("list").status)
    assert.is_false(shell.exists(database))
    assert.equal(64, tokens("add", "--name", "a\nb").status)
    assert.equal(64, tokens("add", "--tenant", "a b").status)
    assert.equal(64, tokens().status)
    assert.equal(64, tokens("revoke").status)
  end)
end)

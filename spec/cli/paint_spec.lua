local shell = require "spec.support.shell"

local revoked = "bin/mailseal record dkim 'v=DKIM1; t=y; p='"

-- What a command shows on a terminal of so many columns.
local function on_terminal(line, environment, columns)
  local command = ("env -u NO_COLOR TERM=xterm %s sh -c %s"):format(
    environment or "", shell.quote(("stty cols %d; export LUA=%s; %s"):format(columns or 80, shell.lua, line)))
  return (shell.output("script -qec " .. shell.quote(command) .. " /dev/null </dev/null"):gsub("\r\n", "\n"))
end

describe("output for people", function()
  it("is coloured on a terminal, and says the same in words", function()
    local painted = on_terminal(revoked, nil, 200)
    assert.matches("\27[31;1merror\27[0m:   p= is empty", painted, 1, true)
    assert.matches("\27[33mwarning\27[0m: t=y says", painted, 1, true)
    assert.equal(shell.run(revoked).out, (on_terminal(revoked, nil, 120):gsub("\27%[[%d;]*m", ""):gsub("\n +([^f ])", " %1")))
  end)

  it("has no colour in a pipe", function()
    assert.is_nil(shell.run(revoked).out:find("\27", 1, true))
  end)

  it("has no colour under NO_COLOR, unless that is empty, nor on a terminal that is dumb", function()
    assert.is_nil(on_terminal(revoked, "NO_COLOR=1"):find("\27", 1, true))
    assert.is_nil(on_terminal(revoked, "NO_COLOR=0"):find("\27", 1, true))
    assert.matches("\27[31;1merror", on_terminal(revoked, "NO_COLOR="), 1, true)
    assert.is_nil(on_terminal(revoked, "TERM=dumb"):find("\27", 1, true))
  end)

  it("fits the terminal, its lines beginning below each other", function()
    for _, columns in ipairs { 40, 60, 80 } do
      local text = on_terminal(revoked, "NO_COLOR=1", columns)
      local lines = 0
      for line in text:gmatch "[^\n]+" do
        assert.is_true(#line <= columns, line)
        assert.is_truthy(line:find "^warning: %S" or line:find "^error:   %S" or line:find("^" .. (" "):rep(9) .. " *%S"), line)
        lines = lines + 1
      end
      assert.is_true(lines > 4)
    end
  end)

  it("is painted in every command", function()
    local zone = shell.quote '{"1.2.0.192.in-addr.arpa":[{"type":"PTR","data":"a.example."}]}'
    local directory = shell.new_directory()
    os.execute(("printf %%s %s >%s/zone"):format(zone, directory))
    assert.matches("\27[2m; ", on_terminal(("bin/mailseal query --zone %s/zone 192.0.2.1"):format(directory)), 1, true)
    local message = shell.quote "From: a@example.com\r\n\r\nx\r\n"
    assert.matches("\27[33mnone\27[0m",
      on_terminal(("printf %%s %s | bin/mailseal verify --zone %s/zone -"):format(message, directory)), 1, true)
    shell.remove_directory(directory)
  end)
end)

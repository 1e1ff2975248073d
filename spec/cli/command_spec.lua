local shell = require "spec.support.shell"

local function pwd()
  return (shell.run("pwd").out:gsub("\n$", ""))
end

describe("the command mailseal", function()
  local directory

  before_each(function()
    directory = shell.new_directory()
  end)

  after_each(function()
    shell.remove_directory(directory)
  end)

  describe("finds its library", function()
    local function tells_its_version(line)
      local result = shell.run(line)
      assert.equal("", result.err)
      assert.matches("^mailseal %d", result.out)
      assert.equal(0, result.status)
    end

    it("from its checkout, in any working directory", function()
      tells_its_version("root=$PWD; cd / && \"$root/bin/mailseal\" --version")
      tells_its_version("cd bin && ./mailseal --version")
      tells_its_version("cd bin && sh mailseal --version")
    end)

    it("through links to it, relative ones among them", function()
      local place = shell.quote(directory)
      tells_its_version(('ln -s "$PWD/bin/mailseal" %s/one; ln -s one %s/two; %s/two --version'):format(place, place, place))
    end)

    it("in a directory with spaces in its name", function()
      local place = shell.quote(directory .. "/with some spaces")
      tells_its_version(('ln -s "$PWD" %s; cd / && %s/bin/mailseal --version'):format(place, place))
      local copy = shell.quote(directory .. "/a copy")
      tells_its_version(
        ("mkdir -p %s/bin; cp bin/mailseal %s/bin; ln -s $PWD/lua $PWD/build %s; %s/bin/mailseal --version"):format(
          copy, copy, copy, copy
        )
      )
    end)

    it("where it is installed", function()
      local version = _VERSION:match("%d.*")
      local place = shell.quote(directory)
      tells_its_version(
        ([[cd %s && mkdir -p bin share/lua lib/lua && cp %s/bin/mailseal bin && ln -s %s/lua share/lua/%s \
           && ln -s %s/build/%s lib/lua/%s && cd / && %s/bin/mailseal --version]]):format(
          place, pwd(), pwd(), version, pwd(), shell.lua, version, place
        )
      )
    end)

    it("without an environment", function()
      tells_its_version("env -i PATH=/usr/bin:/bin bin/mailseal --version")
    end)

    it("with whichever Lua the core has been built for", function()
      local place = shell.quote(directory)
      tells_its_version(
        ([[unset LUA; mkdir -p %s/bin %s/build && cp bin/mailseal %s/bin && ln -s "$PWD/lua" %s \
           && ln -s "$PWD/build/%s" %s/build && %s/bin/mailseal --version]]):format(
          place, place, place, place, shell.lua, place, place
        )
      )
    end)

    it("with whichever Lua the core has been installed for", function()
      local version = _VERSION:match("%d.*")
      local place = shell.quote(directory)
      tells_its_version(
        ([[unset LUA; mkdir -p %s/bin %s/share/lua %s/lib/lua && cp bin/mailseal %s/bin && ln -s "$PWD/lua" %s/share/lua/%s \
           && ln -s "$PWD/build/%s" %s/lib/lua/%s && %s/bin/mailseal --version]]):format(
          place, place, place, place, place, version, shell.lua, place, version, place
        )
      )
    end)

    it("with LuaJIT, the faster one, where the core has been built for both", function()
      local result = shell.run(([[unset LUA; cd %s && mkdir bin path && cp %s/bin/mailseal bin && for lua in lua5.4 luajit; do
        mkdir -p build/$lua/mailseal; touch build/$lua/mailseal/core.so
        printf '#!/bin/sh\necho %%s\n' $lua >path/$lua; chmod +x path/$lua
      done; PATH=$PWD/path:$PATH bin/mailseal]]):format(shell.quote(directory), shell.quote(pwd())))
      assert.equal("luajit\n", result.out)
    end)

    it("run by Lua itself", function()
      tells_its_version('"$LUA" bin/mailseal --version')
    end)
  end)

  it("tells each option once, in every help", function()
    local function walk(words)
      local help = shell.mailseal { (table.unpack or unpack)(words) }.out -- luacheck: ignore
      local seen = {}
      for option in (help:match "\nOptions:(.*)" or ""):gmatch "\n   %-?%l?,? ?(%-%-[%l-]+)" do
        assert.is_nil(seen[option], table.concat(words, " ") .. " tells it twice: " .. option)
        seen[option] = true
      end
      assert.is_truthy(seen["--help"], help)
      for name in (help:match "\nCommands:\n(.-)\n\n" or help:match "\nCommands:\n(.*)" or ""):gmatch "%f[^\n%z]   (%l[%l-]*) " do
        local longer = { (table.unpack or unpack)(words) } -- luacheck: ignore
        table.insert(longer, #longer, name)
        walk(longer)
      end
    end
    walk { "--help" }
  end)

  it("says what to do where the core has not been built", function()
    local place = shell.quote(directory)
    local result = shell.run(
      ("mkdir %s/bin; cp bin/mailseal %s/bin; ln -s $PWD/lua %s; %s/bin/mailseal --version"):format(place, place, place, place)
    )
    assert.equal("mailseal: the C core has not been built for " .. _VERSION .. ": run make first\n", result.err)
    assert.equal("", result.out)
    assert.equal(69, result.status)
  end)

  it("says so where it is not installed for this Lua", function()
    local result = shell.run(("cp bin/mailseal %s && cd / && %s/mailseal --version"):format(
      shell.quote(directory), shell.quote(directory)
    ))
    assert.matches("^mailseal: it is not installed for Lua[^\n]*\n$", result.err)
    assert.equal(69, result.status)
  end)

  it("says so where there is no such Lua", function()
    local result = shell.run("LUA=lua-of-nowhere bin/mailseal --version")
    assert.equal("mailseal: cannot find lua-of-nowhere: install Lua 5.4 or LuaJIT, or name one in LUA\n", result.err)
    assert.equal(69, result.status)
  end)

  it("says so in one line whatever LUA names", function()
    for name, shown in pairs { ["'two\nlines'"] = "two?lines", ["/"] = "/" } do
      local result = shell.run("LUA=" .. name .. " bin/mailseal --version")
      assert.equal("mailseal: cannot find " .. shown .. ": install Lua 5.4 or LuaJIT, or name one in LUA\n", result.err)
      assert.equal(69, result.status)
    end
  end)

  it("says so where argparse is not installed", function()
    local result = shell.run('"$LUA" -e \'package.preload.argparse = function() error "absent" end\' bin/mailseal verify')
    assert.equal(
      "mailseal verify: mailseal's command line needs argparse: apt install lua-argparse, or luarocks install argparse\n",
      result.err
    )
    assert.equal(69, result.status)
  end)

  it("says so where LUA names a shell, or a Lua that it is not for", function()
    for _, name in ipairs { "bash", "sh" } do
      local result = shell.run("LUA=" .. name .. " timeout 10 bin/mailseal --version")
      assert.equal("mailseal: " .. name .. ", named in LUA, is no Lua: name Lua 5.4 or LuaJIT\n", result.err)
      assert.equal("", result.out)
      assert.equal(69, result.status)
    end
    local plain = shell.run([["$LUA" -e '_VERSION = "Lua 5.2"' bin/mailseal --version]])
    assert.equal("mailseal: Lua 5.2 is not supported: name Lua 5.4 or LuaJIT in LUA\n", plain.err)
    assert.equal(69, plain.status)
  end)

  it("helps, each of its commands too", function()
    for _, arguments in ipairs {
      { "--help" }, { "-h" }, { "keygen", "--help" }, { "sign", "--help" }, { "verify", "-h" }, { "record", "--help" },
      { "query", "--help" },
    } do
      local result = shell.mailseal(arguments)
      assert.equal("", result.err)
      assert.matches("^Usage: mailseal", result.out)
      assert.equal(0, result.status)
    end
  end)

  it("lists the commands and the exit statuses that README does", function()
    local help, readme = shell.mailseal({ "--help" }).out, shell.read "README.md"
    local shown, told, exits = {}, {}, {}
    for command in help:match("\nCommands:\n(.-)\n\n"):gmatch "%s%s%s(%l+)   " do shown[command] = true end
    for command in readme:match("\n## From a shell\n(.-)\n## "):gmatch "\nbin/mailseal (%l+)" do told[command] = true end
    assert.same(told, shown)
    assert.is_true(shown.keygen and shown.explain)
    for number in help:match("\nExit status:\n(.*)$"):gmatch "  (%d+)   %l" do exits[#exits + 1] = number end
    told = {}
    for number in readme:gmatch "\n| (%d+) | " do told[#told + 1] = number end
    assert.same({ "0", "1", "64", "65", "69", "70", "73", "74", "75" }, exits)
    assert.same(told, exits)
  end)

  describe("refuses wrong usage in one line and with status 64:", function()
    local wrong = {
      ["no command"] = { {}, "mailseal: a command is required (see mailseal --help)" },
      ["an unknown command"] = { { "seal" }, "mailseal: unknown command 'seal' (see mailseal --help)" },
      ["an unknown option"] = { { "query", "a", "--frob" }, "mailseal query: unknown option '--frob'" },
      ["a missing option"] = { { "sign" }, "mailseal sign: missing option '--domain' (see mailseal sign --help)" },
      ["a missing argument"] = { { "query" }, "mailseal query: missing argument 'name'" },
      ["an argument too many"] = { { "query", "a", "TXT", "b" }, "mailseal query: too many arguments" },
      ["a number that is none"] = { { "keygen", "--bits", "big" }, "mailseal keygen: --bits: 'big' is not a whole number" },
      ["two that exclude each other"] = {
        { "query", "a", "--zone", "z", "--server", "s" },
        "mailseal query: option '--server' can not be used together with option '--zone'",
      },
      ["an unknown kind of record"] = { { "record", "frob", "x" }, "mailseal record: argument 'kind' must be" },
      ["a selector too few"] = {
        { "sign", "--domain", "a", "--selector", "s", "--key", "k", "--key", "l" },
        "mailseal sign: there must be as many --selector as --key",
      },
      ["a domain given twice"] = {
        { "sign", "--domain", "a", "--domain", "b", "--selector", "s", "--key", "k" },
        "mailseal sign: option '--domain' must be used 1 time",
      },
      ["an output file given twice"] = {
        { "keygen", "--out", "a", "--out", "b" }, "mailseal keygen: option '--out' must be used at most 1 time",
      },
      ["a negative number"] = {
        { "verify", "--time", "-1" }, "mailseal verify: --time: '-1' is not a whole number from 0 to 253402300799",
      },
      ["a negative number for a flag"] = {
        { "verify", "--json", "-1" }, "mailseal verify: option '--json' does not take arguments",
      },
      ["a domain without selector"] = { { "keygen", "--domain", "a" }, "mailseal keygen: --domain and --selector belong" },
      ["bits of an Ed25519 key"] = { { "keygen", "--type", "ed25519", "--bits", "256" }, "mailseal keygen: --bits is for RSA" },
      ["an empty name for Authentication-Results"] = {
        { "verify", "--authserv-id", "", "absent.eml" }, "mailseal verify: --authserv-id: '' is no name of 1 to 320 characters",
      },
      ["a name for Authentication-Results of two lines"] = {
        { "verify", "--authserv-id", "a\r\n b", "absent.eml" }, "mailseal verify: --authserv-id: 'a",
      },
      ["a name for Authentication-Results that is too long"] = {
        { "verify", "--authserv-id", ("a"):rep(321), "absent.eml" }, "mailseal verify: --authserv-id: 'aaa",
      },
      ["a list of header fields that is none"] = {
        { "sign", "--domain", "a", "--selector", "s", "--key", "k", "--headers", "from::to" },
        "mailseal sign: --headers: 'from::to' is not a list",
      },
    }
    for name, case in pairs(wrong) do
      it(name, function()
        local result = shell.mailseal(case[1])
        assert.equal(case[2], result.err:sub(1, #case[2]))
        assert.matches("^[^\n]+\n$", result.err)
        assert.equal("", result.out)
        assert.equal(64, result.status)
      end)
    end
  end)

  it("tells when standard output cannot be written", function()
    local result = shell.run("bin/mailseal --help >/dev/full")
    assert.equal("mailseal: cannot write standard output: No space left on device\n", result.err)
    assert.equal(74, result.status)
  end)

  it("is silent when it is interrupted", function()
    local fifo = shell.quote(directory .. "/fifo")
    -- LuaJIT goes on with a read that a first signal has interrupted; the second ends it.
    local result = shell.run(
      ([[mkfifo %s; sleep 10 >%s & writer=$!; bin/mailseal verify <%s & program=$!; sleep 0.5
         kill -INT "$program"; sleep 0.2; kill -INT "$program" 2>/dev/null
         wait "$program"; echo "status $?"; kill "$writer" && echo "in time"]]):format(fifo, fifo, fifo)
    )
    assert.equal("status 130\nin time\n", result.out)
    assert.equal("", result.err)
  end)

  it("is silent when whoever reads its output has gone", function()
    local result = shell.run("{ trap '' PIPE; bin/mailseal --help; echo $? >&2; } | true")
    assert.equal("74\n", result.err)
  end)
end)

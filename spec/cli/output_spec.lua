local shell = require "spec.support.shell"
local output = require "mailseal.cli.output"
local status = require "mailseal.cli.status"
local key = require "mailseal.key"
local core = require "mailseal.core".file

describe("an output file", function()
  local directory, path

  before_each(function()
    directory = shell.new_directory()
    path = directory .. "/out"
  end)

  after_each(function()
    shell.remove_directory(directory)
  end)

  local function write(to, ...)
    local parts = { ... }
    output.file(to, function(add)
      for _, part in ipairs(parts) do
        add(part)
      end
    end)
  end

  local function run(line, ...)
    return shell.output("cd " .. shell.quote(directory) .. "; " .. line:format(...))
  end

  --- How `output.file` ends the command: its status and message.
  local function refused(to)
    local ok, failure = pcall(write, to, "new")
    assert.is_false(ok)
    assert.is_true(status.is_stop(failure))
    return failure.status, failure.message
  end

  it("is made as the user's mask wants it", function()
    write(path, "one", " and ", "two")
    assert.equal("one and two", shell.read(path))
    assert.equal(run(": >other; stat -c %%a other"), run("stat -c %%a out"))
  end)

  it("is not to be seen before it is whole, and is gone where writing it fails", function()
    local seen
    assert.has_error(function()
      output.file(path, function(add)
        add("half")
        seen = shell.exists(path)
        error("failed", 0)
      end)
    end, "failed")
    assert.is_false(seen)
    assert.equal("", shell.names(directory))
  end)

  it("keeps the mode of the file that it replaces", function()
    shell.write(path, "old")
    for _, mode in ipairs { "600", "644", "640", "755" } do
      run("chmod %s out", mode)
      write(path, "new ", mode)
      assert.equal("new " .. mode, shell.read(path))
      assert.equal(mode .. "\n", run("stat -c %%a out"))
    end
    assert.equal("out", shell.names(directory))
  end)

  it("replaces what a symbolic link points to, and not the link", function()
    run("mkdir a b; echo old >b/real; ln -s ../b/real a/two; ln -s a/two out; ln -s %s/b/new far", directory)
    write(path, "new")
    assert.equal("new", shell.read(directory .. "/b/real"))
    assert.equal("a/two\n", run("readlink out"))
    assert.equal("../b/real\n", run("readlink a/two"))
    write(directory .. "/far", "made") -- what this one points to is not there yet
    assert.equal("made", shell.read(directory .. "/b/new"))
    assert.equal("two", shell.names(directory .. "/a"))
    assert.equal("new real", shell.names(directory .. "/b"))
  end)

  it("goes straight into a pipe or a device", function()
    run("mkfifo out; cat out >read & echo $!")
    write(path, "through ", "the pipe")
    run("for i in $(seq 100); do [ -s read ] && break; sleep 0.05; done")
    assert.equal("through the pipe", shell.read(directory .. "/read"))
    assert.equal("fifo\n", run("stat -c %%F out"))
    write("/dev/null", "away")
    assert.equal("character special file\n", run("stat -c %%F /dev/null"))
    assert.same({ 74, "/dev/full cannot be written: No space left on device" }, { refused("/dev/full") })
  end)

  it("is refused where nothing may be written, with the file's name and the cause", function()
    run("mkdir there; ln -s loop loop")
    assert.same({ 73, directory .. "/there cannot be written: Is a directory" }, { refused(directory .. "/there") })
    assert.same({ 73, path .. "/x cannot be written: No such file or directory" }, { refused(path .. "/x") })
    assert.equal(73, (refused(directory .. "/loop")))
    assert.equal(73, (refused("")))
    assert.equal(73, (refused(path .. ("x"):rep(300))))
    assert.equal("loop there", shell.names(directory))
  end)

  it("takes nothing more when it is finished", function()
    local made = assert(core.create(path))
    assert.is_true(made:finish())
    assert.has_error(function()
      made:write("more")
    end, "calling 'write' on bad self (the file is closed)")
  end)

  it("tells what stands at a name", function()
    run("mkdir d; mkfifo p; ln -s none dangling; : >f; ln -s f link")
    local kinds = { d = "directory", p = "other", dangling = "nowhere", f = "file", link = "file" }
    for name, kind in pairs(kinds) do
      assert.equal(kind, core.kind(directory .. "/" .. name), name)
    end
    assert.is_nil(core.kind(directory .. "/none"))
  end)

  -- What programs of their own do, which run without the sanitizers, so on the plain build.
  if not os.getenv "MAILSEAL_BUILD" then
    --- A program that writes "half" to a file, and then does something.
    local function write_program(to, deed)
      shell.write(directory .. "/program.lua", ([[
        package.path, package.cpath = %q, %q
        require("mailseal.cli.output").file(%q, function(add)
          add("half")
          %s
        end)
      ]]):format(package.path, package.cpath, to, deed))
    end

    it("goes straight where a descriptor leads, if it is a file, too", function()
      write_program("/dev/stdout", "")
      local inode = run(": >file; stat -c %%i file")
      shell.run(("$LUA %s/program.lua >%s/file"):format(directory, directory))
      assert.equal("half", shell.read(directory .. "/file"))
      assert.equal(inode, run("stat -c %%i file"))
    end)

    --- The names that a program leaves which is killed while it writes `out`.
    local function left_by_the_dead(where, preload)
      write_program(where .. "/out", "os.execute('kill -KILL $PPID')")
      shell.run(("%s $LUA %s/program.lua"):format(preload or "", directory))
      return shell.names(where)
    end

    it("leaves nothing behind where the program is killed and the file system knows files without a name", function()
      local memory = shell.output("mktemp -d -p /dev/shm"):match("%S+")
      finally(function()
        shell.remove_directory(memory)
      end)
      assert.equal("", left_by_the_dead(memory))
    end)

    -- By a library that makes every file system such a one.
    describe("on a file system that knows no files without a name", function()
      local preload

      before_each(function()
        shell.write(directory .. "/open.c", [[
          #define _GNU_SOURCE
          #include <dlfcn.h>
          #include <errno.h>
          #include <fcntl.h>
          #include <stdarg.h>
          int open(const char *path, int flags, ...)
          {
              int (*next)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
              va_list arguments;
              int mode;
              va_start(arguments, flags);
              mode = va_arg(arguments, int);
              va_end(arguments);
              if ((flags & O_TMPFILE) == O_TMPFILE) {
                  errno = EOPNOTSUPP;
                  return -1;
              }
              return next(path, flags, mode);
          }
        ]])
        assert.is_true(shell.succeeds(("cc -shared -fPIC -o %s/open.so %s/open.c -ldl"):format(directory, directory)))
        preload = ("LD_PRELOAD=%s/open.so"):format(directory)
        run("mkdir place")
      end)

      it("is written all the same", function()
        local name = directory .. "/place/s1.pem"
        local line = preload .. " bin/mailseal keygen --type ed25519 --out " .. name
        assert.equal(0, shell.run(line).status)
        assert.equal(73, shell.run(line).status)
        local first = assert(key.load_file(name)):record()
        assert.equal(0, shell.run(line .. " --force").status)
        assert.are_not.equal(first, assert(key.load_file(name)):record())
        assert.equal("600\n", run("stat -c %%a place/s1.pem"))
        assert.equal("s1.pem", shell.names(directory .. "/place"))
      end)

      it("leaves a file of another name where the program is killed", function()
        assert.matches("^out%.%x+$", left_by_the_dead(directory .. "/place", preload))
      end)
    end)
  end
end)

local options = require "mailseal.dns.options"

describe("dns.options", function()
  local known = {
    wait = options.seconds(10), tries = options.count(2, 5), loud = options.flag, path = options.of_type("string", "a path"),
    thing = options.any, mixed = options.either { options.flag, options.of_type("table", "a table") },
  }

  local function check(given) options.check("f", given, known) end

  it("pass where each is of its kind", function()
    check {}
    check { wait = 0.001, tries = 2, loud = false, path = "", thing = 0 / 0, mixed = {} }
    check { wait = 10, tries = 5, loud = true, mixed = false }
  end)

  it("are named where they are not", function()
    local function refuses(given, message) assert.has_error(function() check(given) end, message) end
    refuses(nil, "f wants a table of options")
    refuses({ waiting = 1 }, 'f knows no option "waiting"')
    refuses({ tries = 1 }, "f: tries must be a whole number from 2 to 5")
    refuses({ tries = 2.5 }, "f: tries must be a whole number from 2 to 5")
    refuses({ tries = 0 / 0 }, "f: tries must be a whole number from 2 to 5")
    refuses({ wait = 0 }, "f: wait must be a number above 0, at most 10")
    refuses({ wait = 0 / 0 }, "f: wait must be a number above 0, at most 10")
    refuses({ loud = "no" }, "f: loud must be true or false")
    refuses({ path = 5 }, "f: path must be a path")
    refuses({ mixed = 5 }, "f: mixed must be true or false or a table")
  end)

  it("are the caller's fault", function()
    local function takes(given) options.check("takes", given, known) end
    local ok, problem = pcall(function() takes { loud = 1 } end)
    assert.is_false(ok)
    assert.matches("options_spec.lua:%d+: takes: loud must be true or false$", problem)
  end)
end)

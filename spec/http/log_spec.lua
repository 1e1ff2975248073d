local log = require "mailseal.http.log"

describe("the log of the service", function()
  local lines, write, passing

  before_each(function()
    lines, write = {}, log.write
    log.write = function(line) lines[#lines + 1] = line end
    passing = ("passes_%p"):format(lines):gsub("%W", "") -- a code that no other test has used
  end)
  after_each(function() log.write = write end)

  it("has a failure under an id, on one line, and not without end", function()
    log.failure("x1", "store_error", ("a\r\nb\27[31m"):rep(10000))
    assert.matches("^mailseal x1 store_error: ", lines[1])
    assert.is_nil(lines[1]:find "%c")
    assert.is_true(#lines[1] < 10000)
    assert.not_equal(log.id(), log.id())
  end)

  it("has of what passes, and befalls many, a line now and then, which counts the others", function()
    local ids = {}
    for i = 1, 1000 do ids[#ids + 1] = log.passing(passing, "too much to do", 100 + i / 1000) end
    assert.same({ 1, 1 }, { #lines, #ids })
    assert.is_string(log.passing(passing .. "2", "something else", 101)) -- another one is another
    assert.is_string(log.passing(passing, "too much to do", 106))
    assert.matches("^mailseal %w+ " .. passing .. ": too much to do %(and 999 more since the last line of this%)$", lines[3])
    assert.is_nil(log.passing(passing, "too much to do", 107))
    assert.is_string(log.passing(passing, "too much to do", 112))
    assert.matches("and 1 more", lines[4], 1, true)
  end)
end)

local async = require "mailseal.async"
local coalesce = require "mailseal.http.coalesce"
local dictionary = require "mailseal.http.dictionary"

describe("what is done one at a time", function()
  local dict, one, other, count

  before_each(function()
    dict = dictionary.new(async.now)
    one, other, count = coalesce.new(dict), coalesce.new(dict), 0 -- two workers
  end)

  local function slow(seconds, ...)
    local results = { ... }
    return function()
      count = count + 1
      async.sleep(seconds)
      return results[1], results[2], results[3], results[4]
    end
  end

  local function again() return "again" end

  -- Lets several ask side by side.
  local function ask(workers, fn, key)
    local results = {}
    async.run(function()
      async.map(workers, #workers, function(worker, i)
        results[i or #results + 1] = { worker:run(type(key) == "function" and key() or "key", fn, again) }
      end)
    end)
    return results
  end

  it("is done once for all who ask meanwhile", function()
    local results = ask({ one, one, one, one }, slow(0.1, "looked"))
    assert.equal(1, count)
    for _, result in ipairs(results) do assert.equal("looked", result[1]) end
  end)

  it("is done by everybody himself where the dictionary has no room", function()
    function dict.add() return false, "no memory", false end
    local results = ask({ one, one, other }, slow(0.05, "looked"))
    assert.equal(3, count)
    for _, result in ipairs(results) do assert.equal("looked", result[1]) end
  end)

  it("is done once where another worker is asked", function()
    local results = ask({ one, other, other }, slow(0.1, "looked"))
    assert.equal(1, count)
    local words = {}
    for _, result in ipairs(results) do words[result[1]] = (words[result[1]] or 0) + 1 end
    assert.same({ looked = 1, again = 2 }, words)
  end)

  it("is done anew for who asks when it is over", function()
    ask({ one }, slow(0.01, "looked"))
    ask({ other }, slow(0.01, "looked"))
    assert.equal(2, count)
  end)

  it("is done side by side where it is about something else", function()
    local keys = 0
    ask({ one, one }, slow(0.05, "looked"), function()
      keys = keys + 1
      return "key" .. keys
    end)
    assert.equal(2, count)
  end)

  it("fails for all who wait, with the same words", function()
    local results = ask({ one, one, other }, slow(0.1, nil, "it is gone", "not_found", { retry_at = 5 }))
    assert.equal(1, count)
    for _, result in ipairs(results) do
      assert.same({ nil, "it is gone", "not_found", { retry_at = 5 } }, { result[1], result[2], result[3], result[4] })
    end
  end)

  it("raises for whoever does it, and fails for who waits", function()
    local raised, told
    async.run(function()
      local task = async.start(function()
        raised = { pcall(one.run, one, "key", function()
          async.sleep(0.1)
          error("broken", 0)
        end, again) }
      end)
      async.sleep(0.02)
      told = { other:run("key", slow(0.1, "looked"), again) }
      task:join()
    end)
    assert.same({ false, "broken" }, raised)
    assert.same({ nil, "broken", "internal" }, told)
    assert.equal(0, count)
  end)

  it("is done by one who waits where whoever began is gone, soon", function()
    assert(dict:add("one:key", "came:somebody who died", 0.3))
    local began = async.now()
    local results = ask({ one, other }, slow(0.05, "looked"))
    assert.equal(1, count)
    assert.is_true(async.now() - began < 10)
    assert.equal(2, #results)
  end)

  it("is done by one who waits where whoever began was cancelled", function()
    local result
    async.run(function()
      local first = async.start(function() one:run("key", slow(60, "never"), again) end)
      async.sleep(0.02)
      local second = async.start(function() result = one:run("key", slow(0.01, "looked"), again) end)
      async.sleep(0.02)
      first:cancel()
      second:join()
    end)
    assert.equal("looked", result)
  end)

  it("ends well where its mark was lost meanwhile, and another did it, too", function()
    local first, second
    async.run(function()
      local task = async.start(function() first = one:run("key", slow(0.8, "first"), again) end)
      async.sleep(0.02)
      local other_task = async.start(function() second = one:run("key", slow(0.01, "second"), again) end)
      async.sleep(0.02)
      dict:delete "one:key"
      other_task:join()
      task:join()
    end)
    assert.same({ "first", "second" }, { first, second })
  end)

  it("keeps its mark for as long as it lasts, and no longer", function()
    local left = {}
    async.run(function()
      local task = async.start(function() one:run("key", slow(3.6, "looked"), again) end)
      async.sleep(3.4)
      left.during = dict:get "one:key"
      task:join()
      left.after = dict:get "one:key"
    end)
    assert.is_string(left.during)
    assert.is_nil(left.after)
  end)
end)

local async = require "mailseal.async"
local places = require "mailseal.http.places"

describe("a bounded number of places", function()
  local function new(given)
    return places.new {
      at_most = given.at_most or 2, each = given.each or 2, queue = given.queue or 100, patience = given.patience or 60,
    }
  end

  -- Work of some parties, which ends when it is told to: `begun` has who has begun, in order; `finish(name)` ends one of his.
  local function workshop(given)
    local shop = { places = new(given), begun = {}, refused = {} }
    local waiting = {}
    function shop.ask(name)
      return async.start(function()
        local entered, seconds = shop.places:within(name, function()
          table.insert(shop.begun, name)
          table.insert(waiting, { name = name, task = async.task() })
          async.suspend(nil, nil, nil)
        end)
        if not entered then table.insert(shop.refused, { name, seconds }) end
      end)
    end
    function shop.ask_all(names)
      for name in names:gmatch "%S" do shop.ask(name) end
      async.sleep(0)
    end
    function shop.finish(name)
      for i, one in ipairs(waiting) do
        if one.name == name then
          table.remove(waiting, i)
          async.wake(one.task)
          async.sleep(0.01)
          return
        end
      end
      error("there is none of " .. name)
    end
    function shop.order() return table.concat(shop.begun) end
    return shop
  end

  it("calls what has one at once, and returns what it returns", function()
    local found = { async.run(function() return new({}):within("a", function(...) return select("#", ...), ... end, 1, nil) end) }
    assert.same({ true, 2, 1 }, found)
  end)

  it("has others wait until one is free", function()
    async.run(function()
      local shop = workshop {}
      shop.ask_all "abc"
      assert.equal("ab", shop.order())
      assert.same({ 2, 1 }, { shop.places.count, shop.places.waiting })
      shop.finish "a"
      assert.equal("abc", shop.order())
      shop.finish "b"
      shop.finish "c"
      assert.same({ 0, 0, nil }, { shop.places.count, shop.places.waiting, next(shop.places.parties) })
    end)
  end)

  it("gives the next one to who has least, however many others wait, and in turn to those who have as much", function()
    async.run(function()
      local shop = workshop {}
      shop.ask_all "aaaaaabbcc"
      local seen = {}
      for name in ("aabac"):gmatch "." do
        shop.finish(name)
        table.insert(seen, shop.begun[#shop.begun])
      end
      assert.equal("bacba", table.concat(seen))
    end)
  end)

  it("keeps some of them from whoever wants all", function()
    async.run(function()
      local shop = workshop { at_most = 3, each = 2 }
      shop.ask_all "aaaaa"
      assert.equal("aa", shop.order())
      shop.ask_all "b"
      assert.equal("aab", shop.order())
      shop.finish "b"
      assert.equal("aab", shop.order())
      shop.finish "a"
      assert.equal("aaba", shop.order())
    end)
  end)

  it("turns away whom there is no room for in the queue, with when to come again", function()
    async.run(function()
      local shop = workshop { at_most = 1, queue = 2 }
      shop.ask_all "abcd"
      assert.same({ { "d", 15 } }, shop.refused) -- three before him, of five seconds each as long as none has ended
      shop.ask_all "a"
      assert.same({ "a", 15 }, shop.refused[2])
    end)
  end)

  it("turns away who has waited too long, and he takes no place any more", function()
    async.run(function()
      local shop = workshop { at_most = 1, patience = 0.05 }
      shop.ask_all "abb"
      async.sleep(0.1)
      assert.equal(2, #shop.refused)
      assert.equal(0, shop.places.waiting)
      shop.finish "a"
      assert.equal("a", shop.order())
      assert.same({ 0, nil }, { shop.places.count, next(shop.places.parties) })
      shop.ask_all "b"
      assert.equal("ab", shop.order())
    end)
  end)

  it("tells longer to come again where they are longer in use", function()
    async.run(function()
      local few = new { at_most = 1, queue = 1 }
      few.queue = 0
      for _ = 1, 50 do few:within("a", function() end) end
      few:within("a", function() assert.same({ false, 1 }, { few:within("b", function() end) }) end)
    end)
  end)

  it("has them back from who raises an error, which goes on to the caller", function()
    async.run(function()
      local few = new { at_most = 1 }
      local problem = {}
      for _ = 1, 3 do
        local ok, raised = pcall(few.within, few, "a", function() error(problem, 0) end)
        assert.same({ false, true }, { ok, raised == problem })
      end
      assert.same({ 0, nil }, { few.count, next(few.parties) })
    end)
  end)

  it("has them back from who is cancelled, and does not wait for who was cancelled in the queue", function()
    async.run(function()
      local shop = workshop { at_most = 1 }
      local first, second = shop.ask "a", shop.ask "b"
      shop.ask_all "c"
      second:cancel()
      async.sleep(0.01)
      assert.equal(1, shop.places.waiting)
      first:cancel()
      async.sleep(0.01)
      assert.equal("ac", shop.order())
      shop.finish "c"
      assert.same({ 0, 0, nil }, { shop.places.count, shop.places.waiting, next(shop.places.parties) })
    end)
  end)
end)

local one_by_one = require "mailseal.publish.one_by_one"
local sets = require "mailseal.publish.sets"

local function key_of(one) return one.name .. " " .. one.type end

-- A host of records in a table, that keeps the rules of DNS, and fails where a test wants it: `fail(count, kind)` returns a message, a code
-- and details, and whether it was done all the same.
local function new_host(way, list)
  local host = { held = {}, ids = 0, steps = {}, reads = 0 }

  local function stand_alone(name, but)
    local cname, count = false, 0
    for _, one in ipairs(host.held) do
      if one.name == name and one ~= but then
        count, cname = count + 1, cname or one.type == "CNAME"
      end
    end
    return cname, count
  end

  local function put_in(record)
    local cname, count = stand_alone(record.name)
    if cname or record.type == "CNAME" and count > 0 then return nil, "a CNAME stands alone", "refused_record" end
    host.ids = host.ids + 1
    table.insert(host.held, { id = host.ids, name = record.name, type = record.type, ttl = record.ttl, value = record.value })
    return host.ids
  end

  local function take_out(id)
    for i, one in ipairs(host.held) do
      if one.id == id then return table.remove(host.held, i) end
    end
    return nil, "there is no such record", "zone_moved"
  end

  for _, one in ipairs(list) do
    for _, value in ipairs(one.values) do assert(put_in { name = one.name, type = one.type, ttl = one.ttl, value = value }) end
  end

  local function changing(kind, name, fn)
    host.steps[#host.steps + 1] = kind .. " " .. name
    local message, code, details, made = nil, nil, nil, nil
    if host.fail then message, code, details, made = host.fail(#host.steps, kind) end
    if message and not made then return nil, message, code, details end
    local result, why, what = fn()
    if message then return nil, message, code, details end
    return result, why, what
  end

  function host.records(_, names)
    host.reads = host.reads + 1
    if host.deaf then return nil, "nobody answers", "unreachable" end
    local found, wanted = {}, {}
    for _, name in ipairs(names) do wanted[name] = true end
    for _, one in ipairs(host.held) do
      if wanted[one.name] then
        found[#found + 1] = { id = one.id, name = one.name, type = one.type, ttl = one.ttl, value = one.value }
      end
    end
    return found
  end

  if way == "sets" then
    local function empty(set)
      for i = #host.held, 1, -1 do
        if key_of(host.held[i]) == key_of(set) then table.remove(host.held, i) end
      end
    end
    function host.put(_, set)
      return changing("put", key_of(set), function()
        local cname, count = stand_alone(set.name)
        local own = one_by_one.sets_of(host.held)
        for _, one in ipairs(own) do
          if key_of(one) == key_of(set) then count, cname = count - #one.values, false end
        end
        if cname or set.type == "CNAME" and count > 0 then return nil, "a CNAME stands alone", "refused_record" end
        empty(set)
        for _, value in ipairs(set.values) do
          assert(put_in { name = set.name, type = set.type, ttl = set.ttl, value = value })
        end
        return true
      end)
    end
    function host.drop(_, set)
      return changing("drop", key_of(set), function()
        empty(set)
        return true
      end)
    end
    return host
  end

  function host.add(_, record) return changing("add", key_of(record), function() return put_in(record) end) end
  function host.remove(_, record)
    return changing("remove", key_of(record), function()
      local gone, why, code = take_out(record.id)
      return gone and true, why, code
    end)
  end
  if way == "edits" then
    function host.edit(_, record, value, ttl)
      return changing("edit", key_of(record), function()
        for _, one in ipairs(host.held) do
          if one.id == record.id then
            one.value, one.ttl = value, ttl
            return true
          end
        end
        return nil, "there is no such record", "zone_moved"
      end)
    end
  end
  return host
end

-- What a host holds, as text.
local function state(host)
  local lines = {}
  for i, one in ipairs(host.held) do lines[i] = ("%s %d %s"):format(key_of(one), one.ttl, one.value) end
  table.sort(lines)
  return table.concat(lines, "\n")
end

local function set(name, kind, values, ttl) return { name = name, type = kind, ttl = ttl or 60, values = values } end

local function change(before, after)
  local one = before or after
  return { name = one.name, type = one.type, before = before, after = after }
end

local WAYS = { "records", "edits", "sets" }

describe("changes that a host makes one by one", function()
  local SPF, OTHER = set("a.test", "TXT", { '"v=spf1 a -all"', '"x"' }), set("a.test", "TXT", { '"v=spf1 a mx -all"', '"x"' })

  it("change a record where it stands, where the host can", function()
    local host = new_host("edits", { SPF })
    assert.is_true(one_by_one.apply(host, "a.test", { change(SPF, OTHER) }))
    assert.same({ "edit a.test TXT" }, host.steps)
    host = new_host("records", { SPF })
    assert.is_true(one_by_one.apply(host, "a.test", { change(SPF, OTHER) }))
    assert.same({ "add a.test TXT", "remove a.test TXT" }, host.steps)
    host = new_host("sets", { SPF })
    assert.is_true(one_by_one.apply(host, "a.test", { change(SPF, OTHER) }))
    assert.same({ "put a.test TXT" }, host.steps)
  end)

  it("add before they remove, but for a CNAME, which stands alone", function()
    for _, way in ipairs(WAYS) do
      local gone, text, new = set("b.test", "MX", { "1 x." }), set("c.test", "TXT", { '"c"' }), set("d.test", "TXT", { '"d"' })
      local alias = set("c.test", "CNAME", { "e.test." })
      local host = new_host(way, { gone, text })
      local changes = { change(gone), change(nil, alias), change(text), change(nil, new) }
      assert.is_true(one_by_one.apply(host, "test", changes))
      local add, drop = way == "sets" and "put" or "add", way == "sets" and "drop" or "remove"
      assert.same({ drop .. " c.test TXT", add .. " c.test CNAME", add .. " d.test TXT", drop .. " b.test MX" }, host.steps)
      host.steps = {}
      assert.is_true(one_by_one.apply(host, "test", sets.reversed(changes)))
      assert.same({ drop .. " c.test CNAME", add .. " c.test TXT", add .. " b.test MX", drop .. " d.test TXT" }, host.steps)
    end
  end)

  it("compare texts by what they say, for that is all that many hosts show", function()
    local long = ("x"):rep(300)
    local host = new_host("edits", { set("a.test", "TXT", { sets.text(long) }) })
    local cut = set("a.test", "TXT", { sets.text { long:sub(1, 10), long:sub(11, 250), long:sub(251) } })
    assert.is_true(one_by_one.apply(host, "a.test", { change(cut, cut) }))
    assert.same({}, host.steps)
    assert.is_true(one_by_one.apply(host, "a.test", { change(cut) }))
    assert.same({}, host.held)
  end)

  it("leave TTLs alone that nobody wants to be others, and raise those that are too low", function()
    local host = new_host("edits", { set("a.test", "TXT", { '"a"' }, 60) })
    table.insert(host.held, { id = 77, name = "a.test", type = "TXT", ttl = 300, value = '"b"' })
    local both, three = set("a.test", "TXT", { '"a"', '"b"' }, 60), set("a.test", "TXT", { '"a"', '"b"', '"c"' }, 60)
    assert.is_true(one_by_one.apply(host, "a.test", { change(both, three) }))
    assert.same({ "add a.test TXT" }, host.steps)
    host.least_ttl = 600
    local quick = set("q.test", "TXT", { '"q"' }, 5)
    assert.is_true(one_by_one.apply(host, "a.test", { change(nil, quick) }))
    assert.equal(600, host.held[#host.held].ttl)
    assert.equal(5, quick.ttl)
  end)

  it("say which set is not what was read", function()
    local host = new_host("edits", { SPF })
    local ok, message, code = one_by_one.apply(host, "a.test", { change(nil, set("b.test", "A", { "192.0.2.1" })), change(OTHER, SPF) })
    assert.same({ nil, "zone_moved", {} }, { ok, code, host.steps })
    assert.truthy(message:find "TXT records at a.test")
  end)

  it("are content where somebody else has done the same meanwhile, and leave that alone", function()
    local x, y = set("x.test", "CNAME", { "a." }), set("y.test", "CNAME", { "b." })
    local host = new_host("edits", {})
    host.fail = function(count)
      if count == 1 then table.insert(host.held, { id = 99, name = "x.test", type = "CNAME", ttl = 60, value = "a." }) end
    end
    assert.is_true(one_by_one.apply(host, "test", { change(nil, x), change(nil, y) }))
    assert.equal(2, #host.held)
    -- What others did stays where the rest of it fails.
    host = new_host("edits", {})
    host.fail = function(count)
      if count == 2 then return "no", "refused_record" end
      table.insert(host.held, { id = 99, name = "x.test", type = "CNAME", ttl = 60, value = "a." })
    end
    assert.equal("refused_record", select(3, one_by_one.apply(host, "test", { change(nil, x), change(nil, y) })))
    assert.equal("x.test CNAME 60 a.", state(host))
  end)

  it("keep in doubt what a host that was too slow may do yet", function()
    local host = new_host("edits", {})
    host.fail = function() return "too slow", "timeout", { unsure = true } end
    local ok, _, code, details = one_by_one.apply(host, "a.test", { change(nil, SPF) })
    assert.same({ nil, "timeout", true }, { ok, code, details.unsure })
    host.fail = function() return "gone", "closed", { unsure = true } end
    ok, _, code, details = one_by_one.apply(host, "a.test", { change(nil, SPF) })
    assert.same({ nil, "closed", {} }, { ok, code, details })
  end)
end)

-- ---- whatever goes wrong

-- The same numbers with every Lua.
local seed = 7
local function random(most)
  seed = (seed * 16807) % 2147483647
  return seed % most + 1
end

local NAMES = { "a.test", "b.test", "c.test" }

local function values_of(kind)
  if kind == "CNAME" then return { ("t%d.test."):format(random(3)) } end
  local values, seen = {}, {}
  for _ = 1, random(3) do
    local value = ('"%d"'):format(random(5))
    if not seen[value] then seen[value], values[#values + 1] = true, value end
  end
  return values
end

-- Sets at a name: a CNAME, or up to two others, or nothing.
local function sets_at(name)
  local draw = random(4)
  if draw == 1 then return {} end
  if draw == 2 then return { set(name, "CNAME", values_of "CNAME", 60 * random(2)) } end
  local list = { set(name, "TXT", values_of "TXT", 60 * random(2)) }
  if draw == 3 then list[2] = set(name, "SPF", values_of "SPF", 60 * random(2)) end
  return list
end

local function random_case()
  local before, changes = {}, {}
  for _, name in ipairs(NAMES) do
    local old, new = sets_at(name), sets_at(name)
    for _, one in ipairs(old) do before[#before + 1] = one end
    local by_type = {}
    for _, one in ipairs(old) do by_type[one.type] = { before = one } end
    for _, one in ipairs(new) do
      by_type[one.type] = by_type[one.type] or {}
      by_type[one.type].after = one
    end
    for _, kind in ipairs { "CNAME", "SPF", "TXT" } do
      if by_type[kind] then changes[#changes + 1] = change(by_type[kind].before, by_type[kind].after) end
    end
  end
  return before, changes
end

local function after_of(changes)
  local list = {}
  for _, one in ipairs(changes) do list[#list + 1] = one.after end
  return list
end

-- Fails at a step: refused, lost before or after it was made; from then on so often.
local function failing(host)
  local first, kind, lasts = random(6), random(4), random(3)
  host.fail = function(count)
    if count < first or count >= first + lasts then return nil end
    if kind == 1 then return "no", "refused_record" end
    if kind == 4 then host.deaf = lasts > 1 end
    return "lost", "closed", { unsure = true }, kind == 3 or kind == 4
  end
end

for _, way in ipairs(WAYS) do
  describe("changes of " .. way .. ", one by one, whatever goes wrong,", function()
    it("are all made, and taken back", function()
      for _ = 1, 300 do
        local before, changes = random_case()
        local host = new_host(way, before)
        local was = state(host)
        assert.is_true(one_by_one.apply(host, "test", changes))
        assert.equal(state(new_host(way, after_of(changes))), state(host))
        assert.is_true(one_by_one.apply(host, "test", sets.reversed(changes)))
        assert.equal(was, state(host))
      end
    end)

    it("are all made, or none, or it is told which", function()
      local seen = {}
      for _ = 1, 1500 do
        local before, changes = random_case()
        local host = new_host(way, before)
        local was = state(host)
        failing(host)
        local ok, message, code, details = one_by_one.apply(host, "test", changes)
        host.deaf, host.fail = false, nil
        seen[ok and "ok" or code] = true
        if ok then
          assert.equal(state(new_host(way, after_of(changes))), state(host))
        elseif code == "half_done" then
          assert.truthy(message:find "could not be taken back")
          assert.truthy(details.cause)
          if not details.unsure then
            assert.truthy(#details.done > 0)
            assert.is_true(one_by_one.apply(host, "test", sets.reversed(details.done)))
            assert.equal(was, state(host))
          end
        else
          assert.equal(was, state(host), code)
        end
      end
      assert.same({ ok = true, half_done = true, refused_record = true, closed = true }, seen)
    end)
  end)
end

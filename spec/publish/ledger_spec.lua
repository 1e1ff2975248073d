local ledger = require "mailseal.publish.ledger"
local planned = require "spec.support.planned"

local function change(name, kind, before, after, ttl)
  local function set(values) return values and { name = name, type = kind, ttl = ttl or 300, values = values } or nil end
  return { name = name, type = kind, before = set(before), after = set(after) }
end

local function rows_of(...)
  local rows = {}
  for _, one in ipairs { ... } do rows = ledger.add(rows, { ["example.com"] = { one } }) end
  return rows
end

local function undo(rows, text) return ledger.undo(rows, { ["example.com"] = planned.sets(text) }) end
local function after(plan, kind) return planned.after(plan, "example.com", kind or "TXT") end

describe("publish.ledger", function()
  describe("add", function()
    it("notes what we have put there, what we took away, and the TTL before us", function()
      assert.same({
        { zone = "example.com", name = "example.com", type = "TXT", added = { '"b"' }, taken = { '"a"' }, ttl = 77 },
        { zone = "example.com", name = "new.example.com", type = "MX", added = { "10 a.example." }, taken = {} },
      }, ledger.add({}, { ["example.com"] = {
        change("example.com", "TXT", { '"a"', '"c"' }, { '"b"', '"c"' }, 77), change("new.example.com", "MX", nil, { "10 a.example." }),
      } }))
    end)

    it("brings several publications together", function()
      assert.same({ '"c"' }, rows_of(change("example.com", "TXT", { '"x"' }, { '"x"', '"a"' }),
        change("example.com", "TXT", { '"x"', '"a"' }, { '"x"', '"c"' }))[1].added)
      assert.same({}, rows_of(change("example.com", "TXT", { '"a"' }, { '"b"' }), change("example.com", "TXT", { '"b"' }, { '"a"' })))
      assert.same({}, rows_of(change("example.com", "TXT", nil, { '"b"' }), change("example.com", "TXT", { '"b"' }, nil)))
    end)

    it("is in no doubt where a host splits a text otherwise", function()
      assert.same({}, rows_of(change("example.com", "TXT", nil, { '"ab"' }), change("example.com", "TXT", { '"a" "b"' }, nil)))
    end)

    it("forgets what others have put something else in the place of", function()
      local rows = rows_of(change("example.com", "CNAME", { "theirs." }, { "ours." }),
        change("example.com", "CNAME", { "new." }, { "ours." }))
      assert.same({ { "ours." }, { "new." } }, { rows[1].added, rows[1].taken })
    end)

    it("takes what others have made of an SPF record for theirs, our share aside", function()
      local rows = rows_of(
        change("example.com", "TXT", { '"v=spf1 mx -all"' }, { '"v=spf1 mx include:ours.example -all"' }),
        change("example.com", "TXT", { '"v=spf1 mx include:ours.example a -all"' },
          { '"v=spf1 mx include:ours.example a include:b.example -all"' }))
      assert.same({ { '"v=spf1 mx include:ours.example a include:b.example -all"' }, { '"v=spf1 mx a -all"' } },
        { rows[1].added, rows[1].taken })
    end)

    it("leaves the rows before as they are", function()
      local rows = rows_of(change("example.com", "TXT", nil, { '"a"' }))
      ledger.add(rows, { ["example.com"] = { change("example.com", "TXT", { '"a"' }, { '"b"' }) } })
      assert.same({ '"a"' }, rows[1].added)
    end)
  end)

  describe("undone", function()
    it("forgets what does not come back, and keeps what has yet to", function()
      local mx = rows_of(change("example.com", "MX", { "10 theirs." }, { "10 ours." }))
      local plan = undo(mx, "example.com 300 MX 10 ours.\nexample.com 300 MX 5 new.")
      assert.same({}, ledger.undone(mx, plan.changes))
      local rows = rows_of(change("example.com", "TXT", { '"key"' }, nil), change("example.com", "CNAME", nil, { "ours." }))
      plan = undo(rows, "example.com 300 CNAME ours.")
      assert.same({}, ledger.undone(rows, plan.changes))
      assert.same({ { '"key"' } }, { ledger.undone(rows, { ["example.com"] = { plan.changes["example.com"][1] } })[1].taken })
    end)

    it("has no share left in an SPF record that others have changed", function()
      local rows = rows_of(change("example.com", "TXT", { '"v=spf1 mx -all"' }, { '"v=spf1 mx include:o.example -all"' }))
      local plan = undo(rows, 'example.com 300 TXT "v=spf1 a mx include:o.example -all"')
      assert.same({}, ledger.undone(rows, plan.changes))
    end)
  end)

  describe("undo", function()
    it("makes of a set what it was", function()
      local rows = rows_of(change("example.com", "TXT", { '"a" "b"', '"c"' }, { '"new"', '"c"' }))
      local plan = undo(rows, 'example.com 300 TXT "new"\nexample.com 300 TXT "c"')
      assert.same({ '"a" "b"', '"c"' }, after(plan))
      assert.equal("change", plan.steps[1].action)
    end)

    it("removes what was not there, and leaves what others have put beside it", function()
      local rows = rows_of(change("example.com", "TXT", nil, { '"a"' }))
      assert.same({}, after(undo(rows, 'example.com 300 TXT "a"')))
      assert.same({ '"b"' }, after(undo(rows, 'example.com 300 TXT "a"\nexample.com 300 TXT "b"')))
    end)

    it("has nothing to do where nothing of ours is there, and tells so", function()
      local rows = rows_of(change("example.com", "CNAME", { "theirs." }, { "ours." }))
      for _, text in ipairs { "", "example.com 300 CNAME other." } do
        local plan = undo(rows, text)
        assert.same({ {}, "leave" }, { plan.changes, plan.steps[1].action })
        assert.matches("was changed by others since", plan.steps[1].text)
      end
      assert.same({}, undo(rows, "example.com 300 CNAME theirs.").changes)
    end)

    it("puts back with its TTL what a CNAME took the place of, and not beside another CNAME", function()
      local name = "s1._domainkey.example.com"
      local rows = rows_of(change(name, "TXT", { '"key"' }, nil, 42), change(name, "CNAME", nil, { "ours." }))
      local plan = undo(rows, name .. " 3600 CNAME ours.")
      assert.same({
        { name = name, type = "CNAME", before = { name = name, type = "CNAME", ttl = 3600, values = { "ours." } } },
        { name = name, type = "TXT", after = { name = name, type = "TXT", ttl = 42, values = { '"key"' } } },
      }, plan.changes["example.com"])
      for _, text in ipairs { "", name .. " 300 CNAME theirs.", name .. " 300 A 192.0.2.1" } do
        assert.same({}, undo(rows, text).changes)
      end
    end)

    it("does not put a CNAME back beside what others have there now", function()
      local name = "bounce.example.com"
      local rows = rows_of(change(name, "CNAME", { "old." }, nil), change(name, "MX", nil, { "10 ours." }))
      assert.same({ "old." }, planned.after(undo(rows, name .. " 300 MX 10 ours."), name, "CNAME"))
      local plan = undo(rows, name .. " 300 MX 10 ours.\n" .. name .. ' 300 TXT "theirs"')
      assert.same({}, planned.after(plan, name, "MX"))
      assert.is_nil(planned.after(plan, name, "CNAME"))
    end)

    it("puts back what would else leave nothing", function()
      local rows = rows_of(change("example.com", "MX", { "10 theirs." }, { "10 a.ours.", "20 b.ours." }))
      assert.same({ "10 theirs." }, after(undo(rows, "example.com 300 MX 10 a.ours."), "MX"))
      local plan = undo(rows, "example.com 300 MX 10 a.ours.\nexample.com 300 MX 5 new.")
      assert.same({ "5 new." }, after(plan, "MX"))
      assert.matches("does not come back", plan.steps[1].text)
    end)

    describe("of SPF", function()
      local function spf(before, now_ours, now)
        local rows = rows_of(change("example.com", "TXT", before and { before }, { now_ours }))
        return undo(rows, now)
      end

      it("puts the record back as it was", function()
        assert.same({ '"v=spf1 " "mx -all"' }, after(spf('"v=spf1 " "mx -all"', '"v=spf1 mx include:o.example -all"',
          'example.com 300 TXT "v=spf1 mx include:o.example" " -all"')))
      end)

      it("takes our include out of a record that others have changed since", function()
        local plan = spf('"v=spf1 mx -all"', '"v=spf1 mx include:o.example -all"',
          'example.com 300 TXT "x"\nexample.com 300 TXT "v=spf1 a mx include:o.example ip4:192.0.2.1 ~all"')
        assert.same({ '"x"', '"v=spf1 a mx ip4:192.0.2.1 ~all"' }, after(plan))
        assert.matches("what is ours is taken out of it", plan.steps[1].text)
      end)

      it("leaves what others have put into a record that was made by us", function()
        assert.same({ '"v=spf1 a ~all"' }, after(spf(nil, '"v=spf1 include:o.example ~all"',
          'example.com 300 TXT "v=spf1 include:o.example a ~all"')))
        assert.same({}, after(spf(nil, '"v=spf1 include:o.example ~all"', 'example.com 300 TXT "v=spf1 include:o.example -all"')))
      end)

      it("puts the include back that ours took the place of", function()
        assert.same({ '"v=spf1 a include:old.example -all"' }, after(spf('"v=spf1 include:old.example -all"',
          '"v=spf1 include:o.example -all"', 'example.com 300 TXT "v=spf1 a include:o.example -all"')))
      end)

      it("leaves a record alone that nothing of ours is in, or that nobody can read", function()
        for _, text in ipairs { 'example.com 300 TXT "v=spf1 a -all"', 'example.com 300 TXT "v=spf1 include:o.example foo"', "" } do
          assert.same({}, spf('"v=spf1 mx -all"', '"v=spf1 mx include:o.example -all"', text).changes)
        end
      end)

      it("makes several records of the one that was made of them", function()
        local rows = rows_of(change("example.com", "TXT", { '"v=spf1 a -all"', '"x"', '"v=spf1 mx -all"' },
          { '"v=spf1 a mx -all"', '"x"' }))
        local values = after(undo(rows, 'example.com 300 TXT "v=spf1 a mx -all"\nexample.com 300 TXT "x"'))
        table.sort(values)
        assert.same({ '"v=spf1 a -all"', '"v=spf1 mx -all"', '"x"' }, values)
      end)
    end)

    it("leaves zones alone that were not read", function()
      local plan = ledger.undo(rows_of(change("example.com", "TXT", nil, { '"a"' })), {})
      assert.same({ {}, {} }, { plan.changes, plan.steps })
    end)
  end)
end)

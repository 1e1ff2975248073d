local spf = require "mailseal.record.spf"
local spf_merge = require "mailseal.record.spf_merge"

describe("record.spf_merge", function()
  describe("merge", function()
    it("has the terms of all records, each once, and the first to say something of all others says it", function()
      assert.equal("v=spf1 mx include:a.example ip4:192.0.2.1 ~all",
        spf_merge.merge { "v=spf1 mx include:a.example ~all", "v=spf1 include:A.example. ip4:192.0.2.1 -all" })
    end)

    it("includes where one redirects", function()
      assert.equal("v=spf1 mx include:_spf.b.example ~all", spf_merge.merge { "v=spf1 mx", "v=spf1 redirect=_spf.b.example" })
    end)

    it("is the first where none can be read", function()
      assert.equal("v=spf1 foo", spf_merge.merge { "v=spf1 foo", "v=spf1 bar" })
    end)
  end)

  describe("mend", function()
    local function mends(to, from, left)
      local text, out = spf_merge.mend(from)
      assert.equal(to, text)
      assert.is_table(spf.parse(text))
      assert.same(left or {}, out)
    end

    it("takes commas and spaces out that do not belong there", function()
      mends("v=spf1 include:a.example ip4:192.0.2.1 -all", "v=spf1 include:a.example, ip4:192.0.2.1 -all")
      mends("v=spf1 include:a.example -all", "v=spf1 include: a.example -all")
    end)

    it("leaves out what cannot be read, and tells it", function()
      mends("v=spf1 mx ~all", "v=spf1 mx ip4:192.0.2.0/33 example.com ~all", { "ip4:192.0.2.0/33", "example.com" })
    end)

    it("keeps the first of what must not be there twice", function()
      mends("v=spf1 mx redirect=a.example", "v=spf1 mx redirect=a.example redirect=b.example", { "redirect=b.example" })
    end)

    it("makes a record of what only looks like one", function()
      mends("v=spf1 include:a.example -all", "spf1 include:a.example -all")
      mends("v=spf1 mx -all", "\"v=spf1 mx -all\"")
      mends("v=spf1", "v=spf1 ???", { "???" })
    end)
  end)
end)

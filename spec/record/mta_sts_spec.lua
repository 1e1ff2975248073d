local findings = require "spec.support.findings"
local mta_sts = require "mailseal.record.mta_sts"
local record = require "mailseal.record"

local sts = findings.of("mta_sts")

describe("an MTA-STS record", function()
  describe("is read", function()
    it("as it should be", function()
      assert.same({ version = "STSv1", id = "20160831085700Z", others = {} }, sts:usable({}, "v=STSv1; id=20160831085700Z;"))
      assert.equal("1", sts:usable({}, "v=STSv1;id=1").id)
      assert.equal("1", sts:usable({}, { "v=STSv1; i", "d=1" }).id)
      assert.equal(("a"):rep(32), sts:usable({}, "v=STSv1;\t id=" .. ("a"):rep(32) .. " ; ").id)
    end)

    it("with fields that nobody knows", function()
      local read = sts:usable({ "tag_unknown", "tag_unknown" }, "v=STSv1; 1-a.b_c=<x>; id=1; y=2")
      assert.same({ { name = "1-a.b_c", value = "<x>" }, { name = "y", value = "2" } }, read.others)
    end)

    it("with the first of two ids", function()
      assert.equal("1", sts:usable({ "tag_duplicate" }, "v=STSv1; id=1; id=2").id)
      assert.equal("warning", sts:only("tag_duplicate", "v=STSv1; id=1; id=2").severity)
    end)
  end)

  describe("is refused", function()
    it("where it is none", function()
      for _, text in ipairs { "", "v=spf1 -all", "v=TLSRPTv1; rua=mailto:a@example.com", "version: STSv1", "hello" } do
        sts:only("mta_sts_not_a_record", text)
      end
    end)

    it("where it does not begin with v=STSv1; exactly", function()
      assert.equal("v=stsv1", sts:only("mta_sts_bad_version", "v=stsv1; id=1").found)
      sts:only("mta_sts_bad_version", "v=STSv2; id=1")
      sts:only("mta_sts_bad_version", "id=1; v=STSv1")
      sts:only("mta_sts_bad_version", "id=1")
      assert.equal(" v=STSv1", sts:only("mta_sts_bad_version", " v=STSv1; id=1").found)
      assert.equal("v=STSv1 ", sts:only("mta_sts_bad_version", "v=STSv1 ; id=1").found)
    end)

    it("where its id is missing, or not of 1 to 32 letters and digits", function()
      sts:only("mta_sts_missing_id", "v=STSv1;")
      sts:refused("mta_sts_missing_id", "v=STSv1")
      for _, id in ipairs { "", "2016-08-31", "2016_1", "a b", ("a"):rep(33) } do
        assert.equal("id=" .. id, sts:only("mta_sts_bad_id", "v=STSv1; id=" .. id).found)
      end
    end)

    it("for white space beside an equals sign, which other kinds of record may have", function()
      assert.equal("error", sts:only("tag_space_around_equals", "v=STSv1; id =1").severity)
      sts:refused("tag_space_around_equals", "v=STSv1; id= 1")
    end)

    it("for names and values that its grammar does not have", function()
      sts:refused("tag_bad_value", "v=STSv1; id=1; x=a b")
      sts:refused("tag_bad_value", "v=STSv1; id=1; x=")
      sts:refused("tag_bad_value", "v=STSv1; id=1; x=a=b")
      sts:refused("tag_bad_value", "v=STSv1; id=1; id=")
      sts:refused("tag_bad_name", "v=STSv1; id=1; " .. ("x"):rep(33) .. "=1")
      sts:refused("tag_bad_name", "v=STSv1; id=1; _x=1")
      sts:refused("tag_not_ascii", "v=STSv1; id=1; x=\195\188")
    end)

    it("for the slips that any list of tags has", function()
      sts:refused("tag_missing_semicolon", "v=STSv1 id=1")
      sts:refused("tag_case", "v=STSv1; ID=1")
      sts:refused("tag_empty", "v=STSv1;; id=1")
      sts:refused("tag_no_equals", "v=STSv1; id=1; x")
      sts:only("tag_colon", "v=STSv1; id: 1")
      sts:only("tag_missing_semicolon", "v=STSv1: id=1")
      sts:refused("pasted_line_break", "v=STSv1;\r\n id=1")
      sts:refused("pasted_escaped_semicolon", "v=STSv1\\; id=1\\;")
    end)
  end)

  describe("is written", function()
    it("so that it reads back", function()
      for _, text in ipairs { "v=STSv1; id=20160831085700Z", "v=STSv1; id=1; x=2; 3.y=4" } do
        assert.equal(text, record.write("mta_sts", record.parse("mta_sts", text)))
      end
    end)

    it("with an id made of the time", function()
      assert.equal("20261122110000", mta_sts.new_id(1795345200))
      assert.equal("v=STSv1; id=20261122110000", record.write("mta_sts", { id = mta_sts.new_id(1795345200) }))
      assert.matches("^%d%d%d%d%d%d%d%d%d%d%d%d%d%d$", mta_sts.new_id())
    end)

    it("not where senders would pass it over", function()
      assert.equal("mta_sts_bad_id", select(3, record.write("mta_sts", { id = "2016-08-31" })))
      assert.equal("bad_value", select(3, record.write("mta_sts", {})))
      assert.equal("bad_value", select(3, record.write("mta_sts", { id = "1; x=2" })))
      assert.equal("tag_duplicate", select(3, record.write("mta_sts", { id = "1", others = { { name = "id", value = "2" } } })))
    end)
  end)

  it("has its causes and cures in the catalogue, of which every one is found above", function()
    sts:saw_all("mta_sts_", "^mta_sts$", "mta_sts_policy_")
  end)
end)

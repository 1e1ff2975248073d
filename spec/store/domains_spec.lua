local databases = require "spec.support.databases"
local domains = require "mailseal.store.domains"
local store = require "mailseal.store"

describe("the table of domains", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database)
    local db

    before_each(function() db = assert(store.open(new_database())) end)
    after_each(function() db:close() end)

    local function write(work) return assert(db:write(work)) end

    local function new(name, fields)
      local row = {
        domain = name, provider = "kraiter", vars = { region = "eu-west-1", tokens = { "a", "b" } },
        records = { { id = "dkim1", required = true, match = { "x" } } }, status = "pending",
        status_since = 4102444800, created_at = 4102444800,
      }
      for field, value in pairs(fields or {}) do
        row[field] = value
      end
      return row
    end

    local function add(tenant, ...)
      local rows = { ... }
      return write(function(tx) return domains.insert_many(tx, tenant, rows) end)
    end

    local function get(tenant, name)
      return db:read(function(tx) return domains.get(tx, tenant, name) end)
    end

    it("gives back what was put in, times past 2038 and nested data among it", function()
      add("acme", new("a.example", { next_check_at = 4294967296, window_ends = 2147483648, report = { dkim1 = { status = "found" } } }))
      local row = get("acme", "a.example")
      assert.equal("4294967296", tostring(row.next_check_at))
      assert.equal("2147483648", tostring(row.window_ends))
      assert.equal("4102444800", tostring(row.created_at))
      assert.same({ { id = "dkim1", required = true, match = { "x" } } }, row.records)
      assert.same({ region = "eu-west-1", tokens = { "a", "b" } }, row.vars)
      assert.same({ dkim1 = { status = "found" } }, row.report)
      assert.is_true(row.enabled)
      assert.is_nil(row.reason)
      assert.equal(1, row.generation)
    end)

    it("knows all columns that there are", function()
      add("acme", new "a.example")
      write(function(tx) tx:run "UPDATE domains SET lease_owner = 'w', reason = 'lost'" end)
      local row = get("acme", "a.example")
      for name, value in pairs(db:read(function(tx) return tx:row "SELECT * FROM domains" end)) do
        assert.is_not_nil(row[name], name .. " = " .. tostring(value))
      end
    end)

    it("keeps text of DNS that is no UTF-8 within its JSON", function()
      add("acme", new("a.example", { report = { found = "\255\0x" } }))
      assert.equal("\239\191\189\0x", get("acme", "a.example").report.found)
    end)

    it("adds what is new, alone or among many, and says what was there", function()
      assert.same({ true }, add("acme", new "a.example"))
      assert.same({ false, true, false }, add("acme", new "a.example", new "b.example", new "b.example"))
      assert.same({ false }, add("acme", new "b.example"))
      assert.same({ true, true }, add("other", new "a.example", new "b.example"))
      assert.same({}, add "acme")
    end)

    it("adds none of many where one of them cannot be", function()
      local result, _, code = db:write(function(tx)
        return domains.insert_many(tx, "acme", { new "a.example", new("b.example", { status = "x\0" }) })
      end)
      assert.same({ nil, "bad_text" }, { result, code })
      assert.is_nil(get("acme", "a.example"))
    end)

    it("shows a tenant its own alone", function()
      add("acme", new "a.example")
      add("other", new "b.example")
      assert.is_nil(get("other", "a.example"))
      write(function(tx)
        assert.is_false(domains.update(tx, "other", "a.example", { reason = "x" }))
        assert.is_false(domains.remove(tx, "other", "a.example"))
        assert.is_nil(domains.leased(tx, "other", "a.example", "w"))
        assert.equal("b.example", domains.list(tx, "other")[1].domain)
        assert.equal(1, #domains.list(tx, "other"))
      end)
      assert.is_nil(get("acme", "a.example").reason)
    end)

    it("changes fields, to NULL too, and refuses those that are none", function()
      add("acme", new("a.example", { reason = "x", report = { a = 1 } }))
      write(function(tx)
        assert.is_true(domains.update(tx, "acme", "a.example", { reason = db.null, report = { b = 2 }, attempts = 3 }))
      end)
      local row = get("acme", "a.example")
      assert.same({ nil, { b = 2 }, 3 }, { row.reason, row.report, row.attempts })
      assert.has_error(function()
        db:write(function(tx) domains.update(tx, "acme", "a.example", { ["reason = 1 --"] = 1 }) end)
      end, 'there is no column "reason = 1 --" of domains to set here')
    end)

    it("lists by name, page by page, and by status", function()
      add("acme", new "b.example", new "B.example", new("a.example", { status = "verified" }), new "c-d.example", new "ca.example")
      local seen, after = {}, ""
      repeat
        local page = db:read(function(tx) return domains.list(tx, "acme", { after = after, limit = 2 }) end)
        for _, row in ipairs(page) do
          seen[#seen + 1] = row.domain
        end
        after = page[1] and page[#page].domain
      until not after
      -- By octets, whatever the locale of the database.
      assert.same({ "B.example", "a.example", "b.example", "c-d.example", "ca.example" }, seen)
      local verified = db:read(function(tx) return domains.list(tx, "acme", { status = "verified" }) end)
      assert.same({ 1, "a.example" }, { #verified, verified[1].domain })
    end)

    it("removes a domain with what is kept about it, and no other's", function()
      add("acme", new "a.example", new "b.example")
      write(function(tx)
        for _, name in ipairs { "a.example", "b.example" } do
          tx:run("INSERT INTO uses (tenant_id, domain, used_by, since) VALUES ('acme', ?, 'newsletter', 1)", name)
        end
        assert.is_true(domains.remove(tx, "acme", "a.example"))
      end)
      local left = db:read(function(tx) return tx:rows "SELECT domain FROM uses" end)
      assert.same({ { domain = "b.example" } }, left)
      local result = db:write(function(tx)
        return tx:run "INSERT INTO uses (tenant_id, domain, used_by, since) VALUES ('acme', 'a.example', 'x', 1)"
      end)
      assert.is_nil(result)
    end)
  end)
end)

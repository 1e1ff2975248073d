local databases = require "spec.support.databases"
local deliveries = require "mailseal.store.deliveries"
local store = require "mailseal.store"
local webhooks = require "mailseal.store.webhooks"

local unpack = table.unpack or unpack -- luacheck: ignore

local NOW, TENANTS, OF_ONE = 1800000000, 3000, 3000

-- Tenants with a webhook each, of whom one has a good deal of deliveries.
local function fill(tx)
  for i = 1, TENANTS do
    local id = "t" .. i
    webhooks.add(tx, id, { id = "hook", url = "https://a.example/", sealed = "s" }, NOW)
    deliveries.add(tx, id, "hook", { { id = 1, domain = "a.example" } }, NOW + 1000)
  end
  local list = {}
  for i = 1, OF_ONE do list[i] = { id = i, domain = ("d%d.example"):format(i % 500) } end
  webhooks.add(tx, "busy", { id = "hook", url = "https://a.example/", sealed = "s" }, NOW)
  deliveries.add(tx, "busy", "hook", list, NOW + 1000)
  tx:run "UPDATE webhooks SET due_at = 1800001000"
  tx:run "UPDATE deliveries SET state = 'dead', next_at = NULL WHERE tenant_id = 'busy' AND event > 1000"
end

-- A transaction that keeps what it is asked for, and does it, too.
local function watched(tx, list)
  local function keep(method)
    return function(_, sql, ...)
      list[#list + 1] = { sql = sql, n = select("#", ...), ... }
      return tx[method](tx, sql, ...)
    end
  end
  return { run = keep "run", row = keep "row", rows = keep "rows", for_update = "" }
end

local cases = {
  ["tenants with news"] = function(tx) webhooks.with_news(tx, 50) end,
  ["webhooks that are due"] = function(tx) webhooks.due(tx, NOW, false, 32) end,
  ["a webhook's lease"] = function(tx)
    deliveries.lease(tx, "busy", "hook", { owner = "x", now = NOW + 2000, ends = NOW + 9999, limit = 4, at_a_time = 4 })
  end,
  ["when a webhook is due"] = function(tx) deliveries.due_at(tx, "busy", "hook", NOW, 4) end,
  ["the next of a domain"] = function(tx) deliveries.promote(tx, "busy", "hook", "d7.example", NOW) end,
}

describe("What a worker asks for each second about webhooks", function()
  databases.each({ describe = describe, setup = setup, teardown = teardown }, function(new_database, kind)
    local db

    setup(function()
      db = assert(store.open(new_database()))
      assert(db:write(function(tx) fill(tx) return true end))
      if kind == "postgresql" then assert(db:write(function(tx) tx:run "ANALYZE" return true end)) end
    end)
    teardown(function() db:close() end)

    for name, case in pairs(cases) do
      it("is found without reading a table: " .. name, function()
        local list, plans = {}, {}
        db:write(function(tx)
          case(watched(tx, list))
          for _, one in ipairs(list) do
            local explain = kind == "sqlite" and "EXPLAIN QUERY PLAN " or "EXPLAIN "
            for _, row in ipairs(tx:rows(explain .. one.sql, unpack(one, 1, one.n))) do
              plans[#plans + 1] = row.detail or row["QUERY PLAN"]
            end
          end
          return nil, "undone"
        end)
        assert.is_true(#plans > 0)
        for _, line in ipairs(plans) do
          local reads_all = line:find "Seq Scan" or line:find "^SCAN %w+$" or line:find "%(tenant_id=%? AND webhook=%?%)$"
          assert.is_nil(reads_all, table.concat(plans, "\n"))
        end
      end)
    end
  end)
end)

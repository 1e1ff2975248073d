--- The service's figures, as Prometheus reads them: what its workers have counted and measure, and what the database holds.
--
-- They tell of no tenant, but of all tenants together: so they are for whoever runs the service.
-- @module mailseal.http.figures
local cjson = require "cjson.safe"
local exposition = require "mailseal.http.exposition"
local live = require "mailseal.http.live"
local reply = require "mailseal.http.reply"

local M = {}

-- Seconds for which the store's figures stand, and for which nobody else asks for them.
local STAND, ASKING = 5, 5

-- The store's figures: those that somebody has asked for in the last seconds; else they are asked for, by one at a time.
local function of_store(service)
  local dict = live.of(service).dict
  local kept = cjson.decode(dict:get "figures" or "")
  if kept or not dict:add("figures asked", true, ASKING) then
    return kept or cjson.decode(dict:get "figures before" or "")
  end
  local found, _, code = service:registry_of_worker():perform("figures", "read")
  local before = code == "busy" and dict:get "figures before" -- that threads have much to do says nothing of the database
  local text = before or cjson.encode(found or { down = true })
  dict:set("figures", text, STAND)
  dict:set("figures before", text)
  dict:delete "figures asked"
  return cjson.decode(text)
end

local function add(all, figures)
  if not figures then
    return -- the first ones are being asked for
  end
  all.mailseal_store_up = figures.down and 0 or 1
  for outcome, count in pairs(figures.checks or {}) do
    all[exposition.series("mailseal_checks_total", { "outcome", outcome })] = count
  end
  for _, queue in ipairs(figures.queues or {}) do
    all[exposition.series("mailseal_queue_due", { "queue", queue.name })] = queue.due
    all[exposition.series("mailseal_queue_age_seconds", { "queue", queue.name })] = queue.age
  end
  for state, count in pairs(figures.webhooks or {}) do
    all[exposition.series("mailseal_webhook_deliveries", { "state", state })] = count
  end
end

--- Tells them.
-- @tparam table service
-- @treturn table as of `mailseal.http.reply`
function M.reply(service)
  local kept = live.of(service)
  kept:tell()
  local all = kept.metrics:all()
  for series, value in pairs(kept.metrics:measured(live.workers())) do
    all[series] = value
  end
  add(all, of_store(service))
  return reply.text(200, exposition.write(all), exposition.TYPE)
end

return M

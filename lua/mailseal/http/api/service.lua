--- The routes for whoever runs the service: is it well, and how is it doing?
--
-- `/healthz` says that this worker of nginx answers, and asks nobody; `/readyz` asks the database, and is for whoever sends traffic here
-- or elsewhere. `/metrics` is for Prometheus. None of them tells of any tenant.
-- @module mailseal.http.api.service
local cjson = require "cjson.safe"
local exposition = require "mailseal.http.exposition"
local live = require "mailseal.http.live"
local reply = require "mailseal.http.reply"

local WELL = reply.encoded(200, '{"status":"ok"}')

local function healthz() return WELL end

local function readyz(call)
  local ready, message, code = call.service:registry_of_worker():perform("figures", "ready")
  if not ready then
    return nil, message, code or "store_unreachable"
  end
  return reply.json(200, { status = "ok", database = "ok" })
end

-- ---- Figures.

-- Seconds for which the store's figures stand, and for which nobody else asks for them.
local STAND, ASKING = 5, 5

-- The store's figures: those that somebody has asked for in the last seconds; else they are asked for, by one at a time.
local function figures_of(call)
  local dict = live.of(call.service).dict
  local kept = cjson.decode(dict:get "figures" or "")
  if kept or not dict:add("figures asked", true, ASKING) then
    return kept or cjson.decode(dict:get "figures before" or "")
  end
  local found = call.service:registry_of_worker():perform("figures", "read")
  local text = cjson.encode(found or { down = true })
  dict:set("figures", text, STAND)
  dict:set("figures before", text)
  dict:delete "figures asked"
  return cjson.decode(text)
end

local function add_figures(all, figures)
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

local function metrics(call)
  local kept = live.of(call.service)
  kept:tell()
  local all = kept.metrics:all()
  for series, value in pairs(kept.metrics:measured(live.workers())) do
    all[series] = value
  end
  add_figures(all, figures_of(call))
  return reply.text(200, exposition.write(all), exposition.TYPE)
end

return {
  { method = "GET", path = "/healthz", id = "healthz", handler = healthz, public = true, gives = false },
  { method = "GET", path = "/readyz", id = "readyz", handler = readyz, public = true, gives = false },
  { method = "GET", path = "/metrics", id = "metrics", handler = metrics, public = true, gives = false },
}

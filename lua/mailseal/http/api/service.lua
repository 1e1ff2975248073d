--- The routes for whoever runs the service: is it well, and how is it doing?
--
-- `/healthz` says that this worker of nginx answers, and asks nobody; `/readyz` asks the database, and is for whoever sends traffic here
-- or elsewhere. `/metrics` is for Prometheus, on this machine; from elsewhere it is had of `service:metrics()`. None of them tells of any
-- tenant.
-- @module mailseal.http.api.service
local figures = require "mailseal.http.figures"
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

-- What a proxy says of whom it asks for.
local FORWARDED = { "x-forwarded-for", "forwarded", "x-real-ip", "via" }

local LOOPBACK = ("\0"):rep(15) .. "\1"

-- Is that asked on this machine, and not for somebody elsewhere? A route that is asked without nginx is.
local function is_local(call)
  local address = call.request.peer and call.request.peer() or LOOPBACK
  if address ~= LOOPBACK and not (#address == 4 and address:byte() == 127) then
    return false
  end
  for _, name in ipairs(FORWARDED) do
    if call.headers[name] then
      return false
    end
  end
  return true
end

local function metrics(call)
  if not is_local(call) then
    return nil, "the figures are told on the machine itself, and where `mailseal serve --metrics-listen` has them told", "forbidden"
  end
  return figures.reply(call.service)
end

return {
  { method = "GET", path = "/healthz", id = "healthz", handler = healthz, public = true, gives = false },
  { method = "GET", path = "/readyz", id = "readyz", handler = readyz, public = true, gives = false },
  { method = "GET", path = "/metrics", id = "metrics", handler = metrics, public = true, gives = false },
}

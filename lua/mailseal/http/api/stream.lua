--- The route of the stream of a tenant's events.
-- @module mailseal.http.api.stream
local change = require "mailseal.onboard.change"
local live = require "mailseal.http.live"
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"

local TYPE = "text/event-stream"

-- Where a client that comes again goes on; what he was told last counts before what he once asked for.
local function after(call)
  local last = call.headers["last-event-id"]
  if last and last ~= "" then
    local id = last:find "^%d+$" and #last <= 15 and tonumber(last)
    if not id then
      return nil, "Last-Event-ID must be the id of an event, which is a number", "bad_id"
    end
    return id
  end
  return call.query.after
end

local function stream(call)
  local place, message, code = after(call)
  if code then
    return nil, message, code
  elseif call.method == "HEAD" then
    return reply.text(200, "", TYPE)
  end
  local identity = call.identity
  local opened, members
  opened, message, code, members = live.of(call.service).streams:open {
    tenant = call.tenant.id, token = identity.token, session = identity.session_id, after = place,
    domain = call.query.domain and change.stored(call.query.domain),
    lasts = identity.expires_at and math.max(0, identity.expires_at - call.tenant.registry:now()),
  }
  if not opened then
    return nil, message, code, members
  end
  if call.request.stay then
    call.request:stay(function() opened:stop() end)
  end
  -- What stands between may keep nothing back.
  return reply.stream(TYPE, function(send) opened:run(send) end, { ["X-Accel-Buffering"] = "no" })
end

return {
  {
    method = "GET", path = "/v1/events/stream", id = "streamEvents", handler = stream, gives = { TYPE },
    query = { after = shape.count(0, 2 ^ 53), domain = shape.text(255) },
  },
}

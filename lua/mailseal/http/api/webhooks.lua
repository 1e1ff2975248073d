--- The routes of webhooks: where a tenant's events are sent to.
-- @module mailseal.http.api.webhooks
local objects = require "mailseal.onboard.objects"
local paging = require "mailseal.http.paging"
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"

-- ---- the webhooks

local function webhook_reply(webhook, message, code)
  if not webhook then
    return nil, message, code
  end
  return reply.json(200, objects.webhook(webhook))
end

local function list(call)
  local found, message, code = call.tenant:webhooks()
  if not found then
    return nil, message, code
  end
  return reply.json(200, { webhooks = objects.list(found, objects.webhook) })
end

-- What is asked for; an empty list of kinds stands for all of them.
local function asked(call, all)
  local given = {}
  for name, value in pairs(call.body) do
    given[name] = value
  end
  if given.kinds and not given.kinds[1] then
    given.kinds = all
  end
  return given
end

local function create(call)
  local made, message, code = call.tenant:make_webhook(asked(call, nil))
  if not made then
    return nil, message, code
  end
  return reply.json(201, objects.webhook(made), { Location = call.service:path("api", "/v1/webhooks/" .. made.id) })
end

local function get(call)
  return webhook_reply(call.tenant:webhook(call.path.webhook))
end

local function change(call)
  return webhook_reply(call.tenant:change_webhook(call.path.webhook, asked(call, false)))
end

local function done(ok, message, code)
  if not ok then
    return nil, message, code
  end
  return reply.empty(204)
end

local function remove(call)
  return done(call.tenant:remove_webhook(call.path.webhook))
end

local function test(call)
  local found, message, code = call.tenant:test_webhook(call.path.webhook)
  if not found then
    return nil, message, code
  end
  return reply.json(200, found)
end

-- ---- what they deliver

local function place_of(delivery) return delivery.event end

local function deliveries(call)
  local found, message, code = call.tenant:deliveries(call.path.webhook, {
    state = call.query.state, after = call.query.after, limit = paging.limit(call),
  })
  if not found then
    return nil, message, code
  end
  return paging.reply(call, "deliveries", found, place_of, objects.delivery)
end

local function replay(call)
  local event = call.path.delivery:find "^%d+$" and #call.path.delivery <= 15 and tonumber(call.path.delivery)
  if not event then
    return nil, "there is no such delivery", "no_such_delivery"
  end
  return done(call.tenant:replay(call.path.webhook, event))
end

local function replay_dead(call)
  local count, message, code = call.tenant:replay_dead(call.path.webhook)
  if not count then
    return nil, message, code
  end
  return reply.json(200, { replayed = count })
end

local fields = { url = shape.text(2048), kinds = shape.list(shape.text(64), 100), description = shape.text(255) }
local new_webhook = shape.object(fields, { "url" })
local changed_webhook = shape.object {
  url = fields.url, kinds = fields.kinds, description = fields.description, enabled = shape.flag(), new_secret = shape.flag(),
}

local ALL, ONE = "/v1/webhooks", "/v1/webhooks/{webhook}"

return {
  { method = "GET", path = ALL, id = "listWebhooks", handler = list },
  { method = "POST", path = ALL, id = "createWebhook", handler = create, body = new_webhook },
  { method = "GET", path = ONE, id = "getWebhook", handler = get },
  { method = "PATCH", path = ONE, id = "changeWebhook", handler = change, body = changed_webhook },
  { method = "DELETE", path = ONE, id = "deleteWebhook", handler = remove },
  { method = "POST", path = ONE .. "/test", id = "testWebhook", handler = test },
  {
    method = "GET", path = ONE .. "/deliveries", id = "listDeliveries", handler = deliveries,
    query = paging.query(shape.count(0, 2 ^ 53), { state = shape.one_of { "waiting", "dead" } }),
  },
  { method = "POST", path = ONE .. "/deliveries/{delivery}/replay", id = "replayDelivery", handler = replay },
  { method = "POST", path = ONE .. "/replay", id = "replayDeadDeliveries", handler = replay_dead },
}

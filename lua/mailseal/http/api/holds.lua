--- The routes of mail that is held, and of mail that was released.
-- @module mailseal.http.api.holds
local paging = require "mailseal.http.paging"
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"

local function position_of(hold) return hold.position end

local function list(call)
  local held, message, code = call.tenant:held(call.path.domain, { after = call.query.after, limit = paging.limit(call) })
  if not held then
    return nil, message, code
  end
  return paging.reply(call, "holds", held, position_of)
end

local function hold(call)
  local mail = call.body.mail
  local count, message, code = call.tenant:hold(call.path.domain, mail, { after = call.body.after })
  if not count then
    return nil, message, code
  end
  return reply.json(200, { held = count })
end

local function call_off(call)
  local count, message, code = call.tenant:unhold(call.path.domain, call.path.mail)
  if not count then
    return nil, message, code
  elseif count == 0 then
    return nil, "that mail is not held", "not_found"
  end
  return reply.empty(204)
end

local function id_of(release) return release.id end

local function released(call)
  local list_of, message, code = call.tenant:released { after = call.query.after, limit = paging.limit(call) }
  if not list_of then
    return nil, message, code
  end
  return paging.reply(call, "released", list_of, id_of)
end

local function forget(call)
  if not call.query.through then
    return nil, "query.through is missing: the id of the last release that was dealt with", "bad_query"
  end
  local count, message, code = call.tenant:forget_released(call.query.through)
  if not count then
    return nil, message, code
  end
  return reply.json(200, { forgotten = count })
end

-- Ids of messages that one call may hold: as many as go into a body of a megabyte.
local MOST = 10000

local place, mail = shape.count(0, 2 ^ 53), shape.text(1000)

return {
  { method = "GET", path = "/v1/domains/{domain}/holds", id = "listHolds", handler = list, query = paging.query(place) },
  {
    method = "POST", path = "/v1/domains/{domain}/holds", id = "holdMail", handler = hold,
    body = shape.object({ mail = shape.either(mail, shape.list(mail, MOST, 1)), after = place }, { "mail" }),
  },
  { method = "DELETE", path = "/v1/domains/{domain}/holds/{mail}", id = "callOffMail", handler = call_off },
  { method = "GET", path = "/v1/released", id = "listReleased", handler = released, query = paging.query(place) },
  { method = "DELETE", path = "/v1/released", id = "forgetReleased", handler = forget, query = { through = place } },
}

--- From a request to a reply: finds the route, asks who it is, reads what was sent, calls the handler.
--
-- **A route** is a table of
--
-- - `method`, `path` (`/v1/domains/{domain}`), `id` (its operationId in openapi.json)
-- - `handler(call)`: returns a reply of `mailseal.http.reply`; or nil, a message, a code and, where there are any, members of the
--   problem (`headers` among them are fields of the header)
-- - `public`: true where nobody has to say who he is
-- - `query`: by name, the shapes (`mailseal.http.shape`) of what may stand in the query; without it nothing may. False: whatever stands
--   there, the handler reads it of the request's target
-- - `body`: the shape of the body, which is JSON; `optional`: true where it may be left out, and is an empty object then
-- - `accepts`: in place of `body`, the media type of what is sent, or a list of such; then the body is octets, or, with `pieces`, a
--   `mailseal.http.body`, so that a large one is read piece by piece or where it lies
-- - `limit`: octets of the body: 1 MB of JSON, 25 MB of what else is sent
-- - `gives`: the media types that are answered (`application/json`), or false where what is accepted makes no difference
-- - `at_most`: how many calls of it one worker of nginx has under way at a time, where they are costly; three quarters of these a tenant
-- - `problem(call, status, problem)`: makes the reply of what went wrong, in place of JSON
--
-- **A call** is a table of `service`, `route`, `request`, `method`, `path` (what stands for the names in braces), `query`, `body`,
-- `headers` (by name in small letters), and, where the route is not public, `identity` (`tenant`, `token`, `actor`) and `tenant`, whose
-- methods are those of `mailseal.onboard.tenant`.
--
-- **A request** is a table of `method`, `target` (path and query as they were sent), `headers`, and `read(limit)`, which returns the
-- body (`mailseal.http.body`), or nil, a message and a code; `peer()` returns from which address it comes (4 or 16 octets), and whether
-- over TLS. In nginx it has `stay(request, gone)`: from then on the handler goes on to its end even where its client leaves, and `gone` is
-- called then. The route that was found is put into it, as `route`.
-- @module mailseal.http.dispatch
local accepts = require "mailseal.http.accepts"
local codes = require "mailseal.http.codes"
local decode = require "mailseal.json.reader"
local escapes = require "mailseal.http.escapes"
local identifier = require "mailseal.onboard.identifier"
local problem = require "mailseal.http.problem"
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"

local M = {}

local JSON = { "application/json" }
local LIMIT_JSON, LIMIT = 1024 * 1024, 25 * 1024 * 1024

-- ---- What was sent.

local function read_query(call, text)
  if call.route.query == false then
    call.query = {}
    return true
  end
  local given, message, code = escapes.query(text)
  if not given then
    return nil, message, code
  end
  call.query, message, code = shape.query(call.route.query or {}, given)
  return call.query, message, code
end

-- May something be sent? (HTTP/2 need not say how much.)
local function is_sent(headers)
  local length = headers["content-length"]
  return length and length ~= "0" or not length and (headers["transfer-encoding"] or headers["content-type"])
end

local function read_json(route, body)
  if route.optional and body.size == 0 then
    return {}
  end
  local value, message, code = decode.decode(body:octets())
  if value == nil then
    return nil, message, code
  end
  return shape.read(route.body, value)
end

local function read_body(call)
  local route, headers = call.route, call.headers
  if route.body and route.optional and not is_sent(headers) then
    call.body = {}
    return true
  end
  if headers["content-encoding"] and headers["content-encoding"]:lower() ~= "identity" then
    return nil, "what is sent must be as it is: without a Content-Encoding", "unsupported_media_type", {
      headers = { ["Accept-Encoding"] = "identity" },
    }
  end
  local kinds = route.body and JSON or type(route.accepts) == "table" and route.accepts or { route.accepts }
  if not accepts.is_one_of(headers["content-type"], kinds) then
    local list = table.concat(kinds, " or ")
    return nil, ("what is sent must be %s, and its Content-Type must say so"):format(list), "unsupported_media_type", {
      headers = { Accept = table.concat(kinds, ", ") },
    }
  end
  local limit = route.limit or route.body and LIMIT_JSON or LIMIT
  local body, message, code = call.request.read(limit)
  if not body then
    return nil, message, code
  end
  if route.body then
    call.body, message, code = read_json(route, body)
  else
    call.body = route.pieces and body or body:octets()
  end
  return call.body ~= nil, message, code
end

-- ---- Who sent it.

local function identify(call)
  local service = call.service
  local identity, message, code, members = service:authenticate(call)
  if not identity then
    code = code or "unauthorized"
    if code == "unauthorized" then
      members = members or { headers = { ["WWW-Authenticate"] = 'Bearer realm="mailseal"' } }
    elseif not codes[code] then
      members = members or { status = 403 }
    end
    return nil, message or "say who you are: Authorization: Bearer, and a token", code, members
  end
  local actor = identity.actor ~= "" and identity.actor or nil -- nginx has "" for what there is not
  if actor then
    local ok
    ok, message, code = identifier.check(actor, "an actor")
    if not ok then
      return nil, message, code
    end
  end
  call.identity, call.tenant = identity, service:tenant(identity.tenant, actor)
  return true
end

-- ---- The handler.

-- The part of what may be under way that one tenant may have: so he holds up no other.
local SHARE = 3 / 4

-- Counts what is under way of each route that is bounded, in all and by tenants. Returns what takes it off again.
local function enter(call)
  local route, busy, tenant = call.route, call.service.busy, call.identity and call.identity.tenant or ""
  local under_way = busy[route] or { all = 0, of = {} }
  local own = under_way.of[tenant] or 0
  if under_way.all >= route.at_most or own >= math.max(1, route.at_most * SHARE) then
    return nil, "as many of these as may be are under way", "busy"
  end
  busy[route] = under_way
  under_way.all, under_way.of[tenant] = under_way.all + 1, own + 1
  return function()
    local left = under_way.of[tenant] - 1
    under_way.all, under_way.of[tenant] = under_way.all - 1, left > 0 and left or nil
  end
end

local function handle(call)
  local route = call.route
  if not route.at_most then
    return route.handler(call)
  end
  local leave, message, code = enter(call)
  if not leave then
    return nil, message, code
  end
  -- Where its client leaves, nginx would drop it, and nobody would know that it is under way no more.
  if call.request.stay then
    call.request:stay()
  end
  local results = { pcall(route.handler, call) }
  leave()
  if not results[1] then
    error(results[2], 0)
  end
  return results[2], results[3], results[4], results[5]
end

local function find(call, path)
  local route, values, code, allow = call.service.router:find(call.method, path)
  if not route and code == "method_not_allowed" then
    return nil, values, code, { headers = { Allow = allow } }
  elseif not route then
    return nil, values, code
  end
  call.route, call.path, call.request.route = route, values, route
  if not values then
    return nil, code, allow -- what is wrong with the path
  end
  return true
end

-- What has to be in order before the handler is called, one after the other.
local function prepare(call, path, query)
  local ok, message, code, members = find(call, path)
  local route = call.route
  if ok and not route.public then
    ok, message, code, members = identify(call)
  end
  if ok and route.gives ~= false and not accepts.suits(call.headers.accept, route.gives or JSON) then
    return nil, ("only %s is given here"):format(table.concat(route.gives or JSON, " or ")), "not_acceptable"
  end
  if ok then
    ok, message, code = read_query(call, query)
  end
  if ok and (route.body or route.accepts) then
    ok, message, code, members = read_body(call)
  end
  return ok, message, code, members
end

local function attempt(call, path, query)
  local ok, message, code, members = prepare(call, path, query)
  if not ok then
    return nil, message, code, members
  end
  return handle(call)
end

local function options(call, path)
  local _, _, code, allow = call.service.router:find("OPTIONS", path)
  return code == "method_not_allowed" and reply.empty(204, { Allow = allow }) or nil
end

--- Answers a request.
-- @tparam table service
-- @tparam table request
-- @treturn table a reply
function M.answer(service, request)
  local path, query = request.target:match "^([^?]*)%??(.*)$"
  local call = { service = service, request = request, method = request.method, headers = request.headers }
  local made = call.method == "OPTIONS" and options(call, path)
  if made then
    return made
  end
  local ok, result, message, code, members = xpcall(attempt, debug.traceback, call, path, query)
  if ok and result then
    return result
  elseif not ok then
    message, code, members = result, "internal", nil
  end
  return problem.reply(call, message, code, members)
end

return M

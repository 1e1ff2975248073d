--- The routes of messages: to be signed for a domain, and to be verified.
-- @module mailseal.http.api.messages
local accepts = require "mailseal.http.accepts"
local dkim = require "mailseal.dkim"
local json = require "mailseal.json"
local live = require "mailseal.http.live"
local now = require "mailseal.async".now
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"
local told = require "mailseal.authres.told"

local MESSAGE = "message/rfc822"
local GIVEN = { "application/json", "text/plain" }

-- ---- Signing.

local OPTIONS = { "canonicalization", "headers", "oversign", "identity", "expire", "copy_headers", "lint" }

local function names(text)
  local list = {}
  for name in text:gmatch "[^:]+" do
    list[#list + 1] = name
  end
  return list
end

local function options_of(query)
  local options = {}
  for _, name in ipairs(OPTIONS) do
    options[name] = query[name]
  end
  options.headers, options.oversign = query.headers and names(query.headers), query.oversign and names(query.oversign)
  return options
end

-- Octets from which on a message is large; and how many of those a worker of nginx holds at a time, each of them in memory twice.
local LARGE, AT_A_TIME = 1024 * 1024, 8

-- Calls a function with the message, unless it is large and as many of those as may be are under way.
local function with_message(call, fn)
  local body, kept = call.body, live.of(call.service)
  if body.size <= LARGE then
    return fn(body:octets())
  elseif kept.large >= AT_A_TIME then
    return nil, "as many large messages as may be are being signed", "busy"
  end
  kept.large = kept.large + 1
  local results = { pcall(function() return fn(body:octets()) end) }
  kept.large = kept.large - 1
  if not results[1] then
    error(results[2], 0)
  end
  return results[2], results[3], results[4]
end

-- What a signing came to, for the figures: a refusal is the message's or the domain's, a failure is ours.
local function outcome_of(header, code)
  if header then
    return "signed"
  end
  local known = require "mailseal.http.codes"[code]
  return known and known.status >= 500 and "failed" or "refused"
end

local function sign(call)
  local began, figures = now(), live.of(call.service).metrics
  if call.request.stay then
    call.request:stay()
  end
  local header, findings, code = with_message(call, function(message)
    return call.tenant:sign(call.path.domain, message, options_of(call.query))
  end)
  local outcome = outcome_of(header, code)
  figures:count(('mailseal_signs_total{outcome="%s"}'):format(outcome))
  if not header then
    return nil, findings, code
  end
  figures:observe("mailseal_sign_seconds", "", now() - began)
  if accepts.suits(call.headers.accept, GIVEN) == "text/plain" then
    return reply.text(200, header)
  end
  return reply.json(200, json.object("header", header, "findings", json.plain(findings)))
end

-- ---- Verifying.

-- The message goes by piece by piece, and the others have their turn between.
local function read(body, stream_of)
  local stream
  for piece in body:pieces() do
    stream = stream or stream_of(piece)
    local taken, message, code = stream:write(piece)
    if not taken then
      return nil, message, code
    end
  end
  return stream
end

local function results_of(call, resolver)
  local stream, message, code = read(call.body, function(first)
    return dkim.verifier({ resolver = resolver, normalize = told.has_unix_lines(first) }):stream { now = call.query.time }
  end)
  if not stream then
    return nil, message or "the message is empty", code or "not_a_message"
  end
  return stream:finish()
end

local function count(figures, results, began)
  for _, result in ipairs(results[1] and results or told.NONE) do
    figures:count(('mailseal_verifies_total{result="%s"}'):format(result.result))
  end
  figures:observe("mailseal_verify_seconds", "", now() - began)
end

local function verify(call)
  local began, id = now(), call.query.authserv_id
  if id and (id == "" or id:find "%c") then
    return nil, "query.authserv_id must be a name on one line", "bad_query"
  end
  if call.request.stay then
    call.request:stay()
  end
  local resolver, message, code = call.service:registry_of_worker():resolver()
  if not resolver then
    return nil, message, code
  end
  local results
  results, message, code = results_of(call, resolver)
  if not results then
    return nil, message, code
  end
  count(live.of(call.service).metrics, results, began)
  local objects = told.objects(results)
  return reply.json(200, json.object(
    "results", objects, "ignored", results.ignored, "authentication_results", told.field(results, id)))
end

local list = shape.text(2000, "names of header fields, with colons between")

return {
  {
    method = "POST", path = "/v1/domains/{domain}/sign", id = "signMessage", handler = sign,
    accepts = MESSAGE, pieces = true, gives = GIVEN,
    query = {
      canonicalization = shape.one_of {
        "relaxed/relaxed", "relaxed/simple", "simple/relaxed", "simple/simple", "relaxed", "simple",
      },
      headers = list, oversign = list, identity = shape.text(500), expire = shape.count(1, 2 ^ 31), copy_headers = shape.flag(),
      lint = shape.one_of { "refuse", "report", "off" },
    },
  },
  {
    method = "POST", path = "/v1/messages/verify", id = "verifyMessage", handler = verify, accepts = MESSAGE, pieces = true, at_most = 200,
    query = { authserv_id = shape.text(255), time = shape.moment() },
  },
}

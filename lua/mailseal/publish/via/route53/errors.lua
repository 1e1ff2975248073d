--- What Route 53 says where it does not do what it was asked: "Common errors" and those of each action, Amazon Route 53 API Reference.
-- @module mailseal.publish.via.route53.errors
local later = require "mailseal.publish.api.later"
local xml = require "mailseal.publish.xml"

local M = {}

-- By the code of an error: ours, and what is wrong.
local ERRORS = {
  AccessDenied = { "not_allowed" }, AccessDeniedException = { "not_allowed" }, OptInRequired = { "not_allowed" },
  NotAuthorizedException = { "not_allowed" },
  InvalidClientTokenId = { "bad_credentials" }, UnrecognizedClientException = { "bad_credentials" },
  MissingAuthenticationToken = { "bad_credentials" }, IncompleteSignature = { "bad_credentials" },
  ExpiredToken = { "bad_credentials", "says that these credentials have expired" },
  ExpiredTokenException = { "bad_credentials", "says that these credentials have expired" },
  NoSuchHostedZone = { "no_zone", "has no such hosted zone" }, InvalidInput = { "refused_record" }, MalformedInput = { "refused_record" },
  Throttling = { "rate_limited" }, ThrottlingException = { "rate_limited" },
  PriorRequestNotComplete = { "rate_limited", "is still busy with another change of this zone" },
}

-- Seconds after which it may be asked again, where it tells none.
local PAUSES = { Throttling = 1, ThrottlingException = 1, PriorRequestNotComplete = 2 }

-- What a signature is no good for: its time, or the secret that it was made with. What the server's clock says is in every answer.
local function of_signature(said, now, answer)
  if not (said:find "Signature expired" or said:find "Signature not yet current" or said:find "Request has expired") then
    return "bad_credentials"
  end
  local theirs = later.date(answer.headers.date or "")
  return "clock_off", "finds this machine's clock wrong", { seconds = theirs and now - theirs }
end

-- What of a batch is not so: that of a zone which has moved underneath it is told from what would never be taken.
local MOVED = { "but it was not found", "do not match the current values", "but it already exists" }

local function of_batch(said)
  for _, words in ipairs(MOVED) do
    if said:find(words, 1, true) then return "zone_moved", "finds other records there than were read: nothing was changed" end
  end
  return "refused_record"
end

local function messages_of(tree)
  local list = {}
  for i, one in ipairs(xml.all(tree, "Messages", "Message")) do list[i] = one.text:gsub("%s+", " ") end
  return table.concat(list, "; ")
end

--- As `explain` of `mailseal.publish.api` wants it.
-- @tparam number now seconds since 1970
-- @tparam ?table tree what was answered
-- @tparam table answer as of `mailseal.fetch`
-- @treturn ?string code
-- @treturn ?string words
-- @treturn ?table details
-- @treturn ?string what it said
function M.explain(now, tree, answer)
  if not tree then return nil end
  if tree.name == "InvalidChangeBatch" then
    local said = messages_of(tree)
    local code, words = of_batch(said)
    return code, words, nil, said
  elseif tree.name ~= "ErrorResponse" then
    return nil
  end
  local name, said = xml.text(tree, "Error", "Code") or "", (xml.text(tree, "Error", "Message") or ""):gsub("%s+", " ")
  if name == "SignatureDoesNotMatch" or name == "InvalidSignatureException" or name == "RequestExpired" then
    local code, words, details = of_signature(said, now, answer)
    return code, words, details, said
  elseif name == "InvalidChangeBatch" then
    local code, words = of_batch(said)
    return code, words, nil, said
  end
  local meaning, pause = ERRORS[name] or {}, PAUSES[name]
  local details = pause and { retry_at = later.of_headers(answer.headers, now) or now + pause }
  return meaning[1], meaning[2], details, said ~= "" and said or nil
end

return M

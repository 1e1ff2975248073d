--- Requests signed as AWS wants them: Signature Version 4, in a header.
--
--     local headers = aws_signature.sign {
--       method = "GET", host = "route53.amazonaws.com", target = "/2013-04-01/hostedzonesbyname?maxitems=1",
--       region = "us-east-1", service = "route53", access_key = id, secret_key = secret, now = os.time(),
--     }
--
-- What is signed is the method, the path, the query in the one order that both sides put it in, the fields that are named, and the
-- SHA-256 of the body, with a key of that day, region and service alone ("Create a signed AWS API request", IAM User Guide). A server
-- takes a signature whose time is within five minutes of its own.
-- @module mailseal.publish.aws_signature
local hexadecimal = require "mailseal.printable".hexadecimal
local seal = require "mailseal.core".seal

local M = {}

local ALGORITHM, LAST = "AWS4-HMAC-SHA256", "aws4_request"

-- A path once more as a URL takes it (RFC 3986 §2.3), its slashes left: what is sent as %20 is signed as %2520.
local function canonical_path(path)
  return (path:gsub("[^%w._~/-]", function(octet) return ("%%%02X"):format(octet:byte()) end))
end

-- A query in the order that both sides put it in: by names, and those of one name by values.
local function canonical_query(query)
  local list = {}
  for pair in query:gmatch "[^&]+" do
    local name, value = pair:match "^([^=]*)=?(.*)$"
    list[#list + 1] = { name = name, value = value }
  end
  table.sort(list, function(a, b)
    if a.name == b.name then return a.value < b.value end
    return a.name < b.name
  end)
  for i, pair in ipairs(list) do list[i] = pair.name .. "=" .. pair.value end
  return table.concat(list, "&")
end

-- The fields as they are signed, each with the end of its line, and their names.
local function canonical_fields(fields)
  local names, lines = {}, {}
  for name in pairs(fields) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    local value = fields[name]:gsub("^%s+", ""):gsub("%s+$", ""):gsub("  +", " ")
    lines[i] = ("%s:%s\n"):format(name, value)
  end
  return table.concat(lines), table.concat(names, ";")
end

--- The key that a day's requests to a service are signed with.
-- @tparam string secret_key
-- @tparam string day "20150830"
-- @tparam string region
-- @tparam string service
-- @treturn string 32 octets
function M.key(secret_key, day, region, service)
  local key = "AWS4" .. secret_key
  for _, part in ipairs { day, region, service, LAST } do key = seal.hmac_sha256(key, part) end
  return key
end

--- Signs a request.
-- @tparam table request
--
-- - `method`, `host` (with its port where that is not https's)
-- - `target`: path and query as they are sent, without `.` and `..`, the query escaped as RFC 3986 has it (%20 and not +)
-- - `headers`: those to be signed beside ours, by name; `body`: octets
-- - `region`, `service`, `access_key`, `secret_key`, `session_token` (of credentials that are lent for a time)
-- - `now`: seconds since 1970
-- @treturn table the fields to be sent, by name; `Host` is not among them, for who sends writes it
function M.sign(request)
  local time = os.date("!%Y%m%dT%H%M%SZ", request.now)
  local scope = table.concat({ time:sub(1, 8), request.region, request.service, LAST }, "/")
  local sent, signed = { ["X-Amz-Date"] = time, ["X-Amz-Security-Token"] = request.session_token }, { host = request.host }
  for name, value in pairs(request.headers or {}) do sent[name] = value end
  for name, value in pairs(sent) do signed[name:lower()] = value end
  local fields, names = canonical_fields(signed)
  local path, query = request.target:match "^([^?]*)%??(.*)$"
  local canonical = table.concat({
    request.method, canonical_path(path), canonical_query(query), fields, names, hexadecimal(seal.sha256(request.body or "")),
  }, "\n")
  local text = table.concat({ ALGORITHM, time, scope, hexadecimal(seal.sha256(canonical)) }, "\n")
  local key = M.key(request.secret_key, time:sub(1, 8), request.region, request.service)
  sent.Authorization = ("%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"):format(
    ALGORITHM, request.access_key, scope, names, hexadecimal(seal.hmac_sha256(key, text)))
  return sent
end

return M

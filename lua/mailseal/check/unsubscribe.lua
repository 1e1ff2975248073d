--- Can one unsubscribe from a message with one click (RFC 8058, RFC 2369)?
-- @module mailseal.check.unsubscribe
local message = require "mailseal.message"

local M = {}

local POST = "list-unsubscribe=one-click"

-- The values of the fields of that name, unfolded.
local function values_of(fields, name)
  local values = {}
  for _, field in ipairs(fields) do
    if field.name:lower():gsub("[ \t]+$", "") == name then
      values[#values + 1] = field.value:gsub("[\r\n]+", ""):gsub("^%s+", ""):gsub("%s+$", "")
    end
  end
  return values
end

-- The addresses in angle brackets, by their scheme.
local function schemes_of(value)
  local schemes = {}
  for scheme in value:gmatch "<%s*(%a[%w+.-]*):[^>]*>" do
    schemes[scheme:lower()] = true
  end
  return schemes
end

local function names_in(headers)
  local names = {}
  for name in (headers or ""):lower():gmatch "[^:%s]+" do
    names[name] = true
  end
  return names
end

-- Does a signature that passes cover both fields?
local function covered(results)
  local passed = false
  for _, result in ipairs(results) do
    if result.result == "pass" then
      passed = true
      local names = names_in(result.headers)
      if names["list-unsubscribe"] and names["list-unsubscribe-post"] then
        return "covered"
      end
    end
  end
  return passed and "not_covered" or "not_signed"
end

local texts = {
  one_click = "the message can be unsubscribed from with one click",
  no_field = "the message has no List-Unsubscribe field",
  several_fields = "the message has more than one List-Unsubscribe or List-Unsubscribe-Post field",
  no_https = "List-Unsubscribe names no address that begins with https:",
  no_post = "the message has no List-Unsubscribe-Post field",
  wrong_post = "List-Unsubscribe-Post does not say List-Unsubscribe=One-Click",
  not_signed = "no DKIM signature of the message passes",
  not_covered = "no DKIM signature that passes covers both List-Unsubscribe and List-Unsubscribe-Post",
  not_verified = "the signatures of the message were not verified",
}

local function judge(unsubscribe, post, results)
  if #unsubscribe == 0 then
    return false, "no_field"
  elseif #unsubscribe > 1 or #post > 1 then
    return false, "several_fields"
  elseif not schemes_of(unsubscribe[1]).https then
    return false, "no_https"
  elseif #post == 0 then
    return false, "no_post"
  elseif post[1]:lower():gsub("%s", "") ~= POST then
    return false, "wrong_post"
  elseif not results then
    return nil, "not_verified"
  end
  local state = covered(results)
  return state == "covered", state == "covered" and "one_click" or state
end

--- Looks at a message.
-- @tparam string text the message
-- @tparam ?table results those of `dkim.verify` of it; nil where nobody has verified it
-- @treturn table
--
-- - `met`: true where RFC 8058 holds, false where it does not, nil where that cannot be told
-- - `reason`: "one_click", "no_field", "several_fields", "no_https", "no_post", "wrong_post", "not_signed", "not_covered" or "not_verified"
-- - `text`: that in words
-- - `by_mail`: true where there is an address that one can unsubscribe at by mail
function M.look(text, results)
  local fields = message.fields(text)
  local unsubscribe, post = values_of(fields, "list-unsubscribe"), values_of(fields, "list-unsubscribe-post")
  local met, reason = judge(unsubscribe, post, results)
  local by_mail = #unsubscribe == 1 and schemes_of(unsubscribe[1]).mailto or false
  return { met = met, reason = reason, text = texts[reason], by_mail = by_mail }
end

return M

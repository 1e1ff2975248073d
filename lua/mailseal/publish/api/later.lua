--- When to ask a server again that was asked too often: Retry-After (RFC 9110 §10.2.3), and the fields that APIs tell their limits by.
-- @module mailseal.publish.api.later
local M = {}

--- Seconds after which to ask again where nothing tells.
M.UNTOLD = 60

-- Nobody is believed who says more than a day; a number above this one is a moment, not a duration.
local LONGEST, MOMENT = 86400, 1000000000

local MONTHS = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10, Nov = 11, Dec = 12 }

-- Days from 1970-01-01 to a date of the Gregorian calendar.
local function days_of(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
    + math.floor((153 * (month - 3) + 2) / 5) + day - 719469
end

--- A date of HTTP (RFC 9110 §5.6.7, the form that is to be sent).
-- @tparam string text "Sun, 06 Nov 1994 08:49:37 GMT"
-- @treturn ?number seconds since 1970; nil where it is none
function M.date(text)
  local day, month, year, hour, minute, second = text:match "^%a%a%a, (%d%d) (%a%a%a) (%d%d%d%d) (%d%d):(%d%d):(%d%d) GMT$"
  if not MONTHS[month] then return nil end
  return days_of(tonumber(year), MONTHS[month], tonumber(day)) * 86400 + hour * 3600 + minute * 60 + second
end

local function within(at, now) return math.max(now + 1, math.min(math.ceil(at), now + LONGEST)) end

--- A moment that is told as seconds from now, or as seconds since 1970.
-- @tparam number|string|nil told
-- @tparam number now seconds since 1970
-- @treturn ?number seconds since 1970, after now and within a day; nil where it is neither
function M.moment(told, now)
  local number = tonumber(told)
  if not number or number ~= number or number < 0 then return nil end
  return within(number > MOMENT and number or now + number, now)
end

--- When the fields of an answer say to ask again.
-- @tparam table headers by name in lower case
-- @tparam number now seconds since 1970
-- @treturn ?number seconds since 1970; nil where they say nothing
function M.of_headers(headers, now)
  local after = headers["retry-after"]
  local date = after and M.date(after)
  if date then return within(date, now) end
  if after and M.moment(after, now) then return M.moment(after, now) end
  -- draft-ietf-httpapi-ratelimit-headers: RateLimit: "default";r=0;t=30
  local seconds = (headers.ratelimit or ""):match ";%s*t=(%d+)"
  return M.moment(seconds or headers["ratelimit-reset"] or headers["x-ratelimit-reset"], now)
end

return M

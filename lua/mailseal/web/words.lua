--- Times, numbers and lists in plain English.
-- @module mailseal.web.words
local M = {}

local floor = math.floor

--- A count of things.
-- @tparam number count
-- @tparam string one what one of them is called
-- @tparam[opt] string many what several are called, if that is not the same with an s
-- @treturn string such as "1 record", "1,200 records", "no records"
function M.count(count, one, many)
  many = many or one .. "s"
  if count == 0 then
    return "no " .. many
  end
  return M.number(count) .. " " .. (count == 1 and one or many)
end

--- A number with its thousands told apart.
-- @tparam number value
-- @treturn string
function M.number(value)
  local text = ("%.0f"):format(value)
  while true do
    local grouped, changed = text:gsub("^(-?%d+)(%d%d%d)", "%1,%2")
    if changed == 0 then
      return text
    end
    text = grouped
  end
end

--- A rate in percent.
-- @tparam number rate of 1
-- @treturn string such as "4.2 %", "0.03 %", "0 %"
function M.rate(rate)
  local percent = rate * 100
  if percent == 0 then
    return "0 %"
  elseif percent < 0.01 then
    return "under 0.01 %"
  end
  local digits = percent < 1 and 2 or percent < 10 and 1 or 0
  local text = ("%." .. digits .. "f"):format(percent)
  return (digits > 0 and text:gsub("0+$", ""):gsub("%.$", "") or text) .. " %"
end

--- Several things in a sentence.
-- @tparam {string,...} list
-- @tparam[opt="and"] string word
-- @treturn string "a", "a and b", "a, b and c"
function M.list(list, word)
  local n = #list
  if n < 2 then
    return list[1] or ""
  end
  return ("%s %s %s"):format(table.concat(list, ", ", 1, n - 1), word or "and", list[n])
end

--- The first letter in capitals.
-- @tparam string text
-- @treturn string
function M.capital(text)
  return (text:gsub("^%l", string.upper))
end

--- A word of the registry's, such as `in_use`, as people write it.
-- @tparam string word
-- @treturn string
function M.plain(word)
  return (word:gsub("_", " "))
end

-- ---- Times

local function day_of(moment) return floor(moment / 86400) end

local function format(pattern, moment)
  return (os.date("!" .. pattern, floor(moment)):gsub("^0", ""):gsub(" 0", " "))
end

--- A moment as it is shown: the time alone on the same day.
-- @tparam number moment seconds since 1970
-- @tparam number now
-- @treturn string in UTC: "14:05 UTC", "3 Nov, 14:05 UTC", "3 Nov 2026, 14:05 UTC"
function M.moment(moment, now)
  local clock = os.date("!%H:%M UTC", floor(moment))
  if day_of(moment) == day_of(now) then
    return clock
  elseif os.date("!%Y", floor(moment)) == os.date("!%Y", floor(now)) then
    return format("%d %b", moment) .. ", " .. clock
  end
  return format("%d %b %Y", moment) .. ", " .. clock
end

--- A day.
-- @tparam number moment seconds since 1970
-- @treturn string in UTC: "3 November 2026"
function M.day(moment)
  return format("%d %B %Y", moment)
end

--- A moment for machines (RFC 3339).
-- @tparam number moment seconds since 1970
-- @treturn string
function M.iso(moment)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", floor(moment))
end

local units = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" } }

--- How long something lasts, roughly.
-- @tparam number seconds
-- @treturn string such as "3 days", "48 hours", "20 minutes"
function M.span(seconds)
  for _, unit in ipairs(units) do
    local size = unit[1]
    if seconds >= size * (size == 86400 and 3 or 2) or size == 1 then
      return M.count(floor(seconds / size + 0.5), unit[2])
    elseif seconds == size then
      return M.count(1, unit[2])
    end
  end
end

return M

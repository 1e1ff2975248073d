--- A domain's bounces and complaints over time, as a small picture.
--
-- Both are drawn against what makes a domain critical, so that one line across says for both from where on it is serious. Bounces are a
-- whole line, complaints a broken one, and what is drawn is told in words as well.
-- @module mailseal.web.spark
local h = require "mailseal.web.html"
local words = require "mailseal.web.words"

local M = {}

local max, min = math.max, math.min

-- Of what makes a domain critical, the most that is drawn; and the least that the picture has room for.
local MOST, LEAST = 2, 1.15

-- Each point is of the day that ends there: of a few hours, one complaint more or less would be a mountain.
local DAY = 86400

-- What was reported in some of the spans.
local function sum_of(slots, first, last)
  local sum = { delivered = 0, bounced = 0, complained = 0 }
  for i = max(1, first), last do
    for name, count in pairs(sum) do
      sum[name] = count + slots[i][name]
    end
  end
  return sum
end

-- A day has too few messages for a rate: it is taken of the part of the least number that falls to it.
local function ratios(series, policy)
  local slots, width = series.slots, max(1, math.floor(DAY / series.step))
  local share = width * series.step / policy.window
  local bounces, complaints, top = {}, {}, LEAST
  for i in ipairs(slots) do
    local sum = sum_of(slots, i - width + 1, i)
    local sent = sum.delivered + sum.bounced
    if sent + sum.complained > 0 then
      bounces[i] = min(MOST, sum.bounced / max(sent, policy.bounce_least * share) / policy.bounce_critical)
      complaints[i] = min(MOST, sum.complained / max(sum.delivered, policy.complaint_least * share) / policy.complaint_critical)
      top = max(top, bounces[i], complaints[i])
    end
  end
  return bounces, complaints, top
end

local function number(value) return (("%.1f"):format(value):gsub("%.0$", "")) end

-- A line through the points that there are; where there are none for a while it is broken, and a point alone is a dash.
local function path_of(values, count, x, y)
  local out, open = {}, false
  for i = 1, count do
    local value = values[i]
    if value then
      out[#out + 1] = (open and "L%s %s" or "M%s %s"):format(number(x(i)), number(y(value)))
      if not open and not values[i + 1] then
        out[#out + 1] = ("h%s"):format(number((x(2) - x(1)) / 2))
      end
    end
    open = value ~= nil
  end
  return table.concat(out)
end

--- The rates over the whole of the time.
-- @tparam table series `slots`
-- @treturn table `delivered`, `bounced`, `complained`, `bounce_rate`, `complaint_rate`
function M.sums(series)
  local sums = sum_of(series.slots, 1, #series.slots)
  sums.bounce_rate = sums.bounced / max(1, sums.delivered + sums.bounced)
  sums.complaint_rate = sums.complained / max(1, sums.delivered)
  return sums
end

--- What the picture shows, in words.
-- @tparam table series
-- @treturn string
function M.describe(series)
  local sums = M.sums(series)
  if sums.delivered + sums.bounced + sums.complained == 0 then
    return "Nothing was sent in the last " .. words.span(series.step * #series.slots)
  end
  return ("In the last %s: bounces %s, complaints %s"):format(words.span(series.step * #series.slots), words.rate(sums.bounce_rate),
    words.rate(sums.complaint_rate))
end

--- Draws it.
-- @tparam table series `slots`, a list of `delivered`, `bounced` and `complained`; `step`, seconds of each
-- @tparam table policy as of `mailseal.onboard.health_rules`
-- @tparam[opt] table size `width` (112), `height` (28)
-- @treturn table HTML
function M.draw(series, policy, size)
  local width, height = size and size.width or 112, size and size.height or 28
  local bounces, complaints, top = ratios(series, policy)
  local count = #series.slots
  local function x(i) return 1 + (i - 1) * (width - 2) / max(1, count - 1) end
  local function y(value) return height - 2 - value / top * (height - 4) end
  local limit = number(y(1))
  return h.svg {
    class = "spark", viewBox = ("0 0 %d %d"):format(width, height), width = width, height = height, role = "img",
    aria_label = M.describe(series), preserveAspectRatio = "none",
    h.path { class = "spark-base", d = ("M0 %dH%d"):format(height - 1, width) },
    h.path { class = "spark-limit", d = ("M0 %sH%d"):format(limit, width) },
    h.path { class = "spark-complaints", d = path_of(complaints, count, x, y) },
    h.path { class = "spark-bounces", d = path_of(bounces, count, x, y) },
  }
end

return M

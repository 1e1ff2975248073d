--- Metrics as Prometheus reads them: the text format 0.0.4.
-- @module mailseal.http.exposition
local metrics = require "mailseal.http.metrics"
local sorted = require "mailseal.rules.sorted"

local M = {}

--- The media type.
M.TYPE = "text/plain; version=0.0.4; charset=utf-8"

-- Each metric: its name, its type, and what it is.
local FAMILIES = {
  { "mailseal_checks_total", "counter", "Looks at domains, by what they came to; by whatever process, since the database was made." },
  { "mailseal_queue_due", "gauge", "What is due and not done yet, by what it is; at most 100000 are counted." },
  { "mailseal_queue_age_seconds", "gauge", "For how long the first of what is due has waited." },
  { "mailseal_webhook_deliveries", "gauge", "Deliveries to webhooks, waiting or given up; at most 100000 are counted." },
  { "mailseal_store_up", "gauge", "Did the database answer when it was asked last?" },
  { "mailseal_dns_query_seconds", "histogram", "Questions put to DNS servers, by what was answered." },
  { "mailseal_signs_total", "counter", "Messages that were to be signed, by what came of it." },
  { "mailseal_sign_seconds", "histogram", "How long signing took, waiting for a thread included." },
  { "mailseal_verifies_total", "counter", "Signatures that were verified, by result; none: messages without one." },
  { "mailseal_verify_seconds", "histogram", "How long verifying a message took, DNS included." },
  { "mailseal_http_requests_total", "counter", "Requests, by route and status." },
  { "mailseal_streams_open", "gauge", "Streams of events that are open." },
  { "mailseal_threads_busy", "gauge", "Calls under way in threads, by pool." },
  { "mailseal_threads_queued", "gauge", "Calls that wait for a thread, by pool." },
  { "mailseal_threads_refused_total", "counter", "Calls that were refused since too many waited, by pool." },
}

local function number(value)
  if value % 1 == 0 and math.abs(value) < 2 ^ 53 then
    return ("%d"):format(value)
  end
  return ("%.9g"):format(value)
end

--- A series: the name of a metric, with labels.
-- @tparam string name
-- @tparam {string,...} labels names and values in turn
-- @treturn string
function M.series(name, labels)
  local parts = {}
  for i = 1, #labels, 2 do
    local value = tostring(labels[i + 1]):gsub('[\\"]', "\\%0"):gsub("\n", "\\n")
    parts[#parts + 1] = ('%s="%s"'):format(labels[i], value)
  end
  return #parts > 0 and ("%s{%s}"):format(name, table.concat(parts, ",")) or name
end

-- The histograms' series put together: by name and labels, the counts of the buckets, and the sum.
local function gather(all)
  local plain, histograms = {}, {}
  for series, value in pairs(all) do
    local name, labels, part = series:match "^([^%z]+)%z([^%z]*)%z([^%z]+)$"
    if name then
      histograms[name] = histograms[name] or {}
      histograms[name][labels] = histograms[name][labels] or {}
      histograms[name][labels][tonumber(part) or part] = value
    else
      plain[series] = value
    end
  end
  return plain, histograms
end

local function add_histogram(lines, name, labels, counts)
  local sum, before = 0, labels == "" and "" or labels .. ","
  for i = 1, #metrics.BUCKETS + 1 do
    sum = sum + (counts[i] or 0)
    local ends = metrics.BUCKETS[i] and number(metrics.BUCKETS[i]) or "+Inf"
    lines[#lines + 1] = ('%s_bucket{%sle="%s"} %s'):format(name, before, ends, number(sum))
  end
  local braced = labels == "" and "" or "{" .. labels .. "}"
  lines[#lines + 1] = ("%s_sum%s %s"):format(name, braced, number(counts.sum or 0))
  lines[#lines + 1] = ("%s_count%s %s"):format(name, braced, number(sum))
end

--- Writes them.
-- @tparam table all numbers by series, as of `mailseal.http.metrics`; what is of none of the families that are told here is left out
-- @treturn string
function M.write(all)
  local plain, histograms = gather(all)
  local names, lines, at = sorted.names(plain), {}, {}
  for _, series in ipairs(names) do
    local name = series:match "^[^{]+"
    at[name] = at[name] or {}
    table.insert(at[name], series)
  end
  for _, family in ipairs(FAMILIES) do
    local name, kind, help = family[1], family[2], family[3]
    if at[name] or histograms[name] then
      lines[#lines + 1] = ("# HELP %s %s"):format(name, help)
      lines[#lines + 1] = ("# TYPE %s %s"):format(name, kind)
    end
    for _, series in ipairs(at[name] or {}) do
      lines[#lines + 1] = ("%s %s"):format(series, number(plain[series]))
    end
    for _, labels in ipairs(sorted.names(histograms[name] or {})) do
      add_histogram(lines, name, labels, histograms[name][labels])
    end
  end
  lines[#lines + 1] = ""
  return table.concat(lines, "\n")
end

return M

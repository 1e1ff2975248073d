--- Reads the text format of Prometheus, 0.0.4, as strictly as its description has it, and raises where something is not so.
local M = {}

local KINDS = { counter = true, gauge = true, histogram = true }

local function refuse(line, why) error(("%s: %q"):format(why, line), 0) end

local unescaped = { ["\\"] = "\\", ['"'] = '"', n = "\n" }

-- The labels within braces.
local function labels_of(line, text)
  local labels, at = {}, 1
  while at <= #text do
    local name, start = text:match('^([%a_][%w_]*)="()', at)
    if not name then refuse(line, "no label") end
    if labels[name] then refuse(line, "a label is there twice") end
    local value = {}
    at = start
    while true do
      local char = text:sub(at, at)
      if char == '"' then break end
      if char == "" or char == "\n" then refuse(line, "a label without end") end
      if char == "\\" then
        at = at + 1
        char = unescaped[text:sub(at, at)] or refuse(line, "an escape that is none")
      end
      value[#value + 1] = char
      at = at + 1
    end
    labels[name] = table.concat(value)
    at = at + 1
    if text:sub(at, at) == "," then at = at + 1 elseif at <= #text then refuse(line, "something behind a label") end
  end
  return labels
end

-- To which metric a sample belongs.
local function family_of(found, name)
  if found.types[name] and found.types[name] ~= "histogram" then return name end
  local base = name:match "^(.-)_bucket$" or name:match "^(.-)_sum$" or name:match "^(.-)_count$"
  return base and found.types[base] == "histogram" and base or nil
end

local function read_comment(found, line)
  local what, name, rest = line:match "^# (%u+) ([%a_:][%w_:]*) (.+)$"
  if what == "HELP" then
    if found.help[name] then refuse(line, "two helps") end
    found.help[name] = rest
  elseif what == "TYPE" then
    if found.types[name] then refuse(line, "two types") end
    if not KINDS[rest] then refuse(line, "a type that is none") end
    found.types[name] = rest
  else
    refuse(line, "a comment that is none of ours")
  end
  return name
end

local function read_sample(found, line)
  local series, value = line:match "^(.+) (%S+)$"
  if not series then refuse(line, "no sample") end
  local name, braced = series:match "^([%a_:][%w_:]*)(.*)$"
  if not name or braced ~= "" and not braced:find "^{.+}$" then refuse(line, "no name") end
  local family = family_of(found, name) or refuse(line, "a sample without its type before it")
  if found.samples[series] then refuse(line, "the same series twice") end
  local number = tonumber(value)
  if not number or value:find "[xX]" then refuse(line, "no number") end
  if found.types[family] == "counter" and (number < 0 or not family:find "_total$") then refuse(line, "no counter") end
  found.samples[series] = { value = number, labels = labels_of(line, braced:sub(2, -2)), family = family, name = name }
  return family
end

-- All buckets of a histogram grow towards +Inf, which is the count.
local function check_histograms(found, order)
  local last = {}
  for _, series in ipairs(order) do
    local sample = found.samples[series]
    if sample.name:find "_bucket$" and found.types[sample.family] == "histogram" then
      local key = series:gsub('le="[^"]*"', ""):gsub(",}", "}")
      local ends = sample.labels.le == "+Inf" and math.huge or tonumber(sample.labels.le) or refuse(series, "no le")
      local before = last[key]
      if before and (ends <= before.ends or sample.value < before.value) then refuse(series, "buckets that do not grow") end
      last[key] = { ends = ends, value = sample.value }
    end
  end
  for key, bucket in pairs(last) do
    local count = key:gsub("_bucket", "_count"):gsub("{}", "")
    if bucket.ends ~= math.huge then refuse(key, "no bucket +Inf") end
    if not found.samples[count] or found.samples[count].value ~= bucket.value then refuse(count, "a count that is not that of +Inf") end
  end
end

--- Reads it.
-- @tparam string text
-- @treturn table `types` and `help` by metric; `samples` by series; functions `value(series)`, `labels(series)`
-- @raise where it is not as it has to be
function M.read(text)
  local found, closed, current, order = { types = {}, help = {}, samples = {} }, {}, nil, {}
  if not text:find "\n$" then error("the last line has no end", 0) end
  for line in text:gmatch "([^\n]*)\n" do
    local family
    if line:find "^#" then
      family = read_comment(found, line)
    else
      family = read_sample(found, line)
      order[#order + 1] = line:match "^(.+) %S+$"
    end
    if family ~= current then
      if closed[family] then refuse(line, "a metric in two places") end
      closed[current or ""], current = true, family
    end
  end
  check_histograms(found, order)
  function found.value(series) return found.samples[series] and found.samples[series].value end
  function found.labels(series) return found.samples[series].labels end
  return found
end

return M

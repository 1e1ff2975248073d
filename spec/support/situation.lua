--- Plays situations: a domain whose DNS is as a zone says, and what a check of it must find.
--
-- A situation is a file in spec/check/situations that returns a table:
--
-- - `title`: what is the matter, in a line.
-- - `line`: that of the list in spec/check/situations_spec.lua which it is an example of, if it is of one.
-- - `zone`: its DNS, as `mailseal.dns.zone` takes it: a table, or a text in BIND's format. spec/support/zones.lua has beginnings.
-- - `before`, `elapsed`: its DNS so many seconds ago, when the same was checked by way of the same cache.
-- - `check`: `domain`, and the options of `check.domain`. Without `name_servers` it does without them; without `now` it is `NOW`.
-- - `message`: in place of `check.domain`, the text that is given to `check.message` with the options `check`.
-- - `findings`: each with a `code`, and with fields that the finding must have, exactly. Those of severity "error" and "pending"
--   are to be told all, and in that order; of others there may be more. `retry_in` is `retry_at` counted from the time of the check.
-- - `absent`: codes that must not be found, whatever their severity.
-- - `status`, and `retry_in`: those of the report.
-- - `records`: by the expectation's id, fields of what the report says of it.
-- - `report`: fields that the report must have in other parts of it, by path: `["dkim.selectors.1.state"] = "missing"`.
local check = require "mailseal.check"
local resolver = require "mailseal.dns.resolver"
local zone = require "mailseal.dns.zone"

local M = {}

--- The time of the checks, in seconds since 1970.
M.NOW = 1800000000

local DIRECTORY = "spec/check/situations"

--- The situations, by the names of their files without ".lua".
-- @treturn {string,...} names, sorted
function M.names()
  local names, pipe = {}, assert(io.popen("ls " .. DIRECTORY))
  for name in pipe:lines() do
    names[#names + 1] = name:match "^(.*)%.lua$"
  end
  pipe:close()
  table.sort(names)
  return names
end

--- Loads one of them.
-- @tparam string name
-- @treturn table
function M.load(name)
  return dofile(("%s/%s.lua"):format(DIRECTORY, name))
end

-- ---- Playing one.

local function open(source)
  if type(source) == "string" then
    return assert(zone.read(source))
  end
  return assert(zone.new(source))
end

-- A resolver over a zone that can be exchanged for another, with a cache where it will be.
local function stage(situation, clock)
  local transport = { servers = { false }, tries = 1 }
  function transport:exchange(query, server)
    return self.zone:exchange(query, server)
  end
  function transport:close() end
  local cache = situation.before and require "mailseal.dns.cache".new { now = clock } or nil
  return transport, resolver.new(transport, { now = clock, cache = cache })
end

local function run(situation, asked, now)
  local options = { name_servers = false, now = now, resolver = asked }
  for name, value in pairs(situation.check or {}) do
    options[name] = value
  end
  if situation.message then
    options.name_servers = nil
    return assert(check.message(situation.message, options))
  end
  local domain = options.domain
  options.domain = nil
  return assert(check.domain(domain, options))
end

--- Plays a situation.
-- @tparam table situation
-- @treturn table the report
function M.play(situation)
  local now = situation.check and situation.check.now or M.NOW
  local moment = now
  local transport, asked = stage(situation, function() return moment end)
  if situation.before then
    moment = now - situation.elapsed
    transport.zone = open(situation.before)
    run(situation, asked, moment)
  end
  moment, transport.zone = now, open(situation.zone)
  local report = run(situation, asked, now)
  asked:close()
  return report
end

-- ---- Comparing.

local told_whole = { error = true, pending = true }

local function at_path(report, path)
  local value = report
  for step in path:gmatch "[^.]+" do
    if type(value) ~= "table" then return nil end
    value = value[tonumber(step) or step]
  end
  return value
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then
    return a == b
  end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function shown(value)
  if type(value) ~= "table" then
    return type(value) == "string" and ("%q"):format(value) or tostring(value)
  end
  local parts = {}
  for key, item in pairs(value) do parts[#parts + 1] = ("%s = %s"):format(tostring(key), shown(item)) end
  table.sort(parts)
  return "{ " .. table.concat(parts, ", ") .. " }"
end

-- Notes each field that is other than wanted.
local function compare(problems, what, wanted, found, now)
  for field, value in pairs(wanted) do
    local has = found[field]
    if field == "retry_in" then
      has = found.retry_at and found.retry_at - now
    end
    if not same(value, has) then
      problems[#problems + 1] = ("%s: %s is %s, not %s"):format(what, field, shown(has), shown(value))
    end
  end
end

-- The finding with a code that fits best among those not taken yet.
local function take(findings, taken, wanted, now)
  local best, fewest
  for i, finding in ipairs(findings) do
    if finding.code == wanted.code and not taken[i] then
      local problems = {}
      compare(problems, wanted.code, wanted, finding, now)
      if not best or #problems < #fewest then best, fewest = i, problems end
    end
  end
  if best then taken[best] = true end
  return best, fewest
end

local function append(list, more)
  for _, item in ipairs(more) do list[#list + 1] = item end
end

local function compare_findings(problems, situation, report, now)
  local taken, last = {}, 0
  for _, wanted in ipairs(situation.findings) do
    local place, differences = take(report.findings, taken, wanted, now)
    if not place then
      problems[#problems + 1] = wanted.code .. " is not found"
    else
      append(problems, differences)
      if told_whole[report.findings[place].severity] then
        if place < last then problems[#problems + 1] = wanted.code .. " is told too early" end
        last = place
      end
    end
  end
  for i, finding in ipairs(report.findings) do
    if not taken[i] and told_whole[finding.severity] then
      problems[#problems + 1] = ("%s is found, too: %s"):format(finding.code, finding.message)
    end
  end
end

local function compare_records(problems, situation, report, now)
  for id, wanted in pairs(situation.records or {}) do
    local entry
    for _, candidate in ipairs(report.records) do
      if candidate.id == id then entry = candidate end
    end
    if entry then
      compare(problems, "record " .. id, wanted, entry, now)
    else
      problems[#problems + 1] = "there is no record " .. id
    end
  end
end

--- What is other than the situation wants.
-- @tparam table situation
-- @tparam table report
-- @treturn {string,...} in words; none where all is as it should be
function M.problems(situation, report)
  local problems, now = {}, situation.check and situation.check.now or M.NOW
  compare_findings(problems, situation, report, now)
  for _, code in ipairs(situation.absent or {}) do
    for _, finding in ipairs(report.findings) do
      if finding.code == code then problems[#problems + 1] = code .. " is found" end
    end
  end
  compare_records(problems, situation, report, now)
  compare(problems, "the report", { status = situation.status, retry_in = situation.retry_in }, report, now)
  for path, value in pairs(situation.report or {}) do
    if not same(value, at_path(report, path)) then
      problems[#problems + 1] = ("%s is %s, not %s"):format(path, shown(at_path(report, path)), shown(value))
    end
  end
  return problems
end

return M

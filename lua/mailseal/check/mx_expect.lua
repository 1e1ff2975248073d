--- Are the MX records there that a mail service expects, and they alone?
--
-- The value of such an expectation is "10 mx.example.net", or the name alone, or a list of them; the preference is of no matter. Without
-- a value or a pattern any MX record will do.
-- @module mailseal.check.mx_expect
local definitive = require "mailseal.dns.answer".definitive
local missing = require "mailseal.check.publication.missing"
local presentation = require "mailseal.check.publication.presentation"
local verdict = require "mailseal.check.publication.verdict"

local M = {}

-- The hosts that values name, as answers spell them.
local function hosts_of(value)
  local hosts = {}
  for i, text in ipairs(type(value) == "table" and value or { value }) do
    hosts[i] = text:lower():gsub("^%s*%d+%s+", ""):gsub("%s+$", ""):gsub("(.)%.$", "%1")
  end
  return hosts
end

local function set_of(answer)
  local set = {}
  for _, record in ipairs(answer.status == "ok" and answer.records or {}) do
    set[record.exchange] = true
  end
  return set
end

-- Are all these hosts among the answer's? At least one there must be.
local function has_all(answer, hosts)
  local set = set_of(answer)
  for _, host in ipairs(hosts) do
    if not set[host] then
      return false
    end
  end
  return next(set) ~= nil
end

-- The hosts that are wanted and are all there, out of several sets that are each right; nil where none is whole.
local function whole_set(case, answer)
  local expect = case.expect
  if expect.value or not expect.form then
    for _, value in ipairs { expect.value or {}, (table.unpack or unpack)(expect.alternatives) } do -- luacheck: ignore
      if has_all(answer, hosts_of(value)) then
        return hosts_of(value)
      end
    end
  end
  for host in pairs(expect.form and set_of(answer) or {}) do
    if expect.form(host) then
      return { host }
    end
  end
end

local function fits(case, answer)
  return whole_set(case, answer) ~= nil
end

-- The hosts of an answer that are none of these, nor may stand beside them.
local function others_in(case, hosts)
  local set, others = set_of(case.truth), {}
  for _, list in ipairs { hosts, hosts_of(case.expect.beside) } do
    for _, host in ipairs(list) do
      set[host] = nil
    end
  end
  for host in pairs(set) do
    if not (case.expect.form and case.expect.form(host)) then
      others[#others + 1] = host
    end
  end
  table.sort(others)
  return others
end

-- A migration all of whose old hosts are there.
local function migration_of(case)
  for _, migration in ipairs(case.expect.migrations) do
    if has_all(case.truth, hosts_of(migration.from)) then
      return migration
    end
  end
end

-- Do none of these hosts have an address, for all that DNS says?
local function are_gone(context, hosts)
  local questions = {}
  for _, host in ipairs(hosts) do
    questions[#questions + 1] = { host, "A" }
    questions[#questions + 1] = { host, "AAAA" }
  end
  local answers = context:asks(questions)
  for i = 1, #questions do
    if not answers[i] or not definitive[answers[i].status] or answers[i].status == "ok" then
      return false
    end
  end
  return true
end

local function judge(case)
  local hosts = whole_set(case, case.truth)
  local others = others_in(case, hosts or hosts_of(case.expect.value))
  if hosts then
    if #others == 0 or #hosts == 0 then
      return "found"
    end
    case:find("mx_others_beside", { found = others })
    return "conflicting"
  elseif case.truth.status ~= "ok" or #others == 0 then
    return missing.judge(case)
  end
  local migration = migration_of(case)
  if migration then
    case:find("record_migrating", { found = migration.from, expected = migration.to or case.expect.value })
    return "migrating"
  end
  case:find(are_gone(case.context, others) and "mx_other_gone" or "mx_other", { found = others, retry_at = case:retry_at() })
  return "mismatch"
end

local rules = { type = function() return "MX" end, fits = fits, holds = fits, judge = judge }

--- The rules of an expectation, see `mailseal.check.publication.verdict`.
-- @tparam table expect
-- @treturn ?table nil where it is another aspect's
function M.rules_of(expect)
  return expect.match == "mx" and rules or nil
end

--- What was found, for the report.
-- @tparam table case that was judged
-- @treturn ?string
function M.found(case)
  local values = case.truth and presentation.values(case.truth) or {}
  return #values > 0 and table.concat(values, "; ") or nil
end

--- Looks at the MX records that are expected.
-- @tparam table context see `mailseal.check.context`
function M.look(context)
  verdict.look(context, M.rules_of, M.found)
end

return M

--- The DNS tree walk (RFC 9989 §4.10): which names are asked for DMARC records, and what is found there.
--
-- All names of a walk, and of several, are asked at the same time, for a walk is short and waiting for each answer in turn would
-- make it long. What the standard would not have asked any more, because a record before it ends the walk, is then not looked at.
--
-- @module mailseal.dmarc.walk
local answers = require "mailseal.dns.answer"
local memo = require "mailseal.record.memo"
local record = require "mailseal.record.dmarc"

local unpack = table.unpack or unpack -- luacheck: ignore

local M = {}

-- A domain of so many labels or more is cut to one less after the first query, which makes eight queries at most (§4.10, step 4).
local LONG = 8

-- A domain and all above it, but for the root.
local function upwards(domain)
  local names, n, dot = { domain }, 1, domain:find(".", 1, true)
  while dot do
    n = n + 1
    names[n] = domain:sub(dot + 1)
    dot = domain:find(".", dot + 1, true)
  end
  return names, n
end

--- The name of so many of a domain's labels, counted from the right.
-- @tparam string domain
-- @tparam number count
-- @treturn string
function M.shortened(domain, count)
  local names, n = upwards(domain)
  return names[math.max(1, n - count + 1)]
end

--- How many labels a domain has.
-- @tparam string domain
-- @treturn number
function M.count(domain)
  return (select(2, upwards(domain)))
end

--- The domains that a walk looks at, in their order.
-- @tparam string domain in lower-case A-labels
-- @treturn {string,...} eight at most
function M.domains(domain)
  local names, n = upwards(domain)
  if n < LONG then
    return names
  end
  return { domain, unpack(names, n - LONG + 2, n) }
end

-- ---- What a name's answer says

-- What a text says. Of a domain several want to know.
local read = memo.of(function(text)
  local parsed, _, code, partly = record.parse(text)
  return { text = text, parsed = parsed or partly, code = code }
end)

-- The DMARC records among the texts: what does not begin with v=DMARC1 is somebody else's.
local function records_of(answer)
  local found = {}
  for _, text in ipairs(answer.text or {}) do
    local one = read(text)
    found[#found + 1] = one.code ~= "dmarc_not_a_record" and one or nil
  end
  return found
end

-- One place of a walk, judged.
local function step_of(domain, name, answer)
  local step = { domain = domain, name = name, answer = answer or nil }
  if not answer then -- no DNS name can be that long, so that there is no record
    step.problem = "name_too_long"
    return step
  elseif answers.temporary[answer.status] then
    step.problem, step.temporary = answer.status, true
    return step
  end
  local found = records_of(answer)
  if #found > 1 then -- §4.10, step 2: they are all discarded
    step.problem, step.count = "several_records", #found
  elseif #found == 1 then
    step.record, step.parsed, step.problem = found[1].text, found[1].parsed, found[1].code
  end
  return step
end

--- Asks for the DMARC records that the walks of some domains look at, all at once and each name once.
-- @tparam {string,...} domains in lower-case A-labels
-- @tparam table resolver a `mailseal.dns` resolver
-- @tparam[opt] string beside a further name whose TXT records are asked for at the same time
-- @treturn[1] table by domain that is looked at, a table: `domain`; `name`, what was asked for; `answer`; `record`, where there
--   is one; `parsed`, unless that is invalid; `problem`: why there is none, or none with a policy (`several_records`, with their
--   `count`; `dmarc_syntax`, `dmarc_no_policy`; `name_too_long`; a temporary status, with `temporary` set). What is `parsed` is only
--   to be read
-- @treturn[1] ?table the answer for the further name; false where that is none that can be asked for
-- @treturn[2] nil
-- @treturn[2] string why nothing can be asked
-- @treturn[2] string `wrong_phase`, see `mailseal.dns`
function M.ask(domains, resolver, beside)
  local places, names, seen = {}, {}, {}
  for _, start in ipairs(domains) do
    for _, domain in ipairs(M.domains(start)) do
      if not seen[domain] then
        seen[domain] = true
        places[#places + 1], names[#names + 1] = domain, "_dmarc." .. domain
      end
    end
  end
  names[#names + 1] = beside
  local found = resolver:query_all(names, "TXT")
  local steps = {}
  for i, domain in ipairs(places) do
    if not found[i] then
      local _, message, code = resolver:query(names[i], "TXT")
      if code ~= "bad_name" then
        return nil, message, code
      end
    end
    steps[domain] = step_of(domain, names[i], found[i])
  end
  return steps, beside and found[#names]
end

--- The walk of a domain through what was found: its steps up to the one that ends it (psd=y, psd=n).
-- @tparam string domain in lower-case A-labels
-- @tparam table steps as of @{ask}, for this domain at least
-- @treturn {table,...}
function M.path(domain, steps)
  local path = {}
  for i, place in ipairs(M.domains(domain)) do
    local step = steps[place]
    path[i] = step
    if step.parsed and step.parsed.psd ~= "u" then
      break
    end
  end
  return path
end

--- The time at which all temporary faults on a walk may be over.
-- @tparam {table,...} path as of @{path}
-- @tparam ?table other a further answer that is waited for
-- @treturn ?number seconds since 1970; nil where there are none
function M.retry_at(path, other)
  local latest = other and other.recheck_at
  for _, step in ipairs(path) do
    local moment = step.temporary and step.answer.recheck_at
    latest = moment and (not latest or moment > latest) and moment or latest
  end
  return latest
end

--- The organizational domain that a walk comes to (§4.10.2).
-- @tparam {table,...} path as of @{path}
-- @treturn ?string nil where a place could not be asked, so that it cannot be told
-- @treturn ?table the step of the public suffix above it, where its record (psd=y) says so
function M.organizational_domain(path)
  local start = path[1].domain
  local shortest, temporary
  for i, step in ipairs(path) do
    temporary = temporary or step.temporary
    local psd = step.parsed and step.parsed.psd
    if psd == "y" and i > 1 then
      return not temporary and M.shortened(start, M.count(step.domain) + 1) or nil, step
    elseif psd then -- with psd=n, it is the last one
      shortest = step
    end
  end
  if temporary then
    return nil
  end
  return shortest and shortest.domain or start
end

return M

--- What the picture shows of a report: for DKIM, SPF and DMARC, states, words and names, and no more of them than fit a page.
--
-- A state is "ok", "warning", "error", "pending" or "none" (there is nothing to judge).
-- @module mailseal.check.picture.model
local M = {}

-- Rows of each kind that are drawn; how many more there are is told.
local SELECTORS, NODES, STEPS, REPORTS = 20, 40, 8, 6
-- Receivers give up on an SPF record behind so many look-ups (RFC 7208 §4.6.4).
M.LOOKUPS = 10

local weight = { none = 0, ok = 1, pending = 2, warning = 3, error = 4 }

local function worse(a, b)
  return weight[b] > weight[a] and b or a
end

-- The worst that was found of each name, and of each aspect.
local function judge(findings)
  local names, aspects = {}, {}
  for _, finding in ipairs(findings) do
    local state = weight[finding.severity] and finding.severity or "ok"
    if finding.name then
      names[finding.name] = worse(names[finding.name] or "none", state)
    end
    if finding.aspect then
      aspects[finding.aspect] = worse(aspects[finding.aspect] or "none", state)
    end
  end
  return names, aspects
end

-- ---- DKIM

local selector_states = {
  found = "ok", missing = "pending", mismatch = "error", migrating = "warning", conflicting = "error", propagating = "pending",
  unknown = "pending",
}
local key_types = { rsa = "RSA", ed25519 = "Ed25519" }

local function key_words(entry)
  local key = entry.key
  if key then
    local words = key_types[key.type] or tostring(key.type)
    return key.bits and key.type ~= "ed25519" and ("%s, %d bits"):format(words, key.bits) or words
  end
  return entry.record and "no usable key" or entry.state == "unknown" and "no answer" or "no key"
end

local function selector_of(entry, names)
  local state = worse(selector_states[entry.state] or "none", names[entry.name] or "none")
  return {
    selector = entry.selector or entry.name, name = entry.name, state = state, word = entry.state or "unknown",
    chain = entry.chain or {}, key = key_words(entry), has_key = entry.key ~= nil,
  }
end

local function dkim_of(report, names, aspects)
  local dkim = report.dkim
  if not dkim then
    return { state = "none", words = "not looked at", rows = {} }
  end
  local rows, state = {}, aspects.dkim or "none"
  for i, entry in ipairs(dkim.selectors or {}) do
    local row = selector_of(entry, names)
    state = worse(state, row.state)
    if i <= SELECTORS then
      rows[i] = row
    end
  end
  local count = #(dkim.selectors or {})
  if count == 0 and state == "ok" then -- there was nothing to look at
    state = "none"
  end
  local words = count == 0 and "no selector is known: keys can only be found with one" or count == 1 and "one selector"
    or count .. " selectors"
  return { state = state, words = words, rows = rows, more = count - #rows }
end

-- ---- SPF

local querying = { include = true, a = true, mx = true, ptr = true, exists = true }

local add_node

-- The terms of a record in order: each that queries is one look-up more, and those that lead to a record go on there.
local function add_terms(list, node, depth, count)
  local place = 0
  for _, term in ipairs(node.parsed and node.parsed.terms or {}) do
    local leads = term.name == "include" or term.name == "redirect"
    if term.name == "all" then
      break
    elseif querying[term.name] or leads then
      count = count + 1
    end
    if leads then
      place = place + 1
      if node.children[place] then
        count = add_node(list, node.children[place], depth, count)
      end
    end
  end
  while place < #node.children do -- a redirect that stands before an all, or a record that was not read here
    place = place + 1
    count = add_node(list, node.children[place], depth, count + 1)
  end
  return count
end

local problems = {
  no_domain = "no such domain", no_record = "no SPF record", two_records = "two SPF records", syntax = "not valid",
  cycle = "leads in a circle", bad_domain = "no domain name", temporary = "DNS did not answer", macro = "depends on the sender",
  too_many = "no end to it",
}
local problem_states = { temporary = "pending", macro = "ok" }

-- `count` is that of the look-up that led here.
function add_node(list, node, depth, count)
  local past = math.max(count, depth == 0 and node.total or 0)
  local state = node.problem and (problem_states[node.problem] or "error") or past > M.LOOKUPS and "error" or "ok"
  local words = problems[node.problem] or node.problem
  if past > M.LOOKUPS and not words then
    words = depth == 0 and ("more than %d"):format(M.LOOKUPS) or ("look-up %d: past %d"):format(count, M.LOOKUPS)
  end
  list[#list + 1] = {
    text = node.term or node.domain, domain = node.domain, depth = depth, state = state, words = words, total = node.total or 0,
    position = count,
  }
  return add_terms(list, node, depth + 1, count)
end

local spf_words = { none = "no record", misplaced = "the record is at another name", broken = "receivers cannot use it",
  unknown = "DNS did not answer" }
local spf_states = { ok = "ok", none = "warning", misplaced = "error", broken = "error", unknown = "pending" }

local function spf_of(report, aspects)
  local spf = report.spf
  if not spf then
    return { state = "none", words = "not looked at", rows = {} }
  end
  local tree = spf.tree
  local all, state = {}, worse(spf_states[spf.state] or "none", aspects.spf or "none")
  if tree and (tree.record or tree.problem and tree.problem ~= "no_record") then
    add_node(all, tree, 0, 0)
  end
  local rows = {}
  for i = 1, math.min(#all, NODES) do
    rows[i] = all[i]
  end
  local lookups = tree and tree.total or spf.lookups
  return {
    state = state, words = spf_words[spf.state], rows = rows, more = #all - #rows,
    lookups = #rows > 0 and tree.problem ~= "temporary" and lookups or nil,
    voids = tree and tree.voids, capped = tree and tree.capped,
  }
end

-- ---- DMARC

local dmarc_words = { inherited = "the policy of a domain above", none = "no record", misplaced = "the record is at another name",
  broken = "receivers do not use it", unknown = "DNS did not answer" }
local dmarc_states = { ok = "ok", inherited = "ok", none = "warning", misplaced = "error", broken = "error", unknown = "pending" }
local step_problems = {
  several_records = { "error", "several records" }, dmarc_syntax = { "error", "not valid" }, dmarc_no_policy = { "error", "no policy" },
  name_too_long = { "none", "too long a name for DNS" },
}

local function step_of(step, record_domain)
  local problem = step_problems[step.problem]
  if step.domain == record_domain then
    return { name = step.name, state = "ok", words = "this record applies" }
  elseif problem then
    return { name = step.name, state = problem[1], words = problem[2] }
  elseif step.temporary or step.problem then
    return { name = step.name, state = "pending", words = "DNS did not answer" }
  end
  return { name = step.name, state = "none", words = step.record and "a record that does not apply" or "no record" }
end

local report_states = { authorised = "ok", refused = "warning", temperror = "pending" }
local report_words = { refused = "not authorised", temperror = "DNS did not answer" }

local function reports_of(dmarc)
  local list = {}
  for i, entry in ipairs(dmarc.reports or {}) do
    if i <= REPORTS then
      list[i] = {
        name = entry.destination, state = report_states[entry.result] or "none", words = report_words[entry.result] or entry.result,
      }
    end
  end
  return list
end

local function policy_of(dmarc)
  if not dmarc.policy then
    return nil
  end
  local parsed = dmarc.parsed or {}
  return {
    policy = dmarc.policy, tag = dmarc.tag, tested = dmarc.tested and dmarc.requested ~= dmarc.policy and dmarc.requested or nil,
    state = dmarc.policy == "none" and "warning" or "ok",
    alignment = ("alignment: DKIM %s, SPF %s"):format(parsed.dkim_alignment or "relaxed", parsed.spf_alignment or "relaxed"),
  }
end

local function dmarc_of(report, aspects)
  local dmarc = report.dmarc
  if not dmarc then
    return { state = "none", words = "not looked at", rows = {}, reports = {} }
  end
  local rows = {}
  for i, step in ipairs(dmarc.path or {}) do
    if i <= STEPS then
      rows[i] = step_of(step, dmarc.record_domain)
    end
  end
  local state = dmarc.state or (dmarc.result == "found" and "ok" or dmarc.result == "temperror" and "unknown" or "none")
  return {
    state = worse(dmarc_states[state] or "none", aspects.dmarc or "none"), words = dmarc_words[state], rows = rows,
    policy = policy_of(dmarc), reports = reports_of(dmarc), more = 0,
  }
end

-- ---- All

local status_states = { ok = "ok", warning = "warning", error = "error", unknown = "pending" }

--- What is to be drawn.
-- @tparam table report as `mailseal.check.domain` returns it
-- @treturn table `domain`, `state`, `status`, `dkim`, `spf`, `dmarc`: of each `state`, `words`, `rows`, `more` (rows that are left out)
function M.of(report)
  local names, aspects = judge(report.findings or {})
  return {
    domain = report.domain or "?", status = report.status or "unknown", state = status_states[report.status] or "pending",
    dkim = dkim_of(report, names, aspects), spf = spf_of(report, aspects), dmarc = dmarc_of(report, aspects),
  }
end

return M

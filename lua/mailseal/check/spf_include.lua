--- Does an SPF record include what is expected of it? An expectation without an include wants a record alone.
-- @module mailseal.check.spf_include
local add_include = require "mailseal.record.spf".add_include
local canonical = require "mailseal.dns.name".canonical
local published = require "mailseal.check.publication.published"
local record = require "mailseal.record"

local M = {}

--- Does a record's own text include a domain?
-- @tparam string text
-- @tparam ?string domain where none is asked for, it is enough that it is a record
-- @treturn boolean
function M.text_includes(text, domain)
  local parsed = record.parse("spf", text)
  if not domain then
    return parsed ~= nil
  end
  for _, term in ipairs(parsed and parsed.terms or {}) do
    if term.name == "include" and term.qualifier == "+" and canonical(term.domain) == domain then
      return true
    elseif term.name == "all" then
      return false
    end
  end
  return parsed ~= nil and parsed.redirect ~= nil and canonical(parsed.redirect) == domain
end

local function answer_includes(answer, domain)
  for _, text in ipairs(answer.text) do
    if M.text_includes(text, domain) then
      return true
    end
  end
  return false
end

-- Does the record, or one that it leads to?
local function tree_includes(node, domain)
  if node.record and M.text_includes(node.record, domain) then
    return true
  end
  for _, child in ipairs(node.children) do
    if tree_includes(child, domain) then
      return true
    end
  end
  return false
end

-- What the record is to have.
local function wanted(expectation)
  return expectation.include and "include:" .. expectation.include or expectation.shown or "v=spf1"
end

-- The record as it is to become.
local function proposal(text, expectation)
  local domain = expectation.include
  return text and domain and add_include(text, domain) or expectation.shown or ("v=spf1 include:%s ~all"):format(domain or "…")
end

-- A migration whose old include is still there.
local function migrating(result, expectation)
  for _, migration in ipairs(expectation.migrations) do
    local from, to = migration.from:gsub("^include:", ""), (migration.to or expectation.include):gsub("^include:", "")
    if tree_includes(result.tree, canonical(from)) then
      return canonical(from), canonical(to)
    end
  end
end

local function errors_of(context, name)
  local codes = {}
  for _, finding in ipairs(context.findings) do
    if finding.severity == "error" and finding.name == name then
      codes[#codes + 1] = finding.code
    end
  end
  return codes
end

-- Tells how it stands with one. Returns the status, and the code of what was told of it.
local function judge(context, expectation, result)
  local name, domain = expectation.name, expectation.include
  local seen_by_some = published.state(context, expectation, function(answer) return answer_includes(answer, domain) end)
  if seen_by_some then
    return seen_by_some
  elseif result.state == "unknown" then
    return "unknown"
  elseif tree_includes(result.tree, domain) then
    return "found"
  end
  local from, to = migrating(result, expectation)
  if from then
    context:find("record_migrating", { name = name, record = expectation.id, found = "include:" .. from, expected = "include:" .. to })
    return "migrating"
  elseif result.state == "broken" or result.state == "misplaced" then
    return result.state == "broken" and "mismatch" or "missing"
  elseif expectation.required then
    local new = proposal(result.record, expectation)
    context:find("spf_include_missing", {
      name = name, record = expectation.id, expected = wanted(expectation), found = result.record, new = new,
      retry_at = result.answer.recheck_at,
    })
  end
  return "missing"
end

--- Tells how it stands with the includes that are expected.
-- @tparam table context see `mailseal.check.context`
-- @tparam {table,...} results what was seen of each name that an SPF record is expected at: `name`, `state`, `record`, `tree`, `answer`
-- @treturn table by name, where an SPF record is expected: "found", or "open" where it does not include all that it is to
function M.judge(context, results)
  local expected, by_name = {}, {}
  for _, result in ipairs(results) do
    by_name[result.name] = result
  end
  for _, expectation in ipairs(context.expect) do
    if expectation.match == "spf_include" then
      local result, before = by_name[expectation.name], #context.findings
      local status = judge(context, expectation, result)
      local is_open = status ~= "found" and expectation.required or expected[expectation.name] == "open"
      expected[expectation.name] = is_open and "open" or "found"
      local codes = (result.state == "broken" or result.state == "misplaced") and errors_of(context, expectation.name) or {}
      for i = before + 1, #context.findings do
        codes[#codes + 1] = context.findings[i].code
      end
      context:record {
        id = expectation.id, name = expectation.name, type = "TXT", status = status, expected = wanted(expectation),
        found = result.record, findings = codes,
      }
    end
  end
  return expected
end

return M

--- The result of `mailseal spf` for people and for programs.
-- @module mailseal.cli.spf_report
local json = require "mailseal.json"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local text = require "mailseal.cli.text"

local M = {}

local LOOKUPS_MAX, VOID_LOOKUPS_MAX = 10, 2

-- Columns of the longest result and two spaces.
local RESULT = 11

-- Columns of terms at most; a longer one moves what stands behind it.
local TERM = 44

-- ---- for people

local function indented(depth, words)
  return ("  "):rep(depth) .. text.printable(words)
end

-- How wide the column of terms is.
local function width_of(lines)
  local widest = 0
  for _, line in ipairs(lines) do
    if #line <= TERM then
      widest = math.max(widest, #line)
    end
  end
  return widest
end

-- What is to be said of a step besides its outcome.
local function remarks(step)
  local list = {}
  if step.lookup then
    list[#list + 1] = ("look-up %d"):format(step.lookup)
  end
  if step.result and step.outcome ~= step.result then
    list[#list + 1] = "the record there says " .. step.result
  end
  if step.target and step.term:find("%", 1, true) then
    list[#list + 1] = "asks for " .. text.printable(step.target)
  end
  if step.void then
    list[#list + 1] = "finds nothing"
  end
  return #list > 0 and " (" .. table.concat(list, ", ") .. ")" or ""
end

local function tell_trace(trace)
  local terms = {}
  for i, step in ipairs(trace) do
    terms[i] = indented(2 * step.depth + (step.term and 2 or 1), step.term or step.domain .. ":")
  end
  local width = width_of(terms)
  for i, step in ipairs(trace) do
    if step.term then
      output.line(terms[i], (" "):rep(width - #terms[i]), "  ", paint.word(step.outcome), remarks(step))
    else
      output.line(terms[i], " ", step.record and text.printable(step.record) or paint.word(step.outcome))
    end
  end
end

local problems = {
  no_domain = "does not exist",
  no_record = "has no SPF record",
  two_records = "has two SPF records",
  syntax = "has an SPF record that cannot be read",
  bad_domain = "is no domain name",
  temporary = "gave no answer just now",
  cycle = "stands above already: this goes round in a circle",
  macro = "depends on who sends",
}

local function tell_terms(node, depth)
  for _, step in ipairs(node.terms) do
    local problem = step.child and problems[step.child.problem] or step.void and "finds nothing"
    local remark = problem and paint.paint("yellow", "  " .. problem) or ""
    output.line(("%4d  "):format(step.cost), indented(depth, step.term), remark)
    if step.child then
      tell_terms(step.child, depth + 1)
    end
  end
end

local function tell_tree(root)
  output.line("")
  output.line(("Look-ups of all terms together (a receiver gives up at more than %d):"):format(LOOKUPS_MAX))
  local total = ("%4d"):format(root.total) .. (root.capped and "+" or " ")
  output.line(root.total > LOOKUPS_MAX and paint.paint("red", total) or total, " ", text.printable(root.domain))
  tell_terms(root, 1)
  if root.voids > VOID_LOOKUPS_MAX then
    output.line(("%4d  of these find nothing (a receiver gives up at more than %d)"):format(root.voids, VOID_LOOKUPS_MAX))
  end
end

--- Tells it in lines.
-- @tparam table result see `mailseal.spf`
-- @tparam ?table tree likewise
function M.tell(result, tree)
  paint.line(paint.word(result.result, RESULT), RESULT, result.text)
  if result.explanation and result.explanation ~= "" then
    paint.line((" "):rep(RESULT), RESULT, ("%s explains: %s"):format(result.matched_in, result.explanation))
  end
  if result.retry_at then
    paint.line((" "):rep(RESULT), RESULT, "again at: " .. paint.time(result.retry_at))
  end
  if #result.trace > 0 then
    output.line("")
    output.line("How it came:")
    tell_trace(result.trace)
  end
  if tree and tree.record then
    tell_tree(tree)
  end
end

-- ---- for programs

local function tree_object(node)
  local children = {}
  for i, child in ipairs(node.children) do
    children[i] = tree_object(child)
  end
  return json.object(
    "domain", node.domain,
    "term", node.term,
    "record", node.record,
    "problem", node.problem,
    "lookups", node.lookups,
    "total", node.total,
    "voids", node.voids,
    "capped", node.capped,
    "children", children
  )
end

local step_fields = { "domain", "term", "record", "depth", "outcome", "result", "lookup", "void", "target" }

--- The object for `--json`.
-- @tparam table result see `mailseal.spf`
-- @tparam ?table tree likewise
-- @treturn table what `json.encode` writes as an object
function M.object(result, tree)
  local trace = {}
  for i, step in ipairs(result.trace) do
    trace[i] = json.pick(step, step_fields)
  end
  return json.object(
    "result", result.result,
    "reason", result.reason,
    "explanation", result.explanation,
    "lookups", result.lookups,
    "void_lookups", result.void_lookups,
    "text", result.text,
    "domain", result.domain,
    "identity", result.identity,
    "sender", result.sender,
    "ip", result.ip,
    "helo", result.helo,
    "matched", result.matched,
    "matched_in", result.matched_in,
    "retry_at", result.retry_at,
    "trace", trace,
    "tree", tree and tree_object(tree)
  )
end

return M

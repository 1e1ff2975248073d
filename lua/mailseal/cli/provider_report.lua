--- What `mailseal provider` tells, for people and as JSON.
-- @module mailseal.cli.provider_report
local json = require "mailseal.json"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local sorted = require "mailseal.rules.sorted"
local text = require "mailseal.cli.text"

local M = {}

-- ---- list

--- Prints which providers there are.
-- @tparam {table,...} list as of `mailseal.provider.list`
-- @tparam boolean as_json
function M.list(list, as_json)
  local longest = 0
  for _, one in ipairs(list) do
    longest = math.max(longest, #one.id)
  end
  for _, one in ipairs(list) do
    if as_json then
      output.line(json.encode(json.pick(one, { "id", "name", "aliases", "confidence", "checked_on" })))
    else
      local also = one.aliases[1] and (" (also %s)"):format(table.concat(one.aliases, ", ")) or ""
      paint.line(paint.paint("strong", one.id) .. (" "):rep(longest - #one.id + 2), longest + 2, one.name .. also)
    end
  end
end

-- ---- show

local function words(value)
  return type(value) == "table" and table.concat(value, ", ") or value
end

-- A line of a name and what there is to say of it.
local function tell(indent, name, value)
  if value and value ~= "" then
    local first = (" "):rep(indent) .. name .. ": "
    paint.line(first, #first, words(value))
  end
end

local function tell_vars(vars, indent)
  for i, name in ipairs(sorted.names(vars)) do
    local var = vars[name]
    if i == 1 then
      output.line((" "):rep(indent), "asks for:")
    end
    local optional = (var.optional or var.default) and " (optional)" or ""
    paint.line((" "):rep(indent + 2) .. paint.paint("strong", name) .. ": ", #name + indent + 4, var.text .. optional)
    tell(indent + 4, "shown", var.where)
    tell(indent + 4, var.choices and "one of" or var.default and "unless told" or "such as", var.choices or var.default or var.example)
  end
end

-- What there is otherwise, and how it is asked for.
local function tell_variants(variants)
  for i, name in ipairs(sorted.names(variants)) do
    local variant = variants[name]
    if i == 1 then
      output.line "  variants, by --var variant=NAME:"
    end
    local chosen = variant.chosen_by and (" (or by giving %s)"):format(variant.chosen_by) or ""
    local see = variant.rule and (": see provider %s"):format(variant.rule) or ""
    paint.line("    " .. paint.paint("strong", name) .. ": ", #name + 6, variant.text .. chosen .. see)
    tell_vars(variant.vars, 6)
  end
end

local function tell_records(records)
  for _, record in ipairs(records) do
    local need = record.required and "required" or "optional"
    local first = ("  %s %-5s "):format(paint.word(need, 8), text.printable(record.type))
    paint.line(first, 17, record.name)
    paint.line((" "):rep(17), 17, record.value or record.target or record.shown or "(as the provider shows it)")
    if record.note then
      paint.line((" "):rep(17), 17, record.note, "faint")
    end
  end
end

--- Tells what a provider's rule could not know.
-- @tparam {table,...} missing as of `mailseal.provider.records`
function M.missing(missing)
  for _, one in ipairs(missing) do
    tell(2, "not known without --var " .. one.name .. "=...", one.text .. (one.where and ", shown " .. one.where or ""))
  end
end

local function tell_time(seconds)
  return seconds and (seconds % 3600 == 0 and ("%d hours"):format(seconds / 3600) or ("%d minutes"):format(seconds / 60))
end

-- The provider's words for what mailseal calls otherwise.
local function tell_words(title, of)
  local list = {}
  for _, name in ipairs(sorted.names(of)) do
    list[#list + 1] = of[name] == name and name or ("%s (%s)"):format(of[name], name)
  end
  tell(2, title, list[1] and list)
end

local function tell_rule(rule)
  tell_variants(rule.variants)
  for _, reason in ipairs(rule.not_applicable or {}) do
    tell(2, "not so", reason.text .. (reason.see and (" (see provider %s)"):format(reason.see) or ""))
  end
  tell(2, "window", tell_time(rule.window))
  tell(2, "retry", rule.retry)
  tell(2, "automatic", rule.automatic)
  tell_words("says of a domain", rule.statuses)
  tell_words("says of a record", rule.record_statuses)
  for _, migration in ipairs(rule.migrations or {}) do
    tell(2, "was before", migration.from .. (migration.text and ": " .. migration.text or ""))
  end
  for _, source in ipairs(rule.source) do
    tell(2, "source", source)
  end
  tell(2, "checked on", ("%s, %s"):format(rule.checked_on, rule.confidence))
  for _, of in ipairs(sorted.names(rule.less_sure)) do
    tell(2, "less sure", ("%s (%s)"):format(of, rule.less_sure[of]))
  end
end

local function show_json(rule, found)
  local object = json.plain(rule)
  if found.domain then
    object = json.object(
      "id", rule.id, "name", rule.name, "domain", found.domain, "records", json.plain(found.records),
      "advice", json.plain(found.advice), "missing", json.plain(found.missing)
    )
  end
  output.line(json.encode(object))
end

--- Prints a rule, or the records of a domain.
-- @tparam table rule
-- @tparam table found `domain`, and `records`, `advice`, `missing` as of `mailseal.provider.records`; none of them for the rule
-- @tparam boolean as_json
function M.show(rule, found, as_json)
  if as_json then
    return show_json(rule, found)
  end
  local subject = found.domain and text.printable(found.domain) .. " at " or ""
  output.line(subject, paint.paint("strong", text.printable(rule.name)), " (", text.printable(rule.id), ")")
  tell_records(found.records or rule.records)
  M.missing(found.missing or {})
  if not found.domain then
    tell_vars(rule.vars, 2)
    tell_rule(rule)
  end
  for _, advice in ipairs(found.advice or rule.advice or {}) do
    paint.line("  " .. paint.word("advice", 8) .. " ", 11, advice.text)
  end
end

-- ---- test

local function wrong_in(results)
  local wrong = {}
  for _, result in ipairs(results or {}) do
    wrong[#wrong + 1] = not result.ok and result or nil
  end
  return wrong
end

local function test_json(rule, tried, wrong)
  local list = {}
  for i, result in ipairs(wrong) do
    list[i] = json.pick(result, { "variant", "case", "record", "expected", "found" })
  end
  output.line(json.encode(json.object(
    "id", rule.id, "ok", not tried.cause and #wrong == 0, "tried", #(tried.results or {}), "wrong", list, "error", tried.cause,
    "checked_on", rule.checked_on, "stale", tried.is_stale
  )))
end

--- Prints how a rule did.
-- @tparam table rule
-- @tparam table tried `results` as of `mailseal.cli.provider_trial`, or `cause`, why there are none; `is_stale`
-- @tparam boolean as_json
-- @treturn boolean does it do what it says?
function M.test(rule, tried, as_json)
  local wrong = wrong_in(tried.results)
  local is_right = not tried.cause and #wrong == 0
  if as_json then
    test_json(rule, tried, wrong)
    return is_right
  end
  local first = text.printable(rule.id) .. ": "
  paint.line(first .. paint.word(is_right and "ok" or "error") .. " ", #first + 6, tried.cause
    or tried.results[1] and ("%d of %d as the rule says"):format(#tried.results - #wrong, #tried.results)
    or "nothing is to be published")
  for _, result in ipairs(wrong) do
    tell(2, ("%s%s, %s"):format(result.variant and result.variant .. ", " or "", result.case, result.record),
      ("%s, and not %s"):format(result.found, result.expected))
  end
  if tried.is_stale then
    tell(2, paint.word("warning"), ("its facts were compared with their source on %s, over a year ago"):format(rule.checked_on))
  end
  return is_right
end

return M

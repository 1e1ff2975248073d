--- SPF of a domain: is there one record, does it work, and does it let those send who are to (RFC 7208)?
-- @module mailseal.check.spf
local async = require "mailseal.async"
local domain_alias = require "mailseal.check.domain_alias"
local includes = require "mailseal.check.spf_include"
local is_within = require "mailseal.dns.name".is_within
local merge = require "mailseal.record.spf_merge".merge
local placement = require "mailseal.check.spf_placement"
local published = require "mailseal.check.publication.published"
local record = require "mailseal.record"
local return_address = require "mailseal.check.return_address"
local spf = require "mailseal.spf"
local spf_record = require "mailseal.record.spf"
local trees = require "mailseal.check.spf_tree"

local M = {}

local function build(context, name)
  return assert(spf.tree(name, { resolver = context.resolver }))
end

-- The tree of a name's record, drawn once per check whoever asks.
local function tree_of(context, name)
  return context:once("the SPF tree of " .. name, build, context, name)
end

-- ---- The record.

-- The texts of an answer that are SPF records, and those that are not.
local function sort_texts(answer)
  local records, others = {}, {}
  for _, text in ipairs(answer.text) do
    local list = spf_record.is_one(text) and records or others
    list[#list + 1] = text
  end
  return records, others
end

-- Are these terms of a record, and nothing but that? Any name=value would do for a modifier, and is no sign.
local function are_terms(text)
  local parsed = record.parse("spf", "v=spf1 " .. text)
  for _, term in ipairs(parsed and parsed.terms or {}) do
    if term.kind ~= "mechanism" and term.name ~= "redirect" and term.name ~= "exp" then
      return false
    end
  end
  return parsed ~= nil and #parsed.terms > 0 and text:find "[:~?-]" ~= nil
end

-- The text that continues a record which does not end by itself, where somebody cut it in two; and both as one. The cut may go through
-- a term.
local function continuation_of(text, others)
  local parsed = record.parse("spf", text)
  if parsed and (parsed.all or parsed.redirect) then
    return nil
  end
  for _, other in ipairs(others) do
    if are_terms(other) then
      return other, text .. " " .. other
    end
    local joined = record.parse("spf", text .. other)
    if joined and joined.all and other:lower():find "[%w.%s][~?+-]?all%s*$" then
      return other, text .. other
    end
  end
end

-- Tells of several records, and of those that cannot be made part of one.
local function judge_several(context, name, records)
  context:find("spf_two_records", { name = name, found = #records, expected = merge(records) })
  for _, text in ipairs(records) do
    if not record.parse("spf", text) then
      context:lint((record.lint("spf", text)), { name = name })
    end
  end
end

-- Looks at what is meant to be a record where none is, and elsewhere. Returns the state.
local function judge_none(context, name, others)
  for _, text in ipairs(others) do
    if text:lower():find("spf1", 1, true) or are_terms(text) then
      context:lint((record.lint("spf", text)), { name = name })
      return "broken"
    end
  end
  return placement.look(context, name) and "misplaced" or "none"
end

-- Tells what is wrong with the record at a name. Returns the state, and the text.
local function judge(context, name, answer, root)
  local records, others = sort_texts(answer)
  if #records > 1 then
    judge_several(context, name, records)
    return "broken"
  elseif #records == 0 then
    return judge_none(context, name, others)
  end
  local continuation, joined = continuation_of(records[1], others)
  if continuation then
    context:find("spf_split", { name = name, found = continuation, expected = joined })
    return "broken", records[1]
  end
  context:lint(root.findings, { name = name })
  if not name:find(".", 1, true) then -- RFC 7208 §4.3
    context:find("spf_single_label", { name = name })
  end
  if not root.parsed then
    return "broken", records[1]
  end
  return trees.judge(context, root) and "ok" or "broken", records[1]
end

local function look_at_name(context, name)
  local root
  if context.options.name_servers == false then
    root = tree_of(context, name)
  else
    root = async.each({ tree_of, published.look }, function(part)
      return part(context, name, "TXT") or false
    end)[1]
  end
  local answer = context:ask(name, "TXT")
  local result = { name = name, answer = answer, tree = root, lookups = root.total, voids = root.voids }
  if context:temporary(answer) then
    result.state = "unknown"
  else
    result.state, result.record = judge(context, name, answer, root)
  end
  return result
end

-- ---- Who may send.

-- The term that lets an address send.
local function term_for(address)
  return (address:find(":", 1, true) and "ip6:" or "ip4:") .. address
end

local function check_address(context, address)
  local options = context.options
  local result = assert(spf.check {
    ip = address, sender = options.sender or "postmaster@" .. context.domain, helo = options.helo or context.domain,
    resolver = context.resolver, now = context.now, prefetch = true,
  })
  return {
    address = address, domain = result.domain, result = result.result, reason = result.reason, text = result.text,
    matched = result.matched, lookups = result.lookups, retry_at = result.retry_at,
  }
end

-- That none may send where there is no record, or none that works, or not yet the one expected, has been told already.
local function tell_result(context, result, states, expected)
  local fields = {
    name = result.domain, expected = result.address, found = result.result, where = result.matched, retry_at = result.retry_at,
  }
  local state = states[result.domain] or "ok"
  if result.result == "temperror" then
    context:find("spf_temperror", fields)
  elseif result.result == "none" and not states[result.domain] then
    context:find("spf_missing", { name = result.domain, retry_at = result.retry_at })
  elseif result.result ~= "pass" and state == "ok" and expected[result.domain] ~= "open" then
    fields.term = term_for(result.address)
    context:find("spf_not_authorised", fields)
  end
end

-- ---- All of it.

-- The domain of the return address, where that is one below the domain.
local function sender_below(context)
  local domain = return_address.domain(context)
  return domain and is_within(domain, context.domain) and domain or nil
end

-- The domain, the names that an SPF record is expected at, and that of the return address.
local function names_of(context)
  local list, seen = { context.domain }, { [context.domain] = true }
  local function add(name)
    if not seen[name] then
      list[#list + 1], seen[name] = name, true
    end
  end
  for _, expectation in ipairs(context.expect) do
    if expectation.match == "spf_include" then
      add(expectation.name)
    end
  end
  add(sender_below(context) or context.domain)
  return list
end

-- Tells that there is no record, or not even the domain, unless an expectation has told so.
local function tell_missing(context, result, expected)
  if result.state ~= "none" or expected[result.name] or domain_alias.is_meant(context, result.name) then
    return
  elseif domain_alias.tell(context, result.name, result.answer, "spf_behind_cname") then
    return
  end
  local is_missing = result.name == context.domain and result.answer.status == "nxdomain"
  context:find(is_missing and "domain_missing" or "spf_missing", { name = result.name, retry_at = result.answer.recheck_at })
end

-- Tells how it stands with what is expected, where there is no record, and who may not send.
local function tell(context, all, results)
  local expected, states = includes.judge(context, all), {}
  for _, result in ipairs(all) do
    tell_missing(context, result, expected)
    if result.state == "ok" then
      domain_alias.tell(context, result.name, result.answer, "spf_of_cname")
    end
    states[result.name], result.answer = result.state, nil
  end
  for _, result in ipairs(results) do
    tell_result(context, result, states, expected)
  end
end

--- Looks at SPF.
-- @tparam table context see `mailseal.check.context`; of its options `addresses`, `sender` (the return address) and `helo`
-- @treturn table
--
-- - `state`: "ok", "none", "misplaced" (the record is at another name), "broken" (receivers cannot use it) or "unknown" (DNS did not say)
-- - `record`: its text; `tree`: as of `spf.tree`; `lookups`, `voids`: of the whole tree
-- - `results`: a list, what comes of each of the addresses: `address`, `domain` (of the sender), `result`, `reason`, `text`, `matched`
--   (the term), `lookups`, `retry_at`: as of `spf.check`
-- - `others`: a list of the same without results for each other name that a record is expected at, and for that of the return address
--   where it is one below the domain; with that `name`
function M.look(context)
  local addresses = context.options.addresses or {}
  local places = names_of(context)
  local names = #places
  for _, address in ipairs(addresses) do
    places[#places + 1] = address
  end
  local found = async.each(places, function(place, i)
    return i <= names and look_at_name(context, place) or check_address(context, place)
  end)
  local all, results = {}, {}
  for i, result in ipairs(found) do
    local list = i <= names and all or results
    list[#list + 1] = result
  end
  tell(context, all, results)
  local main = table.remove(all, 1)
  main.results, main.others = results, all
  return main
end

return M

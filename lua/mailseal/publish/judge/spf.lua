--- The SPF record, of which a name has one (RFC 7208 §3.2): what is wanted is put into the one that is there, in front of its `all`.
--
-- The order of its terms, its `all`, its modifiers and everything else in it stay as they are, and other texts at the name byte for byte.
-- @module mailseal.publish.judge.spf
local canonical = require "mailseal.dns.name".canonical
local merging = require "mailseal.record.spf_merge"
local sets = require "mailseal.publish.sets"
local spf = require "mailseal.record.spf"

local M = {}

-- Look-ups that a receiver makes for a record at most (RFC 7208 §4.6.4).
local LOOKUPS_MOST = 10

-- The domain that is to be included; nil where any record will do.
local function include_of(record)
  local include = record.include
  return include and canonical(include) or nil
end

-- The text where there is none yet.
local function text_of(record)
  local include = include_of(record)
  return record.value or include and ("v=spf1 include:%s ~all"):format(include) or nil
end

--- The value to publish where there is none yet.
-- @tparam table record
-- @treturn ?string nil where it is not known
function M.value(record)
  local text = text_of(record)
  return text and sets.text(text)
end

-- ---- What a record says.

-- Is what a domain's record comes to known to include another?
local function leads_to(facts, domain, include)
  local known = facts and domain and facts[canonical(domain)]
  for _, name in ipairs(known and known.includes or {}) do
    if name == include then
      return true
    end
  end
  return false
end

-- Does the record have what is wanted, by itself or by way of what it includes? The first term that matches counts: behind one that says
-- something else of the same domain it is for nothing.
local function is_enough(parsed, include, facts)
  for _, term in ipairs(parsed.terms) do
    if term.name == "all" then
      return false
    elseif term.name == "include" and term.qualifier ~= "+" and canonical(term.domain) == include then
      return false
    elseif term.name == "include" and term.qualifier == "+"
      and (canonical(term.domain) == include or leads_to(facts, term.domain, include)) then
      return true
    end
  end
  return parsed.redirect ~= nil and (canonical(parsed.redirect) == include or leads_to(facts, parsed.redirect, include))
end

-- Does it say of the domain that it sends no mail?
local function sends_none(parsed)
  for _, term in ipairs(parsed.terms) do
    if term.kind == "mechanism" and term.name ~= "all" or term.name == "redirect" then
      return false
    end
  end
  return parsed.all == "-"
end

-- The term by which the wanted domain is named, and mail from there not let through; nil where there is none.
local function denying(parsed, include)
  for _, term in ipairs(parsed.terms) do
    if term.name == "include" and term.qualifier ~= "+" and canonical(term.domain) == include then
      return term.text
    end
  end
end

-- Look-ups that a record takes, as far as it is known what its includes take.
local function lookups(text, facts)
  local parsed = spf.parse(text)
  local count = parsed and parsed.lookups or 0
  for _, term in ipairs(parsed and parsed.terms or {}) do
    local domain = term.name == "include" and term.domain or term.name == "redirect" and not parsed.all and term.value
    local known = domain and facts and facts[canonical(domain)]
    count = count + (known and known.lookups or 0)
  end
  return count
end

-- ---- What it is to become.

-- What is to be in the record: terms.
local function terms_of(record)
  local include = include_of(record)
  if include then
    return { "include:" .. include }
  end
  local parsed, terms = record.value and spf.parse(record.value), {}
  for _, term in ipairs(parsed and parsed.terms or {}) do
    terms[#terms + 1] = term.kind == "mechanism" and term.name ~= "all" and term.text or nil
  end
  return terms
end

-- The record with what is wanted in it.
local function added(text, record)
  for _, term in ipairs(terms_of(record)) do
    text = spf.add(text, term) or text
  end
  return text
end

-- The record with what is wanted in the place of what was wanted before; nil where that is not there.
local function migrated(text, parsed, record)
  for _, migration in ipairs(include_of(record) and record.migrations or {}) do
    local from = canonical((migration.from:gsub("^include:", "")))
    for _, term in ipairs(parsed.terms) do
      if term.name == "include" and canonical(term.domain) == from then
        return text:sub(1, term.at - 1) .. "include:" .. include_of(record) .. text:sub(term.at + #term.text)
      end
    end
  end
end

-- ---- Steps.

-- Only what begins as SPF's does, and that wrongly, is taken for somebody's SPF record.
local function is_lookalike(text) return not spf.is_one(text) and text:lower():find "^[%s\"']*v?%s*=?%s*spf1?%f[%W]" ~= nil end

-- The places of the texts that are SPF records, and of those that are meant as such.
local function sort_out(case)
  local records, meant = {}, {}
  for i, text in ipairs(case:texts()) do
    if spf.is_one(text) then
      records[#records + 1] = { place = i, text = text }
    elseif is_lookalike(text) then
      meant[#meant + 1] = { place = i, text = text }
    end
  end
  return records, meant
end

-- Ends the case with a text in the place of records; asks where that takes more look-ups than receivers make.
local function finish(case, records, text, options)
  local count = lookups(text, case.given.spf)
  local values = case:merged(records, text)
  if count > LOOKUPS_MOST then
    return case:conflict("spf_too_many_lookups", { found = count, expected = LOOKUPS_MOST, where = text }, values)
  end
  return case:put(values, options)
end

-- The same, where somebody has to agree first.
local function ask(case, code, fields, records, text)
  fields.new, fields.expected = text, text
  if case.consents[code .. "@" .. case.name] then
    local step = finish(case, records, text, { code = code, fields = fields })
    step.consented = step.action ~= "conflict" and step.action ~= "leave" or nil
    return step
  end
  return case:conflict(code, fields, case:merged(records, text))
end

-- A record that receivers cannot read.
local function mend(case, one)
  local code, found = "spf_not_a_record", one.text
  for _, finding in ipairs((spf.lint(one.text))) do
    if finding.severity == "error" then
      code, found = finding.code, finding.found
      break
    end
  end
  return ask(case, code, { found = found }, { one }, added(merging.mend(one.text), case.record))
end

local function judge_several(case, records)
  local texts, differ = {}, false
  for i, one in ipairs(records) do
    texts[i], differ = one.text, differ or one.text ~= records[1].text
  end
  local merged = differ and merging.merge(texts) or texts[1]
  local text = spf.parse(merged) and merged or merging.mend(merged)
  return ask(case, "spf_two_records", { found = #records }, records, added(text, case.record))
end

-- Will any record do, unless it says that no mail is sent?
local function is_any(record) return record.match == "spf_include" and not record.include end

local function has_all(case, one, parsed)
  local include = include_of(case.record)
  if include then
    return is_enough(parsed, include, case.given.spf) or not case.given.spf and case.record.status == "found"
  end
  return not is_any(case.record) and added(one.text, case.record) == one.text
end

local function judge_one(case, one)
  local record, parsed = case.record, spf.parse(one.text)
  local include = include_of(record)
  if not parsed then
    return mend(case, one)
  elseif has_all(case, one, parsed) then
    return case:keep()
  elseif sends_none(parsed) then
    return ask(case, "spf_sends_no_mail", { found = one.text }, { one }, added(one.text, record))
  elseif is_any(record) then
    return case:keep()
  end
  local denied = include and denying(parsed, include)
  if denied then
    return ask(case, "spf_qualified_sender", { found = denied }, { one }, added(one.text, record))
  end
  local former = migrated(one.text, parsed, record)
  if former then
    return finish(case, { one }, former, { code = "record_migrating", fields = { found = one.text } })
  end
  return finish(case, { one }, added(one.text, record), {
    text = ("The SPF record of %s gets %s; all else in it stays as it is."):format(case.name, table.concat(terms_of(record), " ")),
  })
end

--- Judges it.
-- @tparam table case see `mailseal.publish.case`
-- @treturn table the step
function M.judge(case)
  local records, meant = sort_out(case)
  if #records > 1 then
    return judge_several(case, records)
  elseif records[1] then
    return judge_one(case, records[1])
  elseif not M.value(case.record) then
    return case:leave(nil, "What its value is to be is not known.")
  elseif meant[1] then
    return mend(case, meant[1])
  end
  return finish(case, {}, text_of(case.record))
end

return M

--- A glance at the expected records of a domain: are they all there?
--
-- For who looks at very many domains of which nearly all are well. A record that is there is asked for once; of one that is not, or of
-- which a glance cannot tell, a check (`mailseal.check`) says why. What is "found" here is so there, by the same rules; only that there
-- is no CNAME beside a record is not made sure of, and SPF includes are looked for in the record itself, not in those that it includes.
-- @module mailseal.check.glance
local cases = require "mailseal.check.publication.case"
local contexts = require "mailseal.check.context"
local dkim = require "mailseal.check.dkim"
local expectations = require "mailseal.check.expect"
local expected = require "mailseal.check.expected"
local mx = require "mailseal.check.mx_expect"
local record = require "mailseal.record"
local text_includes = require "mailseal.check.spf_include".text_includes
local verdict = require "mailseal.check.publication.verdict"

local M = {}

-- ---- Texts that are judged with much else in a check.

local function only_text(answer, pattern)
  local found
  for _, text in ipairs(answer.status == "ok" and answer.text or {}) do
    if text:find(pattern) then
      if found then
        return nil
      end
      found = text
    end
  end
  return found
end

local function judge_spf(case)
  local text = only_text(case.truth, "^[vV]=[sS][pP][fF]1%f[%s%z]")
  return text and text_includes(text, case.expect.include) and "found" or "open", text
end

local function judge_dmarc(case)
  local text = only_text(case.truth, "^%s*[vV]%s*=%s*[dD][mM][aA][rR][cC]1")
  return text and record.parse("dmarc", text) and "found" or "open", text
end

local function type_of() return "TXT" end
local function found_text(case) return case.kept end

local text_rules = {
  spf_include = { type = type_of, glance = judge_spf }, dmarc_any_valid = { type = type_of, glance = judge_dmarc },
}

local texts = { rules_of = function(expect) return text_rules[expect.match] end, found = found_text }

local parts = { dkim, expected, mx, texts }

-- ---- Looking.

-- What is not as expected is not looked into.
local function judge(case)
  if not case.truth then
    return "open"
  elseif case.rules.glance then
    return case.rules.glance(case)
  end
  if not case.rules.fits(case, case.truth) then
    return "open"
  end
  return verdict.judge(case)
end

local function look_at(context, expect)
  for _, part in ipairs(parts) do
    local rules = part.rules_of(expect)
    if rules then
      local case = cases.open(context, expect, rules.type(expect), rules)
      case.state, case.kept = judge(case)
      return { id = expect.id, name = expect.name, type = expect.type, status = case.state, found = part.found(case) }
    end
  end
end

--- Looks at expected records.
-- @tparam string domain in lower-case A-labels
-- @tparam {table,...} expect as of `mailseal.check.expect`
-- @tparam table options `resolver`; `now`, seconds since 1970
-- @treturn[1] {table,...} for each, as long as all are found: `id`, `name`, `type`, `status` ("found"), `found`; nothing comes behind
--   one that is of another status, or "open"
-- @treturn[1] boolean are they all found?
-- @treturn[2] nil
-- @treturn[2] string what is wrong with a name or a key
-- @treturn[2] string `bad_name` or `bad_key`
function M.look(domain, expect, options)
  local all, message, code = expectations.list(domain, { expect = expect }, 2)
  if not all then
    return nil, message, code
  end
  local common = contexts.share {
    domain = domain, options = { name_servers = false, keep = false, glance = true }, selectors = {}, expect = all, now = options.now,
    resolver = options.resolver,
  }
  local context, list = contexts.new(common, "glance"), {}
  for i, one in ipairs(all) do
    list[i] = look_at(context, one)
    if list[i].status ~= "found" then
      return list, false
    end
  end
  return list, true
end

return M

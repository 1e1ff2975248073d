--- An expected record that a check looks at: what is asked for it, which of the answers counts, and what is told of it.
--
-- A resolver may remember what is no longer so. Where the name servers of the record's own zone agree, what they say counts; that
-- others still see something else is told besides.
--
-- Fields: `context`; `expect`, the expectation (see `mailseal.check.expect`); `rules`, those of its kind (see
-- `mailseal.check.publication.verdict`); `name`; `type`, that of the question; `answer`, what the resolver says to it; `alias`, what it
-- says to a question for a CNAME, nil where it was not asked; `own`, what the zone's name servers say, nil where they were not asked;
-- `truth`, the answer that counts, nil where none is to be had; `moved_to`, the servers that the zone was moved to of late, nil where
-- it was not; `codes`, of what was told.
-- @module mailseal.check.publication.case
local async = require "mailseal.async"
local definitive = require "mailseal.dns.answer".definitive
local name_servers = require "mailseal.check.publication.name_servers"

local M = {}
local Case = {}
Case.__index = Case
Case.__name = "mailseal.check.publication.case"

local function call(fn) return fn() or false end

-- The answer that counts.
local function truth_of(answer, own)
  if own and definitive[own.status] and own.answer then
    return own.answer
  elseif own and own.status == "propagating" then
    return nil
  end
  return definitive[answer.status] and answer or nil
end

-- Asks a resolver alone. That there is a CNAME its answer tells, but for one that has records beside it, which a glance passes over.
local function ask_resolver(self)
  self.answer = self.context:ask(self.name, self.type)
  if not self.context.options.glance and self.answer.status == "ok" and #self.answer.chain == 0 then
    self.alias = self.context:ask(self.name, "CNAME")
  end
end

-- Asks for the name's CNAME, and for what it leads to, which will be wanted when the name servers have told theirs.
local function ask_alias(self)
  local alias = self.context:ask(self.name, "CNAME")
  if alias.records[1] then
    self.context:ask(alias.records[1].target, self.type)
  end
  return alias
end

-- Asks a resolver, and each name server of the record's own zone, side by side.
local function ask_everybody(self)
  local context = self.context
  local found = async.each({
    function() return context:ask(self.name, self.type) end,
    function() return ask_alias(self) end,
    function() return context:authoritative(self.name, self.type) end,
    function() return name_servers.prepare(context) end,
  }, call)
  self.answer, self.alias, self.own = found[1], found[2], found[3] or nil
end

--- Asks all that is asked of every expected record.
-- @tparam table context see `mailseal.check.context`
-- @tparam table expect an expectation
-- @tparam string type that of the question, where a CNAME is followed
-- @tparam[opt] table rules of its kind, see `mailseal.check.publication.verdict`
-- @treturn table the case
function M.open(context, expect, type, rules)
  local self = setmetatable({
    context = context, expect = expect, name = expect.name, type = type, rules = rules, codes = {},
  }, Case)
  local ask = context.options.name_servers == false and ask_resolver or ask_everybody
  ask(self)
  self.truth = truth_of(self.answer, self.own)
  return self
end

--- The target of the CNAME that the name has.
-- @tparam[opt] table answer one other than what counts
-- @treturn ?string nil where it has none
function Case:target(answer)
  answer = answer or self.truth
  if answer and answer.type == "CNAME" and answer.records[1] then
    return answer.records[1].target
  elseif answer and answer.chain[1] then
    return answer.chain[1]
  end
end

--- The zone that the name is in, as far as an answer has told.
-- @treturn ?string
function Case:zone()
  if self.own and self.own.zone then
    return self.own.zone
  end
  for _, answer in ipairs { self.answer, self.alias } do
    if answer.zone and #answer.chain == 0 then
      return answer.zone
    end
  end
end

--- When what is seen now may be seen otherwise.
-- @treturn number seconds since 1970
function Case:retry_at()
  return self.answer.recheck_at
end

-- What is expected, as a text.
local function expected_of(expect)
  local value = expect.target or expect.record or expect.value or expect.shown
  return type(value) == "table" and table.concat(value, ", ") or value
end

-- Octets of a record's text in a sentence: keys begin alike, and few look at the rest.
local SHOWN_MAX = 60

local function cut(text)
  return #text > SHOWN_MAX and text:sub(1, SHOWN_MAX) .. "..." or text
end

local function filled(self, fields)
  local all = {
    name = self.name, record = self.expect.id, type = self.expect.type, expected = expected_of(self.expect),
  }
  for field, value in pairs(fields or {}) do
    all[field] = value
  end
  all.shown = type(all.found) == "string" and cut(all.found) or nil
  return all
end

--- Tells a finding about the record.
-- @tparam string code
-- @tparam[opt] table fields as of `context:find`; the name, the type, the expectation's id and what it wants are known; "{shown}" in
--   a sentence is what was found, cut where it is long
-- @treturn table the finding
function Case:find(code, fields)
  self.codes[#self.codes + 1] = code
  return self.context:find(code, filled(self, fields))
end

--- Tells a finding about the domain or the zone, on which the record depends: the same whichever record it is come upon by.
-- @tparam string code
-- @tparam string name the domain or the zone
-- @tparam[opt] table fields as of `context:find`
-- @treturn table the finding
function Case:find_of(code, name, fields)
  self.codes[#self.codes + 1] = code
  fields = fields or {}
  fields.name = name
  return self.context:find(code, fields)
end

--- Tells what the lint of the record's text found.
-- @tparam {table,...} findings
-- @tparam[opt] table fields as of `find`
function Case:lint(findings, fields)
  for _, finding in ipairs(self.context:lint(findings, filled(self, fields))) do
    self.codes[#self.codes + 1] = finding.code
  end
end

--- Tells that DNS did not say, where it did not.
-- @tparam[opt] table answer another one than the case's, that is wanted as well
-- @treturn boolean did it not?
function Case:temporary(answer)
  local finding = self.context:temporary(answer or self.answer, answer and answer.name or self.name, { record = self.expect.id })
  if finding then
    self.codes[#self.codes + 1] = finding.code
  end
  return finding ~= nil
end

--- Ends the case: tells how it stands with the record.
-- @tparam string status "found", "missing", "mismatch", "migrating", "conflicting", "propagating" or "unknown"
-- @tparam[opt] string found what is there
-- @treturn table what the report says of it
function Case:close(status, found)
  local expect = self.expect
  return self.context:record {
    id = expect.id, name = expect.name, type = expect.type, status = status,
    expected = expected_of(expect), found = found, findings = self.codes,
  }
end

return M

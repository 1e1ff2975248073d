--- What an aspect of a check is given: what is checked, how to ask DNS, and how to tell what was found.
--
-- Fields: `domain` (lower-case A-labels), `now` (seconds since 1970, UTC), `options` (of the check), `selectors` (a list),
-- `expect` (a list of expectations, see `mailseal.check`), and `resolver`, which has the methods of a `mailseal.dns` resolver
-- and asks no question twice within the check: hand it to whatever wants a resolver (`mailseal.spf`, `mailseal.dmarc`).
--
-- Each aspect has a context of its own, so that its findings are known to be its own; what was asked is shared by all.
-- @module mailseal.check.context
local answers = require "mailseal.dns.answer"
local catalogue = require "mailseal.record.catalogue"
local questions = require "mailseal.check.questions"
local shared = require "mailseal.check.shared"

local M = {}
local Context = {}
Context.__index = Context
Context.__name = "mailseal.check.context"

-- ---- Making contexts.

--- Makes what the contexts of one check share.
-- @tparam table check `domain`, `options`, `selectors`, `expect`, `now`, `resolver` (as `mailseal.dns` makes it)
-- @treturn table to be given to `new`
function M.share(check)
  return {
    domain = check.domain, options = check.options, selectors = check.selectors, expect = check.expect, now = check.now,
    resolver = questions.new(check.resolver, check.options.keep == false and check.domain), results = shared.new(),
    own_answers = {},
  }
end

--- Makes the context of an aspect.
-- @tparam table common what `share` has made
-- @tparam string aspect its name
-- @tparam function look brings the table of another aspect, which it is called with the name of
-- @treturn table the context; `findings` and `records` are those that its aspect has told
function M.new(common, aspect, look)
  return setmetatable({
    domain = common.domain, options = common.options, selectors = common.selectors, expect = common.expect, now = common.now,
    resolver = common.resolver, common = common, name = aspect, look = look, findings = {}, records = {},
  }, Context)
end

-- ---- Asking.

--- Asks DNS, once per check whoever asks; waits.
-- @tparam string name
-- @tparam string type
-- @tparam[opt] table options as for `resolver:query`
-- @treturn ?table the answer, only to be read: others have the same; nil where the name is none that can be asked for
-- @treturn ?string what is wrong with it
-- @treturn ?string `bad_name`, `bad_type`
function Context:ask(name, type, options)
  return self.resolver:query(name, type, options)
end

--- Asks several questions side by side.
-- @tparam {table,...} list each `{ name, type, options }`
-- @treturn table the answers by the questions' places; false where the name is none that can be asked for
function Context:asks(list)
  return self.resolver:ask_all(list)
end

local function has_server(found, state)
  for _, server in ipairs(found.servers) do
    if server.state == state then
      return true
    end
  end
  return false
end

-- Where none of the servers that a cache remembers speaks for the zone, it may have been moved to others since.
local function ask_authoritative(self, name, type)
  local found = self.resolver:authoritative(name, type)
  if found and has_server(found, "lame") and not has_server(found, "answers") and self:ask(found.zone, "NS").from_cache then
    local moved = self.resolver:authoritative(name, type, { fresh = true })
    found = has_server(moved, "answers") and moved or found
  end
  if found then
    local all = self.common.own_answers
    all[#all + 1] = { name = name, type = type, found = found }
  end
  return found
end

--- Asks each name server of the record's own zone, once per check.
-- @tparam string name
-- @tparam string type
-- @treturn ?table what `resolver:authoritative` finds; nil where the check does without name servers, or the name is none
function Context:authoritative(name, type)
  if self.options.name_servers == false then
    return nil
  end
  return self:once("authoritative " .. type .. " " .. name:lower(), ask_authoritative, self, name, type)
end

--- All that the zones' own name servers were asked in the check so far.
-- @treturn {table,...} `name`, `type` and `found`, which is as of @{Context:authoritative}
function Context:asked_authoritative()
  return self.common.own_answers
end

--- A result that several aspects want, brought once per check by the first that asks for it.
-- @tparam string key
-- @tparam function fn called with the further arguments
-- @tparam any ...
-- @treturn any the first value that it returns
function Context:once(key, fn, ...)
  return shared.once(self.common.results, key, fn, ...)
end

--- Waits for another aspect's table. Two that wait for each other wait for ever.
-- @tparam string name such as "spf"
-- @treturn ?table nil where the check does without that aspect
function Context:aspect(name)
  return self.look(name)
end

-- ---- Telling.

local told = { "name", "record", "expected", "found", "where", "retry_at" }

local function add(self, finding, fields)
  finding.aspect = self.name
  for _, field in ipairs(told) do
    if fields[field] ~= nil then
      finding[field] = fields[field]
    end
  end
  self.findings[#self.findings + 1] = finding
  return finding
end

--- Tells a finding.
-- @tparam string code one of the catalogue
-- @tparam[opt] table fields `name` (the DNS name it is about), `record` (the id of an expectation), `expected`, `found`, `where`
--   (a server, a zone or a name), `retry_at` (seconds since 1970); and whatever else the catalogue's sentences name in braces
-- @treturn table the finding, which is in the report now
function Context:find(code, fields)
  fields = fields or {}
  local kind = catalogue.kind(code)
  return add(self, {
    code = code, severity = kind.severity,
    message = catalogue.fill(kind.cause, fields), fix = catalogue.fill(kind.fix, fields),
  }, fields)
end

--- Tells what the lint of a record has found.
-- @tparam {table,...} findings as `mailseal.record` returns them
-- @tparam[opt] table fields as for `find`: where the record is
-- @treturn {table,...} the findings, which are in the report now
function Context:lint(findings, fields)
  local list = {}
  for i, found in ipairs(findings) do
    list[i] = add(self, {
      code = found.code, severity = found.severity, message = found.message, fix = found.fix, found = found.found,
    }, fields or {})
  end
  return list
end

-- What stands in the catalogue for each reason, or else for each status, of a temporary answer.
local temporary = {
  timeout = "dns_timeout", servfail = "dns_servfail", refused = "dns_refused", bogus = "dns_bogus",
  cname_loop = "dns_cname_loop", cname_conflict = "dns_cname_conflict", cname_chain_too_long = "dns_cname_chain_too_long",
}

--- Tells that DNS did not say, where an answer is of a temporary status: pending, whatever is asked for.
-- @tparam table answer
-- @tparam[opt] string name the DNS name it is about, where that is not the answer's
-- @tparam[opt] table fields as for `find`
-- @treturn ?table the finding; nil where the answer is definitive
function Context:temporary(answer, name, fields)
  if answers.definitive[answer.status] then
    return nil
  end
  local all = {
    name = name or answer.name, found = answer.reason or answer.status, where = answer.server, type = answer.type,
    retry_at = answer.recheck_at or self.now + answers.RECHECK_SOONEST,
  }
  for field, value in pairs(fields or {}) do
    all[field] = value
  end
  return self:find(temporary[answer.reason] or temporary[answer.status] or "dns_servfail", all)
end

--- Tells how it stands with an expected record.
-- @tparam table entry `id`, `name`, `type`, `status` ("found", "missing", "mismatch", "migrating", "conflicting", "propagating" or
--   "unknown"), `expected`, `found`, `findings` (codes)
-- @treturn table the same
function Context:record(entry)
  self.records[#self.records + 1] = entry
  return entry
end

return M

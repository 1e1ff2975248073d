--- A look at DNS for a key: do the name servers show it, and all of them?
--
-- Asked are the name servers of the zone that the key's name is in, past all caches: what one of them does not show, some receiver of
-- mail does not see. A key in the operator's zone is looked for there, and the CNAME that leads to it at the domain.
-- @module mailseal.onboard.key_look
local dkim_key = require "mailseal.check.dkim_key"
local record = require "mailseal.record"
local records = require "mailseal.onboard.key_records"

local M = {}

-- ---- one answer

local function is_revoked(answer)
  for _, text in ipairs(answer.text or {}) do
    local _, _, code = record.parse("dkim", text)
    if code ~= "key_revoked" then
      return false
    end
  end
  return answer.text ~= nil and answer.text[1] ~= nil
end

-- What an answer has of a key (of one that cannot be read, never the key): "shown", "revoked", "gone", "other"; nil where it does not say.
local function read(answer, expect)
  if answer.status == "nodata" or answer.status == "nxdomain" then
    return "gone"
  elseif answer.status ~= "ok" then
    return nil
  end
  return expect.key and dkim_key.fits(expect, answer) and "shown" or is_revoked(answer) and "revoked" or "other"
end

-- ---- what all servers say

-- Was there a server that did not say what it has? One that does not speak for the zone is none of its servers; but one that fails may
-- do so again, with what it had.
local function any_silent(found)
  for _, server in ipairs(found.servers) do
    if server.state ~= "answers" and (server.state ~= "lame" or server.reason == "servfail") then
      return true
    end
  end
  return found.capped or false
end

-- What they come to: `seen`, `ttl` (of what is there in place of the key), `silent`, `retry_at`. At a name that had another key before
-- (`again`), that is taken to have had the TTL of this one.
local function sum_up(found, words, again)
  local look = { silent = any_silent(found), ttl = nil, retry_at = found.recheck_at }
  local of, count = {}, 0
  for i, group in ipairs(found.groups) do
    local word = words[i] or "unsure"
    if not of[word] then
      of[word], count = true, count + 1
    end
    if word ~= "unsure" and (word ~= "shown" or again) and group.answer.ttl then
      look.ttl = math.max(look.ttl or 0, group.answer.ttl)
    end
  end
  if count == 0 or found.status == "bogus" then
    look.seen = "unsure"
  elseif count == 1 then
    look.seen = of.other and "hidden" or next(of)
  elseif of.unsure and (of.shown and count == 2) then
    look.seen = "unsure"
  else
    look.seen = count == 2 and of.revoked and of.gone and "revoked" or "hidden"
  end
  return look
end

local function ask(resolver, name)
  local found, message, code = resolver:authoritative(name, "TXT", { fresh = true })
  if not found then
    return nil, message, code
  end
  return found
end

-- Is that name one of those that the CNAMEs lead by?
local function leads_by(answer, target)
  for _, name in ipairs(answer.chain or {}) do
    if name == target then
      return true
    end
  end
  return false
end

-- Does the CNAME at the domain lead to the key's name in the operator's zone?
local function look_at_alias(resolver, name, target)
  local found, message, code = ask(resolver, name)
  if not found then
    return nil, message, code
  end
  local words = {}
  for i, group in ipairs(found.groups) do
    local answers = group.alias or group.status == "ok" or group.status == "nodata" or group.status == "nxdomain"
    words[i] = (group.alias == target or leads_by(group.answer, target)) and "shown" or answers and "other" or nil
  end
  return sum_up(found, words)
end

local function look_at_text(resolver, name, expect, again)
  local found, message, code = ask(resolver, name)
  if not found then
    return nil, message, code
  end
  local words = {}
  for i, group in ipairs(found.groups) do
    words[i] = read(group.answer, expect)
  end
  return sum_up(found, words, again)
end

-- Both at once: there is nothing to see behind a CNAME that is not there.
local function join(alias, text)
  if alias.seen ~= "shown" and text.seen == "shown" then
    text.seen = alias.seen == "unsure" and "unsure" or "hidden"
  end
  text.silent = text.silent or alias.silent
  text.ttl = (text.ttl or alias.ttl) and math.max(text.ttl or 0, alias.ttl or 0)
  text.retry_at = math.max(text.retry_at or 0, alias.retry_at or 0)
  return text
end

--- Looks. It waits for DNS.
-- @tparam table resolver see `mailseal.dns.resolver`
-- @tparam table key as of `mailseal.store.keys`
-- @tparam string domain in A-labels
-- @treturn[1] table
--
-- - `seen`: "shown" (every name server that answers has the key), "revoked" (every one has it as revoked, or has nothing), "gone" (none
--   has anything there), "hidden" (one of them has something else or nothing), "unsure" (DNS did not say)
-- - `ttl`: for how long what is there in place of the key, or was before at a name that had another key, may be remembered, in
--   seconds; nil where that is not known
-- - `silent`: true where a name server did not answer, or failed
-- - `retry_at`: seconds since 1970 before which looking again is of no use
-- @treturn[2] nil
-- @treturn[2] string why DNS cannot be asked
-- @treturn[2] string a code of `mailseal.dns`
function M.look(resolver, key, domain)
  local expect = { key = record.parse("dkim", ("v=DKIM1; k=%s; p=%s"):format(key.type, key.public)) }
  local text, message, code = look_at_text(resolver, key.target or records.name(key.selector, domain), expect, key.version > 1)
  if not text or not key.target then
    return text, message, code
  end
  local alias
  alias, message, code = look_at_alias(resolver, records.name(key.selector, domain), key.target)
  if not alias then
    return nil, message, code
  end
  return join(alias, text)
end

return M

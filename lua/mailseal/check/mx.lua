--- Where a domain's mail goes: its MX records, and the hosts that they name (RFC 5321 §5.1, RFC 7505, RFC 2181 §10.3).
-- @module mailseal.check.mx
local async = require "mailseal.async"
local definitive = require "mailseal.dns.answer".definitive
local domain_alias = require "mailseal.check.domain_alias"
local expected = require "mailseal.check.mx_expect"
local published = require "mailseal.check.publication.published"

local M = {}

-- Of so many exchanges the rest is not looked at.
local EXCHANGES_MAX = 20

-- ---- Addresses.

local private = {
  "^0%.", "^10%.", "^127%.", "^169%.254%.", "^192%.168%.", "^172%.1[6-9]%.", "^172%.2%d%.", "^172%.3[01]%.", -- RFC 1918, 1122, 3927
  "^::1?$", "^f[cd]%x%x:", "^fe[89ab]%x:", -- RFC 4291, 4193
}

-- Can nobody on the Internet reach that address?
local function is_private(address)
  for _, pattern in ipairs(private) do
    if address:find(pattern) then
      return true
    end
  end
  return false
end

--- Did somebody type an address where the name of a host belongs? Brackets and colons come escaped in a name.
-- @tparam string exchange of an MX record
-- @treturn boolean
function M.is_address(exchange)
  local text = exchange:gsub("\\(%d%d%d)", function(digits)
    return string.char(tonumber(digits))
  end)
  return text:find("^%[?%d+%.%d+%.%d+%.%d+%]?$") ~= nil or text:find(":", 1, true) ~= nil
end

-- ---- The hosts.

local function by_preference(a, b)
  if a.preference ~= b.preference then
    return a.preference < b.preference
  end
  return a.host < b.host
end

-- What the MX records name, those first that mail goes to first.
local function hosts_of(answer)
  local hosts = {}
  for i, record in ipairs(answer.records) do
    hosts[i] = { preference = record.preference, host = record.exchange }
  end
  table.sort(hosts, by_preference)
  return hosts
end

-- Its addresses into a host; and the answer that keeps them from being known, if one does.
local function resolve(context, host)
  local answers, fault = context:asks { { host.host, "A" }, { host.host, "AAAA" } }, nil
  host.addresses = {}
  for _, answer in ipairs(answers) do
    for _, record in ipairs(answer and answer.records or {}) do
      host.addresses[#host.addresses + 1] = record.address
    end
    host.alias = host.alias or answer and answer.chain[1]
    if answer and not definitive[answer.status] then
      fault = fault or answer
    end
  end
  if #host.addresses > 0 then
    host.status, fault = "ok", nil
  else
    host.status = fault and fault.status or answers[1] and answers[1].status or "nxdomain"
  end
  return fault
end

local function look_at_host(context, host)
  local fields = { name = context.domain, found = host.host }
  if M.is_address(host.host) then
    host.addresses, host.status = {}, "address"
    context:find("mx_is_address", fields)
    return host
  end
  local fault = resolve(context, host)
  if fault then
    context:temporary(fault)
    return host
  end
  if host.alias then
    context:find("mx_is_cname", { name = context.domain, found = host.host, expected = host.alias })
  end
  for _, address in ipairs(host.addresses) do
    if is_private(address) then
      context:find("mx_private_address", { name = host.host, found = address })
    end
  end
  return host
end

-- Was it told already that hosts which have no address stand where others are expected?
local function is_told_gone(context)
  for _, finding in ipairs(context.findings) do
    if finding.code == "mx_other_gone" and finding.name == context.domain then
      return true
    end
  end
  return false
end

-- Where an exchange has no address: that one of several is dead costs time, that all are costs the mail.
local function judge_addresses(context, hosts)
  local dead, unsure = {}, false
  for _, host in ipairs(hosts) do
    if definitive[host.status] and host.status ~= "ok" then
      dead[#dead + 1] = host.host
    end
    unsure = unsure or host.status ~= "ok" and not definitive[host.status] and host.status ~= "address"
  end
  local alive = unsure
  for _, host in ipairs(hosts) do
    alive = alive or host.status == "ok"
  end
  if #dead > 0 and (alive or not is_told_gone(context)) then
    context:find(alive and "mx_without_address" or "mx_all_without_address", { name = context.domain, found = dead })
  end
end

-- ---- Domains without a host.

-- Does anything say that mail is sent as this domain? Nil where DNS does not say.
local function sends(context)
  if #context.selectors > 0 or #(context.options.addresses or {}) > 0 then
    return true
  end
  local answer = context:ask(context.domain, "TXT")
  if context:temporary(answer) then
    return nil
  end
  for _, text in ipairs(answer.text) do
    local terms = text:lower():match "^v=spf1(.*)$"
    if terms and not terms:find "^%s+%-all%s*$" then
      return true
    end
  end
  return false
end

-- RFC 7505 §3, §4.2. Returns whether mail is sent as the domain all the same; nil where that is not known.
local function look_at_null(context, hosts)
  if #hosts > 1 then
    local others = {}
    for _, host in ipairs(hosts) do
      if host.host ~= "." then
        others[#others + 1] = host.host
      end
    end
    context:find("mx_null_with_others", { name = context.domain, found = others })
    return nil
  end
  local is_sent = sends(context)
  if is_sent then
    context:find("mx_null", { name = context.domain })
  end
  return is_sent
end

local function is_expected(context)
  for _, expectation in ipairs(context.expect) do
    if expectation.match == "mx" and expectation.name == context.domain then
      return true
    end
  end
  return false
end

-- Without an MX record mail goes to the domain's own addresses (RFC 5321 §5.1).
local function look_at_none(context, answer)
  local own = { preference = 0, host = context.domain }
  local fault = resolve(context, own)
  if fault then
    context:temporary(fault)
  elseif answer.status == "nxdomain" then
    context:find("domain_missing", { name = context.domain, retry_at = answer.recheck_at })
  elseif is_expected(context) then -- of that it is told that it is missing
    return own
  elseif own.status == "ok" then
    context:find("mx_none", { name = context.domain, found = own.addresses })
  else
    context:find("mx_nowhere", { name = context.domain })
  end
  return own
end

local function has_null(hosts)
  for _, host in ipairs(hosts) do
    if host.host == "." then
      return true
    end
  end
  return false
end

local function look_at_hosts(context, answer, result)
  local hosts = result.hosts
  if not definitive[answer.status] then
    if not is_expected(context) then -- of that it is told as well
      context:temporary(answer)
    end
  elseif #hosts == 0 then
    result.own = look_at_none(context, answer)
  elseif has_null(hosts) then
    result.null = #hosts == 1
    result.sends = look_at_null(context, hosts)
  else
    for i = #hosts, EXCHANGES_MAX + 1, -1 do
      hosts[i], result.capped = nil, true
    end
    async.each(hosts, function(host)
      return look_at_host(context, host)
    end)
  end
end

--- May mail to the domain arrive? Not where it says that it receives none (RFC 7505), nor where there is no such domain.
-- @tparam table context see `mailseal.check.context`
-- @treturn ?boolean nil where DNS does not say
function M.receives(context)
  local answer = context:ask(context.domain, "MX")
  if not definitive[answer.status] then
    return nil
  end
  return answer.status ~= "nxdomain" and not (#answer.records == 1 and answer.records[1].exchange == ".")
end

--- Looks at the MX records of the domain, and at those that are expected.
-- @tparam table context see `mailseal.check.context`
-- @treturn table
--
-- - `status`: of the answer
-- - `hosts`: a list, those first that mail goes to first, each with `preference`, `host`, `addresses`, `alias` (what it is a CNAME
--   to) and `status` ("ok"; "nodata" or "nxdomain" where it has no address; "address" where it is one; or a temporary one)
-- - `null`: true where the domain says that it receives no mail (RFC 7505); then `sends`: does anything say that mail is sent as the
--   domain all the same? nil where DNS does not say
-- - `own`: where there is no MX record, the domain itself as such a host
-- - `capped`: true where there are more than 20 exchanges, and the rest was not looked at
function M.look(context)
  local answer = context:ask(context.domain, "MX")
  local result = { status = answer.status, hosts = hosts_of(answer), null = false }
  local parts = { function() look_at_hosts(context, answer, result) end }
  if #context.expect > 0 then
    parts[#parts + 1] = function() expected.look(context) end
  end
  if context.options.name_servers ~= false then
    parts[#parts + 1] = function() published.look(context, context.domain, "MX") end
  end
  async.each(parts, function(part)
    part()
    return true
  end)
  domain_alias.tell(context, context.domain, answer, "mx_of_cname")
  if not has_null(result.hosts) then
    judge_addresses(context, result.hosts)
  end
  return result
end

return M

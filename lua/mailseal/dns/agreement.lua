--- What name servers say, side by side: which of them say the same, and that in words.
--
-- Two servers say the same where both have the same CNAME, or the same data, in whatever order, with whatever TTL, and text in
-- whatever pieces; or where both have no such data, or both no such name.
-- @module mailseal.dns.agreement
local M = {}

-- What is not a record's data.
local beside = { name = true, type = true, ttl = true }

-- A list as a text from which it could be read again.
local function joined(list)
  local parts = {}
  for i, text in ipairs(list) do parts[i] = #text .. ":" .. text end
  return table.concat(parts)
end

local function value_key(value)
  return type(value) == "table" and table.concat(value) or tostring(value)
end

local function record_key(record)
  local fields = {}
  for field in pairs(record) do
    if not beside[field] then fields[#fields + 1] = field end
  end
  table.sort(fields)
  for i, field in ipairs(fields) do fields[i] = value_key(record[field]) end
  return joined(fields)
end

-- The records' data, each once, in one order.
local function records_key(records)
  local seen, keys = {}, {}
  for _, record in ipairs(records) do
    local key = record_key(record)
    if not seen[key] then keys[#keys + 1] = key end
    seen[key] = true
  end
  table.sort(keys)
  return joined(keys)
end

-- What a name has whose CNAME leads nowhere: that is in no chain.
local alias_faults = { cname_loop = ", a CNAME to itself", cname_conflict = ", two CNAMEs that differ" }

--- The CNAME that an answer begins with.
-- @tparam table answer see `mailseal.dns.resolver`
-- @treturn ?string its target; nil where there is none
function M.alias(answer) return answer.chain[1] end

--- What an answer says, TTLs and order aside: two answers are the same where this is.
-- @tparam table answer see `mailseal.dns.resolver`
-- @tparam[opt] boolean own a CNAME alone counts where there is one, and not what stands at its target
-- @treturn string
function M.key(answer, own)
  if own and answer.chain[1] then return "alias " .. answer.chain[1] end
  if alias_faults[answer.reason] then return "fault " .. answer.reason end
  return ("%s %s %s"):format(answer.status, joined(answer.chain), records_key(answer.records))
end

-- The group of those who say the same as the answer, made where there is none.
local function group_of(groups, answer)
  local key = M.key(answer, true)
  for _, group in ipairs(groups) do
    if group.key == key then return group end
  end
  local group = { key = key, status = answer.status, alias = answer.chain[1], answer = answer, servers = {} }
  groups[#groups + 1] = group
  return group
end

local function list_once(list, item)
  if list[#list] ~= item then list[#list + 1] = item end
end

-- What the name has, in words, where that leads nowhere; else nil.
local function alias_fault(group)
  if group.alias then return nil end
  return alias_faults[group.answer.reason]
end

-- Does the group's answer hold the record?
local function has_it(group) return group.alias ~= nil or group.status == "ok" or alias_fault(group) ~= nil end

--- Groups name servers by what they say.
-- @tparam table servers a list as `mailseal.dns.authoritative` returns it
-- @treturn table a list of groups, those of most servers first, and of two of equal size the one that has it: `status`,
--   `answer`, `alias` (the target of the CNAME that they have), `servers` (their names). A server whose addresses differ is in
--   several.
function M.groups(servers)
  local groups = {}
  for _, server in ipairs(servers) do
    for _, address in ipairs(server.addresses) do
      if address.state == "answers" then list_once(group_of(groups, address.answer).servers, server.host) end
    end
  end
  table.sort(groups, function(a, b)
    if #a.servers ~= #b.servers then return #a.servers > #b.servers end
    if has_it(a) ~= has_it(b) then return has_it(a) end
    return a.key < b.key
  end)
  for _, group in ipairs(groups) do group.key = nil end
  return groups
end

-- ---- In words.

-- How the states of servers that do not answer are called, in the order in which they are told.
local adjectives = { { "silent", "silent" }, { "lame", "lame" }, { "unasked", "not asked yet" }, { "unresolved", "without an address" } }

-- "1 is silent", "2 are silent"; nothing of none.
local function add_count(parts, n, adjective)
  if n > 0 then parts[#parts + 1] = ("%d %s %s"):format(n, n == 1 and "is" or "are", adjective) end
end

local function count_states(servers)
  local counts = { answers = 0, lame = 0, silent = 0, unasked = 0, unresolved = 0 }
  for _, server in ipairs(servers) do counts[server.state] = counts[server.state] + 1 end
  return counts
end

-- How many servers have it, whichever of their addresses is asked.
local function count_having(groups, servers)
  local lacks, having = {}, 0
  for _, group in ipairs(groups) do
    for _, host in ipairs(has_it(group) and {} or group.servers) do lacks[host] = true end
  end
  for _, server in ipairs(servers) do
    if server.state == "answers" and not lacks[server.host] then having = having + 1 end
  end
  return having
end

-- "all 3 name servers have it", and how that reads of other numbers.
local function counted(having, n)
  if n == 1 then return having == 1 and "the only name server has it" or "the only name server does not have it" end
  if having == n then return n == 2 and "both name servers have it" or ("all %d name servers have it"):format(n) end
  if having == 0 then return n == 2 and "neither of 2 name servers has it" or ("none of %d name servers has it"):format(n) end
  return ("%d of %d name servers %s it"):format(having, n, having == 1 and "has" or "have")
end

-- Where some do not answer, none of the others having it does not mean that none has it.
local function counted_lacking(lacking, n)
  return ("%d of %d name servers %s not have it"):format(lacking, n, lacking == 1 and "does" or "do")
end

-- What is the matter with all of them, where it is one thing.
local function all_are(counts, n)
  for _, pair in ipairs(adjectives) do
    if counts[pair[1]] == n then
      if n == 1 then return "the only name server is " .. pair[2] end
      return n == 2 and "both name servers are " .. pair[2] or ("all %d name servers are %s"):format(n, pair[2])
    end
  end
end

local function none_answers(n)
  if n == 0 then return "there are no name servers" end
  return n == 2 and "neither of 2 name servers answers" or ("none of %d name servers answers"):format(n)
end

local function main_clause(groups, servers, counts)
  local n = #servers
  if counts.answers == 0 then return none_answers(n) end
  local having = count_having(groups, servers)
  if having == 0 and counts.answers < n then return counted_lacking(counts.answers, n) end
  return counted(having, n)
end

-- How many servers give another answer at another of their addresses?
local function count_divided(groups)
  local seen, divided = {}, 0
  for _, group in ipairs(groups) do
    for _, host in ipairs(group.servers) do
      seen[host] = (seen[host] or 0) + 1
      if seen[host] == 2 then divided = divided + 1 end
    end
  end
  return divided
end

-- In how many ways do those that have it differ?
local function count_versions(groups)
  local versions = 0
  for _, group in ipairs(groups) do
    if has_it(group) then versions = versions + 1 end
  end
  return versions
end

local ends = { ok = "", nodata = ", which has no such record", nxdomain = ", which does not exist" }

-- Where the CNAME leads that all have.
local function alias_clause(groups)
  local group = groups[1]
  if #groups ~= 1 then return "" end
  if not group.alias then return alias_fault(group) or "" end
  local where = group.answer.reason == "cname_loop" and ", which leads back to it" or ends[group.status]
  return (", a CNAME to %s%s"):format(group.alias, where or ", of which DNS cannot tell just now")
end

--- Says in words how many name servers have a record, and what is the matter with the others.
-- @tparam table groups as of `groups`; `status` and `answer` of one with an `alias` being those of what it leads to
-- @tparam table servers as for `groups`
-- @treturn string such as "2 of 3 name servers have it; 1 is silent"
function M.summary(groups, servers)
  local counts, versions = count_states(servers), count_versions(groups)
  local same_for_all = #servers > 0 and all_are(counts, #servers)
  if same_for_all then return same_for_all end
  local parts = { main_clause(groups, servers, counts) .. alias_clause(groups) }
  if versions > 1 then parts[1] = ("%s, in %d versions"):format(parts[1], versions) end
  add_count(parts, count_divided(groups), "at odds with itself")
  for _, pair in ipairs(adjectives) do add_count(parts, counts[pair[1]], pair[2]) end
  return table.concat(parts, "; ")
end

return M

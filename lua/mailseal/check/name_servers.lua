--- Do the name servers of the zones that were asked in a check do their work?
--
-- That is judged at last, by all that they were asked for whichever aspect: it is a matter of the zone and of no record, and a server
-- that leaves one question unanswered and answers others is not silent.
-- @module mailseal.check.name_servers
local definitive = require "mailseal.dns.answer".definitive

local M = {}

-- Questions that are named; how many more there are is told.
local NAMED_MAX = 3

local function sorted_pairs(set)
  local keys, i = {}, 0
  for key in pairs(set) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return function()
    i = i + 1
    return keys[i], set[keys[i]]
  end
end

-- Notes what a server made of a question.
local function note(servers, server, question)
  local noted = servers[server.host]
  if not noted then
    noted = { host = server.host, answered = 0, unanswered = {} }
    servers[server.host] = noted
  end
  if server.state == "answers" then
    noted.answered = noted.answered + 1
  elseif server.state == "unresolved" then
    noted.unresolved = server.reason
  elseif server.state ~= "unasked" then
    noted.unanswered[#noted.unanswered + 1] = question
    if server.state == "lame" or not noted.state then -- what is lame has answered something
      noted.state, noted.reason = server.state, server.reason
    end
  end
end

-- By zone, what each of its servers made of what it was asked, by host; and `summary`, of one of the questions, in words.
local function gather(context)
  local zones = {}
  for _, asked in ipairs(context:asked_authoritative()) do
    local found = asked.found
    if found.zone and found.servers[1] then
      local zone = zones[found.zone] or { servers = {}, summary = found.summary }
      zones[found.zone] = zone
      for _, server in ipairs(found.servers) do
        note(zone.servers, server, ("%s %s"):format(asked.name, asked.type))
      end
    end
  end
  return zones
end

-- "a TXT, b TXT", in one order whoever asked first.
local function words_of(questions)
  table.sort(questions)
  local list = {}
  for i = 1, math.min(#questions, NAMED_MAX) do
    list[i] = questions[i]
  end
  local more = #questions - #list
  return table.concat(list, ", ") .. (more > 0 and (" and %d more"):format(more) or "")
end

-- Does none of them answer at all? Then it may be the way to them.
local function are_silent(servers)
  for _, server in pairs(servers) do
    if server.answered > 0 or server.unresolved or server.state ~= "silent" then
      return false
    end
  end
  return true
end

local codes = { lame = "name_server_lame", silent = "name_server_silent" }

-- Tells of the servers that answer some questions and not others, those of the same questions together.
local function tell_uneven(context, zone, groups)
  for asked, group in sorted_pairs(groups) do
    context:find("name_server_uneven", { name = zone, where = table.concat(group, ", "), found = group.reason, asked = asked })
  end
end

local function tell_servers(context, zone, servers)
  local uneven = {}
  for host, server in sorted_pairs(servers) do
    if server.unresolved and not definitive[server.unresolved] then
      context:temporary { status = server.unresolved, name = host, type = "A" }
    elseif server.unresolved then
      context:find("name_server_without_address", { name = zone, where = host, found = server.unresolved })
    elseif server.state and server.answered > 0 then
      local asked = words_of(server.unanswered)
      uneven[asked] = uneven[asked] or { reason = server.reason }
      table.insert(uneven[asked], host)
    elseif server.state then
      context:find(codes[server.state], { name = zone, where = host, found = server.reason, asked = words_of(server.unanswered) })
    end
  end
  tell_uneven(context, zone, uneven)
end

-- What was asked, and of which status what they say is.
local function list_asked(context)
  local list = {}
  for i, asked in ipairs(context:asked_authoritative()) do
    list[i] = { name = asked.name, type = asked.type, status = asked.found.status, zone = asked.found.zone }
  end
  return list
end

--- Tells of name servers that do not do their work. Called when all else was looked at.
-- @tparam table context see `mailseal.check.context`
-- @treturn table `asked`: a list of the questions that they were asked, each with `name`, `type`, `zone`, and `status` as of
--   `resolver:authoritative`: a definitive one is what they all say
function M.look(context)
  for zone, asked in sorted_pairs(gather(context)) do
    if are_silent(asked.servers) then
      context:find("name_servers_unreachable", { name = zone, found = asked.summary })
    else
      tell_servers(context, zone, asked.servers)
    end
  end
  return { asked = list_asked(context) }
end

return M

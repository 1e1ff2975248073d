--- `mailseal query --authoritative`: what each name server says.
-- @module mailseal.cli.query_authoritative
local answers = require "mailseal.cli.answer"
local json = require "mailseal.json"
local status = require "mailseal.cli.status"

local M = {}

--- What a server that does not answer is, in words.
local states = { lame = "is lame", silent = "is silent", unasked = "was not asked in time", unresolved = "has no address that is known" }

--- What a server that answers says, in words.
local function says(answer)
  if answer.chain[1] then
    return "has it, a CNAME to " .. answer.chain[1]
  elseif answer.status == "ok" then
    return "has it"
  elseif answer.status == "nodata" then
    return "has no such record at this name"
  elseif answer.status == "nxdomain" then
    return "has no such name"
  end
  return "has what makes no sense"
end

local function tell_address(host, address)
  local words = address.state == "answers" and says(address.answer) or states[address.state]
  local who = address.address and ("%s (%s)"):format(host, address.address) or host
  answers.comment(("%s %s%s"):format(who, words, address.reason and ": " .. address.reason or ""))
end

local function tell_servers(found)
  for _, server in ipairs(found.servers) do
    for _, address in ipairs(#server.addresses > 0 and server.addresses or { server }) do
      tell_address(server.host, address)
    end
  end
end

--- Prints what was found.
-- @tparam table found as `resolver:authoritative` returns it
function M.tell(found)
  local code = answers.exit_status(found.status, found.reason)
  if found.zone then
    answers.comment(("%s %s in the zone %s: %s"):format(found.name, found.type, found.zone, found.summary))
    if found.name_servers_from == "parent" then
      answers.comment("the zone's own NS records cannot be had: these are the name servers that its delegation names")
    end
  end
  tell_servers(found)
  for _, group in ipairs(found.groups) do
    if #found.groups > 1 then
      answers.comment(("%s:"):format(table.concat(group.servers, ", ")))
    end
    answers.tell(group.answer)
  end
  if code ~= status.OK and code ~= status.NO then
    status.stop(code, ("%s %s: %s"):format(found.name, found.type, found.summary))
  end
end

local function address_object(address)
  return json.object("address", address.address, "state", address.state, "reason", address.reason, "status", address.answer.status)
end

local function server_object(server)
  return json.object(
    "host", server.host,
    "state", server.state,
    "reason", server.reason,
    "addresses", answers.map(server.addresses, address_object)
  )
end

local function group_object(group)
  return json.object(
    "status", group.status,
    "alias", group.alias,
    "servers", group.servers,
    "answer", answers.object(group.answer)
  )
end

--- What was found as JSON.
-- @tparam table found as `resolver:authoritative` returns it
-- @treturn table what `json.encode` writes as an object
function M.object(found)
  return json.object(
    "name", found.name,
    "type", found.type,
    "zone", found.zone,
    "name_servers_from", found.name_servers_from,
    "status", found.status,
    "reason", found.reason,
    "summary", found.summary,
    "capped", found.capped,
    "recheck_at", found.recheck_at,
    "servers", answers.map(found.servers, server_object),
    "groups", answers.map(found.groups, group_object)
  )
end

return M

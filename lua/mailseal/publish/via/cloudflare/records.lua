--- Records as Cloudflare's API has them.
-- @module mailseal.publish.via.cloudflare.records
local fields = require "mailseal.publish.fields"
local json = require "mailseal.json"
local sets = require "mailseal.publish.sets"

local M = {}

--- Seconds that "automatic", the TTL that is told as 1, stands for.
M.AUTOMATIC = 300

--- The members of one that is told.
M.FORM = {
  id = "string", name = "string", type = "string", content = "string?", ttl = "whole", proxied = "boolean?", priority = "whole?",
  data = "table?",
}

local function value_of(one)
  local content, data = one.content or "", one.data or {}
  if one.type == "TXT" and content:sub(1, 1) ~= '"' then return sets.text(content) end
  if one.type == "MX" then return fields.value("MX", { priority = one.priority, target = content, data = content }) end
  if one.type == "SRV" or one.type == "CAA" then
    return fields.value(one.type, { priority = data.priority, weight = data.weight, port = data.port, target = data.target,
      flags = data.flags, tag = data.tag, text = data.value, data = content })
  end
  return sets.spelled(one.type, content) or content
end

--- A record as it is told.
-- @tparam table one
-- @treturn table as of `mailseal.publish.one_by_one`; `proxied`, true or nil; `automatic`: is its TTL?
function M.read(one)
  return {
    id = one.id, name = one.name:lower(), type = one.type, ttl = one.ttl == 1 and M.AUTOMATIC or one.ttl, automatic = one.ttl == 1,
    proxied = one.proxied or nil, value = value_of(one),
  }
end

-- The member that a value is written in, and what it holds.
local function content_of(kind, value)
  local one = fields.of(kind, value)
  if kind == "TXT" then return "content", value end
  if kind == "SRV" then
    return "data", one.target
      and json.object("priority", one.priority, "weight", one.weight, "port", one.port, "target", one.target)
  elseif kind == "CAA" then
    return "data", one.tag and json.object("flags", one.flags, "tag", one.tag, "value", one.text)
  end
  return "content", one.target or one.address, one.priority
end

--- A record as it is to be told.
-- @tparam table record `name`, `type`
-- @tparam string value
-- @tparam number ttl
-- @tparam ?boolean proxied
-- @tparam ?string id
-- @treturn[1] table JSON
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `refused_record`
function M.written(record, value, ttl, proxied, id)
  local member, content, priority = content_of(record.type, value)
  if not content then
    return nil, ("Cloudflare takes no %s record like this one here: enter it there"):format(record.type), "refused_record"
  end
  return json.object("id", id, "type", record.type, "name", record.name, member, content, "priority", priority, "ttl", ttl,
    "proxied", proxied)
end

return M

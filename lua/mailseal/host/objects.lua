--- What was found of a domain's DNS host, as JSON has it.
-- @module mailseal.host.objects
local json = require "mailseal.json"

local M = {}

--- What was found, in a word.
-- @tparam table found as of `mailseal.host.detect`
-- @treturn string "found", "split", "ambiguous" or "unknown"
function M.state(found)
  return found.id and "found" or found.split and "split" or found.ambiguous and "ambiguous" or "unknown"
end

--- What was found.
-- @tparam string domain
-- @tparam table found as of `mailseal.host.detect`
-- @treturn table what `json.encode` writes as an object
function M.found(domain, found)
  return json.object(
    "domain", domain,
    "status", M.state(found),
    "id", found.id,
    "name", found.name,
    "zone", found.zone,
    "name_servers", found.name_servers,
    "name_servers_from", found.name_servers_from,
    "own_name_servers", found.own_name_servers,
    "alternatives", found.alternatives,
    "ambiguous", found.ambiguous,
    "split", found.split,
    "fault", found.fault,
    "automatic", found.automatic,
    "help", found.rule and found.rule.help,
    "rule", found.rule and json.plain(found.rule)
  )
end

return M

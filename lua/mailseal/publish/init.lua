--- Publishing: whoever can write to a zone, by one name each.
--
--     local publish = require "mailseal.publish"
--     local target = assert(publish.open("cloudflare", { token = token, resolver = resolver }))
--     local zone = assert(target:zone_of "mail.example.com")
--     local sets = assert(target:read(zone, { "mail.example.com", "_dmarc.example.com" }))
--     assert(target:apply(zone, changes))
--     assert(target:undo(zone, changes))
--
-- A **target** is one way into one DNS host: the protocol of RFC 2136, or the interface of a host. Each is a file of its own,
-- `mailseal.publish.via.<id>`, with `open`; `mailseal.publish.target` says what all of them have in common. What is read and written are
-- **record sets** (`mailseal.publish.sets`), and a **change** is a set as it was and as it is to be. What is to be changed is decided by
-- `mailseal.publish.plan`, which knows nothing of targets.
-- @module mailseal.publish
local nearest = require "mailseal.nearest"
local printable = require "mailseal.printable".line

local M = {}

-- In the order in which they are told.
local IDS = {
  "rfc2136",
  "cloudflare",
  "desec",
  "digitalocean",
  "godaddy",
  "google-cloud-dns",
  "hetzner",
  "porkbun",
  "route53",
}

--- The ids of all targets that there are.
-- @treturn {string,...}
function M.ids()
  local list = {}
  for i, id in ipairs(IDS) do
    list[i] = id
  end
  return list
end

--- What a target is: its module.
-- @tparam string id
-- @treturn[1] table as of `mailseal.publish.target`
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string `no_target`
function M.find(id)
  if type(id) ~= "string" then
    error("publish.find wants an id", 2)
  end
  for _, known in ipairs(IDS) do
    if known == id:lower() then
      return (require("mailseal.publish.via." .. known:gsub("-", "_")))
    end
  end
  local near = nearest.words(IDS, id:lower())
  return nil, ("there is no way to publish called \"%s\": %s"):format(printable(id:sub(1, 60)),
    near[1] and ("do you mean %s?"):format(table.concat(near, ", ")) or "there are " .. table.concat(IDS, ", ")), "no_target"
end

--- Opens a target.
-- @tparam string id
-- @tparam table options what it wants to know: its `settings` and `credentials`; `resolver`; `now`, a clock (`os.time`); `fetch`, options
--   of `mailseal.fetch` beside its own (`allow_private`, `allow_plain`, `ca_file`)
-- @treturn[1] table see `mailseal.publish.target`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `no_target`, `credentials_missing`, or a code of its own
function M.open(id, options)
  local module, message, code = M.find(id)
  if not module then
    return nil, message, code
  end
  return module.open(options)
end

return M

--- The route of whose DNS host serves a domain, any domain.
-- @module mailseal.http.api.dns_hosts
local costly = require "mailseal.http.costly"
local host = require "mailseal.host"
local names = require "mailseal.dns.name"
local objects = require "mailseal.host.objects"
local domains = require "mailseal.domain"
local public_suffix = require "mailseal.onboard.public_suffix"
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"

local function get(call)
  local suffixes, message, code = public_suffix.system()
  if not suffixes then
    return nil, message, code
  end
  local typed = call.path.domain:gsub("%.$", "")
  local name = names.canonical(domains.to_ascii(typed) or typed)
  local found, members
  found, message, code, members = costly.perform(call, function(resolver)
    return host.detect(name, { resolver = resolver, registrable = domains.valid(name) and suffixes:registrable(name) or nil })
  end)
  if not found then
    return nil, message, code, members
  end
  return reply.json(200, objects.found(name, found))
end

return {
  {
    method = "GET", path = "/v1/dns-hosts/{domain}", id = "getDnsHost", handler = get, at_most = 100,
    query = { deadline = shape.count(1, costly.LONGEST) },
  },
}

--- Amazon Route 53, by its API of 2013-04-01: docs.aws.amazon.com/Route53/latest/APIReference. It needs lua-expat, for it speaks XML.
--
-- Changes are made by one batch, all or none. Sets that change are removed exactly as they were read and created anew, so that the batch
-- is refused where one of them is another by then: nobody's change is overwritten. After a batch was accepted Route 53's name servers
-- follow, mostly within a minute; that is waited for a little. Private hosted zones are passed over. Aliases, and sets of a routing policy,
-- are told but never changed.
-- @module mailseal.publish.via.route53
local all_at_once = require "mailseal.publish.all_at_once"
local api = require "mailseal.publish.api"
local async = require "mailseal.async"
local aws_signature = require "mailseal.publish.aws_signature"
local errors = require "mailseal.publish.via.route53.errors"
local names_of = require "mailseal.dns.name"
local records = require "mailseal.publish.via.route53.records"
local sets = require "mailseal.publish.sets"
local targets = require "mailseal.publish.target"
local urls = require "mailseal.fetch.url"
local xml = require "mailseal.publish.xml"

local M = {
  id = "route53", name = "Amazon Route 53", host = "route53", atomic = true, least_ttl = 0,
  settings = {
    { name = "zone_id", text = "the id of the hosted zone, where there are several of one name", environment = "AWS_HOSTED_ZONE_ID" },
    { name = "region", text = "the region that requests are signed for (us-east-1)", environment = "MAILSEAL_ROUTE53_REGION" },
    { name = "endpoint", text = "the URL of the API", environment = "AWS_ENDPOINT_URL_ROUTE_53" },
  },
  credentials = {
    { name = "access_key", text = "the id of an access key", environment = "AWS_ACCESS_KEY_ID", required = true },
    { name = "secret_key", text = "the secret access key", environment = "AWS_SECRET_ACCESS_KEY", required = true },
    { name = "session_token", text = "the session token of credentials that are lent for a time", environment = "AWS_SESSION_TOKEN" },
  },
}

local Target = all_at_once.class "mailseal.publish.via.route53"

local VERSION = "/2013-04-01/"

-- Items of a page; seconds before each look whether the name servers have followed.
local PAGE, LOOKS = 100, { 0.2, 1, 2, 4 }

-- ---- hosted zones

local function id_of(text) return (text:gsub("^/hostedzone/", "")) end

-- The public hosted zones of one name.
local function zones_named(self, name)
  local tree, message, code, details = self.client:ask {
    path = VERSION .. "hostedzonesbyname", query = { { "dnsname", name }, { "maxitems", PAGE } },
  }
  if not tree then return nil, message, code, details end
  if tree.name ~= "ListHostedZonesByNameResponse" then return self.client:strange() end
  local ids = {}
  -- They come in order, from that name on.
  for _, zone in ipairs(xml.all(tree, "HostedZones", "HostedZone")) do
    local id, told = xml.text(zone, "Id"), xml.text(zone, "Name")
    if not (id and told) then return self.client:strange() end
    if records.name(told) == name and xml.text(zone, "Config", "PrivateZone") ~= "true" then ids[#ids + 1] = id_of(id) end
  end
  return ids
end

-- The id of the hosted zone of a name; false where there is none.
local function id_named(self, name)
  if self.ids[name] then return self.ids[name] end
  local ids, message, code, details = zones_named(self, name)
  if not ids then return nil, message, code, details end
  if ids[2] then
    table.sort(ids)
    return nil, ("Amazon Route 53 has several hosted zones %s: name the one that the domain is delegated to by its id (%s)"):format(
      name, self.client:say(table.concat(ids, ", "))), "several_zones", { zones = ids }
  end
  self.ids[name] = ids[1]
  return ids[1] or false
end

-- The name of the hosted zone that was named by its id.
local function name_of_own(self)
  local tree, message, code, details = self.client:ask { path = VERSION .. "hostedzone/" .. api.escaped(self.zone_id) }
  if not tree then return nil, message, code, details end
  local told = tree.name == "GetHostedZoneResponse" and xml.text(tree, "HostedZone", "Name")
  if not told then return self.client:strange() end
  local name = records.name(told)
  self.ids[name] = self.zone_id
  return name
end

--- The hosted zone that holds a name.
-- @tparam string name
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`; `several_zones` (details: `zones`, their ids) where that is not clear
-- @treturn[2] ?table details
function Target:zone_of(name)
  if self.zone_id then
    local zone, message, code, details = name_of_own(self)
    if not zone then return nil, message, code, details end
    if not names_of.is_within(name, zone) then return self.client:no_zone(name) end
    return zone
  end
  return api.zone_of(self.client, name, function(at) return id_named(self, at) end)
end

local function path_of(self, zone)
  local id, message, code, details = id_named(self, zone)
  if id == nil then return nil, message, code, details end
  if not id then return self.client:no_zone(zone) end
  return ("%shostedzone/%s/rrset"):format(VERSION, api.escaped(id))
end

-- ---- record sets

-- Where the next page begins; nil where there is none that still has this name.
local function next_of(tree, name)
  if xml.text(tree, "IsTruncated") ~= "true" or records.name(xml.text(tree, "NextRecordName") or "") ~= name then return nil end
  return { type = xml.text(tree, "NextRecordType"), identifier = xml.text(tree, "NextRecordIdentifier") }
end

local function sets_at(self, path, name)
  local list, message, code, details = self.client:all(function(_, from)
    local query = { { "name", name .. "." }, { "maxitems", PAGE } }
    if from and from.type then query[3] = { "type", from.type } end
    if from and from.identifier then query[4] = { "identifier", from.identifier } end
    local tree, words, kind, more = self.client:ask { path = path, query = query }
    if not tree then return nil, words, kind, more end
    if tree.name ~= "ListResourceRecordSetsResponse" then return self.client:strange() end
    return xml.all(tree, "ResourceRecordSets", "ResourceRecordSet"), next_of(tree, name)
  end)
  if not list then return nil, message, code, details end
  local found = records.read(list)
  if not found then return self.client:strange() end
  return found
end

--- The sets at names: see `mailseal.publish.all_at_once`, and the same of `change`.
-- @tparam string zone
-- @tparam {string,...} names
-- @treturn[1] {table,...} as of `mailseal.publish.sets`; `policy` says what is special about one that cannot be changed here; `told`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string a code of `mailseal.publish.target`
-- @treturn[2] ?table details
function Target:sets(zone, names)
  local path, message, code, details = path_of(self, zone)
  if not path then return nil, message, code, details end
  local lists
  lists, message, code, details = self.client:each(names, function(name) return sets_at(self, path, name) end)
  if not lists then return nil, message, code, details end
  local found = {}
  for i, list in ipairs(lists) do
    for _, set in ipairs(list) do
      -- What comes behind that name in order comes along.
      if set.name == names[i] and set.type ~= "SOA" then found[#found + 1] = set end
    end
  end
  return sets.in_order(found)
end

-- ---- changes

-- Waits a little until the name servers have followed. What was accepted is done, whatever is said here.
local function follow(self, tree)
  local id, status = xml.text(tree, "ChangeInfo", "Id"), xml.text(tree, "ChangeInfo", "Status")
  for _, pause in ipairs(LOOKS) do
    if not id or status ~= "PENDING" then return end
    async.sleep(pause)
    local told = self.client:ask { path = VERSION .. "change/" .. api.escaped((id:gsub("^/change/", ""))) }
    status = told and xml.text(told, "ChangeInfo", "Status")
  end
end

--- Makes changes.
-- @tparam string zone
-- @tparam {table,...} changes
-- @tparam function now
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string
-- @treturn[2] ?table
function Target:change(zone, changes, now)
  for _, change in ipairs(changes) do
    local set = now(change)
    if set and set.policy then
      return nil, ("the %s records at %s are %s: that can be changed in the console of Route 53 alone; nothing was changed"):format(
        change.type, change.name, set.policy), "refused_record"
    end
  end
  local path, message, code, details = path_of(self, zone)
  if not path then return nil, message, code, details end
  local question = { method = "POST", path = path, body = records.batch(changes, now) }
  local tree
  tree, message, code, details = self.client:ask(question)
  if not tree then return nil, message, code, details end
  if tree.name ~= "ChangeResourceRecordSetsResponse" then return self.client:strange(question) end
  follow(self, tree)
  return true
end

-- ---- opening

local function signer(given, now)
  return function(question)
    local url, message, code = urls.parse(question.url)
    if not url then return nil, message, code end
    local fields = aws_signature.sign {
      method = question.method, host = url.authority, target = url.target, body = question.body, service = "route53",
      region = given.region or "us-east-1", access_key = given.access_key, secret_key = given.secret_key,
      session_token = given.session_token, now = now(),
    }
    for name, value in pairs(fields) do question.headers[name] = value end
  end
end

--- Opens it.
-- @tparam table options see `mailseal.publish.target`
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `credentials_missing`, `bad_credentials`, `no_module` (lua-expat is not there)
function M.open(options)
  local given, message, code = targets.given_for_http(M, options)
  if not given then return nil, message, code end
  local ready
  ready, message, code = xml.ready()
  if not ready then return nil, message, code end
  local now = options.now or os.time
  local client = api.client {
    host = M.name, endpoint = given.endpoint or "https://route53.amazonaws.com", resolver = options.resolver, now = now,
    fetch = options.fetch, secrets = { given.secret_key, given.session_token }, read = xml.read, content_type = "text/xml",
    explain = function(status, tree, _, answer)
      if status >= 300 then return errors.explain(now(), tree, answer) end
    end,
    authorize = signer(given, now),
  }
  return setmetatable({ module = M, client = client, ids = {}, zone_id = given.zone_id and id_of(given.zone_id) }, Target)
end

return M

--- Who serves the DNS of a domain, and how a record is typed there.
--
--     local host = require "mailseal.host"
--     local found = assert(host.detect("mail.example.com", { resolver = resolver }))
--     print(found.name, found.zone)                                                       -- GoDaddy  example.com
--     local shown = host.render(found.rule, { type = "CNAME", name = "s1._domainkey.mail.example.com", value = "s1.dkim.example.net" },
--       found.zone)
--     for _, field in ipairs(shown.fields) do print(field.label, field.value) end         -- Name  s1._domainkey.mail
--
-- What is known of each host is in a rule, a file beside this one: see `mailseal.rules.host` for what is in it. What is made of them is
-- made in `mailseal.rules.host.*`. A host that no rule knows, name servers that several hosts have, and zones that are split between
-- hosts get texts that hold for any host.
--
-- A user's own rules come out of a directory (@{load_directory}). They are for the whole program, and are loaded when it starts.
-- @module mailseal.host
local catalogues = require "mailseal.rules.host.catalogue"
local detect = require "mailseal.rules.host.detect"
local domains = require "mailseal.domain"
local ids = require "mailseal.host.ids"
local kinds = require "mailseal.dns.options"
local render = require "mailseal.rules.host.render"

local M = {}

local catalogue = catalogues.new(ids, function(id) return require("mailseal.host." .. id) end)

--- The DNS hosts that rules are known of.
-- @treturn {table,...} each with `id` and `name`, sorted by id
function M.list()
  local list = {}
  for i, id in ipairs(catalogue:ids()) do
    list[i] = { id = id, name = catalogue:find(id).name }
  end
  return list
end

--- The rule of a host.
-- @tparam string id
-- @treturn[1] table see `mailseal.rules.host`; only to be read
-- @treturn[2] nil
-- @treturn[2] string
-- @treturn[2] string `no_host`
function M.find(id)
  local rule = catalogue:find(id)
  if not rule then
    return nil, "no rule is known of a DNS host called " .. tostring(id), "no_host"
  end
  return rule
end

--- How records can be set at a host without anybody's typing.
-- @tparam table rule
-- @treturn ?{string,...} of `domain_connect` and `api`; nil where no way is known
function M.automatic(rule)
  return detect.automatic(rule)
end

--- Adds a user's own rules: each file of a directory that ends in `.lua`. Nothing of them is run.
-- One that has the id of a rule that comes along takes its place; where both fit a name server, the user's counts.
-- @tparam string path
-- @treturn[1] number how many there are
-- @treturn[2] nil and nothing is added
-- @treturn[2] string what is wrong, and with which file
-- @treturn[2] string `bad_rule`, or a code of `mailseal.rules.sandbox`
function M.load_directory(path)
  if type(path) ~= "string" then
    error("host.load_directory wants the path of a directory", 2)
  end
  return catalogue:load_directory(path)
end

--- Forgets the rules of all directories.
function M.forget_directories()
  catalogue:forget_directories()
end

--- Whose name servers these are, without asking DNS.
-- @tparam {string,...} name_servers their names
-- @treturn table
--
-- - `id`, `name`, `rule`: of the host; nil where none is known, or not for sure
-- - `name_servers`: their names, each once, sorted
-- - `alternatives`: ids of other hosts that it may be all the same, less likely; or nil
-- - `ambiguous`: ids of hosts that have just these name servers, so that nobody can tell which it is; or nil
-- - `split`: ids of the hosts, "unknown" among them for those without a rule, where the name servers are not all one host's; or nil
-- - `automatic`: how records can be set without typing, a list of `domain_connect` and `api`; or nil
-- @raise where what is given is no list of strings
function M.identify(name_servers)
  if type(name_servers) ~= "table" then
    error("host.identify wants a list of names", 2)
  end
  for _, name in ipairs(name_servers) do
    if type(name) ~= "string" then
      error("host.identify wants a list of names", 2)
    end
  end
  return detect.identify(catalogue, name_servers)
end

local is_resolver = { function(value) return type(value) == "table" and type(value.delegation) == "function" end, "a resolver" }

local options_known = {
  resolver = is_resolver, registrable = kinds.of_type("string", "a domain"), parent = kinds.flag, fresh = kinds.flag,
  deadline = kinds.seconds(86400), port = kinds.count(1, 65535),
}

--- Looks whose DNS host serves a domain: the zone that it is in is looked for, and the zone above is asked for its name servers.
-- @tparam string domain U-labels and upper case are converted
-- @tparam table options
--
-- - `resolver`: what to ask (`mailseal.dns`)
-- - `registrable`: the registrable domain (of the public suffix list), above which no zone is the customer's; without it only
--   top-level domains are known to be above
-- - `parent`: ask the zone above which name servers count (true); without it, or where that cannot be asked, the zone's own NS records do
-- - `fresh`, `deadline`, `port`: as of `resolver:delegation`
-- @treturn[1] table as of @{identify}, and
--
-- - `zone`: the name of the zone that the domain is in
-- - `name_servers_from`: `parent` or `child`, whose word `name_servers` is
-- - `own_name_servers`: what the zone says itself, where the zone above says otherwise
-- - `fault`: `timeout`, `servfail`, `refused` or `bogus` where the zone's own name servers say nothing for now, and the zone above has
--   told them; that is asked for the registrable domain alone
-- @treturn[2] nil
-- @treturn[2] string why not
-- @treturn[2] string `timeout`, `servfail`, `refused`, `bogus`: temporary, nothing is known of the host; `no_zone`: there is no SOA
--   record above the domain; `not_delegated`: nobody has registered it, no name servers are set, or it is a registry's; `bad_name`;
--   `wrong_phase` as of `mailseal.dns.resolver`
-- @raise where an option is none, or there is no resolver
function M.detect(domain, options)
  if type(domain) ~= "string" then
    error("host.detect wants a domain", 2)
  end
  kinds.check("host.detect", options or {}, options_known)
  if not (options and options.resolver) then
    error("host.detect wants a resolver", 2)
  end
  local name, message = domains.to_ascii((domain:gsub("%.$", "")))
  name = name and name:lower()
  if not name or not domains.valid(name) then
    return nil, message or "that is no name of a domain", "bad_name"
  end
  local ready, cause, code = options.resolver:ready()
  if not ready then
    return nil, cause, code
  end
  return detect.detect(catalogue, name, options)
end

local function is_value(value)
  for _, item in ipairs(type(value) == "table" and value or { value }) do
    if type(item) ~= "string" then
      return false
    end
  end
  return true
end

--- Renders a record as the host's form wants it typed.
-- @tparam ?table rule of @{find} or @{detect}; nil where the host is not known, which gives texts that hold for most
-- @tparam table record `type`, `name` (the whole name), `value` (presentation form: of MX "10 host", of TXT the text without quotes, of NS
--   one name or a list; nil where only the provider knows it)
-- @tparam string zone the zone that the record is to stand in
-- @treturn table plain data:
--
-- - `prefix`: the part in front of the zone; what stands for the zone itself, where the record is its own: `@`, "" for a field that is
--   left empty, or its name
-- - `full`: the whole name; `name`: which of them is typed; `zone`: as given, without a dot at its end
-- - `possible`: false where the host cannot do it, or nobody can; `why`, `instead` (what to do) and `code` then: `apex_cname`,
--   `underscore_cname`, `name_too_long`, `value_too_long`, `text_too_long`, `other_zone` (the name is not in that zone), or
--   `reverse_zone` (PTR)
-- - `fields`: those of the form in order, each with `key` (`type`, `name`, `priority`, `value`, `ttl`, `proxy`), `label` (what the form
--   calls it) and `value`, what is typed or chosen (nil where only the provider knows)
-- - `value`: as typed; a list where the record's was one; `priority` of an MX where that has a field of its own; `quoted`, of TXT, as
--   character-strings in quotes, whether the form wants them or not
-- - `ttl`: seconds to choose, nil where the host chooses or nothing is known
-- - `notes`: sentences on what to mind; `help`: the address of the host's page about it; `host`: the rule's id; `type`
-- @raise where the record has no name or no type, or its value or the zone is no text
function M.render(rule, record, zone)
  if type(record) ~= "table" or type(record.name) ~= "string" or type(record.type) ~= "string" then
    error("host.render wants a record with a name and a type", 2)
  elseif not is_value(record.value) then
    error("host.render wants a record whose value is a text, a list of texts, or nil", 2)
  elseif type(zone) ~= "string" then
    error("host.render wants the name of a zone", 2)
  end
  return render.render(rule, record, zone)
end

return M

--- `mailseal domain-connect`: templates for DNS hosts, the keys that requests are signed by, whether a domain's host takes part, and the
-- address that a customer is led to.
-- @module mailseal.cli.domain_connect
local command = require "mailseal.cli.command"
local connect = require "mailseal.cli.connect"
local input = require "mailseal.cli.provider_input"
local json = require "mailseal.json"
local options = require "mailseal.cli.options"
local output = require "mailseal.cli.output"
local resolver = require "mailseal.cli.resolver"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"

local M = {}

local epilog = [[
A DNS host is given the template beforehand: by its form, or by the repository
of templates (github.com/Domain-Connect/Templates, as providerId.serviceId.json).
It asks its customer, sets the records, and leads him back; what is said then is
not believed, DNS is.

The exit status is 0 where all is well, 1 where the domain's host takes no part
or does not know the template, 64 for wrong usage, 65 for a key that is none, 69
where nobody answers.]]

-- Whose template it is.
local function describe_ids(of)
  of:option("--provider-id", "Who offers the service, mostly a domain: providerId."):argname("ID"):count(1)
  of:option("--service-id", "The template's serviceId (unless told, the rule's id and its variant's)."):argname("ID")
end

local function describe_asking(of)
  resolver.describe(of)
  of:flag("--allow-private", "Ask hosts on this machine and in private networks, too.")
end

local function describe_template(of)
  of:summary("Write a provider's template.")
  of:description("Writes the template of a provider's rule, as JSON. What a DNS host may not like is told on standard error.")
  of:argument("id", "The provider's id, or an alias of it.")
  describe_ids(of)
  of:option("--provider-name", "The name of who offers it, for people."):argname("NAME"):count(1)
  of:option("--service-name", "The service's name, for people."):argname("NAME")
  of:option("--variant", "The rule's variant."):argname("NAME")
  of:option("--key-domain", "Where the keys of requests are published (syncPubKeyDomain): requests must be signed then."):argname("DOMAIN")
  of:option("--redirect-domain", "A domain that customers may be led back to; may be repeated."):argname("DOMAIN"):count("*")
  of:option("--logo", "The address of a logo, https://."):argname("URL")
  of:option("--ttl", "Of the records, in seconds."):argname("N"):convert(options.whole("--ttl", 60, 604800))
  of:option("--template-version", "Of the template (unless told, the date of the rule)."):argname("N")
    :convert(options.whole("--template-version", 1, 2147483647))
  of:flag("--no-ownership", "Leave out the record that proves the domain to mailseal.")
  require("mailseal.cli.rules").describe(of)
end

local function describe_url(of)
  of:summary("Write the address that a customer is led to.")
  of:description("Asks a domain's DNS host whether it knows the template, and writes the address at which its customer agrees to it.")
  of:argument("domain", "The sending domain."):convert(options.domain)
  of:argument("id", "The provider's id, or an alias of it.")
  describe_ids(of)
  input.describe(of)
  of:option("--challenge", "The domain's proof of ownership, to be set as well."):argname("TEXT")
  of:option("--without", "A record of the rule that is to be left alone, such as dmarc; may be repeated."):argname("ID"):count("*")
  of:option("--redirect-uri", "Where the customer is led back to, https://."):argname("URL")
  of:option("--state", "What comes back with him."):argname("TEXT")
  of:option("--key", "A file with the private key (PEM) that requests are signed by."):argname("FILE")
  of:option("--key-name", "The label at which its public half is published."):argname("LABEL")
  describe_asking(of)
end

--- Declares the options.
-- @tparam table parser argparse's command
function M.describe(parser)
  parser:summary("Have a DNS host set the records (Domain Connect).")
  parser:description("Has a DNS host set a mail service's records by Domain Connect: templates, keys, and the address for the customer.")
  parser:epilog(epilog)
  parser:command_target("action")
  local discover = command.add(parser, "discover")
  discover:summary("Say whether a domain's DNS host takes part.")
  discover:argument("domain", "The domain."):convert(options.domain)
  describe_asking(discover)
  discover:flag("--json", "Print one JSON object on standard output, and nothing else.")
  describe_template(command.add(parser, "template"))
  local keys = command.add(parser, "keys")
  keys:summary("Write the records that publish a key.")
  keys:description("Writes the TXT records that publish the key by which requests are signed, as lines of a zone file.")
  keys:option("--key", "A file with the private key (PEM, RSA)."):argname("FILE"):count(1)
  keys:option("--name", "Where: a label, such as _dck1, and the template's syncPubKeyDomain."):argname("NAME"):count(1)
  keys:flag("--json", "Print one JSON object a record on standard output, and nothing else.")
  describe_url(command.add(parser, "url"))
end

-- ---- what all of them share

local function domain_connect() return require "mailseal.domain_connect" end

-- Codes of what may go well later, or with another server.
local AWAY = { dns_failed = true, unreachable = true, timeout = true, no_such_host = true, closed = true, no_module = true }

local function fail(cause, code)
  status.stop(AWAY[code] and status.UNAVAILABLE or status.NO, cause)
end

local function asking(given)
  return { resolver = resolver.open(given), fetch = { allow_private = given.allow_private } }
end

local function check_ids(given)
  connect.check_id("--provider-id", given.provider_id)
  connect.check_id("--service-id", given.service_id)
end

-- ---- the actions

local function run_discover(given)
  local domain = input.domain(given.domain)
  local settings, cause, code = domain_connect().discover(domain, asking(given))
  if given.json then
    output.line(json.encode(settings and json.plain(settings) or json.object("domain", domain, "error", code, "message", cause)))
  end
  if not settings then
    if given.json then return AWAY[code] and status.UNAVAILABLE or status.NO end
    fail(cause, code)
  elseif not given.json then
    output.line(("%s: %s (%s) takes part in Domain Connect"):format(settings.zone, text.printable(settings.provider_name),
      settings.provider_id))
    output.line("  customers are led to: ", text.printable(settings.url_sync))
    if settings.control_panel then output.line("  its own panel: ", text.printable(settings.control_panel)) end
  end
  return status.OK
end

local function run_template(given)
  check_ids(given)
  local own = input.own(given)
  if #given.provider_name > 64 or given.provider_name == "" then
    status.stop(status.USAGE, "--provider-name has 64 octets at most")
  elseif given.logo and not given.logo:find "^https://" then
    status.stop(status.USAGE, "--logo is an address of https://")
  end
  local redirects = {}
  for i, name in ipairs(given.redirect_domain) do redirects[i] = input.domain(name) end
  local template, doubts, code = domain_connect().template(input.rule(given.id, own), {
    provider_id = given.provider_id, provider_name = given.provider_name, service_id = given.service_id, service_name = given.service_name,
    variant = given.variant, rules = own, sync_pub_key_domain = given.key_domain and input.domain(given.key_domain), logo_url = given.logo,
    sync_redirect_domain = redirects[1] and redirects or nil, ttl = given.ttl, version = given.template_version,
    ownership = not given.no_ownership,
  })
  if not template then status.stop(code == "no_template" and status.NO or status.USAGE, doubts) end
  for _, doubt in ipairs(doubts) do output.complain("mailseal domain-connect", doubt) end
  output.line(require("mailseal.domain_connect.templates").json(template))
  return status.OK
end

local function run_keys(given)
  local key = connect.key(given.key)
  for _, record in ipairs(domain_connect().key_records(key, input.domain(given.name))) do
    if given.json then
      output.line(json.encode(json.pick(record, { "name", "type", "value" })))
    else
      output.line(('%s. 3600 IN TXT "%s"'):format(record.name, record.value))
    end
  end
  return status.OK
end

-- The records of a rule that are in other zones than the DNS host's: delegated to somebody else.
local function elsewhere(rule, domain, vars, wanted, asked)
  local zone = require("mailseal.onboard.publishing.seen").open(wanted.zone, asked.resolver)
  local list, options_of = {}, { org_domain = wanted.org_domain, rules = wanted.rules }
  for _, record in ipairs(require("mailseal.provider").records(rule, domain, vars, options_of) or {}) do
    local found, cause, code = zone:zone_of(record.name)
    if not found and code ~= "no_zone" then fail(cause, code) end
    list[#list + 1] = not found and record.id or nil
  end
  return list
end

local function tell_left_out(ids)
  for _, id in ipairs(ids) do
    output.complain("mailseal domain-connect", ("the record %s is in another zone, and has to be set there"):format(id))
  end
end

-- What of the rule the domain needs.
local function parameters(given, settings, domain, asked)
  local own = input.own(given)
  local rule = input.rule(given.id, own)
  local vars = input.vars(rule, given.var, own)
  local wanted = {
    zone = settings.zone, org_domain = input.organization(domain), challenge = given.challenge, without = given.without, rules = own,
  }
  local ids = elsewhere(rule, domain, vars, wanted, asked)
  for _, id in ipairs(ids) do wanted.without[#wanted.without + 1] = id end
  local found, cause, code = domain_connect().parameters(rule, domain, vars, wanted)
  if not found then
    status.stop((code == "not_applicable" or code == "nothing_wanted" or code == "no_template") and status.NO or status.USAGE, cause)
  end
  tell_left_out(ids)
  tell_left_out(found.left_out)
  return found
end

local function run_url(given)
  connect.check_label("--key-name", given.key_name, "--key", given.key)
  local key = given.key and connect.key(given.key)
  local domain, ask = input.domain(given.domain), asking(given)
  local settings, cause, code = domain_connect().discover(domain, ask)
  if not settings then fail(cause, code) end
  local found = parameters(given, settings, domain, ask)
  given.service_id = given.service_id or found.service_id
  check_ids(given)
  local known
  known, cause, code = domain_connect().supports(settings, given.provider_id, given.service_id, ask)
  if not known then fail(cause, code) end
  local url
  url, cause = domain_connect().apply_url {
    settings = settings, provider_id = given.provider_id, service_id = given.service_id, domain = settings.zone, host = found.host,
    variables = found.variables, groups = found.groups, redirect_uri = given.redirect_uri, state = given.state, key = key,
    key_name = given.key_name,
  }
  if not url then status.stop(status.USAGE, cause) end
  output.line(url)
  return status.OK
end

local runs = { discover = run_discover, template = run_template, keys = run_keys, url = run_url }

--- Runs the command.
-- @tparam table given the options
-- @treturn number exit status
function M.run(given)
  return runs[given.action](given)
end

return M

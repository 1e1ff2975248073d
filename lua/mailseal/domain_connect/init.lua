--- Domain Connect: a customer's DNS host asks him whether the records may be set, and sets them (draft-ietf-dconn-domainconnect).
--
--     local domain_connect = require "mailseal.domain_connect"
--     local settings = assert(domain_connect.discover("mail.example.com", { resolver = resolver }))
--     assert(domain_connect.supports(settings, "mailer.example", "kraiter", { resolver = resolver }))
--     local url = assert(domain_connect.apply_url {
--       settings = settings, provider_id = "mailer.example", service_id = "kraiter", domain = settings.zone, host = settings.host,
--       variables = variables, groups = groups, redirect_uri = "https://app.mailer.example/back", state = state,
--       key = key, key_name = "_dck1",
--     })
--
-- His browser is led to `url`. He comes back to `redirect_uri`, or never; what it says then (`returned`) is told, DNS alone is believed.
--
-- What is to be set is a **template**, which the DNS host has been given beforehand: `template` makes it of a provider's rule, and
-- `parameters` says what of it a domain needs. Requests are signed by a key whose public half is in DNS (`key_records`).
--
-- The other side, a DNS host's, is `mailseal.domain_connect.provider`.
-- @module mailseal.domain_connect
local apply = require "mailseal.domain_connect.apply"
local discovery = require "mailseal.domain_connect.discovery"
local signing = require "mailseal.domain_connect.signing"
local templates = require "mailseal.domain_connect.templates"

return {
  discover = discovery.discover, supports = discovery.supports,
  apply_url = apply.url, may_return_to = apply.may_return_to, returned = apply.returned, key_records = signing.records,
  template = templates.template, service = templates.service, parameters = templates.parameters, services = templates.services,
}

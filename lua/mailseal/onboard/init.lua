--- Onboarding: takes a customer's domain from a typed name to signed mail, and keeps it so.
--
--     local onboard = require "mailseal.onboard"
--     local registry = assert(onboard.open { db = "sqlite:mailseal.db", master_key_file = "master.key" })
--     local tenant = registry:tenant "acme"
--     local domain = assert(tenant:create {
--       domain = "mail.example.com", provider = "kraiter", vars = { region = "eu-west-1", tokens = { "abc", "def", "ghi" } },
--     })
--     for _, record in ipairs(domain.records) do
--       print(record.type, record.host.prefix, record.value, record.status)
--     end
--     print(tenant:verify "mail.example.com".status)
--     registry:work { until_idle = true }
--
-- Where to look: `registry` opens, `tenant` gathers what there is to do with a tenant's domains (`creation`, `domains` and others). The
-- life of a domain: `flow` (what happens and what it leads to, a table), `schedule` (when it is looked at), `assess` (the look at
-- DNS), `drift` (what has changed), `outcome` (all that a look brings about), `worker` (who looks at all that is due). Whose a domain
-- may be: `names`, `public_suffix`, `ownership`. What it may send: `decide`, `gate`, `health`, `holds`. Its keys: `keys`, `key_life`,
-- `rotation`, `key_steps`, `signer`. Who is told of what happens: `webhooks`, `deliveries`, `sending`.
-- @module mailseal.onboard
local registry = require "mailseal.onboard.registry"

local M = {}

--- Opens the registry of domains. See `mailseal.onboard.registry`.
-- @function open
-- @tparam table options as of `mailseal.onboard.registry.open`
-- @treturn ?table the registry
-- @treturn ?string what went wrong
-- @treturn ?string its code
M.open = registry.open

return M

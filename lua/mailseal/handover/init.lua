--- Handing a domain's records over to whoever runs its DNS: as a zone file, for the tools that keep zones as code, and as a letter.
--
--     local handover = require "mailseal.handover"
--     local names = { domain = "mail.example.com", zone = "example.com" }
--     io.write(assert(handover.write("bind", records, names)))
--
-- Records are tables of `id`, `type` ("CNAME", "TXT", "MX", "NS"), `name`, `value` (without dots at the ends of names, an MX as
-- "10 host", a TXT's text as it is, an NS' one host or a list; nil where it is not known yet), `purpose`, `required` and `note`, as
-- `mailseal.provider` makes them. Where they have them, also `match`, `include`, `status` and `found` are used, as a check tells of
-- them, and in letters `host`, as `mailseal.host.render` makes it: an SPF record that is there is added to, never doubled.
--
-- Nothing of a record can step out of its place, whatever octets it holds: each format escapes as its readers read, and what a format
-- cannot say is refused.
-- @module mailseal.handover
local plans = require "mailseal.handover.plan"
local printable = require "mailseal.printable".line

local M = {}

--- The formats: a list of tables of `id`, `name` and `extension` (of a file's name).
M.FORMATS = {
  { id = "bind", name = "a BIND zone fragment", extension = "zone", module = "bind" },
  { id = "csv", name = "CSV", extension = "csv", module = "csv" },
  { id = "terraform", name = "Terraform", extension = "tf", module = "terraform" },
  { id = "dnscontrol", name = "DNSControl", extension = "js", module = "dnscontrol" },
  { id = "octodns", name = "octoDNS", extension = "yaml", module = "octodns" },
  { id = "letter", name = "a letter in plain text", extension = "txt", module = "letter_text" },
  { id = "html", name = "a letter in HTML", extension = "html", module = "letter_html" },
}

local by_id, ids = {}, {}
for i, format in ipairs(M.FORMATS) do
  by_id[format.id], ids[i] = format, format.id
end

--- Seconds that records live in caches unless the options say otherwise.
M.TTL = 3600

local TTL_MAX = 2147483647 -- RFC 2181 §8

local option_types = {
  domain = "string", zone = "string", ttl = "number", provider = "string", asked_by = "string", answer_to = "string",
  deadline = "number", host_name = "string",
}

local function check_options(options, level)
  if type(options) ~= "table" or type(options.domain) ~= "string" or type(options.zone) ~= "string" then
    error("handover.write wants a domain and its zone", level + 1)
  end
  for name, value in pairs(options) do
    local wanted = option_types[name]
    if not wanted then
      error(("handover.write has no option \"%s\""):format(tostring(name)), level + 1)
    elseif type(value) ~= wanted then
      error(("handover.write's %s is a %s"):format(name, wanted), level + 1)
    end
  end
  local ttl = options.ttl or M.TTL
  if ttl % 1 ~= 0 or ttl < 0 or ttl > TTL_MAX then
    error("a TTL is a whole number of seconds from 0 to 2147483647", level + 1)
  end
end

--- Writes records in a format.
-- @tparam string format the `id` of one of `FORMATS`
-- @tparam {table,...} records see above
-- @tparam table options
--
-- - `domain`: the domain that is to send mail; `zone`: the DNS zone that its records go into
-- - `ttl`: seconds (3600)
-- - `provider`: of Terraform: "cloudflare", "route53", "google" or "azure" ("cloudflare")
-- - of letters: `asked_by` (who wants to send mail, at the beginning of a sentence), `answer_to` (an address), `deadline` (seconds since
--   1970, UTC), `host_name` (what the DNS host is called)
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string "no_format", "bad_provider" (of Terraform), "outside_zone" (a record is not below the zone), "bad_type",
--   "bad_value" (a value that is none of its type), "conflicting" (a CNAME beside another record), "not_representable" (octets that
--   the format cannot say)
-- @raise where an option is none, or not of its kind
function M.write(format, records, options)
  if type(records) ~= "table" then
    error("handover.write wants a list of records", 2)
  end
  check_options(options, 2)
  local chosen = by_id[format]
  if not chosen then
    local name = printable(tostring(format):sub(1, 60))
    return nil, ("there is no format %s: there are %s"):format(name, table.concat(ids, ", ")), "no_format"
  end
  local plan, message, code = plans.make(records, options.zone)
  if not plan then
    return nil, message, code
  end
  local about = { zone = plan.zone, ttl = options.ttl or M.TTL, provider = options.provider or "cloudflare" }
  for _, name in ipairs { "asked_by", "answer_to", "deadline", "host_name" } do
    about[name] = options[name]
  end
  about.domain = options.domain:gsub("%.$", "")
  return require("mailseal.handover." .. chosen.module).write(plan, about)
end

return M

--- What the rule of a DNS host looks like.
--
-- A rule is a file that returns one plain table; its neighbours are the best examples. A fact that is not known is left out, and what is
-- said to the customer is then what holds for most hosts. What a member says is as sure as `confidence`, unless `less_sure` names it.
--
-- - `id`, `name`, `source`, `checked_on`, `confidence`, `less_sure`: as of all rules, see `mailseal.rules.schema`. `less_sure` has the
--   names of members.
-- - `name_servers`: patterns of the names of its name servers, see `mailseal.rules.host.pattern`. None for what anybody may run (cPanel).
-- - `before`: ids of hosts whose patterns fit some of its name servers as well: it is this one, and may be those.
-- - `ambiguous_with`: ids of hosts that have the same name servers, so that nobody can tell.
-- - `name_form`: what the field for the name takes: `prefix` (the part in front of the zone, which the form adds), `full` (the whole
--   name), `either` (the part in front, or the whole name with a dot at its end).
-- - `apex`: what stands there for the zone itself: `@`, `blank` (nothing), `zone` (its name).
-- - `final_dot`: the dot at the end of a target: `always` (without it the form adds the zone), `optional`, `never`.
-- - `text`: how TXT is typed. `form`: `plain` (as it is, and the host cuts it), `quoted` (in quotes, cut into strings of 255); `most`:
--   characters that it may have, `counted` as `text` (itself) or `encoded` (with quotes and lengths).
-- - `mx`: `separate` (the priority has a field of its own), `joined` (it stands in front of the server).
-- - `record_sets`: true where all records of one name and type are edited as one, with a line for each.
-- - `underscore_cname`: may the name of a CNAME have an underscore?
-- - `labels`: what the form calls its fields `type`, `name`, `value`, `priority`, `ttl`; that of `value` may differ by type.
-- - `limits`: characters at most of what is typed for the `name` and for a `target`; `records` of a zone, `values_of_a_type` at a name.
-- - `proxy`: where the host puts a proxy before what it publishes: the field's `label`, and what turns it `off`.
-- - `ttl`: seconds, the `default` and the `least`; `automatic`, the choice that leaves it to the host.
-- - `publishes_within`: seconds that it may take until its name servers have a record.
-- - `domain_connect`: `supported`; `flows`, of `synchronous` and `asynchronous`; `note`.
-- - `api`: `available`; `note`.
-- - `help`: the address of a page that shows the form.
-- - `pitfalls`: a list of `text`, and `types` of record where it is about these alone.
-- @module mailseal.rules.host
local pattern = require "mailseal.rules.host.pattern"
local schema = require "mailseal.rules.schema"
local sorted = require "mailseal.rules.sorted"

local M = {}

local flag, optional, text = schema.flag, schema.optional, schema.text

--- The types of record that rules tell apart.
M.TYPES = { "CNAME", "TXT", "MX", "NS" }

local patterns = {
  look = function(value, path)
    local _, problem = pattern.read(value)
    return problem and ("%s: the pattern %s"):format(path, problem)
  end,
}

local by_type = {}
for _, type in ipairs(M.TYPES) do
  by_type[type] = optional(text { longest = 60 })
end

local label = optional(text { longest = 60 })
local seconds = schema.count(0, 30 * 86400)
local number = optional(schema.count(1, 65535))

local members = schema.with_common {
  name_servers = optional(schema.list(patterns)),
  before = optional(schema.list(schema.id)),
  ambiguous_with = optional(schema.list(schema.id)),
  name_form = optional(schema.one_of { "prefix", "full", "either" }),
  apex = optional(schema.one_of { "@", "blank", "zone" }),
  final_dot = optional(schema.one_of { "always", "optional", "never" }),
  text = optional(schema.record {
    form = schema.one_of { "plain", "quoted" }, most = number, counted = optional(schema.one_of { "text", "encoded" }),
  }),
  mx = optional(schema.one_of { "separate", "joined" }),
  record_sets = optional(flag),
  underscore_cname = optional(flag),
  labels = optional(schema.record {
    type = label, name = label, priority = label, ttl = label,
    value = optional(schema.either(text { longest = 60 }, schema.record(by_type))),
  }),
  limits = optional(schema.record { name = number, target = number, records = number, values_of_a_type = number }),
  proxy = optional(schema.record { label = text { longest = 60 }, off = text { longest = 60 } }),
  ttl = optional(schema.record { default = optional(seconds), least = optional(seconds), automatic = label }),
  publishes_within = optional(seconds),
  domain_connect = optional(schema.record {
    supported = flag, flows = optional(schema.list(schema.one_of { "synchronous", "asynchronous" })), note = optional(text()),
  }),
  api = optional(schema.record { available = flag, note = optional(text()) }),
  help = optional(text { pattern = "^https://[%w.-]+/?%S*$", words = "an address that begins with https://" }),
  pitfalls = optional(schema.list(schema.record { text = text(), types = optional(schema.list(schema.one_of(M.TYPES))) })),
}
members.aliases = nil -- a host is found by its name servers

-- What is less sure must be said of something.
local function check_less_sure(rule)
  for _, name in ipairs(sorted.names(rule.less_sure)) do
    if not members[name] or rule[name] == nil then
      return ("less_sure.%s is about nothing that the rule has"):format(name)
    end
  end
end

local rule_kind = schema.record(members, check_less_sure)

--- What is wrong with a rule.
-- @tparam any rule
-- @treturn ?string a sentence without its full stop; nil where all is right
function M.problem(rule)
  return schema.problem(rule_kind, rule)
end

--- What a host is called in a sentence: its name without what stands behind it in parentheses.
-- @tparam table rule
-- @treturn ?string nil where the rule has no name
function M.called(rule)
  return rule.name and (rule.name:gsub(" %b()$", ""))
end

--- How sure a member of a rule is.
-- @tparam table rule
-- @tparam string member such as "apex"
-- @treturn ?string "confirmed", "third-party" or "general-knowledge"; nil where the rule does not have it
function M.confidence(rule, member)
  if rule[member] == nil then
    return nil
  end
  return rule.less_sure and rule.less_sure[member] or rule.confidence
end

return M

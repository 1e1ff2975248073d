--- DNSControl's configuration: JavaScript that adds the records to a domain that is defined already (D_EXTEND).
--
-- DNSControl splits long texts and escapes them for each provider itself; what is written here are the values.
-- @module mailseal.handover.dnscontrol
local plain = require "mailseal.handover.plain"
local words = require "mailseal.handover.words"

local M = {}

local quote = plain.javascript

local function is_at_cloudflare(entry)
  return type(entry.given.host) == "table" and entry.given.host.host == "cloudflare"
end

local function arguments_of(entry, about)
  local data, list = entry.data, { quote(entry.prefix == "" and "@" or entry.prefix) }
  if data.preference then
    list[#list + 1] = ("%d"):format(data.preference)
  end
  list[#list + 1] = quote(data.text or data.target .. ".")
  list[#list + 1] = ("TTL(%d)"):format(about.ttl)
  if is_at_cloudflare(entry) and entry.type == "CNAME" then -- the zone may have CF_PROXY_DEFAULT_ON
    list[#list + 1] = "CF_PROXY_OFF"
  end
  return table.concat(list, ", ")
end

--- Writes the configuration.
-- @tparam table plan see `mailseal.handover.plan`
-- @tparam table about `domain`, `zone`, `ttl`
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what cannot be written
-- @treturn[2] string "not_representable"
function M.write(plan, about)
  local out = {}
  local function comment(indent, lines)
    for _, line in ipairs(lines) do
      out[#out + 1] = ("%s// %s\n"):format(indent, line)
    end
  end
  comment("", words.preamble(about))
  comment("", { ("Stands behind the D(%s, ...) of the zone."):format(quote(plan.zone)) })
  out[#out + 1] = ("D_EXTEND(%s"):format(quote(plan.zone))
  for i, entry in ipairs(plan.entries) do
    local problem = plain.problem(entry)
    if problem then
      return nil, problem, "not_representable"
    end
    out[#out + 1] = i == 1 and ",\n\n" or "\n"
    comment("  ", words.comments { entry })
    local comma = i < #plan.entries and "," or "" -- its reader's JavaScript has none behind the last
    out[#out + 1] = ("  %s(%s)%s\n"):format(entry.type, arguments_of(entry, about), comma)
  end
  out[#out + 1] = ");\n"
  for _, given in ipairs(plan.unknown) do
    comment("", { words.unknown(given) })
  end
  return table.concat(out)
end

return M

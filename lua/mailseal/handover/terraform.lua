--- Terraform (and OpenTofu) resources, for the provider of the zone's DNS host.
--
-- What is different between providers is a table of this file: the resource of each type of record, and its arguments. Values that
-- only the reader knows, such as the zone's id, are variables named after the domain, so that several files go into one module.
-- @module mailseal.handover.terraform
local plain = require "mailseal.handover.plain"
local record = require "mailseal.record"
local words = require "mailseal.handover.words"

local M = {}

local quote = plain.hcl

local function with_dot(name)
  return name .. "."
end

-- Values as an argument's list, a line each.
local function list(values)
  local lines = {}
  for i, value in ipairs(values) do
    lines[i] = "    " .. quote(value) .. ",\n"
  end
  return "[\n" .. table.concat(lines) .. "  ]"
end

local function map(set, convert)
  local values = {}
  for i, entry in ipairs(set) do
    values[i] = convert(entry.data)
  end
  return values
end

-- The strings of a text in quotes, as a zone file has them.
local function quoted_strings(data)
  return record.quote(record.split(data.text))
end

-- ---- Amazon Route 53: a record set a resource. The provider puts the outermost quotes itself; octets are told by octal numbers.

local function octal(octet)
  return ("\\%03o"):format(octet:byte())
end

local function route53_text(data)
  local strings = record.split(data.text)
  for i, text in ipairs(strings) do
    strings[i] = text:gsub('["\\]', "\\%0"):gsub("[%c\127-\255]", octal)
  end
  return table.concat(strings, '""')
end

local function set_values(text_of, name_of)
  return function(data)
    if data.text then
      return text_of(data)
    end
    return data.preference and ("%d %s"):format(data.preference, name_of(data.target)) or name_of(data.target)
  end
end

local function same(name)
  return name
end

local function route53(set, about)
  return { { "aws_route53_record", {
    { "zone_id", about.variable }, { "name", quote(set.name) }, { "type", quote(set.type) },
    { "ttl", tostring(about.ttl) }, { "records", list(map(set, set_values(route53_text, same))) },
  } } }
end

-- ---- Google Cloud DNS: a record set a resource; names are absolute.

local function google(set, about)
  return { { "google_dns_record_set", {
    { "managed_zone", about.variable }, { "name", quote(with_dot(set.name)) }, { "type", quote(set.type) },
    { "ttl", tostring(about.ttl) }, { "rrdatas", list(map(set, set_values(quoted_strings, with_dot))) },
  } } }
end

-- ---- Cloudflare: a record a resource, and never through its proxy.

local function cloudflare(set, about)
  local resources = {}
  for i, entry in ipairs(set) do
    local data = entry.data
    resources[i] = { "cloudflare_dns_record", {
      { "zone_id", about.variable }, { "name", quote(set.name) }, { "type", quote(set.type) },
      { "content", quote(data.text and quoted_strings(data) or data.target) },
      { "priority", data.preference and tostring(data.preference) },
      { "ttl", tostring(about.ttl) }, { "proxied", "false" },
    } }
  end
  return resources
end

-- ---- Azure DNS: a resource a type, names relative to the zone, texts as they are.

local function azure_block(fields)
  local width, lines = 0, {}
  for _, field in ipairs(fields) do
    width = math.max(width, #field[1])
  end
  for i, field in ipairs(fields) do
    lines[i] = ("    %-" .. width .. "s = %s\n"):format(field[1], field[2])
  end
  return { block = "record", body = table.concat(lines) }
end

local azure_types = {
  TXT = { "azurerm_dns_txt_record", function(data)
    return azure_block { { "value", quote(data.text) } }
  end },
  MX = { "azurerm_dns_mx_record", function(data)
    return azure_block { { "preference", tostring(data.preference) }, { "exchange", quote(data.target) } }
  end },
}

local function azure(set, about)
  local arguments = {
    { "name", quote(set.prefix == "" and "@" or set.prefix) }, { "zone_name", quote(about.zone) },
    { "resource_group_name", about.variable }, { "ttl", tostring(about.ttl) },
  }
  if set.type == "CNAME" then
    arguments[#arguments + 1] = { "record", quote(set[1].data.target) }
  elseif set.type == "NS" then
    arguments[#arguments + 1] = { "records", list(map(set, function(data) return with_dot(data.target) end)) }
  else
    for _, block in ipairs(map(set, azure_types[set.type][2])) do
      arguments[#arguments + 1] = block
    end
  end
  local kind = azure_types[set.type] and azure_types[set.type][1] or ("azurerm_dns_%s_record"):format(set.type:lower())
  return { { kind, arguments } }
end

-- ---- All of them.

local providers = {
  azure = {
    write = azure, source = "hashicorp/azurerm", sets = true,
    variable = { "resource_group", "The resource group of the DNS zone." },
  },
  cloudflare = {
    write = cloudflare, source = "cloudflare/cloudflare, version 5", variable = { "zone_id", "The zone's id at Cloudflare." },
  },
  google = {
    write = google, source = "hashicorp/google", sets = true, variable = { "managed_zone", "The name of the managed zone." },
  },
  route53 = {
    write = route53, source = "hashicorp/aws", sets = true, variable = { "zone_id", "The hosted zone's id at Route 53." },
  },
}

-- What is said where a resource holds all records of its name and type.
local OF_SETS = "A resource holds all records of its name and type: what is there already is to be listed in it as well."

--- The providers that there are resources for.
M.PROVIDERS = { "azure", "cloudflare", "google", "route53" }

-- A name as Terraform takes it for a resource or a variable.
local function identifier(text)
  local name = text:lower():gsub("[^%w_]+", "_")
  return name:find "^[%a_]" and name or "_" .. name
end

-- Names of resources, each once.
local function namer(domain)
  local taken = {}
  return function(kind, entry)
    local base = identifier(domain .. "_" .. tostring(entry.id or entry.prefix))
    local name, number = base, 1
    while taken[kind .. "." .. name] do
      number = number + 1
      name = ("%s_%d"):format(base, number)
    end
    taken[kind .. "." .. name] = true
    return name
  end
end

local function comment(out, lines)
  for _, line in ipairs(lines) do
    out[#out + 1] = ("# %s\n"):format(line)
  end
end

-- Those are aligned, as `terraform fmt` would.
local function is_line(argument)
  return argument[2] and not argument[2]:find("\n", 1, true)
end

local function write_resource(out, resource, name)
  local width = 0
  for _, argument in ipairs(resource[2]) do
    width = math.max(width, is_line(argument) and #argument[1] or 0)
  end
  out[#out + 1] = ("resource %s %s {\n"):format(quote(resource[1]), quote(name))
  for _, argument in ipairs(resource[2]) do
    if argument.block then
      out[#out + 1] = ("\n  %s {\n%s  }\n"):format(argument.block, argument.body)
    elseif is_line(argument) then
      out[#out + 1] = ("  %-" .. width .. "s = %s\n"):format(argument[1], argument[2])
    elseif argument[2] then
      out[#out + 1] = ("  %s = %s\n"):format(argument[1], argument[2])
    end
  end
  out[#out + 1] = "}\n"
end

local function write_variable(out, name, description)
  out[#out + 1] = ("\nvariable %s {\n  description = %s\n  type        = string\n}\n"):format(quote(name), quote(description))
end

-- The first entry that cannot be written: what is wrong.
local function problem_of(entries)
  for _, entry in ipairs(entries) do
    local problem = plain.problem(entry)
    if problem then
      return problem
    end
  end
end

--- Writes the resources.
-- @tparam table plan see `mailseal.handover.plan`
-- @tparam table about `domain`, `zone`, `ttl`, `provider` (of `PROVIDERS`)
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what cannot be written
-- @treturn[2] string "not_representable", or "bad_provider"
function M.write(plan, about)
  local provider = providers[about.provider]
  if not provider then
    return nil, ("Terraform resources are written for %s"):format(table.concat(M.PROVIDERS, ", ")), "bad_provider"
  end
  local problem = problem_of(plan.entries)
  if problem then
    return nil, problem, "not_representable"
  end
  local out, name_of = {}, namer(about.domain)
  local variable = identifier(about.domain .. "_" .. provider.variable[1])
  local settings = { zone = plan.zone, ttl = about.ttl, variable = "var." .. variable }
  comment(out, words.preamble(about))
  comment(out, { ("For the Terraform provider %s."):format(provider.source), provider.sets and OF_SETS or nil })
  write_variable(out, variable, provider.variable[2])
  for _, set in ipairs(plan.sets) do
    out[#out + 1] = "\n"
    comment(out, words.comments(set))
    for i, resource in ipairs(provider.write(set, settings)) do
      write_resource(out, resource, name_of(resource[1], set[i]))
    end
  end
  for _, given in ipairs(plan.unknown) do
    out[#out + 1] = "\n"
    comment(out, { words.unknown(given) })
  end
  return table.concat(out)
end

return M

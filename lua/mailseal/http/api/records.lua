--- The routes of a domain's records: as data, and as files in all formats that they are handed over in.
-- @module mailseal.http.api.records
local change = require "mailseal.onboard.change"
local handover = require "mailseal.handover"
local objects = require "mailseal.onboard.objects"
local reply = require "mailseal.http.reply"
local shape = require "mailseal.http.shape"

-- The media types of files: RFC 4027, RFC 4180, RFC 9239, RFC 9512; Terraform's configuration has none.
local types = {
  bind = "text/dns; charset=utf-8", csv = "text/csv; charset=utf-8", terraform = "text/plain; charset=utf-8",
  dnscontrol = "text/javascript; charset=utf-8", octodns = "application/yaml", letter = "text/plain; charset=utf-8",
  html = "text/html; charset=utf-8",
}

-- A letter is a page that a stranger's DNS has a part in: it runs nothing, and loads nothing.
local POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

local ids, extensions = { "json" }, {}
for _, format in ipairs(handover.FORMATS) do
  ids[#ids + 1], extensions[format.id] = format.id, format.extension
end

-- What each format alone takes.
local only = { terraform_provider = { terraform = true }, asked_by = { letter = true, html = true } }
only.answer_to = only.asked_by

local query = {
  format = shape.one_of(ids), zone = shape.text(255), ttl = shape.count(0, 2147483647),
  terraform_provider = shape.one_of { "azure", "cloudflare", "google", "route53" }, asked_by = shape.text(200),
  answer_to = shape.text(254),
}

local function problem_of(given, format)
  for name in pairs(given) do
    if name ~= "format" and (format == "json" or only[name] and not only[name][format]) then
      return ("query.%s does not go with format %s"):format(name, format)
    end
  end
end

local function file(call, format)
  local given = call.query
  local text, message, code, more = call.tenant:export(call.path.domain, format, {
    zone = given.zone, ttl = given.ttl, provider = given.terraform_provider, asked_by = given.asked_by, answer_to = given.answer_to,
  })
  if not text then
    return nil, message, code, more
  end
  local name = format == "html" and "letter" or format == "letter" and "letter" or "records"
  local made = reply.file(text, types[format], ("%s-%s.%s"):format(change.stored(call.path.domain), name, extensions[format]))
  made.headers["Content-Security-Policy"] = POLICY
  return made
end

local function get(call)
  local format = call.query.format or "json"
  local problem = problem_of(call.query, format)
  if problem then
    return nil, problem, "bad_query"
  elseif format ~= "json" then
    return file(call, format)
  end
  local records, message, code = call.tenant:records(call.path.domain)
  if not records then
    return nil, message, code
  end
  return reply.json(200, { records = objects.list(records, objects.record) })
end

return {
  { method = "GET", path = "/v1/domains/{domain}/records", id = "getRecords", handler = get, query = query, gives = false },
}

--- Pages for tests: what they are drawn of, and a strict reader of what was drawn.
local cjson = require "cjson"
local host = require "mailseal.host"
local shell = require "spec.support.shell"

local M = {}

--- When the tests are.
M.NOW = 1795356130 -- 22 November 2026, 14:02:10 UTC

--- A page to draw on.
-- @tparam[opt] table more further members
-- @treturn table see `mailseal.web.layout`
function M.page(more)
  local page = {
    base = "/", name = "mailseal", tenant = "acme", can_sign_out = true, now = M.NOW, version = "0123", events = "/v1/events/stream",
  }
  for name, value in pairs(more or {}) do
    page[name] = value
  end
  return page
end

--- A record of a domain.
-- @tparam table given `id`, `type`, `name`, `value`, `purpose`, `status`, `found`, `findings`; what is left out is that of a DKIM key
-- @tparam[opt] string host_id of the DNS host
-- @tparam[opt] string zone
-- @treturn table as `mailseal.onboard` tells it
function M.record(given, host_id, zone)
  local record = {
    id = "dkim1", type = "CNAME", name = "s1._domainkey.example.com", value = "s1.dkim.example.net", purpose = "dkim", required = true,
    status = "missing", findings = {},
  }
  for name, value in pairs(given) do
    record[name] = value
  end
  record.provider_status = record.provider_status or record.status
  record.host = host.render(host_id and host.find(host_id), record, zone or "example.com")
  return record
end

--- A domain.
-- @tparam[opt] table given members in place of those of one that is pending
-- @treturn table as `mailseal.onboard` tells it
function M.domain(given)
  local domain = {
    domain = "example.com", unicode = "example.com", provider = "kraiter", status = "pending", provider_status = "pending",
    status_since = M.NOW - 3600, owned = false, enabled = true, health = "healthy", findings = {}, advice = {}, zone = "example.com",
    dns_host = "godaddy", checked_at = M.NOW - 60, next_check_at = M.NOW + 170, window_ends = M.NOW + 250000, created_at = M.NOW - 3600,
    records = { M.record({}, "godaddy") },
  }
  for name, value in pairs(given or {}) do
    domain[name] = value
  end
  return domain
end

--- What a domain's page is drawn of.
-- @tparam table domain
-- @tparam[opt] table more further members
-- @treturn table see `mailseal.web.domain`
function M.data(domain, more)
  local data = { domain = domain, provider_name = "Kraiter", host = host.find(domain.dns_host or "none") or nil, events = {} }
  for name, value in pairs(more or {}) do
    data[name] = value
  end
  return data
end

-- The Python that has html5lib: Debian's, where another one stands before it.
local function python()
  for _, command in ipairs { "python3", "/usr/bin/python3" } do
    if shell.output(command .. " -c 'import html5lib; print(1)' 2>&1") == "1\n" then
      return command
    end
  end
  error("html5lib is missing: make test-deps", 0)
end

--- What is wrong with pages.
-- @tparam {string,...} list
-- @treturn {{string,...},...} for each its problems
function M.problems(list)
  local directory = shell.new_directory()
  shell.write(directory .. "/pages.json", cjson.encode(list))
  local told = shell.output(python() .. " spec/support/html_reader.py " .. shell.quote(directory .. "/pages.json") .. " 2>&1")
  shell.remove_directory(directory)
  local ok, problems = pcall(cjson.decode, told)
  return ok and problems or error(told, 2)
end

--- The text of a page, or of a piece of one, as a reader sees it: without tags, with spaces for whatever is between.
-- @tparam string html
-- @treturn string
function M.text(html)
  local text = html:gsub("<[^>]*>", " "):gsub("%s+", " ")
  return (text:gsub("&lt;", "<"):gsub("&gt;", ">"):gsub("&quot;", '"'):gsub("&#39;", "'"):gsub("&amp;", "&"))
end

return M

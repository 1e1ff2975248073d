--- The records that a domain's mail lives on, looked up side by side inside nginx.
--
-- What waits here (`resolver:query`) lets the worker go on with other requests; see nginx.conf beside this.
local async = require "mailseal.async"
local dns = require "mailseal.dns"

local M = {}

-- MAILSEAL_SERVER names another server than the system's; nginx.conf lets it through (`env MAILSEAL_SERVER;`).
local server = os.getenv "MAILSEAL_SERVER"

local resolver = assert(dns.resolver { servers = server and { server }, cache = "mailseal_dns" })

local questions = {
  { "", "MX" }, { "", "TXT" }, { "_dmarc.", "TXT" }, { "_mta-sts.", "TXT" }, { "_smtp._tls.", "TXT" }, { "default._bimi.", "TXT" },
}

-- A line that tells what was found.
local function line_of(name, type, answer)
  local found = answer.text
  if type == "MX" then
    found = {}
    for i, record in ipairs(answer.records) do found[i] = record.preference .. " " .. record.exchange end
  end
  local what = answer.status == "ok" and table.concat(found, " | ") or answer.status
  -- What others publish may hold anything.
  return ("%s %s%s: %s"):format(name, type, answer.from_cache and " (cached)" or "", (what:gsub("[^ -~]", "?")))
end

--- Answers a request.
function M.serve()
  local domain = ngx.var.arg_domain
  local lines, errors = async.map(questions, #questions, function(question)
    local name = question[1] .. (domain or "")
    local answer, message = resolver:query(name, question[2])
    if not answer then return nil, message end
    return line_of(name, question[2], answer)
  end)
  for place in ipairs(questions) do ngx.say(lines[place] or tostring(errors[place])) end
end

return M

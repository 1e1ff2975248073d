--- What the tests of hand-over share: records, hostile ones among them, and reading back what was written.
local cjson = require "cjson"
local handover = require "mailseal.handover"
local shell = require "spec.support.shell"

local M = {}

--- A 2048-bit key's record is longer than one string of a TXT record.
M.KEY = "v=DKIM1; k=rsa; p=" .. ("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"):rep(12) .. "QAB"

--- What an ordinary domain needs.
function M.records()
  return {
    { id = "dkim1", type = "CNAME", name = "abc._domainkey.mail.example.com", value = "abc.dkim.amazonses.com", purpose = "dkim",
      required = true, match = "cname_target", target = "abc.dkim.amazonses.com" },
    { id = "dkim2", type = "TXT", name = "s1._domainkey.mail.example.com", value = M.KEY, purpose = "dkim", required = true,
      match = "dkim_key" },
    { id = "mail_from", type = "MX", name = "bounce.mail.example.com", value = "10 feedback-smtp.eu-west-1.amazonses.com",
      purpose = "return_path", required = true },
    { id = "spf", type = "TXT", name = "bounce.mail.example.com", value = "v=spf1 include:amazonses.com ~all",
      include = "amazonses.com", match = "spf_include", purpose = "spf", required = true },
    { id = "apex", type = "TXT", name = "example.com", value = "mailseal-domain-verification=0123456789abcdef", purpose = "ownership" },
    { id = "dmarc", type = "TXT", name = "_dmarc.mail.example.com", value = "v=DMARC1; p=none", match = "dmarc_any_valid",
      purpose = "dmarc", required = false },
    { id = "links", type = "NS", name = "links.example.com", value = { "ns1.links.example", "ns2.links.example" }, purpose = "links",
      required = false },
  }
end

--- Texts that mean something to the one or the other reader.
M.HOSTILE = {
  'a" ; b \\ c', "$ORIGIN evil.example.", "@", "two\nlines\n@ A 192.0.2.66", "cr\rlf\n", "tab\there",
  "=HYPERLINK(\"http://evil.example\")", "+1", "-1+1",
  "\t=1", "\r=1", "'=1", "'", "''",
  "${file(\"/etc/passwd\")}", "%{ if true }x%{ endif }", "$${x}", "%%{y}", "$$${z}", "$%{w}",
  "\\${u}", "v=spf1 exists:%{i}._spf.%{d} -all", "</script><script>alert(1)</script>", "*/ // -- #",
  "\\", "\\\\", "\\;", "a;b;;c", "\\n",
  '"', '""', '" "', '"a" "b"', "`${1}`", "b\195\188cher", "\226\128\174gnp.exe", "\226\128\168", "\240\159\148\145", "!!python/object:x",
  "- list", "key: value", "# comment", "null", "yes", "0x10", "1e3", "~", "[a, b]", "{a: b}", "&a *a", "\1\2\31\127",
  " leading", "trailing ",
  "", ("x"):rep(255), ("y"):rep(256), ("z\""):rep(400), "100%", "$", "a$", "\\u0041", "\\101", "\\065",
}

--- Octets that are no text in UTF-8, which zone files alone can hold.
M.OCTETS = { "\255\254", "a\0b", "\194", "\237\160\128", "nul\0\0" }

--- A TXT record of each of those texts, each at its own name.
-- @tparam {string,...} texts
-- @treturn {table,...}
function M.texts(texts)
  local records = {}
  for i, text in ipairs(texts) do
    records[i] = { id = "t" .. i, type = "TXT", name = ("t%d.example.com"):format(i), value = text, purpose = "links" }
  end
  return records
end

--- Writes records for mail.example.com in the zone example.com.
-- @tparam string format
-- @tparam {table,...} records
-- @tparam[opt] table more options
function M.write(format, records, more)
  local options = { domain = "mail.example.com", zone = "example.com" }
  for name, value in pairs(more or {}) do
    options[name] = value
  end
  return handover.write(format, records, options)
end

local found

-- The first Python that has PyYAML.
local function python()
  for _, command in ipairs { "/usr/bin/python3", "python3" } do
    if not found and shell.succeeds(command .. " -c 'import yaml'") then
      found = command
    end
  end
  return found or error "no Python has PyYAML: apt install python3-yaml"
end

--- What a reader that is not ours makes of a text.
-- @tparam string arguments of spec/support/handover_reader.py
-- @tparam string text
-- @return what it prints as JSON
function M.read(arguments, text)
  local result = shell.run(("%s spec/support/handover_reader.py %s"):format(python(), arguments), text)
  if result.status ~= 0 then
    error(result.err .. "\n" .. text, 0)
  end
  return cjson.decode(result.out)
end

local function octets(hexadecimal)
  return (hexadecimal:gsub("%x%x", function(pair)
    return string.char(tonumber(pair, 16))
  end))
end

--- Records as lines "name TYPE data", sorted, to be compared.
-- @tparam {table,...} read what `read` returns
-- @treturn {string,...}
function M.lines(read)
  local lines = {}
  for i, one in ipairs(read) do
    lines[i] = ("%s %s %s"):format(one.name, one.type, octets(one.data))
  end
  table.sort(lines)
  return lines
end

--- The same of records as they were given.
-- @tparam {table,...} records
-- @treturn {string,...}
function M.wanted(records)
  local lines = {}
  for _, one in ipairs(records) do
    for _, value in ipairs(type(one.value) == "table" and one.value or { one.value }) do
      lines[#lines + 1] = ("%s %s %s"):format(one.name, one.type, value)
    end
  end
  table.sort(lines)
  return lines
end

return M

--- The domain that a customer typed: brought into the form that is stored, looked over, or refused.
--
-- What is stored is lower-case A-labels; the U-labels are shown beside. Space around the name and a dot at its end are dropped,
-- nothing else is guessed: what is an e-mail address, the address of a page or the name of a record is told so.
--
-- @module mailseal.onboard.names
local domains = require "mailseal.domain"
local lookalikes = require "mailseal.onboard.lookalikes"
local ownership = require "mailseal.onboard.ownership"
local public_suffix = require "mailseal.onboard.public_suffix"
local reverse = require "mailseal.dns.reverse"

local M = {}

-- What is no name of a domain though people type it: patterns, and what is said of them.
local mistaken = {
  { "^$", "no domain was given" },
  { "@", "that is an e-mail address: the domain is what stands behind the @" },
  { "[/?#]", "that is the address of a page: the domain is the name of its host alone" },
  { "^%[.*%]$", "that is an address, and no name of a domain" },
  { "^[^:]*:%d+$", "a port is no part of a domain" },
  { "^%*%.", "a wildcard is no domain" },
}

-- What is wrong with a name in A-labels as the domain of an e-mail address (RFC 5321 §4.1.2), which has letters, digits and hyphens.
local function problem_of(name)
  local record, rest = name:match "^(_[^.]*)%.(.+)$"
  if record then
    rest = rest:gsub("^_[^.]*%.", "")
    return ("%s is the name of a record, and no domain: that may be %s"):format(name, rest)
  elseif name:find("_domainkey", 1, true) then
    local behind = name:match "_domainkey%.(.+)$" or "what stands behind it"
    return ("%s is the name of a key, and no domain: that may be %s"):format(name, behind)
  elseif name:find("_", 1, true) then
    return "the domain of an e-mail address has no underscore"
  elseif ("." .. name .. "."):find "%.%-" or (name .. "."):find "%-%." then
    return "no label of a domain starts or ends with a hyphen"
  elseif name:find "%.%d+$" then
    return "no top-level domain is a number"
  elseif #ownership.name(name) > 253 then
    return "the domain is too long to have records below it"
  end
end

-- The name in lower-case A-labels, or nil and what is wrong.
local function canonical(typed)
  local text = typed:match "^%s*(.-)%s*$"
  if #text < 253 and text:find "^[%l%d][%l%d.-]*%l$" and not text:find("xn--", 1, true) and domains.valid(text) then
    return text -- most are so, and need no conversion
  end
  for _, case in ipairs(mistaken) do
    if text:find(case[1]) then
      return nil, case[2]
    end
  end
  text = text:gsub("%.$", "")
  if reverse.octets(text) then
    return nil, "that is an address, and no name of a domain"
  end
  return domains.to_ascii(text)
end

-- Adds what is remarkable about a label as people read it.
local function look_at_label(label, advice, is_national)
  local scripts, mixed = domains.scripts(label)
  if mixed then
    advice[#advice + 1] = {
      code = "mixed_script",
      text = ("\"%s\" mixes letters of several scripts (%s), which many look alike in: is it the name that is meant?"):format(
        label, table.concat(scripts, ", ")),
    }
  end
  local latin = not is_national and lookalikes.latin(label)
  if latin then
    advice[#advice + 1] = {
      code = "lookalike_script",
      text = ("\"%s\" is %s, but reads as \"%s\": is it the name that is meant?"):format(label, scripts[1], latin),
    }
  end
end

-- What a customer should know of the name.
local function advice_on(domain, unicode, registrable)
  local advice = {}
  if unicode ~= domain then
    local is_national = domain:find "%.xn%-%-[^.]*$" ~= nil -- its top-level domain is a script's own
    for label in unicode:gmatch "[^.]+" do
      look_at_label(label, advice, is_national)
    end
  end
  if domain == "www." .. registrable then
    advice[#advice + 1] = {
      code = "www_domain", text = ("mail is seldom sent from a name of a web server: is it %s that is meant?"):format(registrable),
    }
  end
  return advice
end

--- Reads the name of a domain as it was typed.
-- @tparam string typed
-- @tparam[opt] table suffixes a list of `mailseal.onboard.public_suffix`; the system's without it
-- @treturn[1] table
--
-- - `domain`: in lower-case A-labels
-- - `unicode`: the same in U-labels, to be shown
-- - `registrable`: the domain that was registered, of which it is a part or which it is
-- - `advice`: a list of what the customer should be told, each with `code` and `text`: `mixed_script` (a label of several scripts, UTS
--   39), `lookalike_script` (a label of another script that reads as a Latin one), `www_domain`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `bad_name`; `public_suffix`, under which strangers have names; `no_suffix_list` or `bad_suffix_list`
function M.read(typed, suffixes)
  if type(typed) ~= "string" then
    error("a domain name expected, got " .. type(typed), 2)
  end
  local domain, message = canonical(typed)
  message = domain and problem_of(domain) or message
  if message then
    return nil, message, "bad_name"
  end
  local code
  if not suffixes then
    suffixes, message, code = public_suffix.system()
    if not suffixes then
      return nil, message, code
    end
  end
  local unicode = domain:find("xn--", 1, true) and domains.to_unicode(domain) or domain
  if suffixes:is_suffix(domain) then
    return nil, ("that is a public suffix (%s): it has domains of many owners below it, and none of them can prove that it is theirs"
      ):format(unicode), "public_suffix"
  end
  local registrable = suffixes:registrable(domain)
  return { domain = domain, unicode = unicode, registrable = registrable, advice = advice_on(domain, unicode, registrable) }
end

return M

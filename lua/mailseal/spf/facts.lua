--- Who sends, from where: what a check is about (RFC 7208 §2.3, §2.4, §4.1, §4.3), and the macros that tell of it (§7, RFC 8616 §4).
-- @module mailseal.spf.facts
local can_ask = require "mailseal.spf.questions".can_ask
local domain = require "mailseal.domain"
local expand = require "mailseal.record.spf".expand
local client_octets = require "mailseal.dns.reverse".octets
local core = require "mailseal.core".dns

local M = {}

local floor = math.floor

-- ---- addresses and names

local function escape(octet)
  return ("\\%03d"):format(octet:byte())
end

-- What stands for itself where names are spelt: what shows, but for "$();@\.
local PLAIN = "!#%%&'*+,%-./0-9:<=>?A-Z%[%]^_`a-z{|}~"

--- A name as `mailseal.dns` spells it, of one in which every octet stands for itself (§4.8).
-- @tparam string name
-- @treturn string
function M.spelt(name)
  if name:find("[^%w._-]") then
    name = name:gsub("[^" .. PLAIN .. "]", escape)
  end
  return name:lower()
end

--- An address as octets. One of IPv6 stays one, whatever it means: IPv4 clients match IPv4 alone (§5).
-- @tparam string address
-- @tparam string kind "A" or "AAAA"
-- @treturn ?string
function M.octets(address, kind)
  return (core.rdata(kind, { address }))
end

--- Are the first bits of two addresses the same (§5)?
-- @tparam string a octets
-- @tparam ?string b octets; nil, or of another family, is never the same
-- @tparam number bits
-- @treturn boolean
function M.same_network(a, b, bits)
  if not b or #a ~= #b then
    return false
  end
  local whole, rest = floor(bits / 8), bits % 8
  if a:sub(1, whole) ~= b:sub(1, whole) then
    return false
  end
  local size = 2 ^ (8 - rest)
  return rest == 0 or floor(a:byte(whole + 1) / size) == floor(b:byte(whole + 1) / size)
end

-- An address that comes as IPv4 in IPv6's clothes is one of IPv4 (§5): shown as that, too.
local function address_text(address, octets)
  if #octets == 4 and address:find(":", 1, true) then
    return ("%d.%d.%d.%d"):format(octets:byte(1, 4))
  end
  return address
end

-- ---- identities

--- A domain as it is asked for: in A-labels (RFC 8616 §4), without a dot at its end. One that cannot be stays as it is.
-- @tparam string name
-- @treturn string
function M.ascii(name)
  name = name:gsub("%.$", "")
  return name:find("[\128-\255]") and domain.to_ascii(name) or name
end

local ascii = M.ascii

-- The sender's two parts; without a local part it is the postmaster (§4.3). A quoted local part may hold an "@".
local function split(sender)
  local local_part, name = sender:match("^(.*)@([^@]*)$")
  if not local_part then
    return "postmaster", sender
  end
  return local_part ~= "" and local_part or "postmaster", name
end

--- What is known of the mail.
-- @tparam table options `ip`, `sender`, `helo`, `identity`, `receiver`, `now`: see `mailseal.spf`
-- @treturn ?table `octets` of the address, `ip`, `helo`, `local_part`, `sender_domain`, `sender`, `identity`, `receiver`, `now`
-- @treturn ?string what is wrong
-- @treturn ?string `bad_address`
function M.new(options)
  local octets = client_octets(options.ip)
  if not octets then
    return nil, ("\"%s\" is not an IPv4 or IPv6 address"):format(options.ip), "bad_address"
  end
  local helo = ascii(options.helo or "")
  local given = (options.sender or ""):gsub("^<(.*)>$", "%1")
  local identity = (given == "" or options.identity == "helo") and "helo" or "mailfrom"
  local local_part, name = split(identity == "helo" and "postmaster@" .. helo or given)
  name = ascii(name)
  return {
    octets = octets, ip = address_text(options.ip, octets), helo = helo, identity = identity,
    local_part = local_part, sender_domain = name, sender = local_part .. "@" .. name,
    receiver = options.receiver or "unknown", now = options.now or os.time(),
  }
end

--- May check_host() begin with this domain (§4.3)? It is well-formed and has more than one label.
-- @tparam string name
-- @treturn boolean
function M.is_domain(name)
  return name:find(".", 1, true) ~= nil and can_ask(name) and domain.valid(name)
end

-- ---- macros

--- Does a text use one of these macros? An escaped "%" makes none.
-- @tparam string text
-- @tparam string letters in lower case
-- @treturn boolean
function M.uses(text, letters)
  return text:find("%{", 1, true) ~= nil and text:gsub("%%%%", ""):find("%%{[" .. letters .. letters:upper() .. "]") ~= nil
end

-- A name as it is without presentation form: macros stand for octets.
local function octets_in(name)
  return (name:gsub("\\(%d%d%d)", function(digits)
    return string.char(tonumber(digits))
  end))
end

--- Expands a text's macros.
-- @tparam table facts
-- @tparam string text
-- @tparam string name the domain that `%{d}` stands for, as `mailseal.dns` spells it
-- @tparam ?function validated called where `%{p}` is used, for what it stands for
-- @tparam[opt] boolean for_explanation the text is one that exp= leads to
-- @treturn ?string of a name, as `mailseal.dns` spells it
-- @treturn ?string what is wrong
-- @treturn ?string as of `mailseal.record.spf`
function M.expand(facts, text, name, validated, for_explanation)
  return expand(text, {
    sender = facts.sender, local_part = facts.local_part, domain = octets_in(name), sender_domain = facts.sender_domain,
    ip = facts.ip, helo = facts.helo, validated = validated and M.uses(text, "p") and validated() or nil,
    receiver = facts.receiver, now = facts.now,
  }, for_explanation)
end

--- The name that a term is about.
-- @tparam table facts
-- @tparam ?string spec the term's domain-spec
-- @tparam string name the domain whose record the term stands in
-- @tparam ?function validated as of `expand`
-- @treturn ?string as `mailseal.dns` spells it; nil where there is none that can be asked for
-- @treturn ?string why: `bad_domain`; `not_ascii` where the sender's local part cannot stand in DNS (RFC 8616 §4)
function M.target(facts, spec, name, validated)
  if not spec then
    return name:lower()
  elseif not spec:find("%", 1, true) then
    spec = spec:gsub("%.$", "")
    return can_ask(spec) and M.spelt(spec) or nil, "bad_domain"
  end
  local expanded, _, code = M.expand(facts, spec, name, validated)
  if not expanded then
    return nil, code == "macro_not_ascii" and "not_ascii" or "bad_domain"
  end
  return expanded:lower()
end

return M

--- The transport without a network: answers from a zone, faults included. Tests and demonstrations run on it.
--
-- A zone is a table from names to lists of records, as a JSON zone file holds it:
--
--     { ["s1._domainkey.example.com"] = { { type = "TXT", data = { "v=DKIM1; p=…", "rest" }, ttl = 300 } },
--       ["a.example"] = { { type = "CNAME", data = "b.example." } },
--       ["x.example"] = { { error = "timeout" } },                    -- whatever is asked there, and has no records here
--       ["y.example"] = { { type = "TXT", error = "servfail" } },     -- for that type alone
--       ["z.example"] = { { type = "TXT", data = "new", servers = { "ns1.example" } },   -- not everywhere yet
--                         { type = "TXT", data = "old", servers = { "192.0.2.2" } } } }
--
-- `data` of TXT and SPF is a string, or the list of its character-strings (of none: an empty one); of any other type, the
-- presentation form of a master file, with names absolute. Everywhere `\DDD` is an octet and `\\` a backslash; in a name that the
-- zone has records for, a space is one, too. `ttl` is 300 where it is absent. In JSON a member that is null counts as absent,
-- and one that has no meaning here is refused.
--
-- The zone is all there is: a name that is absent does not exist, unless one below it does, or a wildcard covers it
-- (RFC 4592); CNAMEs and DNAMEs are followed. It is read once; what is changed in the table afterwards goes unseen.
--
-- A CNAME with other records beside it, and several CNAMEs at one name, BIND and Knot DNS refuse to load (RFC 1034 §3.6.2). Here
-- they are taken, for what is broken is to be shown as well: the other records answer for their types, and the CNAME for all
-- others; several that differ make the fault `cname_conflict` there.
--
-- `error` is one of
--
-- - `timeout`: silence;
-- - `truncated`: a reply too long for UDP, and nobody there on TCP: `tcp_failed`;
-- - `servfail`, `refused`, `notimp`, `formerr`: that response code;
-- - `bogus`: servfail to all who ask a resolver and do not ask with checking disabled; to these, the records beside it;
-- - `lame`: a name server that is not authoritative after all, and knows nothing; to those who ask a resolver, servfail.
--
-- **Several zones, and their servers.** A name with an SOA or NS record is the apex of a zone, which reaches down to the next
-- such names. A question that wants recursion, and one that goes to no server in particular, is answered as a resolver
-- would, out of the whole. Any other is answered as the name server would to whose address it goes:
--
-- - out of the zones that it has, authoritatively: those among whose NS records is a host with that address, by the A and
--   AAAA records given here. A zone with an SOA record alone, and names in no zone at all, every server has;
-- - below another zone's apex that is itself in such a zone, by a referral: that zone's NS records, and the addresses of their
--   hosts;
-- - anything else by refusing it.
--
-- So an NS record at a name without any SOA delegates it, whether or not what is below it is here, too.
--
-- `servers`, of a record or an error, is a list of addresses and host names: it holds for these servers only, a host being
-- known by all its addresses here. For the others, the name is as if it were not written; an error at an apex, without a type, is
-- that server's for its whole zone. A resolver sees what the first server sees of the zone's NS records that has no
-- such error there; where the zone has no NS records, only what holds for all.
-- @module mailseal.dns.zone
local core = require "mailseal.core".dns
local server_name = require "mailseal.dns.server"
local zone_answer = require "mailseal.dns.zone_answer"
local zone_data = require "mailseal.dns.zone_data"

local read_question, make_reply = core.question, core.reply

local M = {}
local Transport = {}
Transport.__index = Transport
Transport.__name = "mailseal.dns.zone"

local NOERROR, RRSIG = 0, 46

-- What a message may show of words out of a zone, which may be anything.
local MESSAGE_MAX = 300

-- The transport over data; or what is wrong, said of `source`.
local function transport_over(source, data, message, code)
  if not data then return nil, source .. ": " .. message:sub(1, MESSAGE_MAX):gsub("%c", "?"), code or "bad_zone" end
  return setmetatable({
    data = data,
    plain = #data.limited == 0 and data.nodes or {}, -- the nodes that are the same for all
    servers = { false },
    tries = 1,
  }, Transport)
end

--- Makes the transport out of a zone as a table.
-- @tparam table zone see above
-- @treturn ?table the transport
-- @treturn ?string what is wrong, and at which name
-- @treturn ?string `bad_zone` or `no_memory`
function M.new(zone) return transport_over("zone", zone_data.of_table(zone)) end

--- Makes the transport out of a zone's text.
-- @tparam string text of a JSON or master file
-- @treturn ?table the transport
-- @treturn ?string what is wrong, and at which name or in which line
-- @treturn ?string `bad_zone`, `no_memory`, or `no_module` where a JSON zone wants lua-cjson
function M.read(text) return transport_over("zone", zone_data.of_text(text)) end

--- Makes the transport out of a zone file.
-- @tparam string path of a JSON or master file
-- @treturn ?table the transport
-- @treturn ?string what is wrong, and with which file
-- @treturn ?string `unreadable`; or as of `read`
function M.open(path)
  local file, message = io.open(path, "rb")
  local text
  if file then
    text, message = file:read "*a"
    file:close()
  end
  if not text then return nil, ("cannot read %s: %s"):format(path, (message:gsub("^.*: ", ""))), "unreadable" end
  return transport_over(path, zone_data.of_text(text))
end

-- A set's records, their owner being the question's name, at octet 12. Joined when they are first asked for, once.
local function owned_here(set)
  if not set.here then set.here = "\192\012" .. table.concat(set.tails, "\192\012") end
  return set.here
end

--- Answers a query.
-- @tparam string query a DNS message
-- @tparam[opt] string server whom it goes to: "192.0.2.1:53"; false or nil for a resolver
-- @treturn ?string the reply
-- @treturn ?string why there is none
-- @treturn ?string `timeout` or `tcp_failed`, where the zone says so; `bad_message`; `bad_server`; `no_memory`
function Transport:exchange(query, server)
  local name, type, checking_disabled, recursive, dnssec_ok = read_question(query)
  if not name then return nil, type, checking_disabled end
  if recursive or not server then
    local node = self.plain[name]
    local set = node and not node.faults and node.sets[type]
    if set and not (dnssec_ok and node.sets[RRSIG]) then
      return make_reply(query, NOERROR, owned_here(set), set.n)
    end
  end
  local question = { query = query, name = name, type = type, checking_disabled = checking_disabled, dnssec_ok = dnssec_ok }
  if recursive or not server then return zone_answer.resolve(self.data, question) end
  local key, message, code = zone_data.address_key(server_name.parse(server) or "")
  if code == "no_memory" then return nil, message, code end
  if not key then return nil, ("\"%s\" is not the address of a server"):format(tostring(server)), "bad_server" end
  return zone_answer.serve(self.data, question, key)
end

--- Nothing is to be closed.
function Transport:close() end

return M

--- What a name server's errors mean for whoever has typed the key: a sentence and a code for each.
--
-- A reply that says no may be unsigned, for a server that does not know the key cannot sign with it (RFC 8945 §5.2). Any other must be
-- signed.
-- @module mailseal.publish.rfc2136.told
local printable = require "mailseal.printable".line

local M = {}

-- ---- errors of signatures (RFC 8945 §5.3)

local SIGNATURES = {
  BADKEY = { "bad_credentials", "%s does not know a key called \"%s\" for %s, or (Knot says the same then) does not let it do this: "
    .. "compare the key's name and algorithm with the server's, and see what its access list allows" },
  BADSIG = { "bad_credentials", "%s knows the key \"%s\", with another secret or another algorithm than %s: copy the secret again" },
  BADTRUNC = { "bad_credentials", "%s wants longer signatures of the key \"%s\" than %s makes" },
}

local function clock_text(peer, seconds)
  if not seconds then return ("%s finds that the clocks differ by too much"):format(peer.text) end
  return ("this machine's clock is %d seconds %s that of %s, more than a signed message may be off: set the one that is wrong"):format(
    math.abs(seconds), seconds > 0 and "ahead of" or "behind", peer.text)
end

local function of_signature(peer, name, seconds)
  if name == "BADTIME" then return nil, clock_text(peer, seconds), "clock_off", { seconds = seconds } end
  local known = SIGNATURES[name]
  if not known then return nil, ("%s refuses the signature (%s)"):format(peer.text, printable(name)), "bad_credentials" end
  return nil, known[2]:format(peer.text, printable(peer.key.name), peer.key.algorithm), known[1]
end

-- ---- errors of messages (RFC 1035 §4.1.1, RFC 2136 §2.2)

local MESSAGES = {
  FORMERR = { "refused_record", "%s cannot make sense of what is asked for in %s, and takes no such record or message" },
  SERVFAIL = { "server_failed", "%s has a fault of its own with %s: its log tells which" },
  NOTIMP = { "not_allowed", "%s takes no updates of %s at all: they must be turned on there" },
  REFUSED = { "not_allowed", "%s refuses to do that in %s for this key, or for this machine's address: see its access list "
    .. "(Knot: acl; BIND: update-policy or allow-update; PowerDNS: TSIG-ALLOW-DNSUPDATE, allow-dnsupdate-from, dnsupdate=yes)" },
  NOTAUTH = { "no_zone", "%s is not the primary server of %s: name the one that is" },
  NOTZONE = { "no_zone", "%s finds a name that is not in %s" },
  YXRRSET = { "zone_moved", "%s has in %s what was not there when it was read: nothing was changed" },
  NXRRSET = { "zone_moved", "%s has no longer in %s what was there when it was read: nothing was changed" },
  YXDOMAIN = { "zone_moved", "%s has a name in %s that was not there when it was read: nothing was changed" },
  NXDOMAIN = { "zone_moved", "%s has no longer a name in %s that was there when it was read: nothing was changed" },
}

-- Those that a server that cannot check a signature, or will not, may say without one.
local UNSIGNED = { FORMERR = true, SERVFAIL = true, NOTIMP = true, REFUSED = true, NOTAUTH = true }

-- Of a question it is about the key alone (RFC 8945 §5.2), and without the record that says more, as of PowerDNS, about all of it.
local KEY_REFUSED = "%s does not accept the key \"%s\" for %s, and does not say why: its name, its algorithm or its secret is another "
  .. "there, or the clocks differ by more than five minutes"

--- What a question means that was answered with NOTAUTH.
-- @tparam table peer whom it is of, see `mailseal.publish.rfc2136.session`
-- @treturn nil
-- @treturn string a sentence
-- @treturn string `bad_credentials`
function M.key_refused(peer)
  return nil, KEY_REFUSED:format(peer.text, printable(peer.key.name), peer.key.algorithm), "bad_credentials"
end

--- What an error of a reply means.
-- @tparam table peer whom it is of, see `mailseal.publish.rfc2136.session`
-- @tparam string rcode "REFUSED", …
-- @tparam string zone what was asked about
-- @treturn nil
-- @treturn string a sentence
-- @treturn string a code of `mailseal.publish.target`
function M.rcode(peer, rcode, zone)
  local known = MESSAGES[rcode]
  if known then return nil, known[2]:format(peer.text, printable(zone)), known[1] end
  return nil, ("%s answers with the error %s"):format(peer.text, printable(tostring(rcode))), "bad_answer"
end

--- What a reply means whose signature is not good.
-- @tparam table peer likewise
-- @tparam table one what it is a reply to, see `mailseal.publish.rfc2136.session`
-- @tparam string message why it is not
-- @tparam string code `mailseal.dns.tsig`'s
-- @tparam ?table details its details
-- @treturn nil
-- @treturn string a sentence
-- @treturn string a code of `mailseal.publish.target`
-- @treturn ?table details
function M.unverified(peer, one, message, code, details)
  details = details or {}
  if code == "clock_off" then return of_signature(peer, "BADTIME", details.seconds) end
  if details.tsig then return of_signature(peer, details.tsig) end
  if code == "not_signed" and details.rcode == "NOTAUTH" and not one.changes then return M.key_refused(peer) end
  if code == "not_signed" and UNSIGNED[details.rcode] then return M.rcode(peer, details.rcode, one.zone or one.name) end
  return nil, ("%s is not believed: %s"):format(peer.text, message), "bad_answer"
end

-- ---- what cannot be sent

local WRITTEN = { too_large = "too_large", not_in_zone = "no_zone" }

--- What it means that a message cannot be written.
-- @tparam table one see `mailseal.publish.rfc2136.session`
-- @tparam string message what `mailseal.dns.update` says
-- @tparam string code likewise
-- @treturn string a sentence
-- @treturn string a code: `too_large` where it does not fit one message (RFC 1035 §4.2.2), which alone is all or nothing
function M.unwritten(one, message, code)
  if code == "too_large" then
    message = ("%d changes are more than one message of DNS holds (64 KB): make them in several parts"):format(#(one.changes or {}))
  end
  return message, WRITTEN[code] or "refused_record"
end

return M

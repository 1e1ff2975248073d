--- The life of a key that signs for a domain, from its making to its end: what each thing that can happen makes of it.
--
-- A rotation is two keys, of which the new one takes the place of the old:
--
--     new:  awaited -> spreading -> active
--     old:             active ----> retiring -> revoked -> withdrawn -> removed
--
-- A key is in one of these states:
--
-- - `awaited`: it is made, and its record is to be published
-- - `spreading`: every name server shows it; caches may still remember what was there before
-- - `active`: it signs; a domain has one such key at most
-- - `retiring`: another signs in its place; its record stays as long as mail that it signed may be under way
-- - `revoked`: its record is to say so (an empty p=, RFC 6376 §3.6.1); the private key is erased
-- - `withdrawn`: every name server shows that
-- - `removed`: its record is needed no more
-- - `idle`: the same of a name in the operator's zone, to which the customer's CNAME leads still: the next key goes there
-- - `dropped`: the domain was given up, or its time was over; the private key is erased, and so it is never enabled again
--
-- Each step is one transaction that changes the state and tells the event: whatever ends a program between two steps, the next one goes
-- on where it was. What a step waits for is asked anew each time.
--
-- What happens is one of:
--
-- - by a look at DNS: `shown` (every name server has the key), `hidden` (one says that it has not), `revoked` (every one has it as
--   revoked), `gone` (none has anything there), `unsure` (DNS did not say)
-- - by time, and for `settled` by a look as well: `settled` (shown still, when the caches have run out), `over`
-- - by others: `verified` (the domain is, and no key signs yet), `superseded` (another key signs from now on), `replaced` (in the
--   operator's zone: the next key is going to stand at that name), `revoke`, `drop`
--
-- Pure: no clock, no DNS, no store.
-- @module mailseal.onboard.key_life
local fields = require "mailseal.onboard.fields"
local kinds = require "mailseal.dns.options"

local M = {}

local MINUTE, HOUR, DAY = 60, 3600, 86400

-- It is waited for caches for as long as this at least, and no longer than that, whatever TTL was seen: caches keep nothing for more
-- than a week (RFC 8767 §4).
local CACHES_LEAST, CACHES_MOST = MINUTE, 7 * DAY

--- The numbers, in seconds where nothing else is said, each of which `policy.keys` of `onboard.open` may name otherwise.
--
-- - `type`, `bits`: of keys that are made: "rsa" and 2048
-- - `caches`: how long caches may remember what stood at a name before, where no look has seen its TTL (RFC 2308 §5 has three
--   hours for the longest that a "no" is kept)
-- - `silence`: the same where a name server did not answer: long enough for it to have done so
-- - `in_flight`: how long mail may be under way, or wait to be verified (RFC 5321 §4.5.4.1 lets it be tried for five days)
-- - `withdrawn`: how long a revoked key's record stays for all to see
-- - `look_least`, `look_most`: between these are the looks at what is awaited, after a quarter of the time since it is
-- - `fresh`: for how long a process may sign by what it knows, before it asks the database again which key signs
-- - `loaded`: how many keys a process keeps loaded, at most
M.POLICY = {
  type = "rsa",
  bits = 2048,
  caches = 3 * HOUR,
  silence = DAY,
  in_flight = 7 * DAY,
  withdrawn = 7 * DAY,
  look_least = 30,
  look_most = HOUR,
  fresh = 2,
  loaded = 1000,
}

local seconds = kinds.seconds(366 * DAY)
local known = {
  type = { function(value) return value == "rsa" or value == "ed25519" end, '"rsa" or "ed25519"' }, bits = kinds.count(2048, 8192),
  caches = seconds, silence = seconds, in_flight = seconds, withdrawn = seconds, look_least = seconds, look_most = seconds,
  fresh = kinds.seconds(60), loaded = kinds.count(2, 1000000),
}

--- The numbers to go by.
-- @tparam[opt] table given those that are to differ from @{POLICY}
-- @treturn table all of them
-- @raise where one is not known, or makes no sense
function M.policy(given)
  kinds.check("the policy of keys", given or {}, known)
  return fields.joined(M.POLICY, given)
end

local dropped = { to = "dropped", event = "key_dropped", erase = true }
local revoked = { to = "revoked", event = "key_revoked", erase = true }
local removed = { to = "removed", event = "key_removed" }

--- The whole of it: by state and by what happens, a table of
--
-- - `to`: the state that it leads to
-- - `event`: the kind of the event to be told, where there is one
-- - `wait`: the number of @{POLICY} that says how long it is waited there; where that is `caches`, what was seen has its say, too
-- - `erase`: true where the private key is erased
--
-- What is not in it changes nothing.
M.TABLE = {
  awaited = {
    shown = { to = "spreading", event = "key_published", wait = "caches" },
    verified = { to = "active", event = "key_activated" },
    revoke = revoked, drop = dropped,
  },
  spreading = {
    hidden = { to = "awaited", event = "key_unpublished" },
    settled = { to = "active", event = "key_switched" },
    verified = { to = "active", event = "key_activated" },
    revoke = revoked, drop = dropped,
  },
  active = {
    superseded = { to = "retiring", event = "key_retired", wait = "in_flight" },
    revoke = revoked, drop = dropped,
  },
  retiring = {
    over = revoked,
    revoke = revoked, drop = dropped,
  },
  revoked = {
    revoked = { to = "withdrawn", event = "key_withdrawn", wait = "withdrawn" },
    gone = removed, replaced = removed,
    drop = dropped,
  },
  withdrawn = {
    over = removed, replaced = removed,
    drop = dropped,
  },
  removed = {},
  idle = { drop = { to = "dropped" } },
  dropped = {},
}

--- The states in which a key is on its way to sign, or does.
M.LIVE = { awaited = true, spreading = true, active = true }

-- What is looked at in DNS; of one that has spread, when its time is over.
local looked_at = { awaited = true, spreading = true, revoked = true }

local function is_over(key, now) return key.wait_until ~= nil and now >= key.wait_until end

--- Is DNS to be asked about a key?
-- @tparam table key `state`, `wait_until`
-- @tparam number now
-- @treturn boolean
function M.asks(key, now)
  return looked_at[key.state] and (key.state ~= "spreading" or is_over(key, now)) or false
end

--- What a look, or the time alone, comes to for a key.
-- @tparam table key
-- @tparam ?string seen "shown", "hidden", "revoked", "gone" or "unsure"; nil where there was no look
-- @tparam number now
-- @treturn ?string what happens; nil where nothing does
function M.happened(key, seen, now)
  if key.state == "spreading" then
    if not is_over(key, now) then
      return nil
    end
    return seen == "shown" and "settled" or (seen == "gone" or seen == "revoked") and "hidden" or seen
  elseif key.state == "retiring" or key.state == "withdrawn" then
    return is_over(key, now) and "over" or nil
  end
  return seen
end

-- How long caches may remember what was there before.
local function caches(key, look, policy)
  local span = math.max(key.ttl or policy.caches, look and look.ttl or 0, look and look.silent and policy.silence or 0)
  return math.min(math.max(span, CACHES_LEAST), math.max(CACHES_MOST, policy.caches, policy.silence))
end

--- What becomes of a key.
-- @tparam table key `state`, `wait_until`, `ttl`; it is not changed
-- @tparam string input what happens
-- @tparam number now seconds since 1970
-- @tparam table policy as of @{POLICY}
-- @tparam[opt] table look what was seen: `ttl`; `silent` where a name server did not answer
-- @treturn ?table `state`, `wait_until` (nil where nothing is waited for), `erase`; nil where nothing changes
-- @treturn ?table the step of @{TABLE} that was taken
function M.step(key, input, now, policy, look)
  local step = M.TABLE[key.state][input]
  if not step then
    return nil
  end
  local span = step.wait == "caches" and caches(key, look, policy) or step.wait and policy[step.wait]
  local state = step.to
  if state == "removed" and key.target then
    state = "idle" -- the customer's CNAME leads there still
  end
  return { state = state, wait_until = span and now + span or nil, erase = step.erase or false }, step
end

--- When a key is looked at next.
-- @tparam table key `state`, `state_since`, `wait_until`
-- @tparam number now
-- @tparam ?number retry_at before which a look is of no use
-- @tparam table policy
-- @treturn ?number nil where there is nothing to come by itself
function M.next_at(key, now, retry_at, policy)
  if key.wait_until and now < key.wait_until then
    return key.wait_until
  elseif not key.wait_until and not looked_at[key.state] then
    return nil
  end
  local span = (now - key.state_since) / 4
  span = math.min(math.max(span, policy.look_least), policy.look_most)
  return math.max(math.floor(now + span), retry_at or 0)
end

return M

--- Whose a domain is: proven by a TXT record that only who runs its DNS can publish.
--
-- Every tenant that claims a domain gets a challenge of his own, 160 random bits, to publish at `_mailseal-challenge.<domain>`. It
-- is kept with his claim, so it proves this tenant's claim to this domain and no other. Before it was seen, no key is used, whatever
-- else there is in DNS: a CNAME to a provider that was left behind proves nothing.
--
-- - Many may claim a domain at a time; one of them owns it (the key of the table `owners`). A claim holds nobody up.
-- - A challenge counts only until somebody else proves the domain: of what was published before, nobody can tell which is still meant.
--   So where two publish at once the first keeps the domain, and the other gets a fresh challenge with which he can take it over.
-- - Who takes it over needs no consent: publishing the record shows that he runs the DNS now. Both have it in their events, neither
--   learns who the other is.
-- - Later the record may go: its loss is no failure. When a domain is released or its claim has expired, the next one, though by the
--   same tenant, needs a fresh challenge. What is left in DNS of the earlier one is another text, and so counts for nobody.
-- - A domain proves itself and nothing below or above it.
-- - The record has to stand at its very name. One that a CNAME leads to may be anybody's: `*.example.com` as a CNAME to a web host
--   would let that host's customers prove to own example.com.
--
-- @module mailseal.onboard.ownership
local events = require "mailseal.store.events"
local letters = require "mailseal.onboard.letters"
local owners = require "mailseal.store.owners"

local M = {}

--- What the record's expectation is called (`mailseal.check.expect`).
M.ID = "ownership"

local LABEL = "_mailseal-challenge."
local KEY = "mailseal-domain-verification="
local LETTERS = 32 -- 160 bits

--- The name at which the challenge is published.
-- @tparam string domain in A-labels
-- @treturn string
function M.name(domain)
  return LABEL .. domain
end

--- A fresh challenge.
-- @treturn string 160 random bits, 32 letters and digits
function M.new_challenge()
  return letters.new(LETTERS)
end

--- The record to publish.
-- @tparam string domain in A-labels
-- @tparam string challenge as of @{new_challenge}
-- @treturn table a record as providers' rules have them
function M.record(domain, challenge)
  return {
    id = M.ID, type = "TXT", name = M.name(domain), value = KEY .. challenge, match = "exact", purpose = "ownership", required = true,
    note = "It shows that whoever runs the domain's DNS wants it used here. It may go when the domain is verified.",
  }
end

-- What a check has seen of the record's name: the element of `list` for it.
local function find(list)
  for _, item in ipairs(list or {}) do
    if item.id == M.ID then
      return item
    end
  end
end

--- What a check has seen of the challenge.
-- @tparam table report of `mailseal.check.domain`, which was told to expect the record and to look at the aspect "expected"
-- @treturn string `seen`; `absent`: DNS says that it is not there; `unsure`: DNS did not say, or its servers say different things;
--   `elsewhere`: it is where a CNAME leads to, which proves nothing
function M.look(report)
  local record, detail = find(report.records), find(report.expected and report.expected.records)
  if not record or not detail or record.status == "unknown" or record.status == "propagating" then
    return "unsure"
  elseif record.status ~= "found" then
    return "absent"
  end
  return #(detail.chain or {}) == 0 and "seen" or "elsewhere"
end

--- What a look at DNS makes of a claim. What somebody proved before he got his present challenge does not count for him.
-- @tparam table claim
--
-- - `tenant`: who claims
-- - `seen`: as of @{look}
-- - `challenged_at`: when he got the challenge, seconds since 1970
-- @tparam ?table owner `tenant_id` and `since`; nil where nobody is
-- @treturn string `own`: he owns it already; `prove`: now he does; `take_over`: now he does, and `owner` no more; `renew`: somebody
--   else has proven it since he got his challenge, and he needs another; `wait`: none of that
function M.judge(claim, owner)
  if owner and owner.since >= claim.challenged_at then
    return owner.tenant_id == claim.tenant and "own" or "renew"
  elseif claim.seen ~= "seen" then
    return "wait"
  end
  return owner and owner.tenant_id ~= claim.tenant and "take_over" or "prove"
end

-- Brings about what was judged. False where somebody else was quicker.
local function carry_out(tx, verdict, claim, owner, now)
  if verdict ~= "prove" and verdict ~= "take_over" then
    return true
  elseif owner then
    return owners.replace(tx, claim.tenant, claim.domain, owner, now)
  end
  return owners.add(tx, claim.tenant, claim.domain, now)
end

-- What the tenants' events tell of it.
local function tell(tx, verdict, claim, owner, now)
  local at = { at = now }
  if verdict == "prove" then
    events.add(tx, claim.tenant, claim.domain, "ownership_proven", {}, at)
  elseif verdict == "take_over" then
    events.add(tx, claim.tenant, claim.domain, "ownership_taken", {}, at)
    events.add(tx, owner.tenant_id, claim.domain, "ownership_lost", {}, at)
  elseif verdict == "renew" then
    events.add(tx, claim.tenant, claim.domain, "challenge_renewed", {}, at)
  end
end

--- Settles a claim after a look at DNS, and writes it into the events of whom it concerns.
-- Where it is "renew" the caller gives the claim a fresh challenge; where it is "take_over", the former owner's domain has failed.
-- @tparam table tx a transaction of `mailseal.store`
-- @tparam table claim as of @{judge}, and `domain`
-- @tparam number now seconds since 1970
-- @treturn string as of @{judge}
-- @treturn ?string the tenant who owned it before, where it is "take_over"
function M.settle(tx, claim, now)
  local verdict, owner
  repeat -- somebody may come in between, and then it is judged anew
    owner = owners.of(tx, claim.domain)
    verdict = M.judge(claim, owner)
  until carry_out(tx, verdict, claim, owner, now)
  tell(tx, verdict, claim, owner, now)
  return verdict, verdict == "take_over" and owner.tenant_id or nil
end

--- Ends what a tenant has proven: the domain is released, or its claim has expired.
-- @tparam table tx
-- @tparam string tenant
-- @tparam string domain
-- @tparam number now seconds since 1970
function M.release(tx, tenant, domain, now)
  if owners.remove(tx, tenant, domain) then
    events.add(tx, tenant, domain, "ownership_released", {}, { at = now })
  end
end

return M

--- May mail of a domain be sent just now?
--
-- Asked before each message, so it is answered from memory where that was asked of late (`mailseal.onboard.decisions` says how
-- late), and else from one row of the store.
-- @module mailseal.onboard.decide
local change = require "mailseal.onboard.change"
local gates = require "mailseal.store.gates"
local health = require "mailseal.onboard.health"

local M = {}
local methods = {}

--- The methods of a tenant that are defined here.
M.methods = methods

local texts = {
  not_found = "there is no such domain",
  not_verified = "the domain is not verified yet",
  failed = "the domain's records were not seen in time",
  taken_over = "another account has proven that the domain is its own",
  disabled = "the domain is disabled",
  no_key = "no key signs for the domain, as the one that did was revoked: rotate, and another one does",
  suspended = "too many of the domain's messages bounced or were complained about: it is suspended until that is over",
  throttled = "too many of the domain's messages bounced or were complained about: it has sent what it may in an hour",
  verified = "the domain is verified",
}

local function answer(verdict, code) return verdict, code, texts[code] end

--- The decision about a domain.
-- @tparam ?table domain `status`, `reason`, `enabled`, `restriction` (nil, `throttled` or `suspended`), `keyless`; nil where
--   there is none
-- @tparam number sent how many of its messages were sent in the last hour; asked for only where it is throttled
-- @tparam table policy as of `mailseal.onboard.health_rules`
-- @treturn string `send`; `hold`: not now; `refuse`: not at all, as it is
-- @treturn string a code: `verified`; `disabled`, `suspended`, `no_key`, `throttled`; `not_found`, `not_verified`, `failed`, `taken_over`
-- @treturn string a sentence
function M.judge(domain, sent, policy)
  if not domain then return answer("refuse", "not_found") end
  if domain.status == "pending" then return answer("refuse", "not_verified") end
  if domain.status ~= "verified" then return answer("refuse", domain.reason == "taken_over" and "taken_over" or "failed") end
  if not domain.enabled then return answer("hold", "disabled") end
  if domain.restriction == "suspended" then return answer("hold", "suspended") end
  if domain.keyless then return answer("hold", "no_key") end
  if domain.restriction == "throttled" and sent >= policy.throttled then return answer("hold", "throttled") end
  return answer("send", "verified")
end

-- The decision as the store has it.
local function look_up(tx, tenant, domain, registry)
  local gate = gates.get(tx, tenant, domain)
  local throttled = gate and gate.restriction == "throttled"
  local sent = throttled and health.last_hour(tx, tenant, domain, registry:now()).sent or 0
  local verdict, code, text = M.judge(gate, sent, registry.policy.health)
  return { verdict = verdict, code = code, text = text }
end

--- May mail of a domain be sent just now? What another process changed may be seen a second or two later.
-- @tparam table tenant
-- @tparam string domain
-- @treturn[1] string `send`; `hold`: not now, so hand its id to `tenant:hold`; `refuse`: not at all, as it is
-- @treturn[1] string a code, as of @{judge}
-- @treturn[1] string a sentence
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string a code of the store
function methods.decide(tenant, domain)
  local registry, name = tenant.registry, change.stored(domain)
  local decisions = registry.decisions
  local decision = decisions:get(tenant.id, name)
  if not decision then
    local message, code
    decision, message, code = registry.db:ask(function(tx) return look_up(tx, tenant.id, name, registry) end)
    if not decision then return nil, message, code end
    -- Of what is not there nothing is kept: whoever asks for names at random is not to fill the memory.
    if decision.code ~= "not_found" then decisions:put(tenant.id, name, decision) end
  end
  return decision.verdict, decision.code, decision.text
end

return M

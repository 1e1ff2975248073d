--- The routes of a check: of any domain, one's own or not; as data, and as a picture.
-- @module mailseal.http.api.check
local check = require "mailseal.check"
local costly = require "mailseal.http.costly"
local domains = require "mailseal.domain"
local expectations = require "mailseal.check.expect"
local json = require "mailseal.json"
local names = require "mailseal.dns.name"
local objects = require "mailseal.check.objects"
local provider = require "mailseal.provider"
local public_suffix = require "mailseal.onboard.public_suffix"
local reply = require "mailseal.http.reply"
local reverse = require "mailseal.dns.reverse"
local shape = require "mailseal.http.shape"

-- ---- What may be asked for.

local name, text = shape.text(255), shape.text(4096)
local aspect = shape.one_of(check.ASPECTS)

-- Of a query, a list is a name that is given several times.
local query = {
  deadline = shape.count(1, costly.LONGEST), provider = shape.text(100), var = shape.list(text, 100), selector = shape.list(name, 50),
  key = shape.text(8192), address = shape.list(shape.text(100), 50), edited_at = shape.list(name, 20), helo = name,
  sender = shape.text(320), only = shape.list(aspect, #check.ASPECTS), name_servers = shape.flag(),
}

local several = shape.list(text, 50)
local expectation = shape.object({
  id = shape.text(100), match = shape.text(50), type = shape.text(20), name = name, selector = name,
  value = shape.either(text, several), key = shape.text(8192), target = name, include = name, required = shape.flag(),
  pattern = shape.either(text, several), shown = text, beside = several, alternatives = shape.list(several, 10),
}, { "match" })

local body = shape.object {
  provider = query.provider, vars = shape.map(shape.either(text, shape.list(text, 100))), selectors = shape.list(name, 50),
  key = query.key, addresses = query.address, edited_at = query.edited_at, helo = name, sender = query.sender, only = query.only,
  name_servers = shape.flag(), expect = shape.list(expectation, 100), mta_sts_policy = shape.text(65536),
}

-- A query under the names that the body has.
local function of_query(given)
  return {
    provider = given.provider, texts = given.var, selectors = given.selector, key = given.key, addresses = given.address,
    edited_at = given.edited_at, helo = given.helo, sender = given.sender, only = given.only, name_servers = given.name_servers,
  }
end

-- ---- What is expected.

-- What a provider wants published: `rule`, `records`, `missing`.
local function ask_provider(call, domain, given)
  local own, rule, vars, message, code
  own, message, code = call.service:providers()
  if own then
    rule, message, code = provider.find(given.provider, own)
  end
  vars = given.vars or {}
  if rule and given.texts then
    vars, message, code = provider.read_vars(rule, given.texts, own)
  end
  if not rule or not vars then
    return nil, message, code
  end
  local suffixes = public_suffix.system()
  local records, advice, missing, used = provider.records(rule, domain, vars, {
    org_domain = suffixes and suffixes:registrable(domain) or nil, partial = true, rules = own,
  })
  if not records then
    return nil, advice, missing
  end
  return { rule = used, records = records, missing = missing }
end

-- All that is expected, and what the provider's rule could not know.
local function expected(call, domain, given)
  local wanted, message, code
  if given.provider then
    wanted, message, code = ask_provider(call, domain, given)
    if not wanted then
      return nil, message, code
    end
  elseif given.texts or given.vars then
    return nil, "vars are for what a provider asks for, and none is named", "bad_query"
  end
  local list = {}
  for _, record in ipairs(wanted and wanted.records or {}) do
    list[#list + 1] = provider.expectation(record)
  end
  for place, one in ipairs(given.expect or {}) do
    local problem = expectations.problem(one)
    if problem then
      return nil, ("body.expect[%d] %s"):format(place - 1, problem), "bad_body"
    end
    list[#list + 1] = one
  end
  return list, wanted
end

local function problem_of(given)
  for _, address in ipairs(given.addresses or {}) do
    local ok, message = reverse.name(address)
    if not ok then
      return message, "bad_address"
    end
  end
  if given.key and not given.selectors then
    return "a key is expected at selectors, and none is named", "bad_query"
  end
end

-- ---- Checking.

-- The report, and the provider's part.
local function look(call, given, domain)
  local message, code = problem_of(given)
  if message then
    return nil, message, code
  end
  local list, wanted
  list, wanted, code = expected(call, domain, given)
  if not list then
    return nil, wanted, code
  end
  local report, members
  report, message, code, members = costly.perform(call, function(resolver)
    return check.domain(domain, {
      resolver = resolver, expect = list, selectors = given.selectors, key = given.key, addresses = given.addresses,
      edited_at = given.edited_at, helo = given.helo, sender = given.sender, only = given.only, name_servers = given.name_servers,
      mta_sts_policy = given.mta_sts_policy,
    })
  end)
  if not report then
    return nil, message, code, members
  end
  return report, wanted
end

-- The domain that is asked for, in A-labels.
local function domain_of(call)
  local typed = call.path.domain:gsub("%.$", "")
  local ascii, message = domains.to_ascii(typed)
  local domain = ascii and names.canonical(ascii)
  if not domain or not domains.valid(domain) then
    return nil, message or "that is no name of a domain", "bad_name"
  end
  return domain
end

local function answer(call, given, tell)
  local domain, message, code = domain_of(call)
  if not domain then
    return nil, message, code
  end
  local report, wanted, why, members = look(call, given, domain)
  if not report then
    return nil, wanted, why, members
  end
  return tell(report, wanted)
end

local function as_json(report, wanted)
  local object = objects.report(report)
  if wanted then
    json.add(object, "provider", json.object("id", wanted.rule.id, "missing", json.plain(wanted.missing)))
  end
  return reply.json(200, object)
end

-- The picture is a document of its own where it is opened by itself: it loads nothing, and runs nothing.
local POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

local function as_picture(report)
  return reply.text(200, require("mailseal.check.picture").draw(report), "image/svg+xml", { ["Content-Security-Policy"] = POLICY })
end

local function get(call) return answer(call, of_query(call.query), as_json) end

local function post(call) return answer(call, call.body, as_json) end

local function picture(call) return answer(call, of_query(call.query), as_picture) end

local deadline = { deadline = query.deadline }

return {
  { method = "GET", path = "/v1/check/{domain}", id = "checkDomain", handler = get, query = query, at_most = 50 },
  {
    method = "POST", path = "/v1/check/{domain}", id = "checkDomainFor", handler = post, query = deadline, body = body, at_most = 50,
  },
  {
    method = "GET", path = "/v1/check/{domain}/picture", id = "drawDomain", handler = picture, query = query, at_most = 50,
    gives = { "image/svg+xml" },
  },
}

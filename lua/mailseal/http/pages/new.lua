--- The routes that add a domain: which it is and who sends its mail; then what that service has issued for it.
-- @module mailseal.http.pages.new
local async = require "mailseal.async"
local form = require "mailseal.http.pages.form"
local link = require "mailseal.web.link"
local names = require "mailseal.onboard.names"
local new = require "mailseal.web.new"
local page = require "mailseal.http.pages.page"
local provider = require "mailseal.provider"
local public_suffix = require "mailseal.onboard.public_suffix"
local shape = require "mailseal.http.shape"
local sorted = require "mailseal.rules.sorted"

-- Seconds in which it is to be found out who hosts a domain's DNS. The next look at the domain finds that as well.
local PATIENCE = 4

-- ---- What is asked for.

-- What a provider's rule wants to know: what must be told, and what may be. Nil and why, where there is nothing to be done with it.
local function vars_of(rule, domain, variant, own)
  local records, message, missing, used = provider.records(rule, domain.domain, { variant = variant }, {
    org_domain = domain.registrable, partial = true, rules = own,
  })
  if not records then
    return nil, message
  end
  local asked, more, is_asked = {}, {}, {}
  for _, one in ipairs(missing) do
    if one.issued_by ~= "mailseal" then
      asked[#asked + 1], is_asked[one.name] = { name = one.name, var = used.vars[one.name], required = true }, true
    end
  end
  for _, name in ipairs(sorted.names(used.vars or {})) do
    local var = used.vars[name]
    if not is_asked[name] and var.issued_by ~= "mailseal" and (var.default or var.optional) then
      more[#more + 1] = { name = name, var = var }
    end
  end
  return asked, more
end

local function variants_of(rule)
  local list = {}
  for _, name in ipairs(sorted.names(rule.variants or {})) do
    local variant = rule.variants[name]
    if not variant.chosen_by then
      list[#list + 1] = { name = name, text = variant.text }
    end
  end
  return list
end

-- What the page of the first step, or of the second, is drawn of.
local function data_of(call, given)
  local list = page.providers(call)
  local data = { domain = given.domain, providers = list, variant = given.variant, vars = given.vars or {}, variants = {}, problems = {} }
  local own, message, code = call.service:providers()
  if not own then
    return nil, message, code
  end
  local name
  if given.domain then
    name, message = names.read(given.domain, public_suffix.system())
    data.problems.domain = not name and page.sentence(message) or nil
  end
  local rule = given.provider and provider.find(given.provider, own)
  data.problems.provider = given.provider and not rule and "There is no such provider." or nil
  data.chosen, data.own = rule, own
  if rule and name then
    data.rule, data.domain = rule, name.domain
    data.variants = variants_of(rule)
    data.asked, data.more = vars_of(rule, name, given.variant, own)
    if not data.asked then
      data.problems.all, data.asked, data.more = page.sentence(data.more), {}, {}
    end
  end
  return data
end

local function draw(call, data, status)
  if next(data.problems) == nil then
    data.problems = nil
  end
  return page.send(new.draw(page.new(call), data), status)
end

local function filled(text) return text ~= "" and text or nil end

local function show(call)
  local query = call.query
  local given = { domain = filled(query.domain), provider = filled(query.provider), variant = filled(query.variant) }
  local data, message, code = data_of(call, given)
  if not data then
    return nil, message, code
  end
  if given.domain and query.provider and not given.provider then
    data.problems.provider = "Choose who sends its mail."
  elseif given.provider and query.domain and not given.domain then
    data.problems.domain = "Type the domain."
  end
  return draw(call, data)
end

-- ---- What was sent.

-- What was typed for a var; nil for nothing.
local function value_of(var, texts)
  local list = {}
  for _, text in ipairs(texts) do
    if var.least then
      for item in text:gmatch "[^%s,]+" do
        list[#list + 1] = item
      end
    elseif var.count or text ~= "" then
      list[#list + 1] = text
    end
  end
  if not (var.count or var.least) then
    return list[1]
  end
  return table.concat(list) ~= "" and list or nil
end

local function read_vars(data, given)
  local vars = {}
  for _, list in ipairs { data.asked, data.more } do
    for _, one in ipairs(list) do
      local texts = given["var." .. one.name]
      vars[one.name] = texts and value_of(one.var, texts)
    end
  end
  return vars
end

-- What is wrong with each by itself. Of a rule's message, what stands behind the rule's id and the var's name.
local function check_vars(data)
  for name, value in pairs(data.vars) do
    local vars = { [name] = value, variant = data.variant }
    local records, message, code = provider.records(data.rule, data.domain, vars, { partial = true, rules = data.own })
    local words = not records and code == "bad_var" and message:match(": " .. name .. " (.*)$")
    data.problems[name] = words and page.sentence("it " .. words) or nil
  end
  for _, one in ipairs(data.asked) do
    if data.vars[one.name] == nil then
      data.problems[one.name] = "This is needed."
    end
  end
  return next(data.problems) == nil
end

local about_domain = { exists = true, bad_name = true, public_suffix = true }

local function refuse(call, data, message, code)
  data.problems[about_domain[code] and "domain" or "all"] = page.sentence(message)
  return draw(call, data, code == "exists" and 409 or 400)
end

-- What goes wrong here is nobody's fault who has typed something.
local is_ours = { store_error = true, store_corrupt = true, busy = true, store_busy = true, store_full = true, store_unreachable = true,
  no_threads = true, no_master_key = true }

local function create(call)
  local given, message, code = form.read(call.body)
  if not given then
    return nil, message, code
  end
  local data
  data, message, code = data_of(call, {
    domain = form.one(given, "domain"), provider = form.one(given, "provider"), variant = form.one(given, "variant"),
  })
  if not data then
    return nil, message, code
  elseif not data.rule then
    return draw(call, data, 400)
  end
  data.vars = read_vars(data, given)
  if not check_vars(data) then
    return draw(call, data, 400)
  end
  data.vars.variant = data.variant
  local domain
  domain, message, code = call.tenant:create { domain = data.domain, provider = data.rule.id, vars = data.vars }
  if not domain and is_ours[code] then
    return nil, message, code
  elseif not domain then
    return refuse(call, data, message, code)
  end
  async.within(PATIENCE, function() return call.tenant:dns_host(domain.domain) end)
  return page.go(link.query(page.to(call, "domains", domain.domain), { { "done", "added" } }))
end

return page.routes {
  {
    method = "GET", path = "/domains/new", id = "pageNewDomain", handler = show,
    query = { domain = shape.text(1000), provider = shape.text(100), variant = shape.text(100) },
  },
  { method = "POST", path = "/domains", id = "pageCreateDomain", handler = create },
}

--- The routes of signing in and out.
-- @module mailseal.http.pages.session
local form = require "mailseal.http.pages.form"
local page = require "mailseal.http.pages.page"
local shape = require "mailseal.http.shape"
local sign_in = require "mailseal.web.sign_in"

-- Where to go on to: a path of this page, and nothing else.
local function place_of(call, to)
  local base = page.base(call)
  if to and to:sub(1, #base) == base and not to:find("//", 1, true) and not to:find "[\\%c]" then
    return to
  end
  return base
end

local function show(call)
  return page.send(sign_in.draw(page.new(call), { to = call.query.to and place_of(call, call.query.to) }))
end

local function begin(call)
  local given, message, code = form.read(call.body)
  if not given then
    return nil, message, code
  end
  local to, token = place_of(call, form.one(given, "to")), form.one(given, "token")
  local cookie, members
  if token then
    given, cookie, code, members = call.service.auth:sign_in(call, token)
  else
    given, code = nil, "unauthorized"
  end
  if given then
    return page.go(to, { ["Set-Cookie"] = cookie })
  elseif code ~= "unauthorized" then
    return nil, cookie, code, members
  end
  return page.send(sign_in.draw(page.new(call), {
    to = to ~= page.base(call) and to or nil, problem = "That token is not known here: it may be mistyped, or have been revoked.",
  }), 401)
end

local function finish(call)
  local cookie, message, code = call.service.auth:sign_out(call)
  if not cookie then
    return nil, message, code
  end
  return page.go(page.to(call, "sign-in"), { ["Set-Cookie"] = cookie })
end

return page.routes {
  { method = "GET", path = "/sign-in", id = "pageSignIn", handler = show, public = true, query = { to = shape.text(2000) } },
  { method = "POST", path = "/sign-in", id = "pageBeginSession", handler = begin, public = true },
  { method = "POST", path = "/sign-out", id = "pageEndSession", handler = finish, public = true },
}

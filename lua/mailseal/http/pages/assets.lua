--- The route of the page's style sheet, script and sign. Their address changes with what is in them, so a browser keeps them for a year.
-- @module mailseal.http.pages.assets
local assets = require "mailseal.web.assets"
local page = require "mailseal.http.pages.page"
local reply = require "mailseal.http.reply"
local tags = require "mailseal.http.tags"

local FOR_EVER = "public, max-age=31536000, immutable"

-- A page that was drawn before the files were others still gets them, but is not to keep them.
local function get(call)
  local file = assets.find(call.path.name)
  if not file then
    return nil, "there is no such file", "not_found"
  end
  local tag = ('"%s"'):format(assets.version())
  local headers = { ETag = tag, ["Cache-Control"] = call.path.version == assets.version() and FOR_EVER or "no-cache" }
  if tags.is_among(tag, call.headers["if-none-match"]) then
    return reply.empty(304, headers)
  end
  headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
  return reply.text(200, file.body, file.type, headers)
end

return page.routes {
  { method = "GET", path = "/assets/{version}/{name}", id = "pageAsset", handler = get, public = true, gives = false },
}

--- The routes of what is taken from a domain's page: its records as files and letters, and its picture. What they answer is made where
-- the API makes it.
-- @module mailseal.http.pages.files
local formats = require "mailseal.handover".FORMATS
local page = require "mailseal.http.pages.page"

local function route_of(module, path)
  for _, route in ipairs(require("mailseal.http.api." .. module)) do
    if route.method == "GET" and route.path == path then
      return route
    end
  end
end

local records = route_of("records", "/v1/domains/{domain}/records")
local picture = route_of("check", "/v1/check/{domain}/picture")

-- The picture shows the keys at the selectors that the domain's records have.
local function draw(call)
  local list, message, code = call.tenant:records(call.path.domain)
  if not list then
    return nil, message, code
  end
  local selectors = {}
  for _, record in ipairs(list) do
    selectors[#selectors + 1] = record.name:match "^(.+)%._domainkey%."
  end
  call.query = { selector = selectors[1] and selectors or nil }
  return picture.handler(call)
end

local routes = {
  {
    method = "GET", path = "/domains/{domain}/picture.svg", id = "pagePicture", handler = draw, gives = picture.gives,
    at_most = picture.at_most,
  },
}

local seen = {}
for _, format in ipairs(formats) do
  if not seen[format.extension] then
    seen[format.extension] = true
    routes[#routes + 1] = {
      method = "GET", path = "/domains/{domain}/records." .. format.extension, id = "pageRecords_" .. format.extension,
      handler = records.handler, query = records.query, gives = false,
    }
  end
end

return page.routes(routes)

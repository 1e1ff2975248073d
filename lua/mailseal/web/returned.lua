--- The page that somebody sees for a moment who comes back from his DNS host: it leads on to his domain.
-- @module mailseal.web.returned
local h = require "mailseal.web.html"
local layout = require "mailseal.web.layout"
local link = require "mailseal.web.link"
local setup = require "mailseal.web.setup"

local M = {}

--- Draws it.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table data `domain`, its name; `outcome`, `state`: what he has said, nil where he has not
-- @treturn string
function M.draw(page, data)
  local said = {}
  for _, name in ipairs { "outcome", "state" } do said[#said + 1] = data[name] and { name, data[name] } or nil end
  local address = link.query(setup.to(page, data.domain, "returned"), said)
  return layout.page(page, { title = "You are back", class = "narrow setup", leads_to = address }, {
    h.h1 { "You are back" }, h.p { class = "lead", "We look at what DNS shows now." },
    h.p { h.a { class = "button primary", href = address, "Go on" } },
  })
end

return M

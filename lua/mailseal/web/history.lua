--- The page of what happened to a domain before.
-- @module mailseal.web.history
local h = require "mailseal.web.html"
local layout = require "mailseal.web.layout"
local more = require "mailseal.web.domain_more"
local piece = require "mailseal.web.piece"
local timeline = require "mailseal.web.timeline"

local M = {}

--- Draws it.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table data `domain`; `events`, the newest first; `older`: are there more?
-- @treturn string
function M.draw(page, data)
  local name, last = data.domain.unicode or data.domain.domain, data.events[#data.events]
  return layout.page(page, { title = "History of " .. name, class = "narrow" }, {
    h.p { class = "path", piece.link(page, { "domains", data.domain.domain }, name) }, h.h1 { "History" },
    last and timeline.draw(data.events, page.now) or h.p { class = "soft", "Nothing happened before." },
    data.older and h.p { h.a { class = "button", href = more.older(page, data.domain.domain, last.id), "Older events" } } or nil,
  })
end

return M

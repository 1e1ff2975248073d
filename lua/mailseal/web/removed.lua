--- The page of a domain that was removed: what its records in DNS are to become.
-- @module mailseal.web.removed
local h = require "mailseal.web.html"
local layout = require "mailseal.web.layout"
local piece = require "mailseal.web.piece"
local words = require "mailseal.web.words"

local M = {}

local actions = { delete = { "warn", "Delete" }, edit = { "wait", "Edit" }, keep = { "ok", "Keep" } }

local function item(record)
  local action = actions[record.action] or { "none", words.capital(tostring(record.action)) }
  local value = type(record.value) == "table" and table.concat(record.value, ", ") or record.value
  return h.li {
    class = "record is-" .. action[1],
    h.div {
      class = "record-head", h.h3 { h.span { class = "type", record.type }, h.code { record.name } }, piece.state(action[1], action[2]),
    },
    value and h.code { class = "shown", value } or nil, h.p { words.capital(tostring(record.text or "")) .. "." },
  }
end

--- Draws it.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table data `domain`; `at`, when it was removed; `clean_up`, as of `tenant:remove`
-- @treturn string
function M.draw(page, data)
  local list = {}
  for i, record in ipairs(data.clean_up or {}) do
    list[i] = item(record)
  end
  return layout.page(page, { title = data.domain .. " was removed", class = "narrow" }, {
    h.h1 { h.span { class = "name", data.domain }, " was removed" },
    h.p { class = "lead", "It was taken out here at ", piece.moment(data.at, page.now), ". Its DNS was left as it is." },
    list[1] and { h.h2 { "What to do with its records" }, h.ul { class = "clean-up", list } } or nil,
    h.p { class = "buttons", h.a { class = "button", href = page.base, "All domains" } },
  })
end

return M

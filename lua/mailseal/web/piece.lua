--- The pieces that pages are put together of.
-- @module mailseal.web.piece
local h = require "mailseal.web.html"
local icon = require "mailseal.web.icon"
local link = require "mailseal.web.link"
local words = require "mailseal.web.words"

local M = {}

--- A moment. It is told in UTC, which the page's script turns into the reader's own time.
-- @tparam number moment seconds since 1970
-- @tparam number now
-- @treturn table HTML
function M.moment(moment, now)
  return h.time { datetime = words.iso(moment), class = "moment", words.moment(moment, now) }
end

--- A state: a shape and a word.
-- @tparam string tone
-- @tparam string word
-- @tparam[opt] string kind a further class
-- @treturn table HTML
function M.state(tone, word, kind)
  return h.span { class = "state is-" .. tone .. (kind and " " .. kind or ""), icon.state(tone), h.span { word } }
end

--- A notice.
-- @tparam string tone
-- @tparam table content its first item is said in bold
-- @treturn table HTML
function M.notice(tone, content)
  return h.div { class = "notice is-" .. tone, icon.state(tone), h.div { content } }
end

--- A form of one button.
-- @tparam table about
--
-- - `action`: where it is posted to
-- - `text`: what the button says; `class`; `label`, what is said where the text alone does not tell
-- - `live`: true where the script may do it without leaving the page; `busy`: what the button says meanwhile
-- - `fields`: hidden ones, by name; `also`: more that stands in the form, before the button
-- @treturn table HTML
function M.button(about)
  local hidden = {}
  for name, value in pairs(about.fields or {}) do
    hidden[#hidden + 1] = h.input { type = "hidden", name = name, value = value }
  end
  return h.form {
    method = "post", action = about.action, class = "button-form", data_live = about.live or false, data_busy = about.busy or false, hidden,
    about.also, h.button { type = "submit", class = about.class or "button", aria_label = about.label or false, about.text },
  }
end

--- A value to be copied, with its button. The button is there where the page's script is.
-- @tparam string id of its own on the page
-- @tparam string value
-- @tparam string what it is, for who does not see it
-- @treturn table HTML
function M.copyable(id, value, what)
  return h.div {
    class = "copyable", h.code { id = id, value },
    h.button {
      type = "button", class = "copy", data_copy = id, aria_label = "Copy " .. what, hidden = true, icon.line "copy", h.span { "Copy" },
    },
  }
end

--- A link.
-- @tparam table page of the layout: `base`
-- @tparam {string,...} segments
-- @tparam any content
-- @tparam[opt] string class
-- @treturn table HTML
function M.link(page, segments, content, class)
  return h.a { href = link.to(page.base, (table.unpack or unpack)(segments)), class = class or false, content } -- luacheck: ignore
end

--- A link to somebody else's page.
-- @tparam string address
-- @tparam string text
-- @treturn ?table HTML; nil where that is no https address
function M.outside(address, text)
  if type(address) ~= "string" or not address:find "^https://%w" then
    return nil
  end
  return h.a { href = address, rel = "noreferrer", class = "outside", text, icon.line "out" }
end

--- A fact in a list of them.
-- @tparam string name
-- @tparam any content nil for no such fact
-- @treturn ?table HTML
function M.fact(name, content)
  return content and h.div { h.dt { name }, h.dd { content } } or nil
end

return M

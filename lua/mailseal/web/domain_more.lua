--- Below a domain's records: its history and picture, its keys, what is held, what uses it, and its end.
-- @module mailseal.web.domain_more
local h = require "mailseal.web.html"
local link = require "mailseal.web.link"
local offer = require "mailseal.web.offer"
local piece = require "mailseal.web.piece"
local status = require "mailseal.web.status"
local timeline = require "mailseal.web.timeline"
local words = require "mailseal.web.words"

local M = {}

-- A part of the page; where it has no content its place is kept, so that it may come while the page is looked at.
local function block(id, title, content)
  if not content then
    return h.div { id = id, data_part = true }
  end
  return h.section { id = id, data_part = true, aria_labelledby = id .. "-title", h.h2 { id = id .. "-title", title }, content }
end

local function to(page, data, ...) return link.to(page.base, "domains", data.domain.domain, ...) end

-- ---- History.

--- Where older events are shown.
-- @tparam table page see `mailseal.web.layout`
-- @tparam string domain
-- @tparam number id of the event before which they were
-- @treturn string
function M.older(page, domain, id)
  return link.query(link.to(page.base, "domains", domain, "history"), { { "before", ("%d"):format(id) } })
end

local function history(page, data)
  local last = data.events[#data.events]
  return block("history", "History", {
    data.events[1] and timeline.draw(data.events, page.now) or h.p { class = "soft", "Nothing has happened yet." },
    data.older and last and h.p { h.a { class = "button", href = M.older(page, data.domain.domain, last.id), "Older events" } } or nil,
  })
end

-- The picture asks DNS: it is loaded where somebody wants to see it.
local function picture(page, data)
  local address = to(page, data, "picture.svg")
  local words_for = ("The chain of e-mail authentication of %s, drawn from what DNS shows now"):format(data.domain.domain)
  return block("picture", "How receivers see it", {
    h.p { "The chain from the From address to keys, servers and policy, as it is in DNS at this moment." },
    h.details {
      class = "picture", h.summary { "Show the picture" },
      h.a {
        href = address, h.img { src = address, alt = words_for, loading = "lazy", width = 920, height = 700 },
      },
    },
  })
end

-- ---- Keys.

local may_be_revoked = { awaited = true, spreading = true, retiring = true }

local function key_item(page, data, key)
  local tone, word, meaning = status.key(key, data.domain)
  local kind = key.type == "rsa" and ("RSA %d"):format(key.bits) or "Ed25519"
  return h.li {
    class = "key is-" .. tone,
    h.div { class = "record-head", h.h3 { key.selector, h.span { class = "type", kind } }, piece.state(tone, word) },
    h.p { words.capital(meaning), ". ", h.span { class = "soft", "Since ", piece.moment(key.state_since, page.now),
      key.wait_until and { "; until ", piece.moment(key.wait_until, page.now) } or nil, "." } },
    may_be_revoked[key.state] and data.domain.status == "verified" and h.details {
      h.summary { "Revoke it" },
      piece.button {
        action = to(page, data, "keys", key.selector, "revoke"), text = "Revoke the key " .. key.selector, class = "button small danger",
      },
    } or nil,
  }
end

local function keys(page, data)
  if not data.keys or not data.keys[1] then
    return block("keys")
  end
  local items, is_rotating = {}, false
  for i, key in ipairs(data.keys) do
    items[i] = key_item(page, data, key)
    is_rotating = is_rotating or key.state == "awaited" or key.state == "spreading"
  end
  return block("keys", "Keys", {
    h.ul { class = "keys", items },
    data.domain.status == "verified" and not is_rotating and {
      h.p { class = "soft", "A new key is published first, signs when every cache has it; the old one goes when its mail has arrived." },
      piece.button { action = to(page, data, "rotate"), text = "Make a new key", busy = "Making a key…", live = true },
    } or nil,
  })
end

-- ---- Held mail, and uses.

local function held(page, data)
  local list = data.held or {}
  if not list[1] then
    return block("held")
  end
  local items = {}
  for i, one in ipairs(list) do
    items[i] = h.li { h.code { one.mail }, h.span { class = "soft", "since ", piece.moment(one.held_at, page.now) } }
  end
  return block("held", "Held mail", {
    h.p { "These messages go, in this order, when the domain may send again." }, h.ol { class = "plain-list", items },
    data.held_more and h.p { class = "soft", "And more behind them." } or nil,
  })
end

local function uses(data)
  local items = {}
  for i, name in ipairs(data.users or {}) do
    items[i] = h.li { name }
  end
  return block("uses", "Used by", items[1] and h.ul { class = "plain-list", items } or nil)
end

-- ---- The end.

local function obstacles(data)
  local list = {}
  if data.users and data.users[1] then
    list[#list + 1] = "it is used by " .. words.list(data.users)
  end
  local held_count = #(data.held or {})
  if held_count > 0 then
    local are = held_count == 1 and " is held" or " are held"
    list[#list + 1] = (data.held_more and "more than " or "") .. words.count(held_count, "message") .. are
  end
  return list[1] and words.list(list) or nil
end

local function removal(page, data)
  local obstacle, name = obstacles(data), data.domain.domain
  return block("remove", "Delete this domain", {
    h.p { "Its mail can be sent no more, its keys are erased, and its DNS is left as it is: you are told which records to take out." },
    obstacle and piece.notice("warn", { h.strong { "It cannot be deleted now: " }, obstacle, "." })
      or h.details {
        h.summary { "Delete it" }, piece.button { action = to(page, data, "delete"), text = "Delete " .. name, class = "button danger" },
      },
  })
end

--- Draws it.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table data as of `mailseal.web.domain`
-- @treturn table HTML
function M.draw(page, data)
  return h.div {
    class = "below", h.div { offer.history(page, data), history(page, data) },
    h.div { picture(page, data), keys(page, data), held(page, data), uses(data), removal(page, data) },
  }
end

return M

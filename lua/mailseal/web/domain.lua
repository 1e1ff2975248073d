--- The page of a domain.
-- @module mailseal.web.domain
local aside = require "mailseal.web.domain_aside"
local findings = require "mailseal.web.findings"
local h = require "mailseal.web.html"
local headline = require "mailseal.web.headline"
local icon = require "mailseal.web.icon"
local layout = require "mailseal.web.layout"
local link = require "mailseal.web.link"
local more = require "mailseal.web.domain_more"
local offer = require "mailseal.web.offer"
local piece = require "mailseal.web.piece"
local records = require "mailseal.web.record"
local status = require "mailseal.web.status"
local words = require "mailseal.web.words"

local M = {}

-- ---- What is to be done.

local buttons = {
  verify = { "Check now", "Asking DNS…" }, restart = { "Start again", "Starting again…" },
  enable = { "Switch sending on", "Switching on…" },
}

-- What is to be done stands out. Where nothing is, looking again may be done.
local function action_of(page, domain, action)
  local name = action or "verify"
  local text = buttons[name]
  return piece.button {
    action = link.to(page.base, "domains", domain.domain, name), text = text[1], busy = text[2], live = true,
    class = action and "button primary" or "button",
  }
end

-- What an embedder lets be done besides.
local function offers(page, data)
  local list = {}
  for i, action in ipairs(data.actions or {}) do
    list[i] = h.li {
      action.text and h.p { action.text } or nil,
      piece.button { action = link.to(page.base, "domains", data.domain.domain, "actions", action.id), text = action.label, live = true },
    }
  end
  return list[1] and h.ul { class = "panel offers", id = "offers", data_part = true, list }
    or h.div { id = "offers", data_part = true }
end

-- When it was looked at, and is again.
local function watch_line(page, domain)
  local list = {}
  if domain.checked_at then
    list[1] = { "Looked at ", piece.moment(domain.checked_at, page.now), ". " }
  end
  local at = domain.status ~= "failed" and domain.next_check_at
  if at then
    list[2] = at > page.now and { "Next look at ", piece.moment(at, page.now), "." } or "The next look is due now."
  end
  return list
end

local function panel(page, data)
  local domain = data.domain
  local told = headline.of(domain, data.host and data.host.name)
  return h.section {
    class = "headline is-" .. told.tone, id = "headline", data_part = true, aria_labelledby = "headline-title", icon.state(told.tone),
    h.div {
      h.h2 { id = "headline-title", told.title }, h.p { told.text },
      h.p { class = "soft", watch_line(page, domain) },
    },
    action_of(page, domain, told.action),
  }
end

-- ---- Records.

local function how_to(host, notes)
  local list = {}
  for i, note in ipairs(notes) do
    list[i] = h.li { note }
  end
  local help = host and piece.outside(host.help, "How to add a record at " .. host.name)
  return (list[1] or help) and h.div {
    class = "how-to", list[1] and h.ul { class = "notes", list } or nil, help and h.p { help } or nil,
  } or nil
end

local function section(id, title, lead, cards)
  return cards[1] and h.section {
    class = "records", id = id, data_part = true, aria_labelledby = id .. "-title", h.h2 { id = id .. "-title", title }, lead, cards,
  } or nil
end

local function also_noticed(list)
  return list and h.section {
    class = "others", id = "others", data_part = true, aria_labelledby = "others-title", h.h2 { id = "others-title", "Also noticed" }, list,
  } or nil
end

-- What would be better, of what was found; and until it is verified what its provider has to say.
local function advice(domain, list)
  local items = {}
  for _, finding in ipairs(list) do
    if finding.severity == "advice" then
      items[#items + 1] = h.li { finding.message, " ", finding.fix }
    end
  end
  for _, one in ipairs(domain.status ~= "verified" and domain.advice or {}) do
    items[#items + 1] = one.code ~= "mixed_script" and h.li { words.capital(one.text) } or nil
  end
  return items[1] and h.section {
    class = "advice", id = "advice", data_part = true, aria_labelledby = "advice-title", h.h2 { id = "advice-title", "Good to know" },
    h.ul { items },
  } or nil
end

local function place_words(data, open)
  local host, domain = data.host, data.domain
  local zone = h.b { (open[1] or domain.records[1] or { host = {} }).host.zone or domain.domain }
  if host then
    return {
      "Sign in at ", h.b { host.name }, ", open the DNS settings of ", zone,
      ", and enter what stands below. The fields are named as they are there.",
    }
  end
  return {
    "Sign in where the DNS of ", zone, " is managed, often where the domain was bought, and enter what stands below. The fields may be ",
    "named otherwise there.",
  }
end

local under_way_words = "These are published, and not every name server or cache shows them yet. There is nothing for you to do."

local function sections(page, data)
  local domain = data.domain
  local sorted = records.sort(domain)
  local notes, common = records.common(sorted)
  local of, others = findings.sort(domain)
  local titles, zone, told = records.titles(domain.records), (domain.records[1] or { host = {} }).host.zone, {}
  local function cards(list, draw)
    local drawn = {}
    for i, record in ipairs(list) do
      drawn[i] = draw(domain, record, {
        title = titles[record.id], findings = of[record.id], host_name = data.host and data.host.name, zone = zone, common = common,
        told = told, now = page.now,
      })
    end
    return drawn
  end
  local is_asked = sorted.required[1] ~= nil
  local place = { h.p { class = "lead", place_words(data, is_asked and sorted.required or sorted.optional) }, how_to(data.host, notes) }
  local to_publish = (domain.negatives or 0) > 0 and "Records to publish again" or "Records to publish"
  return {
    section("required", to_publish, place, cards(sorted.required, records.card)),
    section("under-way", "On their way", h.p { class = "lead", under_way_words }, cards(sorted.under_way, records.under_way)),
    section("optional", "Recommended", { h.p { class = "lead", "Mail goes without them, and is trusted more with them." },
      not is_asked and place or nil }, cards(sorted.optional, records.card)),
    section("found", "In place", nil, cards(sorted.found, records.done)),
    also_noticed(findings.others(others, told)), advice(domain, others),
  }
end

-- ---- The whole.

-- What stood against what was tried last.
local function problem_of(page, data)
  local at = data.retry_at
  return h.div {
    id = "problem", data_part = true, data.problem and piece.notice("bad", {
      h.p { data.problem, at and at > page.now and { " A new look can make sense at ", piece.moment(at, page.now), "." } or nil },
    }) or nil,
  }
end

-- Whoever reads a name that looks like another one has to know that before anything else.
local function warning(domain)
  for _, one in ipairs(domain.advice or {}) do
    if one.code == "mixed_script" then
      return piece.notice("warn", h.p { words.capital(one.text) })
    end
  end
end

local function title_of(page, data)
  local domain = data.domain
  local tone, word = status.domain(domain)
  local name = domain.unicode or domain.domain
  return {
    h.p { class = "path", h.a { href = page.base, "Domains" } },
    h.div {
      class = "heading", h.h1 { class = "name", name, name ~= domain.domain and h.code { class = "soft", domain.domain } or nil },
      h.span { id = "status", data_part = true, piece.state(tone, word, "large") },
    },
    warning(domain),
  }
end

--- Draws it.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table data
--
-- - `domain`: as of `tenant:get`
-- - `provider_name`; `host`: the rule of its DNS host, nil where none is known
-- - `events`: of the domain, the newest first; `older`: are there more?
-- - `keys`, `users`: as of `tenant:keys`, `tenant:users`; `held`: as of `tenant:held`, and `held_more`: is that not all?
-- - `health`: as of `tenant:health`; `series`: a series of `tenant:health_series` (`slots`, `step`)
-- - `actions`: what may be done besides, a list of `id`, `label` and `text`
-- - `can_publish`, `is_automatic`, `is_kept`, `publications`, `is_published`, `way_names`: as of `mailseal.web.offer`
-- - `problem`: what stood against what was tried last; `retry_at`: when trying again makes sense
-- @treturn string
function M.draw(page, data)
  local domain = data.domain
  return layout.page(page, {
    title = domain.unicode or domain.domain, place = "domain", class = "domain", watch = domain.domain,
    next_at = domain.status ~= "failed" and domain.next_check_at or nil,
  }, {
    title_of(page, data), problem_of(page, data), panel(page, data), offer.offer(page, data),
    offers(page, data), h.div {
      class = "columns", h.div { class = "main-column", id = "records", data_part = true, sections(page, data) },
      aside.draw(page, data),
    },
    more.draw(page, data),
  })
end

return M

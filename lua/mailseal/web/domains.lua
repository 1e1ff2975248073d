--- The page of all domains: how each stands, what is to be done, and its health.
-- @module mailseal.web.domains
local h = require "mailseal.web.html"
local headline = require "mailseal.web.headline"
local icon = require "mailseal.web.icon"
local layout = require "mailseal.web.layout"
local link = require "mailseal.web.link"
local piece = require "mailseal.web.piece"
local spark = require "mailseal.web.spark"
local status = require "mailseal.web.status"
local words = require "mailseal.web.words"

local M = {}

-- ---- Nothing yet.

local function step(number, title, text)
  return h.li { h.span { class = "step", aria_hidden = "true", number }, h.div { h.h2 { title }, h.p { text } } }
end

local function empty(page)
  return h.section {
    class = "panel empty", h.h1 { "Add your first domain" },
    h.p { class = "lead", "Mail that is signed by your own domain arrives. It takes three steps, and some minutes." },
    h.ol {
      class = "steps", step(1, "Type the domain", "And say which service sends its mail. We find out by ourselves who runs its DNS."),
      step(2, "Publish the records", "Each is shown as your DNS host's form wants it, to be copied field by field, or handed over to "
        .. "whoever does it."),
      step(3, "Watch them arrive", "We look until all are there, and say what is wrong where something is."),
    },
    h.p { piece.link(page, { "domains", "new" }, "Add a domain", "button primary") },
  }
end

-- ---- The list.

local function filter_link(page, given, name, text, count)
  local is_here = (given.status or "") == (name or "")
  return h.li {
    h.a {
      href = link.query(page.base, { { "status", name }, { "q", given.search } }), aria_current = is_here and "true" or false, text,
      count and h.span { class = "count", words.number(count) } or nil,
    },
  }
end

local function filters(page, data)
  local given, counts = data.given, data.counts
  local list = { filter_link(page, given, nil, "All", counts and counts.all) }
  for _, name in ipairs(status.DOMAINS) do
    list[#list + 1] = filter_link(page, given, name, status.word(name), counts and counts[name])
  end
  return h.nav { class = "filters", aria_label = "By status", id = "filters", data_part = true, h.ul { list } }
end

local function search(page, given)
  return h.form {
    class = "search", role = "search", method = "get", action = page.base,
    given.status and h.input { type = "hidden", name = "status", value = given.status },
    h.label { ["for"] = "q", class = "unseen", "Search for a domain" },
    h.input {
      id = "q", name = "q", type = "search", placeholder = "Part of a domain", value = given.search or false, autocapitalize = "none",
      spellcheck = "false",
    },
    h.button { type = "submit", class = "button", icon.line "search", h.span { "Search" } },
  }
end

local function cell(label, content, class)
  return h.td { role = "cell", class = class or false, data_label = label, content }
end

local function health_cell(domain, health, id)
  local tone, word = status.health(domain)
  local series = health and health.of[domain.domain]
  if not series then
    return domain.health == "healthy" and h.span { class = "soft", "Nothing sent yet" } or piece.state(tone, word)
  end
  return h.div { class = "health", id = id, piece.state(tone, word), spark.draw({ slots = series, step = health.step }, health.policy) }
end

local function row(page, data, domain)
  local tone, word = status.domain(domain)
  local brief, name = headline.brief(domain), domain.unicode or domain.domain
  local at = domain.status ~= "failed" and domain.next_check_at
  return h.tr {
    role = "row",
    h.th {
      role = "rowheader", scope = "row", piece.link(page, { "domains", domain.domain }, name, "domain-name"),
      name ~= domain.domain and h.code { class = "soft", domain.domain } or nil,
      h.span { class = "soft", data.providers[domain.provider] or domain.provider },
    },
    cell("Status", { piece.state(tone, word), brief and h.span { class = "brief", brief } or nil }, "status-cell"),
    cell("Health", health_cell(domain, data.health)),
    cell("Next look", at and (at > page.now and piece.moment(at, page.now) or "In a moment") or h.span { class = "soft", "None" }, "when"),
  }
end

local function head(text) return h.th { role = "columnheader", scope = "col", text } end

local function table_of(page, data)
  local rows = {}
  for i, domain in ipairs(data.list) do
    rows[i] = row(page, data, domain)
  end
  return h.table {
    class = "domains", role = "table", id = "list", data_part = true, h.caption { class = "unseen", "Domains, by name" },
    h.thead { role = "rowgroup", h.tr { role = "row", head "Domain", head "Status", head "Health", head "Next look" } },
    h.tbody { role = "rowgroup", rows },
  }
end

local function nothing_found(page, given)
  local what = given.status and ("No domain that is %s"):format(status.word(given.status):lower()) or "No domain"
  local where = given.search and (" has “%s” in its name."):format(given.search) or " is here."
  return h.div {
    class = "panel nothing", id = "list", data_part = true, h.p { what .. where }, h.p { h.a { href = page.base, "Show all domains" } },
  }
end

local function pages(page, data)
  local given = data.given
  local function to(after)
    return link.query(page.base, { { "status", given.status }, { "q", given.search }, { "after", after } })
  end
  return not (given.after or data.next_after) and h.div { id = "pages", data_part = true } or h.nav {
    class = "pages", id = "pages", data_part = true, aria_label = "Pages",
    given.after and h.a { class = "button", href = to(nil), "First page" } or nil,
    data.next_after and h.a { class = "button", href = to(data.next_after), "Next page" } or nil,
  }
end

-- When the earliest of those that are shown is looked at.
local function next_at(list)
  local first
  for _, domain in ipairs(list) do
    local at = domain.status == "pending" and domain.next_check_at
    if at and (not first or at < first) then
      first = at
    end
  end
  return first
end

--- Draws it.
-- @tparam table page see `mailseal.web.layout`
-- @tparam table data
--
-- - `list`: domains as of `tenant:list`
-- - `given`: `status`, `search` and `after`, as they were asked for
-- - `next_after`: where the next page goes on; nil where there is none
-- - `counts`: of all domains by status, and `all`; nil where they are too many to be counted
-- - `providers`: the names of providers by their ids
-- - `health`: as of `tenant:health_series`, with `policy`
-- @treturn string
function M.draw(page, data)
  local given = data.given
  if #data.list == 0 and not (given.status or given.search or given.after) then
    return layout.page(page, { title = "Domains", place = "domains" }, empty(page))
  end
  return layout.page(page, { title = "Domains", place = "domains", next_at = next_at(data.list) }, {
    h.div { class = "heading", h.h1 { "Domains" }, piece.link(page, { "domains", "new" }, "Add a domain", "button primary") },
    h.div { class = "tools", filters(page, data), search(page, given) },
    #data.list > 0 and table_of(page, data) or nothing_found(page, given), pages(page, data),
  })
end

return M

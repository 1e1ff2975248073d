--- What all pages have in common: the head, what stands above and below, and where a reader is.
--
-- A page is told of by a table: `base` (the path that it is mounted at, "/" or such as "/mail-domains/"), `name` (what the service is
-- called), `tenant` (who is signed in; nil for nobody), `can_sign_out`, `now` (seconds since 1970), `events` (the address of the stream
-- of events; nil for none), `version` (of the assets), `flash` (`tone`, `text`: what was done just now), `extra` (more to stand at the
-- end of the main part, as plain data: `text`, `action`, `label`).
-- @module mailseal.web.layout
local h = require "mailseal.web.html"
local icon = require "mailseal.web.icon"
local link = require "mailseal.web.link"
local piece = require "mailseal.web.piece"

local M = {}

local function asset(page, name) return link.to(page.base, "assets", page.version, name) end

local function head(page, title, leads_to)
  return h.head {
    h.meta { charset = "utf-8" }, h.meta { name = "viewport", content = "width=device-width, initial-scale=1" },
    h.meta { name = "color-scheme", content = "light dark" }, h.meta { name = "robots", content = "noindex" },
    leads_to and h.meta { http_equiv = "refresh", content = "0; url=" .. leads_to } or nil,
    h.title { title == page.name and title or ("%s – %s"):format(title, page.name) },
    h.link { rel = "icon", href = asset(page, "seal.svg"), type = "image/svg+xml" },
    h.link { rel = "stylesheet", href = asset(page, "style.css") }, h.script { src = asset(page, "page.js"), defer = true },
  }
end

local function navigation(page, place)
  local function item(name, text, ...)
    return h.li { h.a { href = link.to(page.base, ...), aria_current = place == name and "page" or false, text } }
  end
  return h.nav { aria_label = "Main", h.ul { item("domains", "Domains"), item("new", "Add a domain", "domains", "new") } }
end

local function banner(page, place)
  return h.header {
    class = "top", h.div {
      class = "wide", h.a { class = "brand", href = page.base, icon.line "seal", h.span { page.name } },
      page.tenant and navigation(page, place),
      page.tenant and h.div {
        class = "who", h.span { class = "tenant", h.span { class = "unseen", "Signed in as " }, page.tenant },
        page.can_sign_out and piece.button { action = link.to(page.base, "sign-out"), text = "Sign out", class = "plain" },
      },
    },
  }
end

local function flash_of(page)
  local flash = page.flash
  return h.div {
    id = "flash", data_part = true, flash and h.div { class = "notice is-" .. flash.tone, icon.state(flash.tone), h.p { flash.text } },
  }
end

-- What the script shows while nobody answers it.
local function outage()
  return h.div {
    id = "outage", hidden = true, class = "notice is-warn", icon.state "warn",
    h.p { "There is no answer just now: what you see may be out of date. We try again by ourselves." },
  }
end

--- Lays a page out.
-- @tparam table page see above
-- @tparam table about `title`; `place`, which item of the navigation it is ("domains", "new"); `class` of the main part; `next_at`, when
--   something is expected to change; `watch`, the domain whose events change it; `leads_to`, an address that the browser goes on to
-- @tparam any content HTML
-- @treturn string the whole page
function M.page(page, about, content)
  return h.document(h.html {
    lang = "en", head(page, about.title, about.leads_to), h.body {
      data_events = page.tenant and page.events or false, data_watch = about.watch or false,
      h.a { class = "skip", href = "#main", "Skip to the content" },
      banner(page, about.place),
      h.main {
        id = "main", tabindex = "-1", class = "wide " .. (about.class or ""), data_next = about.next_at or false,
        outage(), flash_of(page), content,
      },
      h.footer { class = "wide", h.p { class = "zone", "Times are in UTC." } },
      h.div { id = "announce", class = "unseen", role = "status", aria_live = "polite" },
    },
  })
end

return M

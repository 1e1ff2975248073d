--- What has happened to a domain, in sentences.
-- @module mailseal.web.timeline
local h = require "mailseal.web.html"
local icon = require "mailseal.web.icon"
local piece = require "mailseal.web.piece"
local status = require "mailseal.web.status"
local words = require "mailseal.web.words"

local M = {}

local function count(data, what) return words.capital(words.count(tonumber(data.count) or 0, what)) end

local function held(data)
  local number = tonumber(data.held)
  local are = number == 1 and "is" or "are"
  return number and (" %s %s held until it may send."):format(words.capital(words.count(number, "message")), are) or ""
end

local function record_words(data) return ("%s %s"):format(tostring(data.type or "record"), tostring(data.name or data.record or "")) end

local drifts = {
  record_missing = "%s is gone from DNS", record_changed = "%s was changed", record_migrating = "%s has the value of an earlier set-up",
  key_replaced = "Another key stands at %s", key_revoked = "The key at %s was revoked",
  target_dead = "%s leads to nothing any more",
}

local failures = {
  window_over = "its records were not there in time", servers_differ = "its name servers never came to agree",
  no_answer = "DNS did not answer",
}

local function key(data) return "The key " .. tostring(data.selector or "") end

local purposes = {
  publish = { "Publishing the records", "Records published" }, undo = { "Taking back what was published", "Taken back" },
  keys = { "Publishing the keys' records", "Keys' records published" },
  connect = { "The DNS host is asked to set the records", "The DNS host has set the records" },
}

local function where(data) return data.via and (" (%s)"):format(tostring(data.via)) or "" end

local function records_of(data) return words.count(type(data.records) == "table" and #data.records or 0, "record") end

-- By the kind of event: its tone, and its sentence, a text or made of the event's data.
local kinds = {
  created = { "none", function(data) return "Added, for mail sent by " .. tostring(data.provider or "its provider") end },
  verified = { "ok", "Verified: all that is required is in DNS" },
  failed = {
    "bad", function(data) return ("Failed: %s.%s"):format(failures[data.reason] or words.plain(tostring(data.reason)), held(data)) end,
  },
  lost = { "bad", function(data) return "Not verified any more: required records are gone." .. held(data) end },
  restarted = { "wait", "Started again" },
  taken_over = { "bad", function(data) return "Somebody else has proven that the domain is theirs." .. held(data) end },
  removed = { "off", "Removed" },
  ownership_proven = { "ok", "Ownership proven" }, ownership_taken = { "ok", "Ownership proven; it was somebody else's before" },
  ownership_lost = { "bad", "Ownership lost to somebody else" }, ownership_released = { "none", "Ownership given up" },
  challenge_renewed = { "warn", "A fresh proof of ownership is asked for: somebody else has proven the domain meanwhile" },
  key_made = { "none", function(data) return key(data) .. " was made" end },
  key_published = { "wait", function(data) return key(data) .. " is on every name server; caches are waited for" end },
  key_unpublished = { "warn", function(data) return key(data) .. " is not on every name server any more" end },
  key_activated = { "ok", function(data) return key(data) .. " signs from now on" end },
  key_switched = {
    "ok", function(data)
      return key(data) .. " signs from now on" .. (data.previous and ", in place of " .. tostring(data.previous) or "")
    end,
  },
  key_retired = { "none", function(data) return key(data) .. " signs no more; its record stays for mail that is under way" end },
  key_revoked = { "warn", function(data) return key(data) .. " was revoked" end },
  key_withdrawn = { "none", function(data) return key(data) .. " is told to be revoked by every name server" end },
  key_removed = { "none", function(data) return key(data) .. " is over: its record is needed no more" end },
  key_dropped = { "none", function(data) return key(data) .. " was dropped, and is never used again" end },
  mail_released = { "ok", function(data) return count(data, "held message") .. " released" end },
  mail_called_off = { "none", function(data) return count(data, "held message") .. " called off" end },
  used = { "none", function(data) return "Used by " .. tostring(data.user) end },
  use_ended = { "none", function(data) return "No longer used by " .. tostring(data.user) end },
  drift = {
    "warn", function(data)
      return (drifts[data.what] or drifts.record_changed):format(record_words(data)) .. (data.required and "" or " (optional)")
    end,
  },
  recovered = { "ok", function(data) return record_words(data) .. " is there again" end },
  enabled = { "ok", "Sending switched on" },
  disabled = { "off", function(data) return data.reason and "Sending paused: " .. tostring(data.reason) or "Sending paused" end },
  health = {
    function(data) return (status.health { health = data.to }) end,
    function(data)
      return ("Health: %s. Bounces %s, complaints %s"):format(tostring(data.to), words.rate(tonumber(data.bounce_rate) or 0),
        words.rate(tonumber(data.complaint_rate) or 0))
    end,
  },
  publish_begun = { "wait", function(data) return (purposes[data.purpose] or purposes.publish)[1] .. where(data) end },
  published = {
    "ok", function(data)
      return ("%s%s: %s%s"):format((purposes[data.purpose] or purposes.publish)[2], where(data), records_of(data),
        data.shown == false and ". Not every name server shows it yet" or "")
    end,
  },
  publish_failed = {
    "bad", function(data)
      return ("Publishing failed%s: %s"):format(where(data), tostring(data.problem or words.plain(tostring(data.code or "no reason told"))))
    end,
  },
  unpublished = { "none", function(data) return ("Taken back%s: %s"):format(where(data), records_of(data)) end },
  access_kept = { "none", function(data) return "An access to the DNS is kept" .. where(data) end },
  access_forgotten = { "none", function(data) return "The access to the DNS is forgotten" .. where(data) end },
  throttled = { "warn", "Sending slowed down for its health" }, suspended = { "bad", "Sending suspended for its health" },
  unrestricted = { "ok", "Sending is free again" }, health_reset = { "none", "Health reset: what was reported is forgotten" },
}

local function said(value, data)
  if type(value) == "function" then
    return value(data)
  end
  return value
end

--- An event in words.
-- @tparam table event as of `tenant:events`
-- @treturn string its tone
-- @treturn string a sentence without its full stop
function M.tell(event)
  local data = type(event.data) == "table" and event.data or {}
  local known = kinds[event.kind]
  if not known then
    return "none", words.capital(words.plain(event.kind))
  end
  return said(known[1], data), (said(known[2], data):gsub("%.$", ""))
end

local function item(event, now)
  local tone, text = M.tell(event)
  return h.li {
    class = "is-" .. tone, icon.state(tone),
    h.div {
      h.p { text }, h.p { class = "soft", piece.moment(event.at, now), event.actor and " by " .. event.actor or nil },
    },
  }
end

--- Draws events.
-- @tparam {table,...} events the newest first
-- @tparam number now
-- @treturn table HTML
function M.draw(events, now)
  local list = {}
  for i, event in ipairs(events) do
    list[i] = item(event, now)
  end
  return h.ol { class = "timeline", list }
end

return M

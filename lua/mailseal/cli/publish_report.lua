--- What `mailseal publish` tells: plans, what was done, publications, and ways; for people, and as JSON.
-- @module mailseal.cli.publish_report
local json = require "mailseal.json"
local objects = require "mailseal.onboard.publishing.objects"
local output = require "mailseal.cli.output"
local paint = require "mailseal.cli.paint"
local registry_face = require "mailseal.cli.registry"
local status = require "mailseal.cli.status"
local text = require "mailseal.cli.text"

local M = {}

local COLUMN = 4

local function lines(words)
  for line in words:gmatch "[^\n]+" do output.line(text.printable(line)) end
end

--- Tells a plan; as JSON together with what was done by it.
-- @tparam table plan as of `tenant:plan`
-- @tparam table given the options: `json`, `dry_run`
-- @tparam table|boolean|nil done what `plan:apply` returned; false where it was not to be applied
function M.plan(plan, given, done)
  if not given.json then return lines(plan:diff()) end
  output.line(json.encode(done and objects.done(plan, done) or objects.plan(plan)))
end

-- Where something is to be waited for: somebody who agrees at his DNS host, or name servers which do not show it yet.
local waits = { waiting = true, propagating = true }

local function exit_status(done) return waits[objects.state(done)] and status.TEMPORARY or status.OK end

--- Tells what was done.
-- @tparam table plan
-- @tparam table done what `plan:apply` returned
-- @tparam table given the options
-- @treturn number exit status
function M.done(plan, done, given)
  if not given.json then
    if plan.url then output.line(plan.url) end
    output.line(text.printable(given.domain), ": ", text.printable(done.text or objects.state(done)))
    if done.keep then output.complain("mailseal publish", "the access was not kept: " .. done.keep.message) end
  end
  return exit_status(done)
end

-- As options that can be copied.
local function consents_wanted(missing)
  local words = {}
  for i, consent in ipairs(missing) do words[i] = ("--consent '%s'"):format(consent) end
  return "this needs consent: " .. table.concat(words, " ")
end

--- Ends the command where something was refused.
-- @tparam string message
-- @tparam string code
-- @tparam ?table details of a target, or, with `consent_needed`, what wants consent
function M.refused(message, code, details)
  details = type(details) == "table" and details or {}
  if code == "consent_needed" then message = consents_wanted(details) end
  if details.retry_at then message = ("%s: not before %s"):format(message, paint.time(details.retry_at)) end
  registry_face.stop(message, code)
end

--- Tells what was taken back.
-- @tparam table done what `tenant:unpublish` returned
-- @tparam table given the options
-- @treturn number exit status
function M.undone(done, given)
  if given.json then
    output.line(json.encode(objects.done(done, done)))
  else
    lines(require("mailseal.publish.diff").text(done))
    if not given.dry_run then output.line(text.printable(given.domain), ": ", text.printable(done.text)) end
    for _, one in ipairs(done.not_shown or {}) do output.line(text.printable(one.text)) end
  end
  return exit_status(done)
end

local function tell_records(records)
  for _, one in ipairs(records) do
    paint.line((" "):rep(COLUMN), COLUMN, ("%s %s (%s)"):format(one.type, one.name, one.zone))
    for _, value in ipairs(one.before or {}) do paint.cut((" "):rep(COLUMN) .. "- ", COLUMN + 2, value) end
    for _, value in ipairs(one.after or {}) do paint.cut((" "):rep(COLUMN) .. "+ ", COLUMN + 2, value) end
  end
end

--- Tells a publication.
-- @tparam table publication as of `tenant:publications`
-- @tparam table given the options
function M.publication(publication, given)
  if given.json then
    output.line(json.encode(objects.publication(publication)))
    return
  end
  local actor = publication.actor and ", by " .. text.printable(publication.actor) or ""
  output.line(("%s  %s, %s"):format(paint.time(publication.begun_at), publication.purpose, (publication.state:gsub("_", " "))),
    " (", publication.via, ")", actor)
  if publication.consents[1] then paint.line((" "):rep(COLUMN), COLUMN, "agreed to: " .. table.concat(publication.consents, ", ")) end
  if publication.problem then paint.line((" "):rep(COLUMN), COLUMN, publication.problem) end
  tell_records(publication.records)
end

local function tell_fields(fields, what)
  for _, field in ipairs(fields) do
    local place = field.environment and field.environment .. (field.file and ", or a file that it names" or "")
    local name = place and ("%s (%s)"):format(field.name, place) or field.name
    paint.line((" "):rep(COLUMN) .. what .. " ", COLUMN + #what + 1, ("%s: %s%s"):format(name, field.text,
      field.required and "" or ", which may be left out"))
  end
end

--- Tells a way to publish.
-- @tparam table way as of `mailseal.publish.ways`
-- @tparam table given the options
function M.way(way, given)
  if given.json then
    output.line(json.encode(objects.way(way)))
    return
  end
  output.line(way.via, "  ", text.printable(way.name), way.kept and "  (an access is kept)" or "")
  tell_fields(way.settings, "setting")
  tell_fields(way.credentials, "credential")
end

return M

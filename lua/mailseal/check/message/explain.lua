--- What became of the messages of signatures that do not pass: `changes`, for each result of `mailseal.dkim.verify`.
-- @module mailseal.check.message.explain
local body_of = require "mailseal.check.message.body"
local header_of = require "mailseal.check.message.header"
local record = require "mailseal.record"
local tags = require "mailseal.check.message.tags"
local trials = require "mailseal.check.message.trial"

local M = {}

-- Results that are looked into. So many DKIM-Signature fields from the top are surely the ones that the results are of: verifying
-- leaves none out before it has ten.
local MOST = 10

-- The key record that a signature was held against.
local function key_record(message, result)
  local answer = message.resolver:query(result.key_name, "TXT")
  for _, text in ipairs(answer and answer.text or {}) do
    if record.parse("dkim", text) then
      return text
    end
  end
  return ""
end

local function counted(names)
  local counts = {}
  for name in names:gmatch "[^:]+" do
    name = name:lower()
    counts[name] = (counts[name] or 0) + 1
  end
  return counts
end

-- Does another signature cover all the fields that this one does?
local function covers(other, result)
  local theirs = counted(other.headers)
  for name, count in pairs(counted(result.headers)) do
    if (theirs[name] or 0) < count then
      return false
    end
  end
  return true
end

-- Some other signature of the same message shows that nothing but white space was changed: it is relaxed, and passes.
local function is_white_space(results, result, part)
  for _, other in ipairs(results) do
    local header_way, body_way = (other.canonicalization or ""):match "^(%a+)/(%a+)$"
    if other ~= result and other.result == "pass" then
      if part == "header" and header_way == "relaxed" and covers(other, result) then
        return true
      elseif part == "body" and body_way == "relaxed" and not other.body_length and not result.body_length then
        return true
      end
    end
  end
  return false
end

local shown_by_other = "a signature that tolerates white space passes"

local function of_body(trial, results, result)
  local changes = body_of.explain(trial)
  if #changes == 0 and not trial.relaxed_body and is_white_space(results, result, "body") then
    changes[1] = { part = "body", kind = "white_space", what = shown_by_other }
  elseif #changes == 0 then
    changes[1] = { part = "body", kind = result.reason == "body_shorter_than_signed" and "cut" or "unknown" }
  end
  return changes
end

local function of_header(trial, message, results, result, part_fields)
  local changes = header_of.explain(trial, key_record(message, result), part_fields)
  if changes[1].kind:find "^unknown" and not trial.relaxed_header and is_white_space(results, result, "header") then
    return { { part = "header", kind = "white_space", what = shown_by_other } }
  end
  return changes
end

local function changes_of(message, field, results, result)
  local trial, changes = trials.new(message, field, result), {}
  if result.reason == "body_hash_mismatch" or result.reason == "body_shorter_than_signed" then
    changes = of_body(trial, results, result)
  end
  if result.header_intact == false then -- nil where there was no key to tell
    local body = changes[1]
    for _, change in ipairs(of_header(trial, message, results, result, body and body.fields)) do
      changes[#changes + 1] = change
    end
  end
  return changes
end

--- Looks into the signatures. Each result gets its `tags` (see `mailseal.check.message.tags`). Those that do not pass over the message
-- as it came get a list `changes`, of the tables of `mailseal.check.message.body` and `mailseal.check.message.header`, each with `part`,
-- "body" or "header". A body may also be `unknown`, or `cut` (shorter than l= says).
-- @tparam table message `fields`, `body`, `resolver`, `now`
-- @tparam {table,...} results of `mailseal.dkim.verify` for it
function M.look(message, results)
  message.for_bodies, message.for_headers = trials.allowances()
  local place = 0
  for _, field in ipairs(message.fields) do
    if field.name:lower() == "dkim-signature" then
      place = place + 1
      local result = results[place]
      if not result or place > MOST then
        return
      end
      result.tags = tags.explain(field)
      if result.result == "fail" then
        result.changes = changes_of(message, field, results, result)
      end
    end
  end
end

return M

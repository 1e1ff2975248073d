--- Takes a message out of the file that it was kept in: what was put in front of it, line ends of Unix, and whether it is one at all.
-- @module mailseal.check.message.file
local mailbox = require "mailseal.check.message.mailbox"
local message_of = require "mailseal.message"

local M = {}

-- What whoever copies a message out of a mail program may put in front of it: a byte order mark, empty lines. No message begins so.
local function octets_in_front(text)
  return text:match("^[\r\n]*()", text:sub(1, 3) == "\239\187\191" and 4 or 1) - 1
end

-- A message kept in a Unix text file: its first line ends in a bare LF.
local function has_unix_lines(text)
  local line_end = text:find("\n", 1, true)
  return line_end ~= nil and text:sub(line_end - 1, line_end - 1) ~= "\r"
end

-- The message as it was on its way, and what was done to the file for it: `skipped`, `normalized`.
local function out_of_file(text)
  local done, front = {}, octets_in_front(text)
  if front > 0 then
    text, done.skipped = text:sub(front + 1), front
  end
  if has_unix_lines(text) then
    text, done.normalized = message_of.normalize(text), true
  end
  return text, done
end

local function has_fields(fields)
  for _, field in ipairs(fields) do
    if field.name:find "^[!-9;-~]+$" then
      return true
    end
  end
  return false
end

-- A Unix text file before which somebody put lines that end in CRLF (a signature, a Received field): the header ends in LF alone, and
-- so does all below. Lone LFs in a body may have travelled as they are.
local function has_mixed_lines(text)
  local behind_last = text:match ".*\r\n()"
  return behind_last ~= nil and not text:find("\r\n\r\n", 1, true) and text:find("\n\n", behind_last - 1, true) ~= nil
end

-- Why a file does not hold one message that is whole, and a code; nil where nothing speaks against it.
local function why_none(text, fields)
  if mailbox.holds_several(text) then
    return "that is a mailbox of several messages: check each by itself", "several_messages"
  elseif has_mixed_lines(text) then
    return "its line ends are mixed, CRLF at first and LF alone from somewhere in the header on: make them all alike",
      "mixed_line_ends"
  elseif not has_fields(fields) then
    return "that is no message: it has no header field", "not_a_message"
  end
end

--- Takes the message out of a file.
-- @tparam string text
-- @treturn[1] table `text` (the message as it was on its way), `fields` and `body` (see `message.fields`); and what was done to the
--   file for it: `skipped`, octets in front of the message, and `normalized`, true where line ends were mended
-- @treturn[2] nil
-- @treturn[2] string why the file holds no message, or not one alone
-- @treturn[2] string `several_messages`, `mixed_line_ends`, `not_a_message`
function M.message(text)
  local message, done = out_of_file(text)
  local fields, start = message_of.fields(message)
  local why_not, code = why_none(message, fields)
  if why_not then
    return nil, why_not, code
  end
  done.text, done.fields, done.body = message, fields, start and message:sub(start) or ""
  return done
end

return M

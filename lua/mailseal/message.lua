--- A message before it is signed: is it fit, can it be mended, and whose is it?
--
-- A relay may rewrite a bare LF or fold a long line, and two readers may see two authors in one message; a
-- signature over such a message breaks, or vouches for what nobody meant. So the signer looks first.
--
-- @module mailseal.message

local core = require "mailseal.core".mail

local M = {}

local function check(message)
  if type(message) ~= "string" then
    error("a message expected, got " .. type(message), 3)
  end
  return message
end

--- What is wrong with a message, or worth knowing before it is signed (RFC 5322 §2.1.1, §2.2, §3.6; RFC 6376 §3.8, §5.3).
--
-- Each finding is a table: `code`, `severity`, `text` (what it is, in words), `count` (how often), and `line` (of the first, from 1;
-- absent where something is missing). The codes:
--
-- - `error`, with which the signer refuses by default: `bare_cr`, `bare_lf`, `nul`, `line_too_long` (over 998 octets),
--   `header_malformed`, `no_from`, `multiple_from`, `no_date`, `no_message_id`
-- - `warning`: `duplicate_field`, `header_not_utf8`, `space_before_colon`
-- - `advice`: `header_not_ascii` (needs SMTPUTF8, RFC 6532), `no_empty_line`, `no_final_crlf`
-- @tparam string message
-- @treturn table the findings, errors first; empty where all is well
-- @treturn ?string where there are errors: what a signer says when it refuses the message
-- @treturn ?string and the code of that finding
function M.lint(message)
  return core.lint(check(message))
end

--- The message with its line ends mended (RFC 5321 §2.3.8).
-- A bare LF, a bare CR and any CRs before an LF become CRLF, NULs go, and a last line without CRLF gets one. Long lines and
-- missing fields stay as they are: see @{lint}.
-- @tparam string message
-- @treturn string the mended message
-- @treturn table what was mended: the numbers `bare_cr`, `bare_lf`, `nul`, and the boolean `final_crlf`
function M.normalize(message)
  return core.normalize(check(message))
end

--- The fields of a message's header section, as everything here reads them (RFC 5322 §2.2).
-- A field starts behind a CRLF that no white space follows, and nowhere else: a bare CR or LF is an octet of the field it stands in.
-- @tparam string message
-- @treturn {table,...} the fields from the top down, each with `name` (before the colon, as it is written; empty where there is no
--   colon), `value` (behind the colon, folds and all) and `whole` (the field with its line end)
-- @treturn ?number where the body starts, from 1; nil where no empty line ends the header section
function M.fields(message)
  return core.fields(check(message))
end

local failures = {
  none = { "the message names no author", "no_author" },
  multiple_fields = { "the message has more than one From field", "multiple_from" },
  malformed = { "the From field is no list of addresses with domain names", "malformed_from" },
}

--- The distinct domains in the From field, as lower-case A-labels, in order (RFC 5322 §3.6.2, RFC 6532, RFC 6854).
-- DMARC evaluates a message with exactly one. Whatever readers might take for two different authors (a second From
-- field, one with a folded name, one behind a bare LF, a stray bracket) is a failure.
-- @tparam string message or its header section
-- @treturn[1] {string,...} one domain or several, 16 at most; the field `more` is true where there were further ones
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] string `no_author`, `multiple_from`, `malformed_from`
function M.author_domains(message)
  local domains, result = core.author_domains(check(message))
  local failure = failures[result]
  if failure then
    return nil, failure[1], failure[2]
  end
  return domains
end

return M

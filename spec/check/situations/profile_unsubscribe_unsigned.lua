local relayed = require "spec.support.relayed"

local plain = relayed.replace(relayed.PLAIN, "MIME-Version", "List-Unsubscribe: <https://example.com/u/1>\r\n"
  .. "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version")

return {
  title = "a message to subscribers whose signature does not cover both fields that one unsubscribes by",
  zone = relayed.zone(),
  message = relayed.sign({ headers = { "From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe" } }, plain),
  check = { now = relayed.NOW, ip = "192.0.2.1", sender = "sender@example.com" },
  findings = { { code = "profile_one_click", severity = "warning", where = { "Gmail" },
    found = "no DKIM signature that passes covers both List-Unsubscribe and List-Unsubscribe-Post" } },
  status = "warning",
}

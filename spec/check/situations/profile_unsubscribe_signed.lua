local relayed = require "spec.support.relayed"

local plain = relayed.replace(relayed.PLAIN, "MIME-Version", "List-Unsubscribe: <https://example.com/u/1>\r\n"
  .. "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version")

return {
  title = "messages to subscribers that one can unsubscribe from with one click, where the signature covers both fields",
  zone = relayed.zone(),
  message = relayed.sign({}, plain),
  check = { now = relayed.NOW, ip = "192.0.2.1", sender = "sender@example.com" },
  findings = {},
  absent = { "profile_one_click", "profile_list_unsubscribe" },
  status = "ok",
}

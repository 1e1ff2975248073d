local relayed = require "spec.support.relayed"

local plain = relayed.replace(relayed.PLAIN, "MIME-Version", "List-Unsubscribe: <mailto:u@example.com>\r\nMIME-Version")

return {
  title = "a message to subscribers that one can unsubscribe from by mail alone",
  zone = relayed.zone(),
  message = relayed.sign({}, plain),
  check = { now = relayed.NOW, ip = "192.0.2.1", sender = "sender@example.com" },
  findings = { { code = "profile_one_click", severity = "warning", where = { "Gmail" } } },
  absent = { "profile_list_unsubscribe" },
  status = "warning",
}

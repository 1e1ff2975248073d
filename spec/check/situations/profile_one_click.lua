local relayed = require "spec.support.relayed"

local plain = relayed.replace(relayed.PLAIN, "MIME-Version", "List-Unsubscribe: <https://example.com/u/1>\r\nMIME-Version")

return {
  title = "a message to subscribers that one cannot unsubscribe from with one click",
  zone = relayed.zone(),
  message = relayed.sign({}, plain),
  check = { now = relayed.NOW, ip = "192.0.2.1", sender = "sender@example.com" },
  findings = {
    { code = "profile_one_click", severity = "warning", name = "example.com", where = { "Gmail" },
      found = "the message has no List-Unsubscribe-Post field",
      message = "Gmail asks of bulk senders that one can unsubscribe with one click, which this message of example.com does not allow "
        .. "(the message has no List-Unsubscribe-Post field)." },
    { code = "profile_list_unsubscribe", severity = "warning", name = "example.com", where = { "Yahoo" } },
  },
  status = "warning",
}

--- Mail is signed while nginx hands it on: the upstream gets it with a DKIM-Signature before it.
local messages = require "mailseal.message"
local product = require "product"

local M = {}

-- What the account may do something about, and what is not its fault.
local statuses = { busy = 503, store_busy = 503, store_unreachable = 503, no_threads = 500 }

--- Signs the message that is posted, by the key of the domain that its From names. For access_by_lua.
function M.sign()
  ngx.req.read_body()
  local message = ngx.req.get_body_data() or ""
  local authors = messages.author_domains(message)
  if not authors or #authors ~= 1 then return product.stop(400, "a message has one domain in its From, and lines that end in CRLF") end
  local tenant = product.service:tenant(product.account())
  local header, text, code = tenant:sign(authors[1], message)
  if not header then return product.stop(statuses[code] or 403, ("%s (%s)"):format(text, code)) end
  ngx.req.set_body_data(header .. message)
end

return M

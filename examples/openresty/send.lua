--- A product's own way to send mail, guarded by what mailseal says of the domain: send, hold or refuse.
local cjson = require "cjson.safe"
local product = require "product"

local M = {}

local function answer(status, data)
  ngx.status = status
  ngx.header["Content-Type"] = "application/json"
  ngx.say(cjson.encode(data))
  return ngx.exit(ngx.OK)
end

-- Mail that may be sent goes into the product's queue. (This one is nginx's memory; a real one outlives that.)
local function enqueue(mail) return ngx.shared.queue:rpush("mail", mail.id) end

--- Takes { "id": …, "domain": … }: the id by which the product knows the mail, and the domain that it is from. For content_by_lua.
function M.serve()
  ngx.req.read_body()
  local mail = cjson.decode(ngx.req.get_body_data() or "")
  if type(mail) ~= "table" or type(mail.id) ~= "string" or type(mail.domain) ~= "string" then
    return answer(400, { error = "mail has an id and a domain" })
  end
  local tenant = product.service:tenant(product.account())
  local verdict, code, text = tenant:decide(mail.domain)
  if verdict == "send" then
    local length, message = enqueue(mail)
    if not length then return answer(503, { error = message }) end
    return answer(202, { id = mail.id, status = "queued" })
  elseif verdict == "hold" then
    -- When the domain may send again, the id is among what was released (`/mail/api/v1/released`).
    local held, message = tenant:hold(mail.domain, mail.id)
    if not held then return answer(503, { error = message }) end
    return answer(202, { id = mail.id, status = "held", reason = code, text = text })
  elseif verdict == "refuse" then
    return answer(403, { id = mail.id, status = "refused", reason = code, text = text })
  end
  return answer(503, { error = code }) -- the database does not answer
end

return M

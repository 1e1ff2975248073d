--- Who asks: by a token in `Authorization: Bearer ms_…` (RFC 6750 §2.1), or by the cookie of a session.
-- @module mailseal.http.auth
local M = {}

--- Who asks?
-- @tparam table service
-- @treturn[1] table `tenant`, `token` (its id), `actor`
-- @treturn[2] nil
-- @treturn[2] string a message
-- @treturn[2] string `unauthorized`, or a code of the store
function M.identify(service)
  local token = (ngx.var.http_authorization or ""):match "^[Bb]earer +([%w_]+)$"
  if not token then return nil, "a token is wanted: Authorization: Bearer ms_…", "unauthorized" end
  local found, message, code = service:registry_of_worker():perform("tokens", "identify", token)
  if not found then return nil, message, code == "unknown_token" and "unauthorized" or code end
  return found
end

return M

--- The configuration of nginx that `mailseal serve` runs, written from what was asked for.
-- @module mailseal.cli.serve_conf
local M = {}

-- In braces what `write` fills in. What a client may take in time and size is bounded here; what the API takes of it, in the handlers.
local TEMPLATE = [[
# Written by mailseal serve, and gone when it ends.
{modules}
{user}
daemon off;
pid {directory}/pid;
worker_processes {workers};
worker_shutdown_timeout {patience}s;
{files}
error_log stderr warn;
# What blocks, the database and signing, has threads of its own.
thread_pool mailseal_db threads={database_threads} max_queue=4096;
thread_pool mailseal_rsa threads={signing_threads} max_queue=4096;
{environment}
events {
  worker_connections {connections};
}

http {
  server_tokens off;
  default_type application/octet-stream;
  {access_log}
  {proxies}

  client_header_timeout 10s;
  client_body_timeout 10s;
  send_timeout 30s;
  keepalive_timeout 60s;
  keepalive_requests 100000;
  reset_timedout_connection on;
  client_header_buffer_size 1k;
  large_client_header_buffers 4 8k;
  # A message is at most 25 MB.
  client_max_body_size 26m;
  client_body_buffer_size 32k;

  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;

  lua_package_path "{lua_path}";
  lua_package_cpath "{lua_cpath}";
  lua_shared_dict mailseal 32m;
  lua_shared_dict mailseal_dns 32m;
  lua_check_client_abort on;
  # That a name server cannot be reached is no error of ours.
  lua_socket_log_errors off;
  lua_max_running_timers 4096;
  lua_max_pending_timers 8192;
  lua_ssl_protocols TLSv1.2 TLSv1.3;
  lua_ssl_verify_depth 5;
  {certificates}

  init_by_lua_block {
    package.loaded["mailseal.service"] = require "mailseal.http".new(dofile "{directory}/settings.lua")
  }
  init_worker_by_lua_block {
    require "mailseal.core".process.follow(require "ngx.process".get_master_pid())
    collectgarbage("setpause", 400) -- all that is loaded, which stays, is gone through half as often; that is a tenth of a short request
    require "mailseal.service":init_worker()
  }

  map "$uri $request_uri" $has_token {
    default 0;
    # What nginx has refused by now.
    "~^/refused " 0;
    "~mss?_[0-9a-f]{64}" 1;
  }

  server {
{listen}
{tls}
    # That a body is kept in a file is nothing to warn of.
    error_log stderr error;
    # A line of the log has the address that was asked for. One with a token in it is turned away before there is anything to log.
    if ($has_token) { return 470; }
    error_page 470 =400 @token;
    location @token {
      content_by_lua_block { require "mailseal.service":refuse "token_in_address" }
    }
    # What nginx refuses by itself is told as the service tells it.
    error_page 405 413 500 501 502 503 504 @refused;
    location @refused {
      content_by_lua_block { require "mailseal.service":refuse() }
    }
    # Of these nginx may not know what they ask for.
    error_page 400 408 414 505 /refused;
    error_page 494 =431 /refused;
    location = /refused {
      internal;
      content_by_lua_block { require "mailseal.service":refuse() }
    }
    location / {
      content_by_lua_block { require "mailseal.service":serve() }
    }
  }
{metrics}
}
]]

local METRICS = [[
  server {
    listen %s;
    location / { return 404; }
    location = /metrics {
      content_by_lua_block { require "mailseal.service":metrics() }
    }
  }]]

local ACCESS_LOG = [[
  # Without what stands behind the ?. nginx writes what is no printable ASCII as \xXX.
  map $uri $logged_path {
    default $uri;
    "~mss?_[0-9a-f]{64}" "a token";
  }
  log_format mailseal '$remote_addr [$time_iso8601] "$request_method $logged_path" $status $body_bytes_sent $request_time';
  access_log "%s" mailseal;]]

local REAL = "\n  real_ip_header X-Forwarded-For;\n  real_ip_recursive on;"

local TLS = [[
    ssl_certificate "%s";
    ssl_certificate_key "%s";
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_prefer_server_ciphers off;
    ssl_session_cache shared:mailseal_tls:2m;
    ssl_session_tickets off;]]

-- Variables that libpq and OpenSSL go by; nginx keeps them from its workers unless they are named.
local VARIABLES = "HOME TMPDIR SSL_CERT_FILE SSL_CERT_DIR PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGPASSWORD PGPASSFILE PGSERVICE "
  .. "PGSERVICEFILE PGSSLMODE PGSSLCERT PGSSLKEY PGSSLROOTCERT PGSSLCRL PGREQUIRESSL PGCHANNELBINDING PGGSSENCMODE PGCONNECT_TIMEOUT "
  .. "PGOPTIONS PGAPPNAME PGTARGETSESSIONATTRS"

-- A text within double quotes of nginx's.
local function quoted(text)
  return (text:gsub('[\\"]', "\\%0"))
end

local function lines_of(list, form)
  local lines = {}
  for i, item in ipairs(list) do lines[i] = form:format(item) end
  return table.concat(lines, "\n")
end

local function environment()
  local lines = {}
  for name in VARIABLES:gmatch "%S+" do
    if os.getenv(name) then lines[#lines + 1] = ("env %s;"):format(name) end
  end
  return table.concat(lines, "\n")
end

--- Writes the configuration.
-- @tparam table given
--
-- - `directory`: where it is to stand, and what nginx keeps
-- - `modules`: files that are loaded; `user`: who nginx's workers are, where that is root
-- - `listen`: addresses with ports; `metrics`: one at which the figures are told, to whoever asks; `certificate`, `certificate_key`: files,
--   for TLS
-- - `workers`, `database_threads`, `signing_threads`, `connections`, `descriptors`, `patience` (seconds until those who are being served
--   are left when it ends): numbers
-- - `proxies`: addresses, or networks, whose word is taken for whom they ask for
-- - `lua_path`, `lua_cpath`; `authorities`: a file of certificates that is trusted; `access_log`: a file
-- @treturn string
function M.write(given)
  local tls = given.certificate and TLS:format(quoted(given.certificate), quoted(given.certificate_key)) or ""
  local values = {
    directory = given.directory, workers = given.workers, patience = given.patience, connections = given.connections,
    database_threads = given.database_threads, signing_threads = given.signing_threads,
    modules = lines_of(given.modules, 'load_module "%s";'),
    user = given.user and ("user %s;"):format(given.user) or "",
    files = given.descriptors and ("worker_rlimit_nofile %d;"):format(given.descriptors) or "",
    environment = environment(), proxies = given.proxies[1] and lines_of(given.proxies, "  set_real_ip_from %s;") .. REAL or "",
    access_log = given.access_log and ACCESS_LOG:format(quoted(given.access_log)) or "access_log off;",
    lua_path = quoted(given.lua_path), lua_cpath = quoted(given.lua_cpath),
    certificates = given.authorities and ('lua_ssl_trusted_certificate "%s";'):format(quoted(given.authorities)) or "",
    listen = lines_of(given.listen, "    listen %s" .. (given.certificate and " ssl;" or ";")), tls = tls,
    metrics = given.metrics and METRICS:format(given.metrics) or "",
  }
  return (TEMPLATE:gsub("{([%l_]+)}", function(name) return tostring(values[name]) end))
end

return M

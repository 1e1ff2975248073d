-- The common subset of Lua 5.1 to 5.4 and LuaJIT: what mailseal's Lua is written in.
std = "min"
max_line_length = 140
-- A method that has no use for its object, or an argument that a caller passes all the same, is no fault.
self = false
files["spec/**/*_spec.lua"].std = "+busted"
files["spec/support/async_in_nginx.lua"].std = "+busted"
files["spec/bench/wrk/*.lua"].globals = { "wrk", "init", "request", "delay", "done" }
files["spec/alloc/*.lua"].read_globals = { "server_port" }
files["**/*.rockspec"].std = "+rockspec"
files[".config.ld"].std = "+ldoc"
files["bin/mailseal"].globals = { "_" }
-- What is there inside nginx alone.
local nginx = {
  ngx = {
    other_fields = true,
    fields = {
      ctx = { read_only = false, other_fields = true }, header = { read_only = false, other_fields = true },
      status = { read_only = false }, var = { read_only = false, other_fields = true },
    },
  },
}
for _, path in ipairs {
  "examples/demo/button.lua", "examples/domain_connect_provider.lua", "examples/openresty/*.lua",
  "lua/mailseal/async/nginx.lua", "lua/mailseal/dns/resty.lua", "lua/mailseal/dns/shared_cache.lua",
  "lua/mailseal/fetch/nginx.lua", "lua/mailseal/http/**/*.lua", "spec/support/nginx_spec_runner.lua",
} do files[path].read_globals = nginx end
exclude_files = { "build" }

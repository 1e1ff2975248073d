--- What each code of the library is to a client of the service: a status of HTTP, and a title that is always the same.
--
-- A spec walks the sources for codes that are not here. Where `tells` is true, or the status is below 500, the message goes to the client;
-- of the others it is the log's alone.
-- @module mailseal.http.codes
local M = {}

local function add(status, titles, tells)
  for code, title in pairs(titles) do
    M[code] = { status = status, title = title, tells = tells or status < 500 }
  end
end

-- What was sent is not what can be read, or not of the kind that is wanted.
add(400, {
  bad_request = "That is no request of HTTP",
  bad_json = "The body is no JSON that is good",
  bad_body = "The body is not as this operation wants it",
  bad_query = "The query is not as this operation wants it",
  bad_path = "The path has something in it that is no text",
  bad_id = "An id or a name is no text that can be shown",
  bad_text = "A text is too long, or none that can be shown",
  bad_address = "That is no address",
  bad_provider = "There is no such provider of Terraform's",
  bad_key = "That is no key",
  no_format = "Records are not handed over in such a format",
  several_zones = "The records go into several zones, and one is to be chosen",
  other_zone = "No record goes into that zone",
})

add(401, { unauthorized = "Nobody is known by that", unknown_token = "The token is not known" })
add(403, { forbidden = "That is not allowed" })

add(404, {
  not_found = "There is nothing of that name",
  no_route = "There is no such resource",
  no_action = "There is no such action now",
  no_host = "There is no such DNS host",
  no_such_key = "There is no such key",
  no_such_token = "There is no such token",
  no_such_webhook = "There is no such webhook",
  no_such_delivery = "There is no such delivery",
  no_access = "No access is kept in that way",
  not_delegated = "The domain is not there in DNS",
})
add(405, { method_not_allowed = "There is no such method here" })
add(406, { not_acceptable = "None of the media types that are wanted can be given" })

-- It cannot be done as things stand.
add(409, {
  exists = "There is one already",
  conflict = "There is one already",
  failed = "The domain has failed",
  in_use = "It is in use",
  already_verified = "The domain is verified",
  not_verified = "The domain is not verified",
  taken_over = "Another account has proven that the domain is its own",
  disabled = "The domain is disabled",
  suspended = "The domain is suspended",
  throttled = "The domain has sent what it may for now",
  no_key = "No key signs for the domain",
  key_active = "The key is the one that signs",
  key_over = "The key is over",
  rotation_under_way = "Another key is on its way",
  changed_meanwhile = "It was changed meanwhile",
  under_way = "The same is under way",
  conflicting = "Records stand in each other's way",
  consent_needed = "Something in the zone is in the way, and wants consent",
  plan_changed = "The zone is another since the plan was made",
  zone_moved = "The zone is another since it was read",
  publish_under_way = "Somebody is publishing to the zone just now",
  record_other_value = "Another record stands there",
  not_undoable = "That can be taken back at the DNS host alone",
})
add(408, { too_slow = "The request did not come in time" })
add(413, { too_large = "What was sent is too large" })
add(414, { address_too_long = "The path or the query is too long" })
add(415, { unsupported_media_type = "What was sent is of another media type than is wanted" })

-- It can be read, and makes no sense.
add(422, {
  bad_name = "That is no domain that could send mail",
  bad_webhook = "That is no webhook that could be sent to",
  public_suffix = "That is a public suffix",
  no_provider = "There is no such provider",
  vars_missing = "The provider's rule asks for more",
  bad_var = "A value is not as the provider's rule asks for it",
  not_applicable = "That does not apply here",
  in_the_future = "That has not happened yet",
  too_many = "There are more than there may be",
  no_target = "There is no such way to publish",
  bad_setting = "A setting of the way to publish makes no sense",
  credentials_missing = "The way to publish wants credentials",
  bad_credentials = "The DNS host does not know the credentials",
  weak_key = "The key is too weak",
  not_allowed = "The credentials may not do that at the DNS host",
  refused_record = "The DNS host does not take such a record",
  forbidden_address = "That is an address which is not connected to",
  no_such_host = "There is no such host",
  not_https = "Only https:// is connected to",
  not_supported = "The DNS host does not take part in Domain Connect",
  stale = "The record of Domain Connect names somebody who has not got the zone",
  no_sync = "The DNS host does not let its customers agree in a browser",
  template_unknown = "The DNS host does not know the template",
  nothing_wanted = "The template has nothing that is wanted",
  not_representable = "The format cannot say what a record holds",
  outside_zone = "A record is not in the zone",
  bad_type = "A record is of a type that is not known",
  bad_change = "A change of records cannot be made so",
  bad_value = "A record has a value that is none of its type",
  key_reused = "That Idempotency-Key came with something else before",
  not_a_message = "That is no message",
  several_messages = "Those are several messages",
  mixed_line_ends = "The message has line ends of several kinds",
  header_too_large = "The message's header is too large",
  bare_cr = "The message is not fit to be signed",
  bare_lf = "The message is not fit to be signed",
  nul = "The message is not fit to be signed",
  line_too_long = "The message is not fit to be signed",
  header_malformed = "The message is not fit to be signed",
  no_from = "The message is not fit to be signed",
  multiple_from = "The message is not fit to be signed",
  no_date = "The message is not fit to be signed",
  no_message_id = "The message is not fit to be signed",
  bad_identity = "The identity is none of the domain's",
  bad_header_name = "That is no name of a header field",
  too_many_headers = "There are more header fields to be signed than there may be",
  key_too_small = "The key is too small",
  key_too_large = "The key is too large",
  key_bad_bits = "There are no keys of that size",
})
add(431, { fields_too_large = "The fields of the request's header are too large" })
add(429, { too_often = "That was asked for too often", too_many_streams = "There are too many streams of events" })

-- HTTP, and DNS.
add(501, { not_implemented = "The request has something that is not taken here" }, true)
add(505, { other_version = "That version of HTTP is not spoken here" }, true)
add(502, {
  servfail = "DNS has no answer for now",
  refused = "DNS refuses to answer",
  bogus = "DNS has an answer that is not genuine",
  no_zone = "DNS has no zone for that",
  no_name_servers = "DNS has no name servers for that",
  not_authoritative = "A name server is none of the zone's",
  lame = "A name server is none of the zone's",
  cannot_tell = "DNS has no answer for now",
  unreachable = "No DNS server can be reached",
  tcp_failed = "No DNS server can be reached",
  bad_message = "A DNS server answers what nobody understands",
  bad_rdata = "A DNS server answers what nobody understands",
  clock_off = "The clocks of the service and of the DNS host differ",
  server_failed = "The DNS host could not do it",
  bad_answer = "The DNS host answers what nobody understands",
  half_done = "Some of it was changed, and could not be taken back",
  bad_signature = "The DNS host's answer is not signed as it has to be",
  wrong_reply = "The DNS host answers something else",
  bad_record = "A record of Domain Connect is not as it has to be",
  bad_settings = "The DNS host's settings of Domain Connect are not as they have to be",
  bad_certificate = "The DNS host's certificate is not one of its name",
  bad_redirect = "The DNS host leads elsewhere",
  too_many_redirects = "The DNS host leads elsewhere",
  tls_failed = "No connection by TLS comes about",
  dns_failed = "DNS does not say where a host is",
  head_too_large = "The DNS host answers too much",
  too_long = "The address that leads to the DNS host is too long",
}, true)
add(504, { timeout = "It took too long" }, true)

-- Later it may go well, and whose fault it is may be told.
add(503, { rate_limited = "The DNS host wants to be asked less often" }, true)

add(503, {
  busy = "The service is busy",
  store_busy = "The service is busy",
  store_full = "The service has no room left",
  store_unreachable = "The database cannot be reached",
  store_readonly = "The database takes no changes just now",
  closed = "The service is about to end",
  queued = "The service is busy",
})

-- It is for whoever runs the service to mend.
add(500, {
  internal = "Something went wrong in the service",
  store_error = "Something went wrong in the database",
  store_corrupt = "The database is damaged",
  store_too_new = "The database is a later mailseal's",
  store_foreign = "The database is another program's",
  store_missing_package = "A package is missing",
  bad_url = "The service is not set up as it has to be",
  bad_rule = "The service is not set up as it has to be",
  bad_server = "The service is not set up as it has to be",
  bad_zone = "The service is not set up as it has to be",
  bad_cache = "The service is not set up as it has to be",
  bad_suffix_list = "The service is not set up as it has to be",
  no_suffix_list = "The service is not set up as it has to be",
  no_module = "The service is not set up as it has to be",
  no_threads = "The service is not set up as it has to be",
  no_registry = "The service is not set up as it has to be",
  no_master_key = "The service is not set up as it has to be",
  wrong_master_key = "The service is not set up as it has to be",
  wrong_phase = "The service is not set up as it has to be",
  seal_broken = "A key that is kept cannot be used",
  seal_malformed = "A key that is kept cannot be used",
  sign_failed = "The message could not be signed",
  key_malformed = "A key that is kept cannot be used",
  no_memory = "The service is out of memory",
  no_room = "The service is out of memory",
  unreadable = "A file of the service's cannot be read",
})

return M

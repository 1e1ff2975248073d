--- Why DNS gave no answer, in words: for each `reason` that `mailseal.dns.resolver` documents, what went wrong, and the cure
-- where there is one. In braces stand the name at fault (the end of a chain of CNAMEs), the type, and the name asked for.
-- @module mailseal.cli.reasons
return {
  timeout = "no DNS server has answered for {name} {type}",
  queued = "the time was over before it was the turn of {name} {type}: ask for less at a time, or give it more time",
  unreachable = "no DNS server could be reached for {name} {type}: is the network up, and the server's address right?",
  tcp_failed = "the answer for {name} {type} does not fit a datagram, and the DNS server does not give it over TCP: "
    .. "let TCP through to its port",
  failed = "the query for {name} {type} could not be sent: has this machine sockets left?",
  no_memory = "there was no memory for the query for {name} {type}",
  closed = "the resolver was closed before there was an answer for {name} {type}",
  cname_loop = "the CNAMEs of {asked} lead round in a loop: one of them must go",
  cname_chain_too_long = "the CNAMEs of {asked} are too many to be followed: let the first name what the last one names",
  cname_conflict = "{name} has two CNAMEs that differ: all but one of them must go",
  bad_message = "what the DNS server sent for {name} {type} cannot be read",
  not_a_reply = "the DNS server sent the query for {name} {type} back, and no reply to it",
  wrong_question = "the DNS server answered another question than {name} {type}",
  referral = "the DNS server names others that are to be asked for {name} {type}: it is no resolver; ask one that is (--server)",
  lame = "the DNS server does not know {name}, and does not look for it: it is no resolver; ask one that is (--server)",
  unrelated = "what the DNS server sent has nothing to do with {name} {type}",
  contradictory = "the DNS server says that {name} does not exist, and sends its records all the same",
  dnssec_bogus = "the answer for {name} {type} does not validate under DNSSEC: the keys, signatures or DS records of its zone are wrong",
}

-- A Knot DNS server for tests: the one that the examples start.
return require "examples.loopback_knot"

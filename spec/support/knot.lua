--- The Knot DNS server of the examples, for the tests.
return require "examples.support.knot"

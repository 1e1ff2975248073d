std = "min"
max_line_length = 140
files["spec/**/*_spec.lua"].std = "+busted"
exclude_files = { "build" }

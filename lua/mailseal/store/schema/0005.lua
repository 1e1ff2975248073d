--- Schema 5: how many looks at domains there were, by what they have come to.
return {
  [[CREATE TABLE checks (
    outcome TEXT NOT NULL PRIMARY KEY,
    count DOUBLE PRECISION NOT NULL
  )]],
}

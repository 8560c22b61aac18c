-- title: Assumptions
-- question: What did each replay have to assume, and what can its trace not know?
SELECT y.id AS replay, t.source, y.residency, y.residency_assumed, t.accesses AS accesses_shown, t.kernel_accesses, t.from_start, t.clock, t.lost,
  a.name AS assumption, a.n
FROM replay y
JOIN trace t ON t.id = y.trace
LEFT JOIN assumption a ON a.replay = y.id
ORDER BY y.id, a.name

-- title: Runs
-- question: What was replayed, under which backends, and do they agree on the final PTEs?
SELECT r.replay, r.id AS run, t.source, r.guest_kernel, y.preserve_ad, y.residency, r.backend, r.correct, r.digest,
  r.digest = (SELECT min(o.digest) FROM run o WHERE o.replay = r.replay AND o.correct AND o.failure IS NULL) AS agrees,
  r.findings, r.failure, y.events, y.accesses, y.calls, y.pages, y.engine_version
FROM run r
JOIN replay y ON y.id = r.replay
JOIN trace t ON t.id = r.trace
ORDER BY r.id

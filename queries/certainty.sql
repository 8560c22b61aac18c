-- title: Certainty
-- question: How much of the counts does the capture carry: how many calls and PTEs are known, assumed and unknown?
SELECT c.replay, t.source, c.certainty, c.calls, round(100 * c.calls / nullif(y.calls, 0), 1) AS percent, c.updated_ptes
FROM call_certainty c
JOIN replay y ON y.id = c.replay
JOIN trace t ON t.id = y.trace
ORDER BY c.replay, c.certainty = 'unknown', c.certainty

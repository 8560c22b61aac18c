-- title: Operations by cause
-- question: Which operations were carried out, why, and what do they cost?
-- parameter backend = mmu-update-batch : backend
-- parameter profile = xen-modern : cost profile
-- parameter replay = latest : number of a replay, latest or all
SELECT c.replay, c.cause, c.operation, c.n, c.unit, c.price_typical, c.low, c.typical, c.high, o.description
FROM priced_operation c
JOIN operation o ON o.name = c.operation
WHERE c.backend = $backend AND c.profile = $profile AND replay_chosen(c.replay, $replay)
ORDER BY c.replay, CASE c.cause WHEN 'mprotect' THEN 0 ELSE 1 END, c.cause, o.position

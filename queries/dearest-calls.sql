-- title: Dearest calls
-- question: Which mprotect calls cost most under one backend?
-- parameter backend = mmu-update-batch : backend
-- parameter profile = xen-modern : cost profile
-- parameter replay = latest : number of a replay, latest or all
-- parameter top = 20 : how many calls
SELECT c.replay, c.call, c.line, round(c.time / 1e9, 6) AS seconds, c.pid, c.tid, address_text(c.address) AS address,
  c.length, protection_text(c.protection) AS protection, c.pages, c.updated_ptes, c.flush_pages,
  k.unit, k.low, k.typical, k.high, c.certainty
FROM call c
JOIN call_cost k ON k.replay = c.replay AND k.call = c.call
WHERE k.backend = $backend AND k.profile = $profile AND replay_chosen(c.replay, $replay)
ORDER BY k.typical DESC, c.replay, c.call
LIMIT CAST($top AS BIGINT)

-- title: Findings
-- question: Which invariants were broken, by which backend, and where?
-- parameter replay = all : number of a replay, latest or all
-- parameter top = 50 : how many findings
SELECT f.replay, f.backend, f.invariant, f.pid, address_text(f.address) AS address, f.call, f.call_line AS line,
  f.message
FROM finding f
WHERE replay_chosen(f.replay, $replay)
ORDER BY f.replay, f.backend, f.seq, f.address, f.invariant, f.message
LIMIT CAST($top AS BIGINT)

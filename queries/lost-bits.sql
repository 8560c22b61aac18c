-- title: Lost bits
-- question: Which access set the bit, which update destroyed it, and how wide was the window?
-- parameter replay = all : number of a replay, latest or all
-- parameter top = 50 : how many
SELECT f.replay, f.backend, f.invariant, f.evidence, f.pid, address_text(f.address) AS address, f.call, f.call_line,
  f.access_kind, f.access_tid, f.access_line, f.window_operations AS "window", f.message
FROM finding f
WHERE replay_chosen(f.replay, $replay) AND f.evidence IS NOT NULL
ORDER BY f.replay, f.evidence, f.backend, f.call, f.access_seq, f.address, f.invariant
LIMIT CAST($top AS BIGINT)

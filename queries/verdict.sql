-- title: Verdict
-- question: Were accessed or dirty bits lost, and does the capture carry the answer?
-- parameter replay = all : number of a replay, latest or all
SELECT v.replay, v.backend, v.bits_lost, v.carried, v.findings, v.pages, v.pages_undecided, v.calls, v.calls_open, v.races_open
FROM verdict v
WHERE replay_chosen(v.replay, $replay)
ORDER BY v.run

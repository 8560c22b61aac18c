-- title: Races
-- question: What would accesses that raced with mprotect calls have done to accessed and dirty bits, under each backend?
-- parameter replay = all : number of a replay, latest or all
SELECT replay, backend, mode, longest_window, candidates, schedules, races, accessed_lost, dirty_lost, assumed_lost, transient_faults,
  stale_uses, cmpxchg_retries + xchg_retries AS retries, verdict
FROM race_by_backend
WHERE replay_chosen(replay, $replay)
ORDER BY replay, run

-- title: Cost by backend
-- question: What do the mprotect calls of each replay cost under each backend, also relative to native?
-- parameter profile = xen-modern : cost profile
-- parameter replay = all : number of a replay, latest or all
SELECT replay, trace, guest_kernel, residency, backend, calls, unit, low, typical, high,
  round(ratio_low, 2) AS ratio_low, round(ratio_typical, 2) AS ratio_typical, round(ratio_high, 2) AS ratio_high, failure
FROM cost_by_backend
WHERE profile = $profile AND replay_chosen(replay, $replay)
ORDER BY replay, typical, backend

-- title: Batch fill
-- question: How many page-table updates does one hypercall carry under each backend?
-- parameter replay = latest : number of a replay, latest or all
SELECT replay, backend, count(*) AS calls, CAST(sum(updates) AS BIGINT) AS updates,
  CAST(sum(hypercalls) AS BIGINT) AS hypercalls, round(sum(updates) / sum(hypercalls), 2) AS mean_fill,
  round(median(fill), 2) AS median_fill, round(max(fill), 2) AS best_fill,
  count(*) FILTER (updates = hypercalls) AS calls_without_batching
FROM batch_fill
WHERE replay_chosen(replay, $replay)
GROUP BY replay, backend
ORDER BY replay, backend

-- title: Where batching does not pay
-- question: For calls of which size does a batching backend gain nothing over another?
-- parameter batching = mmu-update-batch : the backend that batches
-- parameter other = preserve-ad : the backend to compare with
-- parameter profile = xen-modern : cost profile
-- parameter threshold = 1.0 : a call gains nothing if it gains less than so many percent
-- parameter replay = latest : number of a replay, latest or all
WITH compared AS (
  SELECT c.replay, a.unit, a.typical AS batching, b.typical AS other,
    CASE WHEN c.updated_ptes = 0 THEN 0 ELSE CAST(2 ** floor(log2(c.updated_ptes)) AS BIGINT) END AS at_least
  FROM call c
  JOIN call_cost a ON a.replay = c.replay AND a.call = c.call AND a.backend = $batching AND a.profile = $profile
  JOIN call_cost b ON b.replay = c.replay AND b.call = c.call AND b.backend = $other AND b.profile = $profile
  WHERE replay_chosen(c.replay, $replay)
)
SELECT replay, at_least AS ptes_from, CASE WHEN at_least = 0 THEN 0 ELSE 2 * at_least - 1 END AS ptes_to,
  count(*) AS calls, count(*) FILTER (100 * (other - batching) < CAST($threshold AS DOUBLE) * other OR batching >= other) AS calls_without_gain, unit,
  round(avg(batching), 1) AS batching, round(avg(other), 1) AS other, round(avg(other - batching), 1) AS gain,
  round(100 * (1 - sum(batching) / sum(other)), 1) AS gain_percent
FROM compared
GROUP BY replay, at_least, unit
ORDER BY replay, at_least

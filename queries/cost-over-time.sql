-- title: Cost over time
-- question: When in the trace do the mprotect calls cost most, under each backend?
-- parameter profile = xen-modern : cost profile
-- parameter replay = latest : number of a replay, latest or all
-- parameter buckets = 20 : into how many parts to cut the time; traces without a clock are cut by call number
WITH clocked AS (
  SELECT replay, call, time, bool_and(time IS NOT NULL) OVER (PARTITION BY replay) AS clock
  FROM call
  WHERE replay_chosen(replay, $replay)
), timed AS (
  SELECT replay, call, clock, CASE WHEN clock THEN time ELSE call END AS moment,
    min(moment) OVER (PARTITION BY replay) AS earliest, max(moment) OVER (PARTITION BY replay) AS latest
  FROM clocked
), bucketed AS (
  SELECT replay, call, earliest, latest, clock,
    least(CAST(floor(CAST($buckets AS BIGINT) * (moment - earliest) / greatest(latest - earliest, 1)) AS BIGINT), CAST($buckets AS BIGINT) - 1) AS bucket
  FROM timed
)
SELECT b.replay, b.bucket,
  CASE WHEN b.clock THEN round((b.earliest + b.bucket * (b.latest - b.earliest) / CAST($buckets AS BIGINT)) / 1e9, 6) END AS from_second,
  min(b.call) AS first_call, k.backend, count(*) AS calls, k.unit, sum(k.low) AS low, sum(k.typical) AS typical, sum(k.high) AS high
FROM bucketed b
JOIN call_cost k ON k.replay = b.replay AND k.call = b.call
WHERE k.profile = $profile
GROUP BY b.replay, b.bucket, b.clock, b.earliest, b.latest, k.backend, k.unit
ORDER BY b.replay, b.bucket, k.backend

-- title: Pages per call
-- question: How many PTEs do mprotect calls rewrite, and how many pages do they ask for?
-- parameter replay = latest : number of a replay, latest or all
WITH bucketed AS (
  SELECT replay, pages, updated_ptes,
    CASE WHEN updated_ptes = 0 THEN 0 ELSE CAST(2 ** floor(log2(updated_ptes)) AS BIGINT) END AS at_least
  FROM call
  WHERE replay_chosen(replay, $replay)
)
SELECT replay, at_least AS ptes_from, CASE WHEN at_least = 0 THEN 0 ELSE 2 * at_least - 1 END AS ptes_to,
  count(*) AS calls, round(100 * count(*) / sum(count(*)) OVER (PARTITION BY replay), 1) AS percent,
  CAST(sum(pages) AS BIGINT) AS pages, CAST(sum(updated_ptes) AS BIGINT) AS updated_ptes
FROM bucketed
GROUP BY replay, at_least
ORDER BY replay, at_least
